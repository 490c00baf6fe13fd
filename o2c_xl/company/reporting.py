"""`o2c report`: the report workbook, a file of Python's own in the folder `reports`."""

from __future__ import annotations

import datetime as dt
from itertools import chain, count
from pathlib import Path

from o2c_xl.company.opened import Company
from o2c_xl.documents.report.book import report_of
from o2c_xl.domain.issue import CannotRun
from o2c_xl.domain.policy import policy_of
from o2c_xl.workbook.locks import lock_holder
from o2c_xl.workbook.patch.durable import replace_file

__all__ = ["planned_report", "put_in_place", "write_report"]


def write_report(company: Company, period: tuple[dt.date, dt.date], day: dt.date, out: Path | None) -> Path:
    """Write the report on a period, first and last day included, as of `day`; returns the file.

    Without `out` it is named by its period; a report of the same period is replaced unless somebody has it open.
    """
    path = planned_report(company, period, out)
    first, last = period
    with company.ledger.reading() as conn:
        content = report_of(conn, first, last, day, policy_of(company.settings(conn)))
    put_in_place(path, content)
    return path


def planned_report(company: Company, period: tuple[dt.date, dt.date], out: Path | None) -> Path:
    """The file that `write_report` writes; raises CannotRun for a period that ends before it begins."""
    first, last = period
    if first > last:
        raise CannotRun(f"--from {first} is after --to {last}. Write the earlier day first.")
    return out or _not_open(company.folder.reports / f"Report {first} to {last}.xlsx")


def _not_open(path: Path) -> Path:
    """The file, or one beside it while somebody has it open: who has it would go on seeing the figures of before."""
    beside = (path.with_name(f"{path.stem} ({number}){path.suffix}") for number in count(2))
    return next(one for one in chain([path], beside) if lock_holder(one) is None)


def put_in_place(path: Path, content: bytes) -> None:
    """Put the whole file there in one step, so that nobody opens half a file; raises CannotRun."""
    holder = lock_holder(path)
    if holder is not None:
        raise CannotRun(f"{path.name} is open ({holder}). Close it there, or choose another name.")
    try:
        replace_file(path, content)
    except OSError as error:
        raise CannotRun(f"{path} cannot be written: {error.strerror}. Close it, or choose another name.") from error
