"""Goods: what is there and what it is worth, who gets it, how it comes in and goes out."""
