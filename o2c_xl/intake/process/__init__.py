"""A process apart reads files, so that none can take the program with it."""
