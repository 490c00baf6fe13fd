"""Cash: bank lines, whose a payment is, and which invoices it pays."""
