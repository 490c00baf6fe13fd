"""Purchase orders, invoices, packing slips and pick lists as xlsx and PDF."""
