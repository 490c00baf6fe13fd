"""Amending orders: what may still change is changed, stock set aside too much is given back, all else is a fault."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, select

from o2c_xl.domain.money import ZERO
from o2c_xl.domain.ordering.amending import LineTerms, Refused, amendment, header_amendment, request_refused
from o2c_xl.domain.ordering.orders import OrderStatus, Request
from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import chunks, rows_by_key
from o2c_xl.ledger.ordering.orders import quantities_of
from o2c_xl.ledger.store import Source, Txn
from o2c_xl.tables.known.orders import Known, OrderBook, Side
from o2c_xl.tables.take.rows import put_back

__all__ = ["amend"]

_ENDED = (OrderStatus.CANCELLED, OrderStatus.CLOSED)
# changes that do not change what was agreed with the customer
_NAMED = 3  # orders that a sentence names
_QUIET = frozenset({"notes", "priority", "action", "released_until"})
# after these the price of a line without a typed one is looked up again
_PRICING = frozenset({"customer_id", "order_date"})
_PAST_CREDIT = ("Availability", "Approval", "Backordered", "To pick", "Picked", "Partly shipped")


@dataclass(slots=True)
class _Change:
    """What differs in one order: fields of its head, which stands at row `at`; fields per known line; new lines."""

    at: int | None = None
    head: dict[str, Any] = field(default_factory=dict)
    lines: dict[str, tuple[int, dict[str, Any]]] = field(default_factory=dict)
    new: list[int] = field(default_factory=list)

    @property
    def agreed(self) -> bool:
        """Whether what was agreed with the customer changes, so that the order is priced and checked anew."""
        return bool(self.new or set(self.head) - _QUIET or any(set(c) - {"remedy"} for _, c in self.lines.values()))


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
        if _allowed(book, change, heads[key], lines[key], origins.get(key, heads[key].source)):
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


def _differences(book: OrderBook, known: Known, refused: set[str]) -> dict[str, _Change]:
    changes: dict[str, _Change] = {}
    for key, i in book.head_of.items():
        if known.heads.get(key) and key not in refused:
            changes.setdefault(key, _Change()).at = i
    if book.lines and known.heads:
        numbers = book.lines.rows.columns["line"]
        accepted = [key for key in book.lines_of if key in known.heads and key not in refused]
        for key, i in ((known_key, at) for known_key in accepted for at in book.lines_of[known_key]):
            differs = known.lines.get((key, numbers[i]))
            if differs is None:
                changes.setdefault(key, _Change()).new.append(i)
            elif differs:
                changes.setdefault(key, _Change()).lines[numbers[i]] = (i, {})
    return changes


def _compare(book: OrderBook, change: _Change, head: Row[Any], lines: Mapping[str, Row[Any]]) -> None:
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


def _allowed(book: OrderBook, change: _Change, head: Row[Any], lines: Mapping[str, Row[Any]], origin: str) -> bool:
    """Whether all of the change may be made; what may not is marked at its cell. `origin`: what it came with."""
    reasons = [*_head_faults(book, head.order, change, head, lines), *_line_faults(book, change, head, lines)]
    reasons = [one for one in reasons if one[2] == "customer_id"] or reasons  # then all else is of another order
    for side, index, name, reason in reasons:
        problem, _, fix = reason.partition(". ")
        came = "" if side.rows.shared or not origin else f" The order came with {origin}."
        back = _back(book, change, (head, lines), (side, index, name)) if side.rows.shared else ""
        mend = f"{back} {fix}".strip() or "Put the old value back."
        side.rows.fault(index, name, f"{problem.removesuffix('.')}.{came}", mend)
    return not reasons


def _back(
    book: OrderBook, change: _Change, old: tuple[Row[Any], Mapping[str, Row[Any]]], at: tuple[Side, int, str]
) -> str:
    """What to type back into a cell that may not change, which holds back its row: a request there waits with it."""
    (head, lines), (side, index, name) = old, at
    if name == "action":
        return ""
    if side is book.heads:
        return put_back(getattr(head, name))
    number = next((number for number, (i, _) in change.lines.items() if i == index), None)
    return put_back(getattr(lines[number], name)) if number is not None else ""


_Found = tuple[Side, int, str, str]


def _head_faults(
    book: OrderBook, key: str, change: _Change, head: Row[Any], lines: Mapping[str, Row[Any]]
) -> Iterable[_Found]:
    if not change.head or book.heads is None:
        return
    index, table = book.head_of[key], book.heads.rows.table
    for name in change.head:
        reason = None
        if name == "action" and change.head[name]:
            reason = request_refused(Request(change.head[name]), OrderStatus(head.status))
            reason = reason.removeprefix("Action: ") if reason else None
        elif name == "customer_id" and head.customer_id and not book.heads.rows.shared:
            reason = _another(key, head, change.head[name])
        elif name not in _QUIET and head.status in _ENDED:
            reason = _ended(head)
        elif name not in _QUIET:
            verdict = header_amendment([table.by_field[name].header], (quantities_of(line) for line in lines.values()))
            reason = verdict.reason.partition(": ")[2] if isinstance(verdict, Refused) else None
        if reason:
            yield book.heads, index, name, reason


def _another(key: str, head: Row[Any], customer: str) -> str:
    """Two customers may use the same numbers: what a file brings never makes one's order another's."""
    fix = f"Give the order of {customer} another number, or put it in Customer reference and leave Order empty"
    mend = "an order entered for the wrong customer is mended in the workbook"
    return f"{key} is an order of {head.customer_id} already. {fix}; {mend}."


def _ended(head: Row[Any]) -> str:
    return f"The order is {head.status.lower()} and cannot be changed. Enter a new order."


def _line_faults(book: OrderBook, change: _Change, head: Row[Any], lines: Mapping[str, Row[Any]]) -> Iterable[_Found]:
    if book.lines is None:
        return
    for number, (i, changed) in change.lines.items():
        verdict = amendment(_terms(lines[number]), _terms(lines[number], changed), quantities_of(lines[number]))
        if head.status in _ENDED:
            yield book.lines, i, next(iter(changed)), _ended(head)
        elif isinstance(verdict, Refused):
            yield book.lines, i, next(name for name in changed if name != "remedy"), verdict.reason
    for i in change.new:
        verdict = header_amendment(["A new line"], (quantities_of(line) for line in lines.values()))
        if head.status in _ENDED:
            yield book.lines, i, "line", _ended(head)
        elif isinstance(verdict, Refused):
            yield book.lines, i, "line", verdict.reason.partition(": ")[2]


def _terms(line: Row[Any], changed: Mapping[str, Any] | None = None) -> LineTerms:
    values = {**line._asdict(), **(changed or {})}
    return LineTerms(
        sku=values["sku"],
        quantity=values["quantity"] or ZERO,
        price=values["unit_price"],
        discount=values["discount_percent"] or ZERO,
        customisation=values["customisation"],
        requested=str(values["requested_date"] or ""),
    )


def _write(
    txn: Txn, book: OrderBook, old: tuple[Row[Any], Mapping[str, Row[Any]]], change: _Change, writes: _Writes
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
    if "action" in change.head:
        row["action_problem"] = ""  # it was about the request before
    writes.heads.setdefault(tuple(row), []).append(row)


def _changed_line(txn: Txn, line: Row[Any], changed: Mapping[str, Any]) -> tuple[dict[str, Any], Decimal]:
    """The line's new values, and the stock given back because less of it, or another product, is wanted."""
    row: dict[str, Any] = {"order": line.order, "line": line.line, **changed}
    if not set(changed) - {"remedy"}:
        return row, ZERO
    verdict = amendment(_terms(line), _terms(line, changed), quantities_of(line))
    back = ZERO if isinstance(verdict, Refused) else verdict.release
    if back:
        txn.reserve(line.sku, -back)
    row |= {"allocated": line.allocated - back, "price": None, "tax_rate": None, "availability": "", "why": ""}
    return row | {"promise_date": None}, back


def _head_after(txn: Txn, head: Row[Any], change: _Change) -> dict[str, Any]:
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


def _told(book: OrderBook, change: _Change, released: Mapping[str, Decimal]) -> dict[str, Any]:
    told: dict[str, Any] = dict(change.head)
    if change.lines:
        told["lines"] = {number: changed for number, (_, changed) in change.lines.items()}
    if change.new and book.lines:
        numbers, lines = book.lines.rows.columns["line"], book.lines
        told["new_lines"] = {numbers[i]: dict(zip(lines.names, lines.values(i), strict=True)) for i in change.new}
    if released:
        told["released"] = dict(released)
    return told


def _source(book: OrderBook, change: _Change) -> Source:
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
