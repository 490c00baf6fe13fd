"""The books: schema, journal with hash chain, postings, movements, queries, verify."""
