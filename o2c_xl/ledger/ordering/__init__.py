"""The books behind orders: priced, promised, changed, closed."""
