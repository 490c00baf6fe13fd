"""What Python shows in each table, from the ledger."""
