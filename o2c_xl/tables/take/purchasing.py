"""Taking purchase orders: new ones entered, drafts changed, sent ones only in what may still change.

A purchase order is a unit of its head and lines: a fault in one of its rows refuses the whole of it. A draft of
Python's that someone changes is theirs from then on and is no longer rebuilt.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from o2c_xl.domain.buying.purchase_status import DRAFTS, PurchaseStatus
from o2c_xl.domain.money import ZERO, comes_to
from o2c_xl.domain.policy import Policy
from o2c_xl.ledger import schema
from o2c_xl.ledger.approvals import void
from o2c_xl.ledger.buying.offers import Offers, find_offers
from o2c_xl.ledger.buying.purchasing import PURCHASE_ORDER, net_of, purchase_hash
from o2c_xl.ledger.store import Source, Txn
from o2c_xl.tables.parse.batch import Batch
from o2c_xl.tables.take.purchase_rows import PurchaseBook, check_purchases, open_purchases

__all__ = ["take_purchase_book"]

_FOUND = "Unit cost"  # how the reason begins where the program found the cost
_PROPOSED = " Proposed was: "  # and what follows it where somebody changed what the program proposed
_TAKEN_OFF = "Taken off the order."
_NO_DETAIL = (None, "")


@dataclass(slots=True)
class _Taken:
    """One order as it will stand: its head, all its lines by number, and which of them are new or changed."""

    po: str
    head: dict[str, Any]
    lines: dict[str, dict[str, Any]]
    new: list[str] = field(default_factory=list)
    changed: dict[str, dict[str, Any]] = field(default_factory=dict)
    head_changed: dict[str, Any] = field(default_factory=dict)
    known: bool = False
    source: Source = field(default_factory=Source)

    @property
    def content(self) -> bool:
        """Whether what is bought changes, and not only its date or what is asked for it."""
        return bool(self.new or self.changed or "supplier_id" in self.head_changed)


def take_purchase_book(txn: Txn, heads: Batch | None, lines: Batch | None, policy: Policy) -> tuple[int, int]:
    """Take heads and lines of purchase orders; returns how many heads and how many lines are new or changed.

    Faults go to the rows' `issues`; nothing of an order with a fault is recorded.
    """
    book = open_purchases(txn, heads, lines)
    check_purchases(txn, book, policy)
    refused = book.refused()
    _give_numbers(txn, book)
    taken = [_merged(book, po) for po in book.keys if po not in refused]
    taken = [one for one in taken if not one.known or one.head_changed or one.new or one.changed]
    _price(txn, taken, policy)
    taken = [one for one in taken if not _too_large(book, one)]
    _record(txn, taken)
    touched = sum(1 for one in taken if not one.known or one.head_changed)
    return touched, sum(len(one.new) + len(one.changed) for one in taken)


def _give_numbers(txn: Txn, book: PurchaseBook) -> None:
    """Numbers for new heads of a shared workbook, only where nothing is wrong: a refused row uses up none."""
    if book.heads is None:
        return
    named = {*book.head_of, *book.lines_of}
    for index in book.keyless:
        if index not in book.heads.bad:
            po = book.heads.columns["po"][index] = txn.number(book.heads.table.gives_key, named)
            book.head_of[po] = index


def _merged(book: PurchaseBook, po: str) -> _Taken:
    old = book.old_heads.get(po)
    blank = {"supplier_id": "", "expected": None, "action": "", "reason": ""}
    head: dict[str, Any] = blank if old is None else old._asdict()
    one = _Taken(po, head, {key: dict(line) for key, line in book.old_lines.get(po, {}).items()}, known=old is not None)
    if po in book.head_of:
        one.head_changed = book.head_changes(po) if old is not None else book.head_values(book.head_of[po])
        one.head |= one.head_changed
    for index in book.lines_of.get(po, ()):
        _merge_line(book, one, index)
    one.source = _source(book, po)
    return one


def _merge_line(book: PurchaseBook, one: _Taken, index: int) -> None:
    number = book.number(index)
    if number in one.lines:
        if changed := book.line_changes(one.po, index):
            one.changed[number] = changed
            one.lines[number] |= changed
        return
    position = max((line["position"] or 0 for line in one.lines.values()), default=0) + 1
    blank = {"po": one.po, "line": number, "position": position, "sku": "", "quantity": None, "unit_cost": None}
    one.lines[number] = {**blank, **book.line_values(index), "why": ""}
    one.new.append(number)


def _source(book: PurchaseBook, po: str) -> Source:
    rows: Batch | None = book.heads if po in book.head_of else book.lines
    index = book.head_of[po] if po in book.head_of else book.lines_of[po][0]
    return Source(rows.source, rows.sheet_of(index), rows.rows[index]) if rows else Source()


def _price(txn: Txn, taken: Sequence[_Taken], policy: Policy) -> None:
    """Currency, costs that were left empty, and the sum of every order whose content changes."""
    fresh = [one for one in taken if one.content or not one.known]
    if not fresh:
        return
    skus = [line["sku"] for one in fresh for line in one.lines.values()]
    offers = find_offers(txn.conn, skus, txn.day, policy, [one.head["supplier_id"] for one in fresh])
    for one in fresh:
        one.head["currency"] = offers.terms(one.head["supplier_id"]).currency
        for number in one.lines if "supplier_id" in one.head_changed else (*one.new, *one.changed):
            before = dict(one.lines[number])
            _cost(one, number, offers)
            if one.lines[number] != before and number not in one.new:
                one.changed.setdefault(number, {"unit_cost": one.lines[number]["unit_cost"]})
        lines = _in_order(one)
        one.head["net"] = net_of(lines, one.head["currency"])
        one.head["content_hash"] = purchase_hash(one.head["supplier_id"], one.head["currency"], lines)


def _too_large(book: PurchaseBook, one: _Taken) -> bool:
    """Mark lines that come to more than the books take, at a cost typed or found; whether there are any."""
    found = {}
    for number in (*one.new, *one.changed):
        line = one.lines[number]
        if problem := comes_to(line["quantity"] or ZERO, line["unit_cost"] or ZERO):
            found[number] = problem
    for index in book.lines_of.get(one.po, ()) if found and book.lines else ():
        if book.lines and (problem := found.get(book.number(index), "")):
            book.lines.fault(index, "quantity", problem, "Correct the quantity or the Unit cost.")
    return bool(found)


def _cost(one: _Taken, number: str, offers: Offers) -> None:
    """A cost that nobody typed is the supplier's price for that many; a typed one stands, and no reason beside it."""
    line, changed = one.lines[number], one.changed.get(number, {})
    if line["quantity"] == ZERO:
        line["why"] = _TAKEN_OFF
    elif line["unit_cost"] is None or (line["why"] not in ("", _TAKEN_OFF) and "unit_cost" not in changed):
        before = line["why"]
        proposed = before.partition(_PROPOSED)[2] or ("" if before.startswith(_FOUND) else before)
        line["unit_cost"], found = offers.cost(one.head["supplier_id"], line["sku"], line["quantity"] or ZERO)
        line["why"] = f"{found}{_PROPOSED}{proposed}" if proposed else found
    else:
        line["why"] = ""


