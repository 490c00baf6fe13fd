"""Prove the books: every equation they must hold, each as one question to the database.

A check never raises for what it finds: a hole, a difference, a damaged page are its result, with the first place
named. So whoever edits the ledger by hand is found, and so is a fault of the program.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from o2c_xl.ledger.proof.cancelled import CANCELLED_CHECKS
from o2c_xl.ledger.proof.journal import JOURNAL_CHECKS, Broken
from o2c_xl.ledger.proof.layers import LAYER_CHECKS
from o2c_xl.ledger.proof.rule import Rule
from o2c_xl.ledger.proof.rules import RULES
from o2c_xl.ledger.proof.seals import SEAL_CHECKS
from o2c_xl.ledger.store import Ledger
from o2c_xl.ledger.types import from_units

__all__ = ["Check", "verify"]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing proved, or not: `first` names the first place where `found` is not what was `expected`."""

    name: str
    ok: bool
    expected: str = ""
    found: str = ""
    first: str = ""

    def __str__(self) -> str:
        if self.ok:
            return f"ok: {self.name}"
        where = f" at {self.first}" if self.first else ""
        return f"BROKEN: {self.name}{where}: expected {self.expected}, found {self.found}"


def verify(ledger: Ledger) -> list[Check]:
    """Every check on the ledger as it stands now, in an order that goes from the database to the meaning."""
    try:
        with ledger.reading() as conn:
            return list(_checks(conn))
    except (SQLAlchemyError, UnicodeDecodeError) as fault:  # the driver fails so where its own message is damaged
        return [Check("The database can be read", False, "a ledger", _reason(fault), "the file")]


def _checks(conn: Connection) -> Iterable[Check]:
    for name, find in (*JOURNAL_CHECKS, *SEAL_CHECKS, *LAYER_CHECKS, *CANCELLED_CHECKS):
        yield _checked(conn, name, find)
    for rule in RULES:
        yield _checked(conn, rule.name, lambda conn, rule=rule: _first(conn, rule))  # type: ignore[misc]


def _checked(conn: Connection, name: str, find: Callable[[Connection], Broken | None]) -> Check:
    try:
        broken = find(conn)
    except (SQLAlchemyError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError) as fault:
        # a damaged page or a text where a number belongs: the reading itself is the finding
        conn.rollback()
        return Check(name, False, "values that can be read", _reason(fault))
    if broken is None:
        return Check(name, True)
    return Check(name, False, broken.expected, broken.found, broken.first)


def _first(conn: Connection, rule: Rule) -> Broken | None:
    row = conn.exec_driver_sql(
        f"SELECT x.at, x.expected, x.found, COUNT(*) OVER () FROM ({rule.sql}) AS x ORDER BY x.at LIMIT 1"  # noqa: S608
    ).first()
    if row is None:
        return None
    at, expected, found, count = row
    more = f" (and {count - 1} more)" if count > 1 else ""
    return Broken(_shown(expected, rule), _shown(found, rule), f"{at}{more}")


def _shown(value: object, rule: Rule) -> str:
    if rule.exact and isinstance(value, int | Decimal) and value == int(value):
        return str(from_units(int(value)))
    return "nothing" if value is None else str(value)


def _reason(fault: Exception) -> str:
    return str(getattr(fault, "orig", None) or fault).strip()
