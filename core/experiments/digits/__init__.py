"""Digits: a convolutional network that learns to read 8 × 8 handwritten digits."""
