"""The sample company of `o2c demo`."""
