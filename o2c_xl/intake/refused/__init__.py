"""Refused files: the marked copy, what the sender is told, and what mends them."""
