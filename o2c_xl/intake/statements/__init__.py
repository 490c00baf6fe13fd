"""Bank statements: MT940, camt, OFX and banks' own csv files, all read into the same rows."""
