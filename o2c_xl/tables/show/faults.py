"""Rows that a step could not post: each as a fault at the cell it came from, for `Check` and for `Issues`.

A step says what is wrong as one sentence that begins with the column's header (`Quantity: 60 is more than …`); where
the row stands is known from when it was taken.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, select

from o2c_xl.domain.goods.slips import NOT_POSTED
from o2c_xl.domain.issue import Issue
from o2c_xl.ledger import schema
from o2c_xl.tables.define.catalogue import BY_NAME
from o2c_xl.tables.define.spec import Column, Table, field_of
from o2c_xl.tables.parse.letters import column_letters
from o2c_xl.tables.show.waiting_bank import statement_faults

__all__ = ["SLIPS", "faults_since", "standing_faults"]

# A payment that is posted may still name what it cannot be for.
_AT_FAULT = (NOT_POSTED, "Unapplied", "Partly applied")
SLIPS = ("Receipts", "StockCounts", "Returns", "OpeningItems", "Bills", "Payments")
_HEADERS = "\x1f"  # between the headers of a sheet, as the ledger keeps them


def standing_faults(conn: Connection, tables: Iterable[str] = SLIPS) -> list[Issue]:
    """Every row that is at fault now, in table order."""
    return [issue for issue, _since in faults_since(conn, tables)]


def faults_since(conn: Connection, tables: Iterable[str] = SLIPS) -> list[tuple[Issue, dt.date | None]]:
    """The same, each with the day on which the row was entered as it stands."""
    found = [found for name in tables for found in _faults_of(conn, BY_NAME[name])]
    return found + statement_faults(conn) if tables == SLIPS else found


def _faults_of(conn: Connection, table: Table) -> list[tuple[Issue, dt.date | None]]:
    kept = schema.metadata.tables[field_of(table.title)]
    key = table.keys[0].field
    seen, place, log = schema.seen.c, schema.sheets.c, schema.journal.c
    statement = (
        select(
            kept,
            seen.row.label("row_now"),
            place.book,
            place.sheet.label("sheet_now"),
            place.first_col,
            place.headers,
            log.day.label("since"),
        )
        .outerjoin(schema.seen, (seen.table == table.name) & (seen.key == kept.c[key]))
        .outerjoin(schema.sheets, place.table == seen.table)
        .outerjoin(schema.journal, log.seq == kept.c.entry)
        .where(kept.c.status.in_(_AT_FAULT), kept.c.problem != "")
        .order_by(kept.c[key])
    )
    return [(_issue(row, table), row.since) for row in conn.execute(statement)]


def _issue(row: Row[Any], table: Table) -> Issue:
    header, _, rest = row.problem.partition(": ")
    column = table.by_header.get(header)
    source, sheet, number, letter = _place(row, table, column or table.keys[0])
    value = row._mapping[column.field] if column is not None and column.field in row._mapping else None
    problem, fix = _sentences(rest if column else row.problem)
    return Issue(
        source=source,
        sheet=sheet,
        cell=f"{letter}{number}" if letter and number else "",
        column=column.header if column else "",
        row=number,
        value="" if value is None else str(value),
        problem=problem,
        fix=fix,
        table=table.name,
        key=row._mapping[table.keys[0].field],
    )


def _place(row: Row[Any], table: Table, column: Column) -> tuple[str, str, int, str]:
    """Where it is mended: file, sheet, row and the column's letters.

    That is the sheet that shows the row, whatever brought it and however its workbook was called then; where no
    workbook has that sheet any longer the table alone is named.
    """
    if row.book:
        headers = [header.strip() for header in row.headers.split(_HEADERS)]
        at = headers.index(column.header) if column.header in headers else None
        return row.book, row.sheet_now, row.row_now, "" if at is None else column_letters(row.first_col + at)
    if row.row_now:
        return table.title, "", 0, ""
    letters = dict(pair.split("=", 1) for pair in row.letters.split())
    return row.source, row.sheet, row.row or 0, letters.get(column.field, "")


def _sentences(text: str) -> tuple[str, str]:
    """What is wrong, and how to mend it: the first sentence and the rest."""
    head, dot, rest = text.partition(". ")
    return (head + dot.strip(), rest) if rest else (text, "")
