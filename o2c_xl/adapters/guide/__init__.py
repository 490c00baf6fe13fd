"""`o2c docs`: the guide, written from the code."""
