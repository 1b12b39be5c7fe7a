"""nn.Module taken apart: the tree of a running model, chains of layers on real zeros, and what goes wrong."""
