"""Reports and exports as values."""
