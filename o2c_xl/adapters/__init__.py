"""The edge: parse, call, print."""
