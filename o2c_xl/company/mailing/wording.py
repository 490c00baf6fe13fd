"""Messages in words: what each tells, to whom, in which language; and notices written into the folder outbox."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from o2c_xl.company.opened import Company
from o2c_xl.documents.messages import FaultyTemplate, Text, Words
from o2c_xl.documents.names import safe_name
from o2c_xl.documents.outbox import settle_outbox, write_outbox
from o2c_xl.domain.issue import Issue
from o2c_xl.domain.outcome import Outcome
from o2c_xl.domain.telling import NOTICES
from o2c_xl.ledger import schema
from o2c_xl.ledger.messages.mailing import keep_waiting, unwritten_notices
from o2c_xl.ledger.messages.reach import Reach, reaches
from o2c_xl.ledger.papers.messages import facts_of

__all__ = ["Worded", "company_facts", "template_issue", "worded", "write_notices"]

_BATCH = 400


@dataclass(frozen=True, slots=True)
class Worded:
    """A message with its words, or with what is wrong with its template."""

    row: Any
    reach: Reach
    language: str = ""
    text: Text | None = None
    fault: FaultyTemplate | None = None


def company_facts(settings: Mapping[str, str]) -> dict[str, str]:
    """The company's own data as templates name them: `company.name`, `company.postal_code`."""
    return {
        name.removeprefix("Company ").casefold().replace(" ", "_").replace("-", "_"): value
        for name, value in settings.items()
        if name.startswith("Company ")
    }


def worded(conn: Connection, words: Words, settings: Mapping[str, str], rows: Sequence[Any]) -> list[Worded]:
    """Each of these messages in words."""
    reached, facts, company = reaches(conn, rows), facts_of(conn, rows), company_facts(settings)
    found = []
    for row in rows:
        reach = reached[row.message]
        country = reach.party.get("country") or company["country"]
        language = words.language(country)
        known = {
            "company": company,
            "currency": company["currency"],
            "party": {"name": "", **reach.party},
            "message": {"number": row.message, "kind": row.kind, "about": row.about, "subject": row.subject},
            **facts[row.message],
        }
        try:
            found.append(Worded(row, reach, language, words.text(row.kind, language, country, known)))
        except FaultyTemplate as fault:
            found.append(Worded(row, reach, language, fault=fault))
    return found


def template_issue(fault: FaultyTemplate) -> Issue:
    """A faulty template as a fault that a person can mend."""
    fix = "Mend that line; the messages that need it wait."
    return Issue(fault.source, "", "", "", fault.line, "", f"Line {fault.line}: {fault.problem}", fix)


def write_notices(company: Company, day: dt.date) -> Outcome:
    """Write each message that is only text into the folder outbox, so that it can be read before and after it went."""
    outcome, after = Outcome(), ""
    with company.ledger.reading() as conn:
        settings = company.settings(conn)
    words = Words(company.folder.templates)
    while settings["Documents"] != "None":
        with company.ledger.reading() as conn:
            rows = unwritten_notices(conn, NOTICES, after, _BATCH)
            messages = worded(conn, words, settings, rows) if rows else []
        if not messages:
            break
        after = messages[-1].row.message
        named = {one.row.message: _write(company, one.row, one.text) for one in messages if one.text is not None}
        settle_outbox(company.folder.outbox)
        _note(company, day, named)
        faults = [(one.row, one.fault) for one in messages if one.fault is not None]
        keep_waiting(company.ledger, day, {row.message: (row.said, str(fault)) for row, fault in faults})
        outcome.fault(template_issue(fault) for _, fault in faults)
        outcome.count("messages written", len(named))
    return outcome


def _write(company: Company, row: Any, text: Text) -> str:  # noqa: ANN401 -- a row
    content = f"{text.subject}\n\n{text.body}".encode()
    return write_outbox(company.folder.outbox, safe_name(f"{row.kind} {row.about}", "txt"), content).name


def _note(company: Company, day: dt.date, named: Mapping[str, str]) -> None:
    if named:
        with company.ledger.transaction(day) as txn:
            rows = [{"message": key, "path": name, "written": txn.at, "said": ""} for key, name in named.items()]
            txn.update(schema.outbox, rows)
