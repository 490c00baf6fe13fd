"""Reading workbooks: values and structure, what stands under and beside a table."""
