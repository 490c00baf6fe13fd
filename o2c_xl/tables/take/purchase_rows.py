"""Purchase order rows joined into orders, with what the ledger holds of them and what is wrong with each cell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, select

from o2c_xl.domain.buying.purchase_status import DRAFTS, ENDED, PurchaseStatus
from o2c_xl.domain.keys import fold
from o2c_xl.domain.money import ZERO
from o2c_xl.domain.policy import Policy
from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.store import Txn
from o2c_xl.tables.check.batches import lacking, unknown_values
from o2c_xl.tables.check.faulty import faulty_rows
from o2c_xl.tables.check.places import refuse_odd_places
from o2c_xl.tables.parse.batch import Batch
from o2c_xl.tables.parse.fault import Fault
from o2c_xl.tables.parse.keys import other_case
from o2c_xl.tables.take.rows import refuse_other_case

__all__ = ["PurchaseBook", "check_purchases", "open_purchases"]

HEAD_FIELDS = ("supplier_id", "expected", "action", "reason")
LINE_FIELDS = ("sku", "quantity", "unit_cost")
_TEXTS = ("supplier_id", "action", "reason", "sku")


@dataclass(slots=True)
class PurchaseBook:
    """What came in: heads and lines, either may be missing, and the same orders as the ledger has them.

    `keyless` are heads of a shared workbook whose number is still to be given, once nothing is wrong with them;
    `meant` are the orders of lines that name them in another case.
    """

    heads: Batch | None
    lines: Batch | None
    head_of: dict[str, int] = field(default_factory=dict)
    lines_of: dict[str, list[int]] = field(default_factory=dict)
    keyless: list[int] = field(default_factory=list)
    old_heads: dict[str, Row[Any]] = field(default_factory=dict)
    old_lines: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    meant: dict[str, str] = field(default_factory=dict)

    @property
    def keys(self) -> list[str]:
        """Every purchase order that is spoken of, heads first."""
        return list(dict.fromkeys([*self.head_of, *self.lines_of]))

    def head_values(self, index: int) -> dict[str, Any]:
        """The typed values of a head, as the ledger keeps them."""
        return _values(self.heads, HEAD_FIELDS, index)

    def line_values(self, index: int) -> dict[str, Any]:
        """The typed values of a line, as the ledger keeps them."""
        return _values(self.lines, LINE_FIELDS, index)

    def head_changes(self, po: str) -> dict[str, Any]:
        """What a known order's head says otherwise than the ledger."""
        if po not in self.head_of:
            return {}
        old = self.old_heads[po]._asdict()
        return {name: new for name, new in self.head_values(self.head_of[po]).items() if new != old[name]}

    def line_changes(self, po: str, index: int) -> dict[str, Any]:
        """What a known line says otherwise; an empty cost keeps the one that was found for it."""
        old = self.old_lines[po][self.number(index)]
        changed = {name: new for name, new in self.line_values(index).items() if new != old[name]}
        if changed.get("unit_cost", 0) is None and old["why"]:
            del changed["unit_cost"]
        return changed

    def number(self, index: int) -> str:
        """The number of a line."""
        return str(self.lines.columns["line"][index]) if self.lines else ""

    def refused(self) -> set[str]:
        """Orders of which any row has a fault: an order is a unit."""
        found: set[str] = set()
        for rows, keys in ((self.heads, self.head_of.items()), (self.lines, self._line_keys())):
            bad = rows.bad if rows else set()
            found.update(key for key, index in keys if index in bad)
            unread = {fold(text) for text in rows.first_keys_at_fault()} if rows and bad else set()
            found.update(po for po in self.keys if unread and fold(po) in unread)
        return found | {self.meant[key] for key in found & self.meant.keys()}

    def _line_keys(self) -> Iterable[tuple[str, int]]:
        return [(po, index) for po, indexes in self.lines_of.items() for index in indexes]


def _values(rows: Batch | None, names: Iterable[str], index: int) -> dict[str, Any]:
    if rows is None:
        return {}
    found = {name: rows.columns[name][index] for name in names if name in rows.columns}
    return {name: "" if value is None and name in _TEXTS else value for name, value in found.items()}


def open_purchases(txn: Txn, heads: Batch | None, lines: Batch | None) -> PurchaseBook:
    """The rows joined into orders, with what is known of them already; empty line numbers are filled in place."""
    book = PurchaseBook(heads, lines)
    for index, po in enumerate(heads.columns["po"] if heads else ()):
        if po is None:
            book.keyless.append(index)
        else:
            book.head_of[po] = index
    for index, po in enumerate(lines.columns["po"] if lines else ()):
        if po is not None:
            book.lines_of.setdefault(po, []).append(index)
    h, c = schema.purchase_orders, schema.purchase_order_lines
    book.old_heads = {row.po: row for row in rows_by_key(txn.conn, h, h.c.po, book.keys)}
    book.old_lines = {po: {} for po in book.old_heads}
    for row in rows_by_key(txn.conn, c, c.c.po, book.old_heads):
        book.old_lines[row.po][row.line] = row._asdict()
    _number_lines(book)
    return book


def _number_lines(book: PurchaseBook) -> None:
    """A line without a number gets the next free one of its order, past those in the ledger."""
    if book.lines is None:
        return
    numbers = book.lines.columns.setdefault("line", [None] * len(book.lines))
    for po, indexes in book.lines_of.items():
        used = [
            int(text) for text in (*book.old_lines.get(po, ()), *(str(numbers[i]) for i in indexes)) if _whole(text)
        ]
        last = max(used, default=0)
        for i in indexes:
            if numbers[i] is None:
                last += 1
                numbers[i] = str(last)


