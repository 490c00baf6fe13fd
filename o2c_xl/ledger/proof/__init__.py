"""What `o2c verify` proves: every equation of the books, each as a question to the database."""
