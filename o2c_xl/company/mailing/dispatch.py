"""What `o2c send` does: send now, decide on messages nobody knows of, hand out the templates and layouts to edit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from o2c_xl.company.alone import alone
from o2c_xl.company.mailing.sending import not_sent, send_messages
from o2c_xl.company.mailing.wording import write_notices
from o2c_xl.company.opened import Company
from o2c_xl.company.papers.making import Anew, make_anew, write_papers
from o2c_xl.company.papers.withdrawn import put_withdrawn_aside
from o2c_xl.documents.messages import SHIPPED
from o2c_xl.domain.outcome import Outcome
from o2c_xl.ledger.messages.mailing import resolve
from o2c_xl.ledger.store import rehearsing
from o2c_xl.workbook.patch.durable import replace_file

__all__ = ["copy_layouts", "copy_templates", "make_papers_anew", "resolve_messages", "send_now"]


def send_now(company: Company, day: dt.date) -> Outcome:
    """Write what is not written yet and send all that may go, letters to print at once. One process at a time."""
    with alone(company):
        outcome, written = Outcome(), write_papers(company, day)
        outcome.count("documents written", written.count)
        outcome.notes += written.notes
        outcome.include(write_notices(company, day))
        outcome.include(send_messages(company, day, by_hand=True))
        put_withdrawn_aside(company, day)
    outcome.notes += not_sent(company, day)
    return outcome


def make_papers_anew(company: Company, day: dt.date, invoices: Sequence[str], *, dry_run: bool) -> Anew:
    """Make documents of invoices that went out without their data once more; nothing is sent by it."""
    with alone(company):
        return make_anew(company, day, invoices, dry_run=dry_run)


def resolve_messages(
    company: Company, day: dt.date, again: Sequence[str], sent: Sequence[str], *, dry_run: bool
) -> list[str]:
    """Decide on messages; returns a line about each. Raises CannotRun naming the first that it cannot be said of."""
    if dry_run:
        with rehearsing(company.ledger) as ledger:
            return [*resolve(ledger, day, again, "again"), *resolve(ledger, day, sent, "sent")]
    with company.ledger.reading() as conn:
        mails = company.settings(conn)["Send mail"] == "Yes"
    goes = "goes out with the next o2c send or o2c run." if mails else "waits in the outbox, since Send mail is No."
    freed = [f"{key}: {goes}" for key in resolve(company.ledger, day, again, "again")]
    return [*freed, *(f"{key}: taken as sent." for key in resolve(company.ledger, day, sent, "sent"))]


def copy_templates(company: Company, *, dry_run: bool) -> list[str]:
    """Put the shipped templates into the company's folder where it has none of that name; returns the new ones."""
    return _handed_out(company, SHIPPED, "*/*.*", company.folder.templates, dry_run=dry_run)


def copy_layouts(company: Company, *, dry_run: bool) -> list[str]:
    """Put the layouts of the xlsx documents there in the same way."""
    from o2c_xl.documents.xlsx.sheets import LAYOUTS  # noqa: PLC0415 -- openpyxl, which only this needs

    return _handed_out(company, LAYOUTS, "*.xlsx", company.folder.layouts, dry_run=dry_run)


def _handed_out(company: Company, shipped: Path, pattern: str, place: Path, *, dry_run: bool) -> list[str]:
    """Copy what is shipped and not there yet; returns the new files, from the company's folder on."""
    sources = {place / source.relative_to(shipped): source for source in sorted(shipped.glob(pattern))}
    new = {target: source for target, source in sources.items() if not target.exists()}
    for target, source in new.items() if not dry_run else ():
        replace_file(target, source.read_bytes())
    return [target.relative_to(company.folder.root).as_posix() for target in new]
