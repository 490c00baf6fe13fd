"""The Excel add-in, written from text: the tab's spec, its VBA and XML, and the .xlam file around them.

It knows only the spec and the file formats. Nothing here imports xlwings, a spreadsheet library or the ledger.
"""
