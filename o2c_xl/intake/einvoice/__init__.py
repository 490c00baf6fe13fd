"""Electronic invoices of others: UBL, CII and Factur-X read into `domain.einvoice.model.EInvoice`."""
