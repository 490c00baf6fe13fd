"""The worked tables of docs/algorithms/write-back.md are what the code does."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from o2c_xl.workbook.address import area
from o2c_xl.workbook.patch.growth import Grown, grown_sqref
from o2c_xl.workbook.values import Writer
from tests.worked_tables import worked_table

PAGE = "write-back.md"


def test_ranges_grow_as_the_page_says():
    rows = worked_table(PAGE, "How new rows find their place")

    assert len(rows) == 6
    for row in rows:
        block = area(row["table before"])
        assert block is not None
        grown = Grown(block, block.bottom + int(row["rows added"]))
        assert grown_sqref(row["a rule's range"], grown) == row["the range after"]


def test_values_stand_as_the_page_says():
    rows = worked_table(PAGE, "How values stand in a cell")

    assert len(rows) == 5
    for row in rows:
        value = dt.datetime.fromisoformat(row["value"]) if row["calendar"] else Decimal(row["value"])
        cell = Writer(b"", date1904=row["calendar"] == "1904").cell("A1", None, value)
        assert cell == f'<c r="A1"><v>{row["stands as"]}</v></c>'.encode()
