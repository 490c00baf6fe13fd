"""What is wrong with order rows beyond their single cells: unknown codes, places, dates, lines without an order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from o2c_xl.domain.keys import fold
from o2c_xl.domain.money import ZERO, comes_to
from o2c_xl.domain.policy import Policy
from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.schema.partial import WITH_CASE
from o2c_xl.ledger.store import Txn
from o2c_xl.tables.check.batches import lacking, unknown_faults
from o2c_xl.tables.check.faulty import faulty_rows
from o2c_xl.tables.check.places import odd_amounts
from o2c_xl.tables.known.orders import Known, OrderBook, Side
from o2c_xl.tables.known.rows import existing_rows
from o2c_xl.tables.parse.batch import Batch
from o2c_xl.tables.parse.fault import Fault
from o2c_xl.tables.parse.keys import other_case
from o2c_xl.tables.parse.numbers import check_quantity_places
from o2c_xl.tables.parse.rowset import RowSet

__all__ = ["check_book", "has_case", "mark_unknown", "refused_orders"]

_ALL = Decimal(100)


def check_book(txn: Txn, book: OrderBook, known: Known, policy: Policy) -> None:
    """Mark every fault that keeps an order out; unknown codes too where a dropped file brings them."""
    if book.heads:
        _check_keys(txn, book, known)
        _check_columns(book.heads, known.heads)
        _check_freight(txn, book.heads, policy)
    if book.lines:
        _check_orphans(txn, book, known)
        _check_columns(book.lines, known.lines)
        _check_quantities(txn, book.lines)
        _check_wanted(book, known)
        _check_amounts(book.lines.rows)
        _check_discounts(book.lines.rows)
        _check_line_dates(txn, book)
    for side in (book.heads, book.lines):
        if side and not side.rows.shared:
            mark_unknown(txn, side)


def mark_unknown(txn: Txn, side: Side) -> None:
    """Mark unknown customers and products, each with the nearest known one where that is found."""
    for name, column in (("customer_id", schema.customers.c.customer_id), ("sku", schema.products.c.sku)):
        values = side.rows.columns.get(name)
        if values is None:
            continue
        distinct = {value for value in values if value is not None}
        strange = distinct - {row[0] for row in rows_by_key(txn.conn, [column], column, distinct)}
        if strange:
            home = side.rows.table.by_field[name].feeds.partition(".")[0]
            faulty = faulty_rows(txn, side.rows, home, strange)
            known = txn.conn.execute(select(column)).scalars().all()
            unknown = unknown_faults(side.rows.table.by_field[name], strange - faulty.keys(), known)
            _mark_codes(side.rows, name, unknown | faulty)


def _mark_codes(rows: RowSet, name: str, faults: Mapping[str, Fault]) -> None:
    for i, value in enumerate(rows.columns[name]):
        if value in faults:
            rows.fault(i, name, faults[value].problem, faults[value].fix)


def refused_orders(book: OrderBook) -> set[str]:
    """Orders of which any row has a fault: an order is a unit, with the lines that name it in another case."""
    refused: set[str] = set()
    for side in (book.heads, book.lines):
        if side and side.rows.issues:
            refused.update(key for i in side.rows.bad if (key := side.orders[i]))
            unread = {fold(text) for text in side.rows.first_keys_at_fault()}
            refused.update(key for key in book.keys if unread and fold(key) in unread)
    if book.heads:
        refused.update(issue.key for issue in book.heads.rows.issues if issue.key)
    return refused | {book.meant[key] for key in refused & book.meant.keys()}


def _check_keys(txn: Txn, book: OrderBook, known: Known) -> None:
    """A new key that differs only in case from a known one is a fault that names it."""
    if book.heads is None:
        return
    for key, twin in _twins(txn, [key for key in book.head_of if key not in known.heads]).items():
        fault = other_case(key, twin)
        book.heads.rows.fault(book.head_of[key], "order", fault.problem, fault.fix)


def _twins(txn: Txn, keys: Iterable[str]) -> dict[str, str]:
    """Of keys that the ledger does not have those that differ only in case from one that it has, with that one."""
    new = {fold(key): key for key in keys if has_case(key)}
    table = schema.orders.c
    found = rows_by_key(txn.conn, [table.folded, table.order], table.folded, new, WITH_CASE) if new else ()
    return {new[row.folded]: row.order for row in found if new[row.folded] != row.order}


def has_case(key: str) -> bool:
    """Whether the key has letters, so that it could be written in another case."""
    return fold(key) != key or key.upper() != key


def _check_columns(side: Side, known: Mapping[Any, object]) -> None:
    """A new row needs columns that a file with changes may leave out."""
    rows = side.rows
    if not isinstance(rows, Batch) or not rows.missing or rows.shared:
        return
    keys = map(rows.key, range(len(rows)))
    lacking(rows, [i for i, key in enumerate(keys) if (key[0] if len(key) == 1 else key) not in known])


def _check_orphans(txn: Txn, book: OrderBook, known: Known) -> None:
    if book.lines is None:
        return
    rows = book.lines.rows
    orphans = [key for key in book.lines_of if key not in book.head_of and key not in known.heads]
    heads = {fold(key): key for key in reversed(book.head_of)} if orphans else {}
    book.meant = _twins(txn, orphans) | {key: heads[fold(key)] for key in orphans if fold(key) in heads}
    for key in orphans:
        fault = Fault(f"{key} is not in Orders.", "Enter the order there, or correct its number.")
        if key in book.meant:
            fault = other_case(key, book.meant[key])
        for i in book.lines_of[key]:
            rows.fault(i, "order", fault.problem, fault.fix)
    if rows.shared and None in book.lines.orders:
        at_fault = set(rows.bad)
        for i, key in enumerate(book.lines.orders):
            if key is None and i not in at_fault:
                rows.fault(i, "order", "The line names no order.", "Enter the number of its order.")


def _check_freight(txn: Txn, heads: Side, policy: Policy) -> None:
    rows = heads.rows
    known = {} if "customer_id" in rows.columns else existing_rows(txn, schema.orders, rows)
    for name, faults in odd_amounts(txn, rows, policy, known).items():
        for cell in faults:
            rows.fault(cell.index, name, cell.fault.problem, cell.fault.fix)


def _check_quantities(txn: Txn, lines: Side) -> None:
    columns = lines.rows.columns
    quantities, skus = columns.get("quantity"), columns.get("sku")
    if quantities is None or skus is None:
        return
    table = schema.products.c
    unit = {row[0]: row[1] for row in rows_by_key(txn.conn, [table.sku, table.unit], table.sku, skus)}
    for cell in check_quantity_places(quantities, [unit.get(sku) for sku in skus]):
        lines.rows.fault(cell.index, "quantity", cell.fault.problem, cell.fault.fix)


def _check_wanted(book: OrderBook, known: Known) -> None:
    """Typed, quantity 0 takes a line off an order that stands, as in Odoo; of a new one it orders nothing.

    In a file it is a slip more often than a wish, and nobody would look at what it did.
    """
    lines = book.lines
    quantities = lines.rows.columns.get("quantity") if lines else None
    if lines is None or quantities is None or ZERO not in quantities:
        return
    numbers = lines.rows.columns["line"]
    for i, (key, quantity) in enumerate(zip(lines.orders, quantities, strict=True)):
        if quantity == ZERO and not (lines.rows.shared and (key, numbers[i]) in known.lines):
            lines.rows.fault(i, "quantity", "0 is not more than 0.", "Enter how many you want.")


def _check_amounts(rows: RowSet) -> None:
    """A line at the typed price comes to no more than the books take; what a list says is seen when it is priced."""
    quantities, prices = rows.columns.get("quantity"), rows.columns.get("unit_price")
    if quantities is None or prices is None:
        return
    for i, (quantity, price) in enumerate(zip(quantities, prices, strict=True)):
        if price and quantity and (problem := comes_to(quantity, price)):
            rows.fault(i, "quantity", problem, "Correct the quantity or the Unit price.")


def _check_discounts(rows: RowSet) -> None:
    values = rows.columns.get("discount_percent")
    if values is None or all(value is None or value <= _ALL for value in set(values)):
        return
    for i, value in enumerate(values):
        if value is not None and value > _ALL:
            rows.fault(i, "discount_percent", f"{value} is more than 100.", "Enter 5 for 5 % off.")


def _check_line_dates(txn: Txn, book: OrderBook) -> None:
    """A line may not be wanted before it was ordered."""
    if book.lines is None:
        return
    wanted = book.lines.rows.columns.get("requested_date")
    if wanted is None or set(wanted) == {None}:
        return
    table = schema.orders.c
    dates = book.heads.rows.columns.get("order_date") if book.heads else None
    ordered: dict[str, Any] = {key: dates[i] for key, i in book.head_of.items()} if dates else {}
    rest = [key for key in book.lines_of if key not in ordered]
    for row in rows_by_key(txn.conn, [table.order, table.order_date], table.order, rest):
        ordered[row[0]] = row[1]
    for i, (key, day) in enumerate(zip(book.lines.orders, wanted, strict=True)):
        first = ordered.get(key)
        if day is not None and first is not None and day < first:
            problem = f"{day} is before the order date {first}."
            book.lines.rows.fault(i, "requested_date", problem, f"Enter {first} or later, or mend that date.")
