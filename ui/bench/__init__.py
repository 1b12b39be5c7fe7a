"""A page with a run: its settings, its buttons, its places, and what is taken home from it."""
