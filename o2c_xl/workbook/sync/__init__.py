"""Workbooks and ledger brought to one state, both ways."""
