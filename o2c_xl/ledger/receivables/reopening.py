"""Reversing write-offs, so that money that came after all finds its invoice open."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Row

from o2c_xl.domain.accounts import write_off_legs
from o2c_xl.domain.money import round_money
from o2c_xl.ledger import schema
from o2c_xl.ledger.invoices.settlements import Settling, invoices_by
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.store import Txn

__all__ = ["reverse_write_offs", "write_offs_of"]

_WRITTEN_OFF, _REVERSED = "written off", "write-off reversed"


def write_offs_of(conn: Connection, invoices: Iterable[str]) -> dict[str, list[Row[Any]]]:
    """The write-offs of these invoices that people asked for and that were not reversed, as settlements."""
    s, log = schema.settlements.c, schema.journal.c
    columns = (s.invoice, s.by, s.amount, s.entry)
    rows = list(rows_by_key(conn, columns, s.invoice, invoices, s.kind == "write-off"))
    events = (log.event.in_((_WRITTEN_OFF, _REVERSED)),)
    facts = {
        row.seq: row
        for row in rows_by_key(conn, (log.seq, log.event, log.data), log.seq, [row.entry for row in rows], *events)
    }
    over = {json.loads(fact.data)["reverses"] for fact in facts.values() if fact.event == _REVERSED}
    found: dict[str, list[Row[Any]]] = {}
    for row in sorted(rows, key=lambda row: row.entry):
        if row.entry in facts and facts[row.entry].event == _WRITTEN_OFF and row.entry not in over:
            found.setdefault(row.invoice, []).append(row)
    return found


def reverse_write_offs(txn: Txn, reasons: Mapping[str, str]) -> int:
    """Open what was written off again, each write-off by an entry that names it; how many invoices."""
    found = write_offs_of(txn.conn, reasons)
    settling = Settling(txn)
    for one in sorted(invoices_by(txn.conn, schema.invoices.c.invoice, found), key=lambda one: str(one.row.invoice)):
        name, currency = one.row.invoice, one.row.currency
        for row in found[name]:
            legs = write_off_legs(
                -row.amount, -round_money(one.tax_of(row.amount), currency), currency, one.row.account
            )
            data = {"amount": row.amount, "reverses": row.entry, "reason": reasons[name]}
            settling.settle(one, "write-off", row.by, -row.amount, txn.record(_REVERSED, name, data, legs))
    settling.write()
    # the wish is fulfilled; its reason stays beside the invoice
    txn.update(schema.invoices, [{"invoice": name, "action": ""} for name in found])
    return len(found)
