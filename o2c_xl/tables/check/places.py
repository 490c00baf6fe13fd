"""Amounts and quantities with more places than their currency or unit takes, where the row alone does not tell which.

The currency of an amount is the row's own, else its customer's or supplier's, else the company's; of a match it is its
payment's. What the ledger holds as it is, is never a fault of the row that repeats it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from o2c_xl.domain.policy import Policy
from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.store import Txn
from o2c_xl.tables.define.spec import Kind
from o2c_xl.tables.known.rows import Known
from o2c_xl.tables.parse.batch import Batch
from o2c_xl.tables.parse.cells import CellFault, check_money_places, check_quantity_places
from o2c_xl.tables.parse.rowset import RowSet

__all__ = ["odd_amounts", "refuse_odd_places"]

_NOBODY: Known = {}
_PARTIES = {"customer_id": schema.customers, "supplier_id": schema.suppliers}


def refuse_odd_places(txn: Txn, rows: Batch, policy: Policy, known: Known = _NOBODY) -> None:
    """Mark quantities with more places than the product's unit takes, amounts with more than the currency's."""
    columns = rows.columns
    if "sku" in columns and "unit" not in columns:
        product = schema.products.c
        skus = {sku for sku in columns["sku"] if sku is not None}
        units = dict(tuple(row) for row in rows_by_key(txn.conn, [product.sku, product.unit], product.sku, skus))
        per_row = [units.get(sku) for sku in columns["sku"]]
        for name in _fields(rows, Kind.QUANTITY):
            _mark(rows, name, check_quantity_places(columns[name], per_row))
    for name, faults in odd_amounts(txn, rows, policy, known).items():
        _mark(rows, name, faults)


def odd_amounts(txn: Txn, rows: RowSet, policy: Policy, known: Known = _NOBODY) -> dict[str, list[CellFault]]:
    """By column the faults of amounts; `known` are the rows that the ledger has. An own currency is checked before."""
    names = _fields(rows, Kind.MONEY)
    if all(value is None for name in names for value in rows.columns[name]):
        return {}
    old = [known.get(rows.key(i)) for i in range(len(rows))]
    currencies = _currencies(txn, rows, policy, old)
    found = {name: check_money_places(rows.columns[name], currencies) for name in names}
    return {
        name: [one for one in faults if rows.columns[name][one.index] != getattr(old[one.index], name, None)]
        for name, faults in found.items()
    }


def _currencies(txn: Txn, rows: RowSet, policy: Policy, old: Sequence[Any]) -> list[str | None]:
    """The currency that each row does not name itself; None where it does, or where only the books can tell."""
    if rows.table.name == "Matches":
        c = schema.payments.c
        payments = [getattr(row, "payment", "") for row in old]
        of = {row.payment: row.currency for row in rows_by_key(txn.conn, [c.payment, c.currency], c.payment, payments)}
        return [of.get(payment) for payment in payments]
    own = rows.columns.get("currency")
    party = next((name for name in _PARTIES if name in rows.table.by_field), "")
    if own is not None and party == rows.table.keys[0].field:
        return [None if currency else policy.currency for currency in own]
    who = rows.columns.get(party) or [getattr(row, party, None) for row in old]
    theirs = [currency or policy.currency for currency in _of_parties(txn, party, who)]
    if rows.table.name != "Payments":
        return list(theirs)
    # the currency of a posted payment is filled in; whose payment it is may only be found out when it is posted
    booked = [getattr(row, "currency", "") for row in old]
    found = zip(own or [None] * len(rows), booked, who, theirs, strict=True)
    return [None if typed else known or (currency if customer else None) for typed, known, customer, currency in found]


def _of_parties(txn: Txn, name: str, who: Sequence[Any]) -> list[str]:
    if not name:
        return [""] * len(who)
    c = _PARTIES[name].c
    used = {key for key in who if key}
    of = {row[0]: row[1] for row in rows_by_key(txn.conn, [c[name], c.currency], c[name], used)}
    return [of.get(key) or "" for key in who]


def _fields(rows: RowSet, kind: Kind) -> list[str]:
    return [name for name in rows.fields if rows.table.by_field[name].kind is kind]


def _mark(rows: Batch, name: str, faults: Iterable[CellFault]) -> None:
    for fault in faults:
        rows.mark(rows.table.by_field[name], fault)
