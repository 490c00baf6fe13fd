"""Write workbooks/template.xlsx from the table definitions: `python workbooks/make.py`."""

# ruff: noqa: INP001 - a script beside what it makes

from __future__ import annotations

from pathlib import Path

from o2c_xl.workbook.template.make import build_template

if __name__ == "__main__":
    build_template(Path(__file__).with_name("template.xlsx"))
