"""The composition root: a company folder's configuration, ledger, books and documents, opened once."""
