"""The process in its own order: what is pending, decide, record; one module per step."""
