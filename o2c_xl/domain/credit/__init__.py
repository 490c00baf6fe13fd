"""Credit: whether an order may go on before it is paid."""
