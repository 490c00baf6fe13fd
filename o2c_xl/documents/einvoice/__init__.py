"""Electronic invoices by EN 16931: UBL (Peppol BIS Billing 3), CII, and the PDF that carries CII (Factur-X).

All three say what `domain.einvoice.model.EInvoice` holds, so that they cannot tell different stories.
"""
