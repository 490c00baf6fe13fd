"""Documents made from the ledger and put into the folder `outbox`."""
