"""`o2c statement`: statements of account, into the outbox and as files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from o2c_xl.company.opened import Company
from o2c_xl.company.papers.making import write_papers
from o2c_xl.domain.issue import CannotRun
from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.receivables.account_statements import KIND, Wanted, ask_statements, statements_wanted

__all__ = ["Made", "make_statements"]


@dataclass(frozen=True, slots=True)
class Made:
    """A statement, and where its file lies below the folder `outbox`; empty where none was written."""

    wanted: Wanted
    path: str = ""


def make_statements(
    company: Company, accounts: Sequence[str] | None, period: tuple[dt.date, dt.date], day: dt.date, *, dry_run: bool
) -> list[Made]:
    """Statements of these accounts, or of all that moved in the period or owe something (None).

    One of the same period with the same balance is not sent again. Raises CannotRun for an unknown customer, or a
    period that ends before it begins.
    """
    first, last = period
    if first > last:
        raise CannotRun(f"--from {first} is after --on {last}. Write the earlier day first.")
    with company.ledger.reading() as conn:
        wanted = statements_wanted(conn, accounts, first, last)
    if dry_run or not wanted:
        return [Made(one) for one in wanted]
    with company.ledger.transaction(day) as txn:
        abouts = ask_statements(txn, wanted)
    write_papers(company, day)
    c = schema.outbox.c
    with company.ledger.reading() as conn:
        paths = {row.about: row.path for row in rows_by_key(conn, [c.about, c.path], c.about, abouts, c.kind == KIND)}
    return [Made(one, paths.get(about, "").removeprefix("-")) for about, one in zip(abouts, wanted, strict=True)]
