"""Purchase orders, invoices, packing slips and pick lists as xlsx and PDF.

`pdf.render_pdf`, `sheets.render_xlsx`, `names.file_name` and `outbox.write_outbox` are what others call.
"""
