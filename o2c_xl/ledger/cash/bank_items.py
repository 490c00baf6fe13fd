"""Items of collective bookings that are known already: they take its place, or are told where it is a payment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from o2c_xl.domain.cash.banking import Again, BankLine, LineStatus
from o2c_xl.domain.money import round_money
from o2c_xl.ledger import schema
from o2c_xl.ledger.store import Txn

__all__ = ["itemise", "told_of_items"]

Columns = Mapping[str, Sequence[Any]]
_MOST_TOLD = 160


def itemise(txn: Txn, again: Again, number: str) -> None:
    """Items take the place of the booking that they are of, where that made no payment yet."""
    done = {"status": str(LineStatus.ITEMISED), "problem": ""}
    lines = [(line.key, batch) for batch, line in again.told.items() if not line.payment]
    txn.update(schema.bank_lines, [{"bank_line": key, "items": f"{number}/b{batch}", **done} for key, batch in lines])


def told_of_items(txn: Txn, columns: Columns, again: Again) -> tuple[str, ...]:
    """What the items say of bookings that are payments already, as sentences; kept beside the lines too."""
    said = {}
    for batch, line in again.told.items():
        if line.payment:
            said[line.key] = _of_items(columns, batch, line)
    txn.update(schema.bank_lines, [{"bank_line": key, "problem": text} for key, text in said.items()])
    return tuple(said.values())


def _of_items(columns: Columns, batch: str, line: BankLine) -> str:
    items = [at for at, of in enumerate(columns["batch"]) if str(of or "") == batch]
    parts = [
        " ".join(
            filter(
                None,
                (
                    columns["counterparty"][at][:20],
                    str(round_money(columns["amount"][at], line.currency)),
                    columns["text"][at][:30],
                ),
            )
        )
        for at in items
    ]
    listed = "; ".join(parts)
    listed = f"{listed[:_MOST_TOLD]}…" if len(listed) > _MOST_TOLD else listed
    back = round_money(-line.amount, line.currency)
    return (
        f"Its items came later and add nothing. To divide {line.payment}, type in Payments {back} with Reference "
        f"Return of {line.payment} {line.key}, then each item with {line.key}: {listed}"
    )
