"""Excel files: reading with structure checks, lossless write-back, the template."""
