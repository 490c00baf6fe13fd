"""Partners' files in their own shape: finding their lists, proposing how to read them, reading them so."""
