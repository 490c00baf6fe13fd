"""The commands beside the pass, and what every command says, asks and is guarded by."""
