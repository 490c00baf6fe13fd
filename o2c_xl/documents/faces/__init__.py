"""What stands where on a document, before anyone decides how it looks."""
