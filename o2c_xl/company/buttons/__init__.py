"""What the buttons of the open workbook do."""
