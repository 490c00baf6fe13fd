"""The books behind invoices and credit notes, until they are settled and their order is closed."""
