"""Words: the next character in words of different lengths, padded or packed."""
