"""The report workbook."""
