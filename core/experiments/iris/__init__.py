"""Iris: a small network that tells three kinds of iris apart by four lengths."""
