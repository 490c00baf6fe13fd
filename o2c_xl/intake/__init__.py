"""Files that bring rows: recognising their tables and reading them."""
