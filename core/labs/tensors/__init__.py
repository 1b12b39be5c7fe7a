"""Tensors: a small program of named tensors, evaluated by torch line by line, with where every number lies and where it comes from.

`grammar`, `examples`, `presses` and `script` know no torch; `evaluation` and what it uses do.
"""
