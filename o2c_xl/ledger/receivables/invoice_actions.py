"""The books behind actions on invoices, found by what is still to be done and not by what was ever asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, literal, or_, select
from sqlalchemy.sql.expression import TextClause

from o2c_xl.domain.money import ZERO
from o2c_xl.ledger import schema
from o2c_xl.ledger.invoices.crediting import NewNote, invoices_to_credit, post_credit_notes
from o2c_xl.ledger.invoices.settlements import POSTED, Standing, invoices_by
from o2c_xl.ledger.invoices.written_off import reverse_write_offs, write_offs_of
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.messages.outbox import Outgoing, put_in_outbox
from o2c_xl.ledger.messages.sending import ways_of
from o2c_xl.ledger.papers.credit_notes import credits_lacking
from o2c_xl.ledger.receivables.disputes import close_disputes, open_disputes
from o2c_xl.ledger.schema.partial import ASKED_INVOICES
from o2c_xl.ledger.store import Ledger, Txn
from o2c_xl.steps.act_on_invoices import AskedInvoice, InvoiceActions

__all__ = ["InvoiceActionBooks", "asked_invoices", "credits_held"]

_inv = schema.invoices.c
_NOTES = schema.invoices.alias("notes")
_BATCH = 500


class InvoiceActionBooks:
    """Reads and records in batches of up to 500 invoices, each batch one transaction."""

    def __init__(self, ledger: Ledger, day: dt.date, settings: Mapping[str, str] = MappingProxyType({})) -> None:
        self._ledger, self._day, self._settings = ledger, day, settings

    def work_off(self, decide: Callable[[Sequence[AskedInvoice]], InvoiceActions]) -> int:
        """Work on every invoice whose action is still to be done; returns how many it was done with."""
        with self._ledger.reading() as conn:
            # sorted here: asked to sort, SQLite would walk all invoices in the order of their keys
            keys = sorted(conn.execute(select(_inv.invoice).where(*_pending())).scalars())
        count = 0
        for start in range(0, len(keys), _BATCH):
            with self._ledger.transaction(self._day) as txn:
                count += _record(txn, decide(_read(txn.conn, keys[start : start + _BATCH], self._settings)))
        return count


def _pending() -> tuple[ColumnElement[bool] | TextClause, ...]:
    """Asked for and not done: not sent, not disputed, still disputed, written off, or with something left to credit."""
    taken_back = (
        select(func.coalesce(func.sum(_NOTES.c.total), literal(ZERO, _inv.total.type)))
        .where(_NOTES.c.corrects == _inv.invoice)
        .scalar_subquery()
    )
    return (
        ASKED_INVOICES,
        POSTED,
        or_(
            (_inv.action == "Send") & _inv.sent_on.is_(None),
            (_inv.action == "Dispute") & _inv.disputed.is_(False) & (_inv.open != ZERO),
            (_inv.action == "Resolve") & _inv.disputed.is_(True),
            (_inv.action == "Reopen") & (_inv.reason != "") & (_inv.written_off != ZERO),
            (_inv.action == "Credit")
            & (_inv.kind == "Invoice")
            & (_inv.reason != "")
            & (_inv.total + taken_back > ZERO),
        ),
    )


def credits_held(conn: Connection, settings: Mapping[str, str]) -> dict[str, str]:
    """By invoice that is asked to be credited what its credit note lacks."""
    asked = conn.execute(select(_inv.invoice).where(*_pending(), _inv.action == "Credit")).scalars()
    return credits_lacking(conn, sorted(asked), settings)


def _read(conn: Connection, keys: Sequence[str], settings: Mapping[str, str]) -> list[AskedInvoice]:
    rows = {row.invoice: row for row in rows_by_key(conn, schema.invoices, _inv.invoice, keys, *_pending())}
    asked = asked_invoices(conn, [(row, row.action, row.reason) for key in keys if (row := rows.get(key)) is not None])
    lacks = credits_lacking(conn, [one.invoice for one in asked if one.to_credit], settings)
    return [
        replace(one, to_credit=replace(one.to_credit, lacks=lacks.get(one.invoice, ""))) if one.to_credit else one
        for one in asked
    ]


def asked_invoices(conn: Connection, asks: Sequence[tuple[Row[Any], str, str]]) -> list[AskedInvoice]:
    """Invoices as they stand, each with what is asked of it and the reason for that."""
    asking = {action: [row.invoice for row, other, _ in asks if other == action] for _, action, _ in asks}
    to_credit = invoices_to_credit(conn, "invoice", asking.get("Credit", ()))
    written_off = write_offs_of(conn, asking.get("Reopen", ()))
    return [
        AskedInvoice(
            row.invoice,
            action,
            reason,
            row.sent_on is not None,
            bool(row.disputed),
            not row.open,
            row.invoice in written_off,
            to_credit.get(row.invoice),
        )
        for row, action, reason in asks
    ]


def _record(txn: Txn, actions: InvoiceActions) -> int:
    opened = open_disputes(txn, actions.dispute)
    close_disputes(txn, actions.resolve)
    _send(txn, actions.send)
    flags = {**dict.fromkeys(actions.dispute, True), **dict.fromkeys(actions.resolve, False)}
    txn.update(schema.invoices, [{"invoice": key, "disputed": disputed} for key, disputed in flags.items()])
    txn.update(schema.invoices, [{"invoice": key, "dispute": number} for key, number in opened.items()])
    _restate(txn, [*actions.send, *flags])
    post_credit_notes(txn, [NewNote(asked.invoice, credited, asked.reason) for asked, credited in actions.credit])
    reopened = reverse_write_offs(txn, {asked.invoice: asked.reason for asked in actions.reopen})
    return len(actions.send) + len(flags) + len(actions.credit) + reopened


def _send(txn: Txn, keys: Sequence[str]) -> None:
    heads = {row.invoice: row for row in rows_by_key(txn.conn, schema.invoices, _inv.invoice, keys)}
    ways = ways_of(txn.conn, {head.account: head.customer_id for head in heads.values()})
    messages, rows = [], []
    for key in keys:
        head = heads[key]
        way = ways.get(head.account)
        txn.record("invoice sent", key, {"by": way.name if way else ""})
        rows.append({"invoice": key, "sent_by": way.name if way else "Mail", "sent_on": txn.day})
        if not head.opening:  # the old books have sent theirs, and there is nothing to print it from
            to, subject = way.to if way else "", "Invoice for your recent order"
            messages.append(Outgoing(head.kind, key, to, subject, party=head.account))
    txn.update(schema.invoices, rows)
    put_in_outbox(txn, messages)


def _restate(txn: Txn, keys: Sequence[str]) -> None:
    """The status of each of these invoices as it follows from the facts now."""
    standing: list[Standing] = list(invoices_by(txn.conn, _inv.invoice, keys))
    rows: list[dict[str, Any]] = [{"invoice": one.row.invoice, "status": one.status} for one in standing]
    txn.update(schema.invoices, rows)
