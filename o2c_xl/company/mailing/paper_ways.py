"""Messages that go on paper, in one PDF per day, and those that a customer's portal takes from a folder."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from babel import Locale
from babel.dates import format_date

from o2c_xl.company.mailing.wording import Worded, company_facts
from o2c_xl.company.opened import Company
from o2c_xl.documents.formats import country_name
from o2c_xl.documents.names import safe_name
from o2c_xl.documents.portal import put_into_portal
from o2c_xl.documents.print_batch import Page, csv_text, letter_pdf, merged
from o2c_xl.domain.telling import kind_of
from o2c_xl.ledger import schema
from o2c_xl.ledger.messages.mailing import keep_waiting, note_sent, note_subjects
from o2c_xl.workbook.patch.durable import replace_file

__all__ = ["Parcel", "Printed", "print_letters", "put_into_portals"]

_HEADS = ("Page", "Message", "Kind", "About", "To", "Address")


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message and the files that go with it."""

    of: Worded
    files: tuple[Path, ...] = ()


@dataclass(slots=True)
class Printed:
    """How many letters lie in new batches, and where these are."""

    count: int = 0
    notes: list[str] = field(default_factory=list)


def print_letters(
    company: Company, day: dt.date, settings: Mapping[str, str], letters: Sequence[Parcel], *, at_once: bool
) -> Printed:
    """Put letters into a print batch: one a day, or another one at once; a batch that was cut off is made again.

    A letter belongs to a batch before its PDF is written, and is sent when both files lie there: so no letter is
    in two batches, and none in none.
    """
    done, places = Printed(), company.folder.outbox / "print"
    letters = _with_pages(company, day, letters)
    begun = sorted({one.of.row.batch for one in letters} - {""})
    for name in begun:
        _print(company, day, settings, name, [one for one in letters if one.of.row.batch == name], done)
    fresh = [one for one in letters if not one.of.row.batch]
    if fresh and (at_once or not _name(day, 1, places).exists()):
        path = next(path for n in count(1) if not (path := _name(day, n, places)).exists())
        with company.ledger.transaction(day) as txn:
            txn.update(schema.outbox, [{"message": one.of.row.message, "batch": path.stem} for one in fresh])
        _print(company, day, settings, path.stem, fresh, done)
    return done


def _name(day: dt.date, number: int, places: Path) -> Path:
    return places / (f"Letters {day}.pdf" if number == 1 else f"Letters {day} {number}.pdf")


def _with_pages(company: Company, day: dt.date, letters: Sequence[Parcel]) -> list[Parcel]:
    """Those that can be printed; of a document without a PDF it is said why it waits."""
    bare = [one for one in letters if kind_of(one.of.row.kind).document and not _pdfs(one)]
    said = "It is to be mailed on paper, but there is no PDF of it. Set Documents to PDF in Settings."
    keep_waiting(company.ledger, day, {one.of.row.message: (one.of.row.said, said) for one in bare})
    left_out = {one.of.row.message for one in bare}
    return [one for one in letters if one.of.row.message not in left_out]


def _pdfs(one: Parcel) -> list[Path]:
    return [path for path in one.files if path.suffix == ".pdf"]


def _print(
    company: Company,
    day: dt.date,
    settings: Mapping[str, str],
    name: str,
    letters: Sequence[Parcel],
    done: Printed,
) -> None:
    pages = [Page(_told(one), pdf) for one in letters for pdf in _pages(one, settings, day)]
    content, rows = merged(pages)
    path = company.folder.outbox / "print" / f"{name}.pdf"
    replace_file(path.with_suffix(".csv"), csv_text(_HEADS, rows).encode("utf-8-sig"))
    replace_file(path, content)
    with company.ledger.transaction(day) as txn:
        note_subjects(txn, _subjects(letters))
        note_sent(txn, [one.of.row for one in letters], "Sent", batch=name)
    done.count += len(letters)
    done.notes.append(f"Letters to print and mail: {path.relative_to(company.folder.root).as_posix()}")


def _told(one: Parcel) -> list[str]:
    row, reach = one.of.row, one.of.reach
    return [row.message, row.kind, row.about, reach.party.get("name", ""), ", ".join(_address(reach.party)[1:])]


def _pages(one: Parcel, settings: Mapping[str, str], day: dt.date) -> list[bytes]:
    if kind_of(one.of.row.kind).document:
        return [path.read_bytes() for path in _pdfs(one)]
    text, mine = one.of.text, company_facts(settings)
    if text is None:
        return []
    sender = [mine["name"], mine["street"], f"{mine['postal_code']} {mine['city']}".strip()]
    return [
        letter_pdf(
            {
                "sender": " · ".join(filter(None, sender)),
                "address": _address(one.of.reach.party),
                "day": format_date(day, "long", locale=Locale(one.of.language)),
                "subject": text.subject,
                "lines": text.body.split("\n"),
                "language": one.of.language,
            }
        )
    ]


def _subjects(parcels: Sequence[Parcel]) -> dict[str, tuple[str, str]]:
    """The subject as it stood in the outbox and as it is written, by number."""
    return {one.of.row.message: (one.of.row.subject, one.of.text.subject) for one in parcels if one.of.text}


def _address(party: Mapping[str, str]) -> list[str]:
    town = f"{party.get('postal_code', '')} {party.get('city', '')}".strip()
    parts = [party.get("name", ""), party.get("street", ""), town, country_name(party.get("country", ""))]
    return [part for part in parts if part]


def put_into_portals(company: Company, day: dt.date, parcels: Sequence[Parcel]) -> int:
    """Put messages into the folders of their customers; returns how many."""
    by_customer: dict[str, list[Parcel]] = {}
    for one in parcels:
        by_customer.setdefault(one.of.reach.party_id, []).append(one)
    for customer, mine in by_customer.items():
        entries = [(_entry(one, day), _content(one)) for one in mine]
        put_into_portal(company.folder.outbox / "portal", customer, entries)
        with company.ledger.transaction(day) as txn:
            note_subjects(txn, _subjects(mine))
            note_sent(txn, [one.of.row for one in mine], "Sent", portal=customer)
    return len(parcels)


def _entry(one: Parcel, day: dt.date) -> list[str]:
    row, text = one.of.row, one.of.text
    return [row.message, row.kind, row.about, str(day), text.subject if text else row.subject]


def _content(one: Parcel) -> list[tuple[str, bytes]]:
    row, text = one.of.row, one.of.text
    files = [(path.name, path.read_bytes()) for path in one.files]
    if not files and text is not None:
        files.append((safe_name(f"{row.kind} {row.about}", "txt"), text.body.encode()))
    return files
