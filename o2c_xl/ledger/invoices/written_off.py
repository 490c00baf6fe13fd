"""What people gave up of invoices, and how it is taken back: on demand, or as the goods are credited."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from sqlalchemy import Connection

from o2c_xl.domain.accounts import write_off_legs
from o2c_xl.domain.money import ZERO
from o2c_xl.ledger import schema
from o2c_xl.ledger.invoices.settlements import Settling, Standing, invoices_by
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.store import Txn

__all__ = ["WriteOff", "reverse_write_offs", "take_written_off_back", "write_offs_of"]

_WRITTEN_OFF, _REVERSED = "written off", "write-off reversed"


@dataclass(frozen=True, slots=True)
class WriteOff:
    """A write-off that people asked for: the approval behind it, its entry, and what of it still stands."""

    by: str
    entry: int
    amount: Decimal


def write_offs_of(conn: Connection, invoices: Iterable[str]) -> dict[str, list[WriteOff]]:
    """The write-offs of these invoices that people asked for, oldest first, without what was reversed of them."""
    s, log = schema.settlements.c, schema.journal.c
    columns = (s.invoice, s.by, s.amount, s.entry)
    rows = list(rows_by_key(conn, columns, s.invoice, invoices, s.kind == "write-off"))
    events = (log.event.in_((_WRITTEN_OFF, _REVERSED)),)
    entries = [row.entry for row in rows]
    facts = {row.seq: row for row in rows_by_key(conn, (log.seq, log.event, log.data), log.seq, entries, *events)}
    back: dict[int, Decimal] = {}
    for fact in facts.values():
        if fact.event == _REVERSED:
            said = json.loads(fact.data)
            back[said["reverses"]] = back.get(said["reverses"], ZERO) + Decimal(said["amount"])
    found: dict[str, list[WriteOff]] = {}
    for row in sorted(rows, key=lambda row: row.entry):
        left = row.amount - back.get(row.entry, ZERO)
        if row.entry in facts and facts[row.entry].event == _WRITTEN_OFF and left:
            found.setdefault(row.invoice, []).append(WriteOff(row.by, row.entry, left))
    return found


def take_written_off_back(
    settling: Settling, invoice: Standing, written_off: Sequence[WriteOff], amount: Decimal, reason: str
) -> list[WriteOff]:
    """Open the invoice by up to `amount` of what was written off of it, each part with its tax and the entry it is of.

    Returns what still stands.
    """
    row, left = invoice.row, []
    for one in written_off:
        part = min(one.amount, amount)
        if part:
            rest = invoice.tax_of(one.amount - part)
            tax = invoice.tax_of(one.amount) - rest  # so that parts add up to the whole's
            data = {"amount": part, "reverses": one.entry, "reason": reason}
            entry = settling.txn.record(
                _REVERSED, row.invoice, data, write_off_legs(-part, -tax, row.currency, row.account)
            )
            settling.settle(invoice, "write-off", one.by, -part, entry)
        amount -= part
        if part < one.amount:
            left.append(replace(one, amount=one.amount - part))
    return left


def reverse_write_offs(txn: Txn, reasons: Mapping[str, str]) -> int:
    """Open what was written off again, so that money that came after all finds its invoice open; how many invoices."""
    found = write_offs_of(txn.conn, reasons)
    settling = Settling(txn)
    for one in sorted(invoices_by(txn.conn, schema.invoices.c.invoice, found), key=lambda one: str(one.row.invoice)):
        name = one.row.invoice
        whole = sum((each.amount for each in found[name]), ZERO)
        take_written_off_back(settling, one, found[name], whole, reasons[name])
    settling.write()
    # the wish is fulfilled; its reason stays beside the invoice
    txn.update(schema.invoices, [{"invoice": name, "action": ""} for name in found])
    return len(found)
