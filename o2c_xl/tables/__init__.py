"""What people see: one definition per table, what a changed row means, what Python shows."""