def _whole(text: str) -> bool:
    return text.isascii() and text.isdigit()


def check_purchases(txn: Txn, book: PurchaseBook, policy: Policy) -> None:
    """Mark every fault that keeps an order out."""
    if book.heads:
        _check_heads(txn, book, book.heads)
    if book.lines:
        _check_lines(txn, book, book.lines, policy)
    refused = book.refused()
    for po, old in book.old_heads.items():
        if po not in refused:
            _check_late_changes(book, po, old.status)


def _check_heads(txn: Txn, book: PurchaseBook, heads: Batch) -> None:
    known = {(po,): row for po, row in book.old_heads.items()}
    if not heads.shared:
        lacking(heads, [i for po, i in book.head_of.items() if po not in book.old_heads])
    if any(po not in book.old_heads for po in book.head_of):
        refuse_other_case(txn, heads, schema.purchase_orders, known)
    _check_codes(txn, heads, "supplier_id", schema.suppliers.c.supplier_id)


def _check_lines(txn: Txn, book: PurchaseBook, lines: Batch, policy: Policy) -> None:
    _check_orphans(txn, book, lines)
    if not lines.shared:
        new = [i for po, of in book.lines_of.items() for i in of if book.number(i) not in book.old_lines.get(po, ())]
        lacking(lines, new)
    _check_taken_off(book, lines)
    _check_codes(txn, lines, "sku", schema.products.c.sku)
    refuse_odd_places(txn, lines, policy)


def _check_taken_off(book: PurchaseBook, lines: Batch) -> None:
    """Typed, a quantity of 0 takes a line off a draft, but not the last one; a new line of nothing orders nothing."""
    quantities = lines.columns.get("quantity", ())
    for po, indexes in book.lines_of.items() if ZERO in quantities else ():
        old = book.old_lines.get(po, {})
        after = {number: line["quantity"] for number, line in old.items()}
        after |= {book.number(i): quantities[i] for i in indexes}
        for i in (i for i in indexes if quantities[i] == ZERO):
            before = old.get(book.number(i))
            if before is None or not lines.shared:
                lines.fault(i, "quantity", "0 is not more than 0.", "Enter how many you want.")
            elif before["quantity"] and not any(after.values()):
                fix = "To buy nothing at all, set Action of the purchase order to Cancel."
                lines.fault(i, "quantity", f"Nothing would be left of {po}.", fix)


def _check_orphans(txn: Txn, book: PurchaseBook, lines: Batch) -> None:
    orphans = [po for po in book.lines_of if po not in book.head_of and po not in book.old_heads]
    known = txn.conn.execute(select(schema.purchase_orders.c.po)).scalars() if orphans else ()
    folded = {fold(po): po for po in (*known, *reversed(book.head_of))}
    book.meant = {po: folded[fold(po)] for po in orphans if fold(po) in folded}
    for po in orphans:
        fault = Fault(f"{po} is not in Purchase Orders.", "Enter the order there, or correct its number.")
        if po in book.meant:
            fault = other_case(po, book.meant[po])
        for index in book.lines_of[po]:
            lines.fault(index, "po", fault.problem, fault.fix)
    for index, po in enumerate(lines.columns["po"] if lines.shared else ()):
        if po is None:
            lines.fault(index, "po", "The line names no purchase order.", "Enter the number of its order.")


def _check_codes(txn: Txn, rows: Batch, name: str, column: Any) -> None:  # noqa: ANN401 -- a column of text
    used = {value for value in rows.columns.get(name, ()) if value is not None}
    strange = used - {row[0] for row in rows_by_key(txn.conn, [column], column, used)}
    if strange:
        home = rows.table.by_field[name].feeds.partition(".")[0]
        everything = set(txn.conn.execute(select(column)).scalars())
        unknown_values(rows, name, everything, faulty_rows(txn, rows, home, strange))


def _check_late_changes(book: PurchaseBook, po: str, status: str) -> None:
    """A draft may change; what was sent only its date and what is asked for it; what has ended not at all."""
    changed = book.head_changes(po)
    if book.heads and (action := changed.get("action")) and (reason := _no_action(action, status)):
        book.heads.fault(book.head_of[po], "action", *reason)
    if status in DRAFTS:
        return
    what = f"{po} is {status.lower()} and cannot be changed."
    fix = "Put the old value back" + ("." if status in ENDED else "; to order something else, enter a new order.")
    if book.heads and "supplier_id" in changed:
        book.heads.fault(book.head_of[po], "supplier_id", what, fix)
    if book.lines is None:
        return
    for index in book.lines_of.get(po, ()):
        if book.number(index) not in book.old_lines[po]:
            book.lines.fault(index, "line", what, "Enter a new purchase order for it.")
        elif late := book.line_changes(po, index):
            book.lines.fault(index, next(iter(late)), what, fix)


def _no_action(action: str, status: str) -> tuple[str, str] | None:
    sent = action == "Send" and status not in DRAFTS
    if sent or status in (*ENDED, PurchaseStatus.RECEIVED):
        return f"{action} is too late, the order is {status.lower()}.", "Empty the cell."
    if action == "Cancel" and status == PurchaseStatus.PARTLY_RECEIVED:
        return "Part of it has come, so it cannot be cancelled.", "Choose Close short: nothing more is expected then."
    return None
