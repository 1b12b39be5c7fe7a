"""Stepwise side by side with plain PyTorch and plain Streamlit, each pair measured in the same run: `make bench`."""
