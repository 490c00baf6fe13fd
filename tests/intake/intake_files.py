"""Files as senders make them, for the tests of reading."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

__all__ = ["FLAT", "make_book", "make_csv", "texts"]

FLAT = ("Order", "Line", "Customer ID", "Order date", "SKU", "Quantity")


def make_book(
    path: Path,
    sheets: Mapping[str, Sequence[Sequence[Any]]],
    tables: Mapping[str, str] | None = None,
) -> Path:
    """A workbook with these sheets; `tables` gives a sheet's rows an Excel table's name."""
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for r, row in enumerate(rows):
                for c, value in enumerate(row):
                    _write(sheet, r, c, value, day)
            if name in (tables or {}):
                columns = [{"header": header} for header in rows[0]]
                area = (0, 0, max(len(rows) - 1, 1), len(columns) - 1)
                sheet.add_table(*area, {"name": tables[name], "columns": columns})
    return path


def _write(sheet, row, column, value, day):
    if isinstance(value, dt.date):
        sheet.write_datetime(row, column, value, day)
    elif isinstance(value, str) and value.startswith("{="):
        sheet.write_formula(row, column, value[1:-1], None, "")
    elif value is not None:
        sheet.write(row, column, value)


def make_csv(path: Path, rows: Sequence[Sequence[Any]], delimiter: str = ",", encoding: str = "utf-8") -> Path:
    """A csv with these rows."""
    with path.open("w", newline="", encoding=encoding) as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    return path


def texts(batch) -> list[str]:
    """The batch's issues as address and header."""
    return [f"{issue.cell} {issue.column}" for issue in batch.issues]
