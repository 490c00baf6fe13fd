"""Taking orders: new ones received, known ones amended where that may still be, the same again without effect.

An order is a unit of its head and lines: a fault in one of its rows refuses the whole of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from o2c_xl.domain.invoices.invoicing import TaxBy
from o2c_xl.domain.keys import fold
from o2c_xl.domain.policy import Policy
from o2c_xl.ledger import schema
from o2c_xl.ledger.store import Source, Txn
from o2c_xl.tables.check.orders import check_book, has_case, mark_unknown, refused_orders
from o2c_xl.tables.known.orders import OrderBook, Side, known_orders, open_book
from o2c_xl.tables.parse.rowset import RowSet
from o2c_xl.tables.take.order_changes import amend

__all__ = ["take_order_book"]


def take_order_book(txn: Txn, orders: RowSet | None, lines: RowSet | None, policy: Policy) -> tuple[int, int]:
    """Take heads and lines of orders; returns how many heads and how many lines were new or changed.

    Faults go to the rows' `issues`; nothing of an order with a fault is recorded. In a shared workbook an unknown
    customer or product is marked too, but the order is kept as Incomplete.
    """
    book = open_book(txn, orders, lines)
    known = known_orders(txn, book)
    check_book(txn, book, known, policy)
    refused = refused_orders(book)
    new = [key for key in book.head_of if key not in known.heads and key not in refused]
    received = _receive(txn, book, new, policy)
    amended = amend(txn, book, known, refused)
    for side in (book.heads, book.lines):
        if side and side.rows.shared:
            mark_unknown(txn, side)
    return received[0] + amended[0], received[1] + amended[1]


def _receive(txn: Txn, book: OrderBook, keys: Sequence[str], policy: Policy) -> tuple[int, int]:
    """Record new orders with their lines; returns the number of both."""
    if not keys or book.heads is None:
        return 0, 0
    heads = book.heads
    indexes = [book.head_of[key] for key in keys]
    told, names = _told_lines(book.lines)
    entries = []
    for key, i in zip(keys, indexes, strict=True):
        data = {
            name: value for name, value in zip(heads.names, heads.values(i), strict=True) if value not in ("", None)
        }
        if rows := book.lines_of.get(key):
            data |= {"columns": names, "lines": [told[at] for at in rows]}
        source = Source(heads.rows.source, heads.rows.sheet_of(i), heads.rows.rows[i])
        entries.append(txn.record("order received", key, data, source=source))
    txn.insert_columns(
        schema.orders, {**heads.columns(indexes), **_trace(txn, heads, indexes, keys, policy), "entry": entries}
    )
    new_lines = [i for key in keys for i in book.lines_of.get(key, ())]
    if book.lines and new_lines:
        positions = [n for key in keys for n in range(1, len(book.lines_of.get(key, ())) + 1)]
        txn.insert_columns(schema.order_lines, book.lines.lines(new_lines, positions))
    return len(keys), len(new_lines)


def _trace(
    txn: Txn, heads: Side, indexes: Sequence[int], keys: Sequence[str], policy: Policy
) -> dict[str, Sequence[Any]]:
    count = len(keys)
    typed = heads.typed.get("customer_reference")
    references = [typed[i] for i in indexes] if typed else [""] * count
    return {
        "order": keys,
        "folded": [fold(key) if has_case(key) else "" for key in keys],
        "folded_reference": [fold(reference) if reference else "" for reference in references],
        "tax_mode": [str(TaxBy.LINE if policy.tax_per_line else TaxBy.RATE)] * count,  # fixed from here on
        "asked_by": [txn.who] * count,
        "source": [heads.rows.source] * count,
        "sheet": [heads.rows.sheet_of(i) for i in indexes],
        "row": [heads.rows.rows[i] for i in indexes],
        "received_on": [txn.day] * count,
    }


def _told_lines(lines: Side | None) -> tuple[list[tuple[Any, ...]], list[str]]:
    """What the journal keeps of each line, and the names of its columns; columns without any value are left out."""
    if lines is None:
        return [], []
    columns = {"line": lines.rows.columns["line"], **lines.typed}
    told = {name: texts for name, values in columns.items() if (texts := _texts(values))}
    return list(zip(*told.values(), strict=True)), list(told)


def _texts(values: Sequence[Any]) -> Sequence[Any]:
    """Numbers and dates as text, each distinct one written once; nothing when no cell is filled."""
    distinct = set(values)
    if distinct <= {None, ""}:
        return ()
    texts = {value: value if isinstance(value, str) or value is None else _text(value) for value in distinct}
    return [texts[value] for value in values]


def _text(value: object) -> str:
    return format(value, "f") if isinstance(value, Decimal) else str(value)
