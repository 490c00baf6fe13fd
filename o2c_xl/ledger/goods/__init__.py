"""The books behind goods: set aside, picked, shipped, received, counted, returned, valued."""
