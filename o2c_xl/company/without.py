"""`o2c without`: a sheet or workbook that people removed on purpose is missed no more; what it held stays."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from contextlib import nullcontext

from sqlalchemy import select

from o2c_xl.company.opened import Company
from o2c_xl.domain.issue import CannotRun
from o2c_xl.ledger import schema
from o2c_xl.ledger.issues import replace_issues
from o2c_xl.ledger.store import Txn, rehearsing
from o2c_xl.tables.define.catalogue import BY_NAME
from o2c_xl.workbook.sync.books import book_paths
from o2c_xl.workbook.sync.memory import forget_books, forget_place

__all__ = ["do_without"]


def do_without(company: Company, name: str, day: dt.date, *, dry_run: bool) -> str:
    """Miss the sheet or workbook of this name no more; returns its name. If it comes back it is synced as before.

    Raises CannotRun in one sentence: nothing of that name is missed, or no workbook is there at all.
    """
    present = {path.name for path in book_paths(company.folder.books)}
    if not present:
        raise CannotRun(f"There is no workbook in {company.folder.books}. Is the share connected? Nothing was changed.")
    with (
        rehearsing(company.ledger) if dry_run else nullcontext(company.ledger) as ledger,
        ledger.transaction(day) as txn,
    ):
        known = set(txn.conn.execute(select(schema.books.c.name)).scalars())
        if name not in known | present:
            return _sheet(txn, name, present)
        if name in present:
            raise CannotRun(f"{name} is in the folder books. Take it out of there first.")
        txn.record("workbook given up", name)
        forget_books(txn, [name])
        replace_issues(txn, name, [])
        return name


def _sheet(txn: Txn, name: str, present: Collection[str]) -> str:
    wanted = name.strip().casefold()
    table = next((one for one in BY_NAME.values() if wanted in (one.name.casefold(), one.title.casefold())), None)
    c = schema.sheets.c
    place = txn.conn.execute(select(c.book, c.sheet).where(c.table == table.name)).first() if table else None
    if table is None or place is None:
        raise CannotRun(f"No sheet or workbook {name} is missed. See o2c doctor for those that are.")
    if place.book not in present:
        raise CannotRun(f'{table.title} stood in {place.book}, which is gone. Then: o2c without "{place.book}"')
    if place.sheet:
        raise CannotRun(f"{table.title} stood in {place.book} when it was last synced. Delete it there, then o2c sync.")
    txn.record("sheet given up", table.name, {"book": place.book})
    forget_place(txn, table.name)
    return table.title
