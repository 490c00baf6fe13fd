"""Amending orders: what may still change is changed, stock set aside too much is given back, all else is a fault."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, select

from o2c_xl.domain.keys import fold
from o2c_xl.domain.money import ZERO
from o2c_xl.domain.ordering.amending import Refused, amendment
from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import chunks, rows_by_key
from o2c_xl.ledger.ordering.orders import UNPROMISED, quantities_of
from o2c_xl.ledger.store import Source, Txn
from o2c_xl.tables.known.orders import Known, OrderBook, Side
from o2c_xl.tables.take.order_refusals import Change, allowed, terms_of

__all__ = ["amend"]

_NAMED = 3  # orders that a sentence names
# after these the price of a line without a typed one is looked up again
_PRICING = frozenset({"customer_id", "order_date"})
_PAST_CREDIT = ("Availability", "Approval", "Backordered", "To pick", "Picked", "Partly shipped")


@dataclass(slots=True)
class _Writes:
    """Rows to write, grouped by the columns they bring."""

    heads: dict[tuple[str, ...], list[dict[str, Any]]] = field(default_factory=dict)
    lines: dict[tuple[str, ...], list[dict[str, Any]]] = field(default_factory=dict)
    new: list[int] = field(default_factory=list)
    positions: list[int] = field(default_factory=list)


def amend(txn: Txn, book: OrderBook, known: Known, refused: set[str]) -> tuple[int, int]:
    """Record what changed of known orders; returns how many heads and lines did. Marks what may not change."""
    changes = _differences(book, known, refused)
    if not changes:
        return 0, 0
    heads = {row.order: row for row in rows_by_key(txn.conn, schema.orders, schema.orders.c.order, changes)}
    lines: dict[str, dict[str, Row[Any]]] = {key: {} for key in changes}
    for row in rows_by_key(txn.conn, schema.order_lines, schema.order_lines.c.order, changes):
        lines[row.order][row.line] = row
    origins = _origins(txn, book, heads.values())
    writes, changed, changed_heads, changed_lines = _Writes(), list[str](), 0, 0
    for key, change in changes.items():
        _compare(book, change, heads[key], lines[key])
        if allowed(book, change, heads[key], lines[key], origins.get(key, heads[key].source)):
            _write(txn, book, (heads[key], lines[key]), change, writes)
            changed_heads += bool(change.head)
            changed_lines += len(change.lines) + len(change.new)
            if change.agreed:
                changed.append(key)
    _tell(book, changed)
    _flush(txn, book, writes)
    return changed_heads, changed_lines


def _tell(book: OrderBook, changed: Sequence[str]) -> None:
    """Say which orders that stood a file changed: its sender may have meant new ones."""
    side = book.heads or book.lines
    if changed and side and not side.rows.shared:
        more = f" and {len(changed) - _NAMED} more" if len(changed) > _NAMED else ""
        named = ", ".join(changed[:_NAMED])
        side.rows.notes.append(f"{side.rows.source}: it changed what was ordered before: {named}{more}.")


def _differences(book: OrderBook, known: Known, refused: set[str]) -> dict[str, Change]:
    changes: dict[str, Change] = {}
    for key, i in book.head_of.items():
        if known.heads.get(key) and key not in refused:
            changes.setdefault(key, Change()).at = i
    if book.lines and known.heads:
        numbers = book.lines.rows.columns["line"]
        accepted = [key for key in book.lines_of if key in known.heads and key not in refused]
        for key, i in ((known_key, at) for known_key in accepted for at in book.lines_of[known_key]):
            differs = known.lines.get((key, numbers[i]))
            if differs is None:
                changes.setdefault(key, Change()).new.append(i)
            elif differs:
                changes.setdefault(key, Change()).lines[numbers[i]] = (i, {})
    return changes


def _compare(book: OrderBook, change: Change, head: Row[Any], lines: Mapping[str, Row[Any]]) -> None:
    """Fill in which fields differ."""
    if change.at is not None and book.heads:
        change.head = _differing(book.heads, change.at, head)
    if book.lines:
        for number, (i, _) in list(change.lines.items()):
            change.lines[number] = (i, _differing(book.lines, i, lines[number]))


def _differing(side: Side, index: int, old: Row[Any]) -> dict[str, Any]:
    pairs = zip(side.names, side.values(index), strict=True)
    return {name: now for name, now in pairs if getattr(old, name) != now}


def _origins(txn: Txn, book: OrderBook, heads: Iterable[Row[Any]]) -> dict[str, str]:
    """Of orders that came with a file of the same name as this one: which file that was, and where it lies."""
    names = {side.rows.source for side in (book.heads, book.lines) if side and not side.rows.shared}
    keys = [head.order for head in heads if head.source in names]
    if not keys:
        return {}
    j, f = schema.journal.c, schema.files.c
    same = (f.file == j.source) & (f.seen == j.at)  # noted in one transaction
    came = select(j.subject, j.source, j.day, f.stored_as).outerjoin_from(schema.journal, schema.files, same)
    found: dict[str, str] = {}
    for part in chunks(keys):
        for row in txn.conn.execute(came.where(j.event == "order received", j.subject.in_(part))):
            lies = f", which lies in {row.stored_as}" if row.stored_as else ""
            found[row.subject] = f"{row.source} of {row.day}{lies}"
    return found


def _write(
    txn: Txn, book: OrderBook, old: tuple[Row[Any], Mapping[str, Row[Any]]], change: Change, writes: _Writes
) -> None:
    head, lines = old
    released: dict[str, Decimal] = {}
    for number, (_, changed) in change.lines.items():
        row, back = _changed_line(txn, lines[number], changed)
        if back:
            released[number] = back
        writes.lines.setdefault(tuple(row), []).append(row)
    if set(change.head) & _PRICING:
        for number in set(lines) - set(change.lines):
            row = {"order": head.order, "line": number, "price": None, "tax_rate": None}
            writes.lines.setdefault(tuple(row), []).append(row)
    last = max((line.position or 0 for line in lines.values()), default=0)
    writes.new += change.new
    writes.positions += range(last + 1, last + 1 + len(change.new))
    told, source = _told(book, change, released), _source(book, change)
    entry = txn.record("order amended", head.order, told, source=source)
    row = {"order": head.order, **change.head, **_head_after(txn, head, change), "entry": entry}
    if "customer_reference" in change.head:
        row["folded_reference"] = fold(change.head["customer_reference"])
    if "action" in change.head:
        row["action_problem"] = ""  # it was about the request before
    writes.heads.setdefault(tuple(row), []).append(row)


def _changed_line(txn: Txn, line: Row[Any], changed: Mapping[str, Any]) -> tuple[dict[str, Any], Decimal]:
    """The line's new values, and the stock given back because less of it, or another product, is wanted."""
    row: dict[str, Any] = {"order": line.order, "line": line.line, **changed}
    if not set(changed) - {"remedy"}:
        return row, ZERO
    verdict = amendment(terms_of(line), terms_of(line, changed), quantities_of(line))
    back = ZERO if isinstance(verdict, Refused) else verdict.release
    if back:
        txn.reserve(line.sku, -back)
    row |= {"allocated": line.allocated - back, "price": None, "tax_rate": None, "availability": "", "why": ""}
    if row.get("quantity") == ZERO:
        row |= {"net": ZERO, "why": "Taken off the order."}  # it is not priced again
    return row | {"promise_date": None, **UNPROMISED}, back


