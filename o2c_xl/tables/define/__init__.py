"""The tables themselves: every column with its kind, its owner and its help, as data."""
