"""From what stands in cells to typed rows, every fault with its address."""
