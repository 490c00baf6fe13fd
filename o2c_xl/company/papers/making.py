"""Documents on their way out: what the outbox asks for is made from the ledger and put into the folder `outbox`.

Making a document takes long for a ledger and writes outside of it, so it comes after the commit: a document that
could not be written is still asked for, and one that was written twice is the same file.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import PurePath
from typing import Any

from sqlalchemy import Connection, select

from o2c_xl.company.opened import Company
from o2c_xl.company.papers.withdrawn import put_aside
from o2c_xl.documents.outbox import files_told
from o2c_xl.documents.written import Job, Letter, Made, desk
from o2c_xl.domain.einvoice.lacks import lacks_of, no_font, without_peppol
from o2c_xl.domain.einvoice.tax_numbers import vat_problem
from o2c_xl.domain.issue import CannotRun
from o2c_xl.domain.paper import InvoiceDocument
from o2c_xl.domain.telling import KINDS
from o2c_xl.ledger import schema
from o2c_xl.ledger.buying.purchasing import purchase_order_documents
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.messages.plain import as_data, plain_messages
from o2c_xl.ledger.papers.invoices import invoice_document
from o2c_xl.ledger.papers.letters import reminder_documents
from o2c_xl.ledger.papers.slips import packing_slips, pick_list_documents
from o2c_xl.ledger.receivables.account_statements import statement_documents

__all__ = ["Anew", "Written", "make_anew", "write_papers"]


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
_INVOICES = frozenset({"Invoice", "Credit note"})
_BATCH = 400
_NAMED = 3  # so many invoices are named in a note
_MOST_NOTES = 10
_NO_ACCOUNT = "went out without an account to pay into. Company IBAN: it is empty. Enter your account in Settings."


@dataclass(slots=True)
class Written:
    """How many files are new, and what is to be said about them."""

    count: int = 0
    notes: list[str] = field(default_factory=list)


def write_papers(company: Company, day: dt.date) -> Written:
    """Write every document that waits."""
    with company.ledger.reading() as conn:
        settings = company.settings(conn)
    wishes = settings["Documents"]
    written = Written()
    if wishes == "None":
        return written
    told: dict[str, list[str]] = {}
    plain: dict[str, str] = {}
    with desk(company.folder.outbox, company.folder.layouts) as at_work:
        while batch := _waiting(company):
            jobs = {
                (kind, about): _job(kind, document, settings, told, plain)
                for kind, keys in batch.items()
                for about, document in _documents(company, kind, keys, settings)
            }
            made = dict(zip(jobs, at_work.write(jobs.values()), strict=True))
            _note_unset(jobs, made, told, plain)
            named = {key: one.names for key, one in made.items()}
            written.count += sum(len(names) for names in named.values())
            _note_written(company, day, batch, named, plain)
    written.notes += _notes(told)
    return written


@dataclass(frozen=True, slots=True)
class Anew:
    """Files made anew by invoice, and a sentence for each invoice that still lacks something."""

    files: Mapping[str, Sequence[str]]
    refusals: Sequence[str]


def make_anew(company: Company, day: dt.date, invoices: Sequence[str], *, dry_run: bool) -> Anew:
    """Make the documents of invoices that went out without their data once more, now with it; of none named, all.

    Nothing is sent by it: a message that went out stays sent, one that waits goes with the new files.
    """
    with company.ledger.reading() as conn:
        settings = company.settings(conn)
        plain = plain_messages(conn, invoices)
    for name, nothing in (("E-invoice", "data"), ("Documents", "file")):
        if settings[name] == "None":
            raise CannotRun(f"{name} is None in Settings: there is no {nothing} to make.")
    unfit = [f"{key}: it did not go out without its data. See Waiting." for key in invoices if key not in plain]
    batch: Batch = {}
    for about, (kind, message) in plain.items():
        batch.setdefault(kind, []).append((about, message))
    found = [(kind, *one) for kind, keys in batch.items() for one in _documents(company, kind, keys, settings)]
    lacks = {about: [lack.sentence for lack in lacks_of(document)] for _kind, about, document in found}
    unfit += [f"{about}: {' '.join(why)}" for about, why in lacks.items() if why]
    jobs = {
        (kind, about): _job(kind, document, settings, {}, {}) for kind, about, document in found if not lacks[about]
    }
    if dry_run or not jobs:
        return Anew({about: () for _kind, about in jobs}, unfit)
    with desk(company.folder.outbox, company.folder.layouts) as at_work:
        made = dict(zip(jobs, at_work.write(jobs.values()), strict=True))
    named = {key: one.names for key, one in made.items()}
    plain_still: dict[str, str] = {}
    _note_unset(jobs, made, {}, plain_still)
    before = _written_before(company, [message for keys in batch.values() for _about, message in keys])
    done = {kind: [one for one in keys if (kind, one[0]) in jobs] for kind, keys in batch.items()}
    _note_written(company, day, done, named, plain_still, anew=True)
    now = {name for names in named.values() for name in names}
    old = {name for keys in done.values() for _about, message in keys for name in before.get(message, ())}
    if old - now:
        put_aside(company.folder.outbox, sorted(old - now))
    unfit += [f"{about}: {why}" for about, why in plain_still.items()]
    return Anew({about: names for (_kind, about), names in named.items()}, unfit)


def _written_before(company: Company, messages: Sequence[str]) -> dict[str, list[str]]:
    """The files in the folder outbox by message, of those that did not go out: what went out stays."""
    c = schema.outbox.c
    with company.ledger.reading() as conn:
        rows = list(
            rows_by_key(conn, [c.message, c.path], c.message, messages, c.path.not_in(("", "-")), c.status != "Sent")
        )
    return {row.message: _names(company, row.path) for row in rows}


def _names(company: Company, told: str) -> list[str]:
    found = files_told(company.folder.outbox, told)
    return told.split(", ") if found is None else [path.name for path in found]


def _job(
    kind: str,
    document: Any,  # noqa: ANN401
    settings: Mapping[str, str],
    told: dict[str, list[str]],
    plain: dict[str, str],
) -> Job:
    """The files wanted of a document; what is to be said of invoices is noted in `told`, with their numbers.

    `plain` takes by number why an invoice is no e-invoice, where a cell can mend it.
    """
    wishes, data = settings["Documents"], settings["E-invoice"]
    if isinstance(document, InvoiceDocument) and _names_no_account(document):
        told.setdefault(_NO_ACCOUNT, []).append(document.number)
    if not isinstance(document, InvoiceDocument) or data == "None":
        return Job(document, as_pdf="PDF" in wishes, as_xlsx="xlsx" in wishes and kind in _AS_XLSX)
    lacks = lacks_of(document)
    if lacks and all(lack.mendable for lack in lacks):
        plain[document.number] = " ".join(lack.sentence for lack in lacks)
    as_ubl = not lacks and "UBL" in data
    for said in (
        *(f"went out without e-invoice data. {lack.sentence}" for lack in lacks),
        *(f"cannot go through Peppol. {lack}" for lack in without_peppol(document.seller, document.buyer) if as_ubl),
        *_wrong_numbers(document),
    ):
        told.setdefault(said, []).append(document.number)
    return Job(
        document,
        as_pdf="PDF" in wishes,
        as_xlsx="xlsx" in wishes,
        factur_x=not lacks and "Factur-X" in data,
        as_ubl=as_ubl,
    )


def _names_no_account(document: InvoiceDocument) -> bool:
    return document.kind == "Invoice" and bool(document.totals.payable) and not document.iban


def _note_unset(
    jobs: Mapping[tuple[str, str], Job],
    made: Mapping[tuple[str, str], Made],
    told: dict[str, list[str]],
    plain: dict[str, str],
) -> None:
    """What no font here can show is said; an invoice whose PDF carries no data for that is noted in `plain`."""
    for (kind, about), one in made.items():
        if not one.unset:
            continue
        why = no_font(one.unset)
        if jobs[kind, about].factur_x:
            plain[about] = f"{why[0].upper()}{why[1:]}"
        told.setdefault(f"shows empty boxes: {why}", []).append(about)


def _wrong_numbers(document: InvoiceDocument) -> Sequence[str]:
    """VAT numbers whose check digits are wrong: it is said, and stops nothing."""
    places = ((document.seller, "Company tax ID"), (document.buyer, f"Tax ID of customer {document.buyer.key}"))
    wrong = [(place, problem) for party, place in places if (problem := vat_problem(party.tax_id))]
    return [f"went out with a wrong VAT number. {place}: {problem} Correct it." for place, problem in wrong]


def _notes(told: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Each sentence with the first of its invoices; after some, only how many more there are."""
    for said, numbers in list(told.items())[:_MOST_NOTES]:
        yield ", ".join(numbers[:_NAMED]) + _more(len(numbers) - _NAMED) + f" {said}"
    if len(told) > _MOST_NOTES:
        yield f"{len(told) - _MOST_NOTES} more such notes; mend these first."


def _more(count: int) -> str:
    return f" and {count} more" if count > 0 else ""


def _note_written(
    company: Company,
    day: dt.date,
    batch: Batch,
    named: Mapping[tuple[str, str], Sequence[str]],
    plain: Mapping[str, str],
    *,
    anew: bool = False,
) -> None:
    with company.ledger.transaction(day) as txn:
        at_home: list[dict[str, Any]] = []
        leaving: list[dict[str, Any]] = []
        leaving_invoices: list[dict[str, Any]] = []
        for kind, keys in batch.items():
            for about, message in keys:
                path = ", ".join(named.get((kind, about), ())) or "-"
                if anew:
                    txn.record("document made anew", about, {"message": message, "files": path})
                row = {"message": message, "path": path, "written": txn.at}
                if kind in _INVOICES:
                    row["data"] = as_data(plain.get(about, ""))
                    leaving_invoices.append(row)
                elif kind.casefold() in KINDS:
                    leaving.append(row)
                else:  # a paper for the warehouse has arrived once it lies in the folder
                    at_home.append(row | {"status": "Sent", "sent": txn.at})
        txn.update(schema.outbox, leaving)
        txn.update(schema.outbox, leaving_invoices)
        txn.update(schema.outbox, at_home)


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
