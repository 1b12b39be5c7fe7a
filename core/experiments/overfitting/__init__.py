"""Overfitting: a curve through a few points, with as many features as one likes."""
