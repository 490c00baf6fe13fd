"""Receivables: what customers owe, how it is chased, what may be lost, when it will come."""
