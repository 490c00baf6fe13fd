"""What reports and exports read from the books."""
