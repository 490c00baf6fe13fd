"""Documents as xlsx, filled into layout workbooks that people may restyle."""
