"""A new version of a workbook: only the cells meant change, proved, then put in the place of the old one."""
