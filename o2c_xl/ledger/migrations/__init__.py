"""The ledger's schema, revision by revision. `make` writes a new one; see docs/decisions/0002-ledger.md."""
