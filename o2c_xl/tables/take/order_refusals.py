"""Why a change of an order may not be made, at the cell that brings it, and what to type there instead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row

from o2c_xl.domain.money import ZERO
from o2c_xl.domain.ordering.amending import LineTerms, Refused, amendment, header_amendment, request_refused
from o2c_xl.domain.ordering.orders import OrderStatus, Request
from o2c_xl.ledger.ordering.orders import quantities_of
from o2c_xl.tables.known.orders import OrderBook, Side
from o2c_xl.tables.take.rows import put_back

__all__ = ["Change", "allowed", "terms_of"]

_ENDED = (OrderStatus.CANCELLED, OrderStatus.CLOSED)
_NO_NEW_LINE = "Goods of the order are picked or shipped, so it takes no new line. Enter a new order."
_ALL_TAKEN_OFF = "Nothing would be left of the order. To give it up set its Action to Cancel."
# changes that do not change what was agreed with the customer
_QUIET = frozenset({"notes", "priority", "action", "released_until"})


@dataclass(slots=True)
class Change:
    """What differs in one order: fields of its head, which stands at row `at`; fields per known line; new lines."""

    at: int | None = None
    head: dict[str, Any] = field(default_factory=dict)
    lines: dict[str, tuple[int, dict[str, Any]]] = field(default_factory=dict)
    new: list[int] = field(default_factory=list)

    @property
    def agreed(self) -> bool:
        """Whether what was agreed with the customer changes, so that the order is priced and checked anew."""
        return bool(self.new or set(self.head) - _QUIET or any(set(c) - {"remedy"} for _, c in self.lines.values()))


def allowed(book: OrderBook, change: Change, head: Row[Any], lines: Mapping[str, Row[Any]], origin: str) -> bool:
    """Whether all of the change may be made; what may not is marked at its cell. `origin`: what it came with."""
    reasons = [*_head_faults(book, head.order, change, head, lines), *_line_faults(book, change, head, lines)]
    reasons += _last_line_faults(book, change, lines)
    reasons = [one for one in reasons if one[2] == "customer_id"] or reasons  # then all else is of another order
    for side, index, name, reason in reasons:
        problem, _, fix = reason.partition(". ")
        came = "" if side.rows.shared or not origin else f" The order came with {origin}."
        back = _back(book, change, (head, lines), (side, index, name)) if side.rows.shared else ""
        mend = f"{back} {fix}".strip() or "Put the old value back."
        side.rows.fault(index, name, f"{problem.removesuffix('.')}.{came}", mend)
    return not reasons


def _back(
    book: OrderBook, change: Change, old: tuple[Row[Any], Mapping[str, Row[Any]]], at: tuple[Side, int, str]
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
    book: OrderBook, key: str, change: Change, head: Row[Any], lines: Mapping[str, Row[Any]]
) -> Iterable[_Found]:
    if not change.head or book.heads is None:
        return
    index, table = book.head_of[key], book.heads.rows.table
    for name in change.head:
        reason = None
        if name == "action" and change.head[name]:
            reason = _request_refused(Request(change.head[name]), change, head)
        elif name == "customer_id" and head.customer_id and not book.heads.rows.shared:
            reason = _another(key, head, change.head[name])
        elif name not in _QUIET and head.status in _ENDED:
            reason = _ended(head)
        elif name not in _QUIET:
            verdict = header_amendment([table.by_field[name].header], (quantities_of(line) for line in lines.values()))
            reason = verdict.reason.partition(": ")[2] if isinstance(verdict, Refused) else None
        if reason:
            yield book.heads, index, name, reason


def _request_refused(request: Request, change: Change, head: Row[Any]) -> str | None:
    """An order that is checked anew with this very change may be confirmed and released once more."""
    credit = "" if change.agreed else head.credit_state
    return request_refused(request, OrderStatus(head.status), credit, held=head.held or head.action == Request.HOLD)


def _another(key: str, head: Row[Any], customer: str) -> str:
    """Two customers may use the same numbers: what a file brings never makes one's order another's."""
    fix = f"Give the order of {customer} another number, or put it in Customer reference and leave Order empty"
    mend = "an order entered for the wrong customer is mended in the workbook"
    return f"{key} is an order of {head.customer_id} already. {fix}; {mend}."


def _ended(head: Row[Any]) -> str:
    return f"The order is {head.status.lower()} and cannot be changed. Enter a new order."


def _line_faults(book: OrderBook, change: Change, head: Row[Any], lines: Mapping[str, Row[Any]]) -> Iterable[_Found]:
    if book.lines is None:
        return
    for number, (i, changed) in change.lines.items():
        verdict = amendment(terms_of(lines[number]), terms_of(lines[number], changed), quantities_of(lines[number]))
        if head.status in _ENDED:
            yield book.lines, i, next(iter(changed)), _ended(head)
        elif isinstance(verdict, Refused):
            yield book.lines, i, next(name for name in changed if name != "remedy"), verdict.reason
    for i in change.new:
        verdict = header_amendment(["A new line"], (quantities_of(line) for line in lines.values()))
        if head.status in _ENDED:
            yield book.lines, i, "line", _ended(head)
        elif isinstance(verdict, Refused):
            yield book.lines, i, "line", _NO_NEW_LINE


def _last_line_faults(book: OrderBook, change: Change, lines: Mapping[str, Row[Any]]) -> Iterable[_Found]:
    """An order of which nothing would be left is cancelled as a whole, so that its customer hears of it."""
    off = {number: i for number, (i, changed) in change.lines.items() if changed.get("quantity") == ZERO}
    left = [number for number, line in lines.items() if number not in off and line.quantity != ZERO]
    if book.lines and off and not left and not change.new:
        yield book.lines, min(off.values()), "quantity", _ALL_TAKEN_OFF


def terms_of(line: Row[Any], changed: Mapping[str, Any] | None = None) -> LineTerms:
    """What was agreed of a line, with what of it changes."""
    values = {**line._asdict(), **(changed or {})}
    return LineTerms(
        sku=values["sku"],
        quantity=values["quantity"] or ZERO,
        price=values["unit_price"],
        discount=values["discount_percent"] or ZERO,
        customisation=values["customisation"],
        requested=str(values["requested_date"] or ""),
    )
