"""Electronic invoices by EN 16931: what they say, whether it adds up, what ours lack."""
