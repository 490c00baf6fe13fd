"""The rows of a list, whatever file holds it: a workbook with tables, a sheet, a csv."""
