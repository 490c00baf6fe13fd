"""Rows on their way in beside those that the ledger has."""
