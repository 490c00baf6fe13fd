"""Messages on their way out of the house, each once."""
