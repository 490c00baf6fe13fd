"""The workbooks people live in, made from the table definitions."""
