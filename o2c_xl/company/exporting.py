"""`o2c export`: the journal's postings as a file for the accounts department."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from o2c_xl.company.opened import Company
from o2c_xl.company.reporting import put_in_place
from o2c_xl.domain.issue import CannotRun
from o2c_xl.domain.reporting.exporting import CSV_HEADERS, Exported, beancount_lines, csv_rows
from o2c_xl.ledger.reporting.exporting import exported_postings

__all__ = ["Export", "export_postings"]

_EXTENSION = {"csv": "csv", "beancount": "beancount"}


@dataclass(frozen=True, slots=True)
class Export:
    """The file and how much stands in it."""

    path: Path
    entries: int
    postings: int


def export_postings(
    company: Company, how: str, period: tuple[dt.date | None, dt.date], out: Path | None, *, dry_run: bool
) -> Export:
    """Write all postings of a period as `csv` or `beancount`; a file of that name is replaced.

    Raises CannotRun for a period that ends before it begins, or a file that cannot be written.
    """
    first, last = period
    if first is not None and first > last:
        raise CannotRun(f"--from {first} is after --to {last}. Write the earlier day first.")
    with company.ledger.reading() as conn:
        postings = exported_postings(conn, first, last)
        settings = company.settings(conn)
    days = f"{first} to {last}" if first else f"to {last}"
    path = out or company.folder.reports / f"Postings {days}.{_EXTENSION[how]}"
    if not dry_run:
        start = first or min((one.day for one in postings), default=last)
        told = (settings["Company name"], settings["Company currency"], start)
        content = _csv(postings) if how == "csv" else "\n".join([*beancount_lines(postings, *told), ""])
        put_in_place(path, content.encode())
    return Export(path, len({one.entry for one in postings}), len(postings))


def _csv(postings: Sequence[Exported]) -> str:
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow(CSV_HEADERS)
    writer.writerows([_safe(cell) for cell in row] for row in csv_rows(postings))
    return "\ufeff" + target.getvalue()  # so that Excel reads it as UTF-8


def _safe(cell: str) -> str:
    """Text that a spreadsheet would take for a formula gets an apostrophe before it."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t") else cell
