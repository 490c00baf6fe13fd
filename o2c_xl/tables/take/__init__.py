"""What a typed row means: recorded in the ledger as a fact."""
