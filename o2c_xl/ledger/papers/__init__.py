"""What stands on papers and in messages: plain values for whoever renders them."""
