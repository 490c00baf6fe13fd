"""What may not be typed, told at the cell before anything is recorded."""
