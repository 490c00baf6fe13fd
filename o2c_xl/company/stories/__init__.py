"""An order's whole story, for `o2c track`."""
