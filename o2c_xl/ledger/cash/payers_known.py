"""Who pays from which account and under which name: read where somebody is to be found, taught by decisions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from o2c_xl.domain.cash.payers import Payers, plain_account, plain_name
from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.store import Txn

__all__ = ["Taught", "learn", "payers_of"]


@dataclass(frozen=True, slots=True)
class Taught:
    """What a decision says: who paid `payment` under this name and from this account."""

    payment: str
    customer: str
    payer: str
    account: str


def payers_of(conn: Connection, wanted: Iterable[tuple[str, str]]) -> Payers:
    """What is known of these names and accounts; nothing is read where there are none."""
    named = [(name, account) for name, account in wanted if name or account]
    if not named:
        return Payers()
    a, c = schema.payer_aliases.c, schema.customers.c
    values = {plain for name, account in named for plain in (plain_name(name), plain_account(account)) if plain}
    taught = [
        (row.kind, row.value, row.customer_id)
        for row in rows_by_key(conn, (a.kind, a.value, a.customer_id), a.value, values)
    ]
    if not any(name for name, _ in named):
        return Payers.of([], taught)
    customers = conn.execute(select(c.customer_id, c.name, c.bill_to)).all()
    billed = {row.customer_id: row.bill_to for row in customers if row.bill_to}
    return Payers.of([(row.customer_id, row.name) for row in customers], taught, billed)


def learn(txn: Txn, taught: Sequence[Taught]) -> None:
    """Remember who pays under which name and from which account; what was taught of several customers says nothing."""
    pairs: dict[tuple[str, str], Taught] = {}
    shared: set[tuple[str, str]] = set()
    for one in taught:
        for kind, value in (("IBAN", plain_account(one.account)), ("Name", plain_name(one.payer))):
            if value and one.customer:
                if pairs.setdefault((kind, value), one).customer != one.customer:
                    shared.add((kind, value))
                pairs[kind, value] = one
    keys = {f"{kind} {value}": pair for pair in pairs for kind, value in [pair]}
    a = schema.payer_aliases.c
    known: dict[str, Any] = {
        row.alias: row.customer_id for row in rows_by_key(txn.conn, (a.alias, a.customer_id), a.alias, keys)
    }
    rows = []
    for alias, pair in keys.items():
        one = pairs[pair]
        alone = known.get(alias, one.customer) == one.customer and pair not in shared
        customer = one.customer if alone else ""
        if known.get(alias) == customer:
            continue
        entry = txn.record("payer learnt", alias, {"customer": customer, "payment": one.payment})
        rows.append(
            {
                "alias": alias,
                "kind": pair[0],
                "value": pair[1],
                "customer_id": customer,
                "learnt_from": one.payment,
                "learnt_on": txn.day,
                "entry": entry,
            }
        )
    txn.insert(schema.payer_aliases, [row for row in rows if row["alias"] not in known])
    txn.update(schema.payer_aliases, [row for row in rows if row["alias"] in known])