def _in_order(one: _Taken) -> list[dict[str, Any]]:
    return sorted(one.lines.values(), key=lambda line: (line["position"] or 0, line["line"]))


def _record(txn: Txn, taken: Sequence[_Taken]) -> None:
    new_heads, heads, new_lines, lines = [], [], [], []
    for one in taken:
        event = "purchase order amended" if one.known else "purchase order entered"
        entry = txn.record(event, one.po, _told(one), source=one.source)
        if one.known:
            heads.append(_changed_head(txn, one, entry))
        else:
            new_heads.append(_new_head(txn, one, entry))
        new_lines += [one.lines[number] for number in one.new]
        names = ("po", "line", "sku", "quantity", "unit_cost", "why")
        lines += [{name: one.lines[number][name] for name in names} for number in one.changed]
    txn.insert(schema.purchase_orders, new_heads)
    txn.insert(schema.purchase_order_lines, new_lines)
    txn.update(schema.purchase_orders, heads)
    txn.update(schema.purchase_order_lines, lines)
    void(txn, PURCHASE_ORDER, [one.po for one in taken if one.known and one.content])


def _new_head(txn: Txn, one: _Taken, entry: int) -> dict[str, Any]:
    names = ("supplier_id", "expected", "action", "reason", "currency", "net", "content_hash")
    return {
        "po": one.po,
        **{name: one.head[name] for name in names},
        "status": str(PurchaseStatus.DRAFT),
        "proposed": False,
        "made_on": txn.day,
        "asked_by": txn.who,
        **_trace(one, entry),
    }


def _changed_head(txn: Txn, one: _Taken, entry: int) -> dict[str, Any]:
    names = ("supplier_id", "expected", "action", "reason", "currency", "net", "content_hash", "status")
    row = {"po": one.po, **{name: one.head[name] for name in names}, "asked_by": one.head["asked_by"]}
    if one.content and one.head["status"] in DRAFTS:
        row |= {"status": str(PurchaseStatus.DRAFT), "asked_by": txn.who}
    return {**row, "proposed": False, **_trace(one, entry)}


def _trace(one: _Taken, entry: int) -> dict[str, Any]:
    return {"source": one.source.file, "sheet": one.source.sheet, "row": one.source.row, "entry": entry}


def _told(one: _Taken) -> Mapping[str, Any]:
    """What the journal keeps: the head's typed values, and those of each new or changed line."""
    told: dict[str, Any] = {
        name: value for name, value in one.head_changed.items() if one.known or value not in _NO_DETAIL
    }
    lines = {number: _typed(one.lines[number]) for number in one.new} | one.changed
    return told | ({"lines": lines} if lines else {})


def _typed(line: Mapping[str, Any]) -> dict[str, str | Decimal]:
    return {name: line[name] for name in ("sku", "quantity", "unit_cost") if line[name] not in _NO_DETAIL}
