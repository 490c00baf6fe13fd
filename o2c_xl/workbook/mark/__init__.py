"""The marked copy of a refused file."""
