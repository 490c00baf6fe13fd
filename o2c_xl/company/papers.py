"""Documents on their way out: what the outbox asks for is made from the ledger and put into the folder `outbox`.

Making a document takes tens of milliseconds and writes outside the ledger, so it comes after the commit: a document
that could not be written is still asked for, and one that was written twice is the same file.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from o2c_xl.company.opened import Company
from o2c_xl.documents.names import file_name, safe_name
from o2c_xl.documents.outbox import write_outbox
from o2c_xl.documents.pdf import render_pdf
from o2c_xl.documents.sheets import layout_name, render_xlsx
from o2c_xl.ledger import schema
from o2c_xl.ledger.invoice_papers import invoice_document
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.papers import packing_slips, pick_list_documents
from o2c_xl.ledger.purchasing import purchase_order_document

__all__ = ["write_papers"]


@dataclass(frozen=True, slots=True)
class Letter:
    """A message that is only text."""

    title: str
    text: str


Maker = Callable[[Connection, Sequence[str], Mapping[str, str]], Sequence[Any]]


def _purchase_orders(conn: Connection, keys: Sequence[str], settings: Mapping[str, str]) -> Sequence[Any]:
    return [purchase_order_document(conn, key, settings) for key in keys]


def _letters(conn: Connection, keys: Sequence[str], _settings: Mapping[str, str]) -> Sequence[Any]:
    """Letters whose text stands in the outbox already, such as a claim."""
    c = schema.outbox.c
    rows = {row.about: row for row in rows_by_key(conn, schema.outbox, c.about, keys, c.kind.in_(_LETTERS))}
    return [Letter(f"{rows[key].kind} {key}", json.loads(rows[key].data or "{}").get("text", "")) for key in keys]


_LETTERS = ("Claim", "Purchase order cancelled")
_MAKERS: Mapping[str, Maker] = {
    "Invoice": invoice_document,
    "Credit note": invoice_document,
    "Purchase order": _purchase_orders,
    "Packing slip": packing_slips,
    "Pick list": pick_list_documents,
    **dict.fromkeys(_LETTERS, _letters),
}
_AS_XLSX = frozenset({"Invoice", "Credit note", "Purchase order"})
_BATCH = 200
_WORTH_HELP = 24  # so many documents pay for starting a second process


def write_papers(company: Company, day: dt.date) -> int:
    """Write every document that waits; returns how many files are new."""
    with company.ledger.reading() as conn:
        settings = company.settings(conn)
    wishes = settings["Documents"]
    if wishes == "None":
        return 0
    written = 0
    while batch := _waiting(company):
        jobs = [job for kind, keys in batch.items() for job in _jobs(company, kind, keys, settings)]
        named = _write(company.folder.outbox, company.folder.layouts, jobs, wishes)
        written += sum(len(names) for names in named.values())
        with company.ledger.transaction(day) as txn:
            rows = [
                {"message": message, "path": ", ".join(named.get((kind, about), ())) or "-", "written": txn.at}
                for kind, keys in batch.items()
                for about, message in keys
            ]
            txn.update(schema.outbox, rows)
    return written


def _waiting(company: Company) -> dict[str, list[tuple[str, str]]]:
    """The next documents that were not written yet: (what it is about, message number) by kind."""
    c = schema.outbox.c
    statement = (
        select(c.kind, c.about, c.message)
        .where(c.status == "Waiting", c.path == "", c.kind.in_(_MAKERS))
        .order_by(c.message)
        .limit(_BATCH)
    )
    found: dict[str, list[tuple[str, str]]] = {}
    with company.ledger.reading() as conn:
        for kind, about, message in conn.execute(statement):
            found.setdefault(kind, []).append((about, message))
    return found


def _jobs(
    company: Company, kind: str, keys: Sequence[tuple[str, str]], settings: Mapping[str, str]
) -> Iterator[tuple[str, str, Any]]:
    abouts = [about for about, _message in keys]
    with company.ledger.reading() as conn:
        documents = _MAKERS[kind](conn, abouts, settings)
    yield from ((kind, about, document) for about, document in zip(abouts, documents, strict=True))


def _write(
    outbox: Path, layouts: Path, jobs: Sequence[tuple[str, str, Any]], wishes: str
) -> dict[tuple[str, str], list[str]]:
    """Make and write the files; on several processors when there are many."""
    tasks = [(outbox, layouts, job, wishes) for job in jobs]
    if len(jobs) < _WORTH_HELP or (os.cpu_count() or 1) < 2:  # noqa: PLR2004 -- one processor helps nobody
        return dict(map(_make, tasks))
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        return dict(pool.map(_make, tasks, chunksize=8))


def _make(task: tuple[Path, Path, tuple[str, str, Any], str]) -> tuple[tuple[str, str], list[str]]:
    outbox, layouts, (kind, about, document), wishes = task
    if isinstance(document, Letter):
        name = safe_name(document.title, "txt")
        return (kind, about), [write_outbox(outbox, name, f"{document.text}\n".encode()).name]
    names = []
    if "PDF" in wishes:
        names.append(write_outbox(outbox, file_name(document, "pdf"), render_pdf(document)).name)
    if "xlsx" in wishes and kind in _AS_XLSX:
        own = layouts / layout_name(document)
        content = render_xlsx(document, own if own.is_file() else None)
        names.append(write_outbox(outbox, file_name(document, "xlsx"), content).name)
    return (kind, about), names
