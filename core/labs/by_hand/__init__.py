"""Autograd by hand: a small program over a vector x, its graph, its local derivatives, and the chain rule along every path.

`pytorch` does the same with real tensors; it alone imports torch.
"""
