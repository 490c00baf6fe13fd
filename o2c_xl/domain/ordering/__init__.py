"""Orders: what they lack, what they cost, when they can be served, when they are done."""
