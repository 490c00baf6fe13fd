"""Invoices and credit notes: their arithmetic."""
