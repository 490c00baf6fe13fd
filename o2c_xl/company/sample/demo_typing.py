"""What people type into the sample company's workbook: by the write-back, so the file is as Excel would save it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from o2c_xl.workbook.patch.edit import CellOut, TableEdit, apply_edits
from o2c_xl.workbook.reading.book import read_book
from o2c_xl.workbook.reading.data import TableData

__all__ = ["type_like_a_person"]


def type_like_a_person(book: Path, today: dt.date) -> None:
    """Pick order 1019, cancel order 1016, and enter two orders that each have a fault."""
    tables = {table.name: table for table in read_book(book).tables}
    orders, picks = tables["Orders"], tables["PickList"]
    edits = [
        TableEdit("PickList", {(_row(picks, "Order", "1019"), "Picked"): Decimal(10)}),
        TableEdit("Orders", {(_row(orders, "Order", "1016"), "Action"): "Cancel"}, _faulty_orders(today)),
        TableEdit("OrderLines", {}, [_line("1020", "H-300", "24"), _line("1021", "A-200", "10")]),
    ]
    book.write_bytes(apply_edits(book, edits))


def _faulty_orders(today: dt.date) -> list[Mapping[str, CellOut]]:
    """A date that is none, and one before the order's."""
    early = today - dt.timedelta(days=10)
    return [
        {"Order": "1020", "Customer ID": "BERGMANN", "Order date": "last Monday", "Channel": "Phone"},
        {"Order": "1021", "Customer ID": "TEAMWERK", "Order date": today, "Requested date": early, "Channel": "Phone"},
    ]


def _line(order: str, sku: str, quantity: str) -> Mapping[str, CellOut]:
    return {"Order": order, "Line": "1", "SKU": sku, "Quantity": Decimal(quantity)}


def _row(table: TableData, header: str, value: str) -> int:
    """The Excel row in which `value` stands."""
    column = table.columns[list(table.headers).index(header)]
    return table.first_row + list(column).index(value)
