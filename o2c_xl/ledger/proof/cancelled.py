"""What verify proves of what was given up: an entry cancelled the goods, or called the pick back."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal

from sqlalchemy import Connection

from o2c_xl.ledger.proof.journal import Broken, stream
from o2c_xl.ledger.types import from_units, to_units

__all__ = ["CANCELLED_CHECKS"]

# by a person, or by what is done for want of stock; most entries of the latter cancel nothing and are not read
_TOLD = """SELECT subject, data FROM journal WHERE event IN ('order cancelled', 'order closed short', 'stock allocated')
           AND data LIKE '%"cancelled":{%'"""
_CALLED_BACK = "SELECT data FROM journal WHERE event = 'picks called back'"
_OFF_THE_LIST = "SELECT pick FROM picks WHERE status = 'Cancelled' AND shipment = ''"
_STILL = "SELECT pick FROM picks WHERE status <> 'Cancelled' AND shipment = ''"
_KEPT = 'SELECT "order", line, cancelled FROM order_lines WHERE cancelled <> 0'


def cancelled(conn: Connection) -> Broken | None:
    """Each order line has cancelled what its order's entries tell, and no more."""
    told: dict[tuple[str, str], int] = {}
    for order, data in stream(conn, _TOLD):
        for line, quantity in json.loads(data)["cancelled"].items():
            told[order, line] = told.get((order, line), 0) + to_units(Decimal(quantity))
    kept = {(order, line): units for order, line, units in stream(conn, _KEPT)}
    for key in sorted(told.keys() | kept.keys()):
        expected, found = told.get(key, 0), kept.get(key, 0)
        if expected != found:
            return Broken(str(from_units(expected)), str(from_units(found)), f"order_lines {'/'.join(key)}")
    return None


def called_back(conn: Connection) -> Broken | None:
    """A pick that never left its list is cancelled when an entry called it back, and only then."""
    told = {pick for (data,) in stream(conn, _CALLED_BACK) for pick in json.loads(data)["picks"]}
    kept = {pick for (pick,) in stream(conn, _OFF_THE_LIST)}
    if more := sorted(kept - told):
        return Broken("an entry that called it back", "Cancelled", more[0])
    still = {pick for (pick,) in stream(conn, _STILL)} & told
    return Broken("Cancelled", "still on its list", min(still)) if still else None


CANCELLED_CHECKS: tuple[tuple[str, Callable[[Connection], Broken | None]], ...] = (
    ("What an order line cancelled is what its order's entries tell", cancelled),
    ("A pick is cancelled when an entry called it back", called_back),
)