def _head_after(txn: Txn, head: Row[Any], change: Change) -> dict[str, Any]:
    """A change of what was agreed sends the order through all checks again; a new remedy through allocation.

    An order held by a person stays on hold, and goes through them once it is let go.
    """
    waiting = {"waiting_for": "", "waiting_who": "", "waiting_since": None}
    if change.agreed:
        fresh = {"credit_state": "", "credit_terms": "", "approved_availability": False, "content_hash": ""}
        stands = {} if head.held else {"status": "Incomplete", **waiting}
        return fresh | stands | {"asked_by": txn.who}
    if change.lines and head.status in _PAST_CREDIT:
        return {"status": "Availability", "approved_availability": False, **waiting}
    return {}


def _told(book: OrderBook, change: Change, released: Mapping[str, Decimal]) -> dict[str, Any]:
    told: dict[str, Any] = dict(change.head)
    if change.lines:
        told["lines"] = {number: changed for number, (_, changed) in change.lines.items()}
    if change.new and book.lines:
        numbers, lines = book.lines.rows.columns["line"], book.lines
        told["new_lines"] = {numbers[i]: dict(zip(lines.names, lines.values(i), strict=True)) for i in change.new}
    if released:
        told["released"] = dict(released)
    return told


def _source(book: OrderBook, change: Change) -> Source:
    """The row that brought the change: the order's own, else the first of its lines."""
    if change.at is not None and book.heads:
        rows, index = book.heads.rows, change.at
    elif book.lines:
        rows, index = book.lines.rows, min([*change.new, *(i for i, _ in change.lines.values())])
    else:
        return Source()
    return Source(rows.source, rows.sheet_of(index), rows.rows[index])


def _flush(txn: Txn, book: OrderBook, writes: _Writes) -> None:
    for group in writes.heads.values():
        txn.update(schema.orders, group)
    for group in writes.lines.values():
        txn.update(schema.order_lines, group)
    if book.lines and writes.new:
        txn.insert_columns(schema.order_lines, book.lines.lines(writes.new, writes.positions))
