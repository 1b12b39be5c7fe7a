"""A run in Keras: the program that does the same, what it takes over from the loop, and its own curve. Keras is optional."""
