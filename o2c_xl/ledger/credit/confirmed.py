"""What confirmed orders will still be invoiced for: of the accounts they are billed to, and of each order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Any

from sqlalchemy import Connection, exists, func, or_, select, type_coerce

from o2c_xl.domain.money import ZERO, round_money
from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import chunks
from o2c_xl.ledger.schema.partial import OPEN_ORDERS
from o2c_xl.ledger.types import Exact

__all__ = ["confirmed_sums", "still_to_invoice"]

_PREPAID = "Prepaid"
_PLACES = Decimal("0.0001")


def confirmed_sums(conn: Connection, accounts: Iterable[str]) -> dict[tuple[str, str], Decimal]:
    """What approved orders will still be invoiced for, by account and currency; prepaid ones owe nothing.

    Most have not moved yet and are one sum per account; those partly invoiced or cancelled are reckoned one by one.
    """
    c = schema.orders.c
    found: dict[tuple[str, str], Decimal] = {}
    for part in chunks(accounts):
        where = (c.bill_to.in_(part), c.credit_state == "Approved", c.terms != _PREPAID, OPEN_ORDERS)
        total = type_coerce(func.sum(c.total), Exact).label("total")
        for row in conn.execute(select(c.bill_to, c.currency, total).where(*where).group_by(c.bill_to, c.currency)):
            found[row.bill_to, row.currency] = row.total
        for one in _to_invoice(conn, *where, _MOVED):
            found[one.bill_to, one.currency] += _rest(one) - one.total
    return found


def still_to_invoice(conn: Connection, totals: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """What each of these orders, given with its total, will still be invoiced for, tax included."""
    c = schema.orders.c
    moved = {row.order: _rest(row) for part in chunks(totals) for row in _to_invoice(conn, c.order.in_(part), _MOVED)}
    return {**totals, **moved}


_o, _l = schema.orders.c, schema.order_lines.c
_m = schema.order_lines.alias("moved").c
# orders of which something was invoiced, cancelled or brought back before that
_MOVED = exists().where(
    _m.order == _o.order, or_(_m.invoiced_net != ZERO, _m.cancelled != ZERO, _m.returned_uninvoiced != ZERO)
)


@dataclass(slots=True)
class _Moved:
    """An order of which something happened, and the net that was invoiced or will never be."""

    order: str
    bill_to: str
    currency: str
    net: Decimal | None
    total: Decimal
    freight: Decimal | None
    freight_invoiced: bool
    done: Decimal = ZERO


_HEAD = (_o.order, _o.bill_to, _o.currency, _o.net, _o.total, _o.freight, _o.freight_invoiced)
_LINE = (_l.net, _l.quantity, _l.cancelled, _l.returned_uninvoiced, _l.invoiced_net)


def _to_invoice(conn: Connection, *where: Any) -> Iterable[_Moved]:  # noqa: ANN401 -- conditions
    """These orders with what is done of them; a line's net by its quantity is more than a database's number holds."""
    statement = select(*_HEAD, *_LINE).select_from(schema.orders.outerjoin(schema.order_lines, _l.order == _o.order))
    found: dict[str, _Moved] = {}
    for order, *row in conn.execute(statement.where(*where)):
        net, quantity, cancelled, back, invoiced = row[-5:]
        one = found.get(order) or found.setdefault(order, _Moved(order, *row[:-5]))
        not_billed = (cancelled or ZERO) + (back or ZERO)
        if not_billed and quantity and net:
            one.done += (net * not_billed / quantity).quantize(_PLACES, ROUND_DOWN)
        one.done += invoiced or ZERO
    return found.values()


def _rest(row: _Moved) -> Decimal:
    done = row.done + (row.freight if row.freight_invoiced and row.freight else ZERO)
    if not done or not row.net:
        return ZERO if done else row.total
    return round_money(row.total * (row.net - done) / row.net, row.currency)
