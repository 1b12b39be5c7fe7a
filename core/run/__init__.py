"""A run: as data, as it is recorded, and as the handle that a page holds while a worker does the work."""
