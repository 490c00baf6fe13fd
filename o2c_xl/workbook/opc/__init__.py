"""The package that a workbook is: its zip, its parts, their bytes; structure proved before anything is read."""
