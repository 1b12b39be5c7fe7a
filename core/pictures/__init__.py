"""Pictures: what classifiers share — the numbers of a row, what is drawn of them, and what those numbers say."""
