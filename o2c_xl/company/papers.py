"""Documents on their way out: what the outbox asks for is made from the ledger and put into the folder `outbox`.

Making a document takes long for a ledger and writes outside of it, so it comes after the commit: a document that
could not be written is still asked for, and one that was written twice is the same file.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import PurePath
from typing import Any

from sqlalchemy import Connection, select

from o2c_xl.company.opened import Company
from o2c_xl.documents.written import Job, Letter, desk
from o2c_xl.ledger import schema
from o2c_xl.ledger.account_statements import statement_documents
from o2c_xl.ledger.invoice_papers import invoice_document
from o2c_xl.ledger.letter_papers import reminder_documents
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.papers import packing_slips, pick_list_documents
from o2c_xl.ledger.purchasing import purchase_order_documents

__all__ = ["write_papers"]


Batch = dict[str, list[tuple[str, str]]]  # what they are about and their messages' numbers, by kind
Maker = Callable[[Connection, Sequence[str], Mapping[str, str]], Sequence[Any]]


def _letters(kind: str, conn: Connection, keys: Sequence[str], _settings: Mapping[str, str]) -> Sequence[Any]:
    """Letters of one kind, whose text stands in the outbox already."""
    c = schema.outbox.c
    rows = {row.about: row for row in rows_by_key(conn, schema.outbox, c.about, keys, c.kind == kind)}
    return [Letter(f"{kind} {PurePath(key).name}", json.loads(rows[key].data or "{}").get("text", "")) for key in keys]


_LETTERS = ("Claim", "File set aside", "Goods returned", "Purchase order cancelled")
_MAKERS: Mapping[str, Maker] = {
    "Invoice": invoice_document,
    "Credit note": invoice_document,
    "Purchase order": purchase_order_documents,
    "Packing slip": packing_slips,
    "Pick list": pick_list_documents,
    "Reminder": reminder_documents,
    "Statement of account": statement_documents,
    **{kind: partial(_letters, kind) for kind in _LETTERS},
}
_AS_XLSX = frozenset({"Invoice", "Credit note", "Purchase order"})
_BATCH = 400


def write_papers(company: Company, day: dt.date) -> int:
    """Write every document that waits; returns how many files are new."""
    with company.ledger.reading() as conn:
        settings = company.settings(conn)
    wishes = settings["Documents"]
    if wishes == "None":
        return 0
    written = 0
    with desk(company.folder.outbox, company.folder.layouts) as at_work:
        while batch := _waiting(company):
            jobs = {
                (kind, about): Job(document, as_pdf="PDF" in wishes, as_xlsx="xlsx" in wishes and kind in _AS_XLSX)
                for kind, keys in batch.items()
                for about, document in _documents(company, kind, keys, settings)
            }
            named = dict(zip(jobs, at_work.write(jobs.values()), strict=True))
            written += sum(len(names) for names in named.values())
            _note_written(company, day, batch, named)
    return written


def _note_written(company: Company, day: dt.date, batch: Batch, named: Mapping[tuple[str, str], Sequence[str]]) -> None:
    with company.ledger.transaction(day) as txn:
        rows = [
            {"message": message, "path": ", ".join(named.get((kind, about), ())) or "-", "written": txn.at}
            for kind, keys in batch.items()
            for about, message in keys
        ]
        txn.update(schema.outbox, rows)


def _waiting(company: Company) -> Batch:
    """The next documents that were not written yet: (what it is about, message number) by kind."""
    c = schema.outbox.c
    statement = (
        select(c.kind, c.about, c.message)
        .where(c.status == "Waiting", c.path == "", c.kind.in_(_MAKERS))
        .order_by(c.message)
        .limit(_BATCH)
    )
    found: Batch = {}
    with company.ledger.reading() as conn:
        for kind, about, message in conn.execute(statement):
            found.setdefault(kind, []).append((about, message))
    return found


def _documents(
    company: Company, kind: str, keys: Sequence[tuple[str, str]], settings: Mapping[str, str]
) -> list[tuple[str, Any]]:
    abouts = [about for about, _message in keys]
    with company.ledger.reading() as conn:
        documents = _MAKERS[kind](conn, abouts, settings)
    return list(zip(abouts, documents, strict=True))
