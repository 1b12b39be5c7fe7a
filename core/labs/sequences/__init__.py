"""Sequences: words of different lengths as one batch: padded, masked, packed, read alone, and what PyTorch makes of each.

`reading`, `examples` and `script` know no torch; `layers` and what uses it do.
"""
