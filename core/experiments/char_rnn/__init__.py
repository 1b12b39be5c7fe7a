"""Char-RNN: a recurrent network that learns to spell a text, one character after the other."""
