"""A toy: what a new experiment needs, and no more."""
