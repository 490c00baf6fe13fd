"""Writing off what people marked in Invoices: with the tax it frees, and bound to what was approved."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Row, select

from o2c_xl.domain.accounts import write_off_legs
from o2c_xl.domain.approvals import Role, Verdict, content_hash
from o2c_xl.ledger import schema
from o2c_xl.ledger.approvals import Ask, ask, verdicts, void_rest
from o2c_xl.ledger.invoices.settlements import POSTED, Settling, invoices_by
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.schema.partial import ASKED_INVOICES, OPEN_INVOICES
from o2c_xl.ledger.store import Ledger, Txn
from o2c_xl.steps.write_off import GivenUp

__all__ = ["WRITE_OFF", "WriteOffBooks"]

WRITE_OFF = "Write-off"
_ACTION = "Write off"
_EVENT = "invoice action asked"
_inv = schema.invoices.c
_READ: tuple[Column[Any], ...] = (_inv.invoice, _inv.open, _inv.reason, _inv.currency)


@dataclass(slots=True)
class WriteOffBooks:
    """Open invoices that people gave up."""

    ledger: Ledger
    day: dt.date

    def work_off(self, decide: Callable[[Sequence[GivenUp]], tuple[list[str], list[str]]]) -> tuple[int, int]:
        """Write off and ask for what `decide` names (invoices to post, invoices to ask for); (written off, asked)."""
        with self.ledger.transaction(self.day) as txn:
            rows = {row.invoice: row for row in _wished(txn)}
            if not rows:
                void_rest(txn, WRITE_OFF, {})
                return 0, 0
            decided = verdicts(txn.conn, WRITE_OFF, rows)
            post, wanted = decide([_wish(row, decided.get(row.invoice)) for row in rows.values()])
            _ask(txn, [rows[name] for name in wanted])
            _post(txn, post, rows)
            void_rest(txn, WRITE_OFF, {name: _hash(row) for name, row in rows.items() if name not in post})
        return len(post), len(wanted)


def _wished(txn: Txn) -> Sequence[Row[Any]]:
    statement = select(*_READ).where(OPEN_INVOICES, ASKED_INVOICES, _inv.action == _ACTION, POSTED)
    return sorted(txn.conn.execute(statement), key=lambda row: str(row.invoice))


def _wish(row: Row[Any], verdict: Verdict | None) -> GivenUp:
    found = verdict.of(_hash(row)) if verdict else None
    return GivenUp(row.invoice, row.open, row.reason, found)


def _hash(row: Row[Any]) -> str:
    """An approval holds for this amount and this reason; a payment or another reason makes it void."""
    return content_hash({"invoice": row.invoice, "open": row.open, "currency": row.currency, "reason": row.reason})


def _ask(txn: Txn, rows: Sequence[Row[Any]]) -> None:
    who = _who_asked(txn, (row.invoice for row in rows))
    ask(
        txn,
        [
            Ask(
                Role.FINANCE_MANAGER,
                WRITE_OFF,
                row.invoice,
                row.open,
                row.currency,
                _hash(row),
                who.get(row.invoice, txn.who),
            )
            for row in rows
        ],
    )


def _who_asked(txn: Txn, invoices: Iterable[str]) -> dict[str, str]:
    """The account under which the wish was taken, from the journal."""
    c = schema.journal.c
    rows = rows_by_key(txn.conn, [c.seq, c.subject, c.who], c.subject, invoices, c.event == _EVENT)
    return {row.subject: row.who for row in sorted(rows, key=lambda row: row.seq)}


def _post(txn: Txn, invoices: Sequence[str], rows: dict[str, Row[Any]]) -> None:
    settling = Settling(txn)
    by = {name: verdict.approval for name, verdict in verdicts(txn.conn, WRITE_OFF, invoices).items()}
    for one in sorted(invoices_by(txn.conn, _inv.invoice, invoices), key=lambda one: str(one.row.invoice)):
        name, amount, currency = one.row.invoice, one.open, one.row.currency
        tax = one.tax_of(amount)
        legs = write_off_legs(amount, tax, currency, one.row.account)
        data = {"amount": amount, "reason": rows[name].reason}
        entry = txn.record("written off", name, data, legs)
        settling.settle(one, "write-off", by.get(name, ""), amount, entry)
    settling.write()
    # the wish is fulfilled; its reason stays beside the invoice
    txn.update(schema.invoices, [{"invoice": name, "action": ""} for name in invoices])
