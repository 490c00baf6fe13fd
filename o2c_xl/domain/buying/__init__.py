"""Buying: what to order of whom, and what suppliers may bill."""
