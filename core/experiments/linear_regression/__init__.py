"""Linear regression: two numbers, W and b, learned by gradient descent; small enough to check by hand."""
