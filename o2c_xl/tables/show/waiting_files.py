"""Files that wait for a person: dropped ones that were refused or cannot be taken, and workbooks that are missed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, and_, func, select

from o2c_xl.ledger import schema as s
from o2c_xl.ledger.issues import places_of_twins
from o2c_xl.tables.define.catalogue import BY_NAME
from o2c_xl.tables.define.spec import Department

__all__ = ["waiting_files"]

_SALES = "Sales"
# The department that knows whom to ask, by the kind of drop folder; else the one that the file's table is of.
_FOR = {
    "receipts": "Warehouse",
    "stock-counts": "Warehouse",
    "payments": "Finance",
    "bank": "Finance",
    "prices": "Purchasing",
    "bills": "Purchasing",
}


def waiting_files(conn: Connection) -> Iterator[tuple[Any, ...]]:
    """Rows of the table Waiting: subject, what stops it, for whom, since, what to do."""
    c, i = s.files.c, s.issues.c
    count, since = func.count().label("faults"), func.min(i.since).label("since")
    cells, of = (
        func.max(i.cell).label("cells"),
        func.max(i.table).label("of"),
    )  # empty where no cell is at fault, but the file as a whole
    faults = select(i.source, i.hash, count, since, cells, of).group_by(i.source, i.hash).subquery()
    refused = (
        select(c.file, c.hash, c.kind, c.stored_as, faults.c.faults, faults.c.since, faults.c.cells, faults.c.of)
        .join(faults, and_(faults.c.source == c.file, faults.c.hash == c.hash))
        .where(c.fate == "Set aside")
        .order_by(c.seen)
    )
    twins = places_of_twins(conn)
    for row in conn.execute(refused):
        number = f"{row.faults} {'fault' if row.faults == 1 else 'faults'}"
        where = (
            f"mend the marked copy beside {row.stored_as}" if row.cells else f"Issues tells of {row.stored_as}; mend it"
        )
        again = f"{where} and drop it again, or delete the file there."
        todo = f"{number}: {again if row.stored_as else 'mend the file and load it again.'}"
        if row.kind == "bank" and row.stored_as:  # no copy is marked of a bank's file
            todo = f"{number}: Issues tells of {row.stored_as} and what to do; then delete the file there."
        elif row.kind == "bills":
            todo = f"Issues tells what stops {row.stored_as}; then: o2c bill {row.stored_as}, or delete it there."
        whose = _FOR.get(row.kind) or _department(row.kind.partition(",")[0]) or _department(row.of) or _SALES
        yield twins.get((row.file, row.hash), row.file), "File set aside", whose, row.since, todo
    left = select(c.file, c.seen, c.why).where(c.fate == "Waiting").order_by(c.file)
    for name, seen, why in conn.execute(left):
        # A folder goes by its place, a file by its name.
        what = "Files lie where nobody looks" if "/" in name else "File waits in its drop folder"
        yield name, what, _SALES, _day(seen), why
    # A workbook that is missed has no hash, and one fault.
    missed = select(i.source, i.problem, i.fix, i.since).join(s.books, s.books.c.name == i.source)
    for name, problem, fix, day in conn.execute(missed.where(s.books.c.sha256 == "").order_by(i.source)):
        yield name, "Workbook gone", str(Department.SETUP), day, f"{problem} {fix}"


def _department(table: str) -> str:
    """Whose table it is; empty where it is none of ours."""
    return str(BY_NAME[table].department) if table in BY_NAME else ""


def _day(seen: str) -> dt.date:
    return dt.date.fromisoformat(seen[:10])
