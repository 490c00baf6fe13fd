"""The worked tables of docs/algorithms/write-back.md are what the code does."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

from o2c_xl.workbook.address import area
from o2c_xl.workbook.growth import Grown, grown_sqref
from o2c_xl.workbook.values import Writer, serial

PAGE = Path(__file__).resolve().parents[2] / "docs" / "algorithms" / "write-back.md"


def table(first_header: str) -> list[list[str]]:
    """The rows of the page's table whose first header that is."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith(f"| {first_header} |")) + 2
    rows = []
    for line in lines[start:]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip().strip("`") for cell in line.strip("|").split("|")])
    return rows


def test_ranges_grow_as_the_page_says():
    rows = table("table before")

    assert len(rows) == 6
    for before, sqref, added, after in rows:
        block = area(before)
        assert block is not None
        assert grown_sqref(sqref, Grown(block, block.bottom + int(added))) == after


def test_values_stand_as_the_page_says():
    rows = table("value")

    assert len(rows) == 5
    for value, calendar, stands in rows:
        if calendar:
            moment = dt.datetime.fromisoformat(value)
            assert format(serial(moment, date1904=calendar == "1904"), "f") == stands
        else:
            cell = Writer(b"", date1904=False).cell("A1", None, Decimal(value))
            assert cell == f'<c r="A1"><v>{stands}</v></c>'.encode()
