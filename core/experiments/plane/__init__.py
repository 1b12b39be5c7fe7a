"""Plane: classes of points in the plane, told apart by a linear layer or a network."""
