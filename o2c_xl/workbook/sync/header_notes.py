"""Sheets and columns of ours that a workbook lacks: told as long as it does, so that nothing is lost unseen."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from o2c_xl.domain.issue import Issue
from o2c_xl.tables.define.catalogue import BY_NAME
from o2c_xl.tables.define.spec import Table
from o2c_xl.tables.parse.headers import astray
from o2c_xl.workbook.sync.books import OpenBook, gone_tables

__all__ = ["BRING_BACK", "BRING_BOOK", "book_gone", "gone_notes", "header_notes"]

BRING_BACK = "To bring it back, put the last version that has it from work/versions in place; no row counts twice."
BRING_BOOK = "Bring it back, or put its last version from work/versions into books; no row counts twice."


def book_gone(name: str, synced_at: str) -> Issue:
    """That a workbook is not in the folder any longer in which the ledger saw tables of ours."""
    when = synced_at[:16].replace("T", " ")
    problem = f"The workbook is gone from the folder books; it was last synced {when} UTC. What it held is safe."
    return Issue(name, "", "", "", 0, "", problem, BRING_BOOK)


def gone_notes(conn: Connection, books: Sequence[OpenBook]) -> list[str]:
    """The sheets of ours that somebody deleted from workbooks."""
    return [
        f"The sheet {table.title} is gone from {book.name}; its rows cannot be typed or seen there. {BRING_BACK}"
        for book in books
        for table in gone_tables(conn, book.name, book.places)
    ]


def header_notes(books: Sequence[OpenBook]) -> list[str]:
    """The columns that workbooks lack, with the header that seems to stand for each; told as long as they do."""
    return [note for book in books for name in book.places if name in BY_NAME for note in _lacking(book, BY_NAME[name])]


def _lacking(book: OpenBook, table: Table) -> list[str]:
    found = astray(book.places[table.name].headers, table)
    where = f"{book.name}, {table.title}"
    notes = [
        f"{where}: the column {header} is not known and was passed over. Did you mean {meant}? Then rename it."
        for header, meant in found
        if header
    ]
    gone = ", ".join(meant for header, meant in found if not header)
    return notes + ([f"{where}: there is no column {gone}. Name a column so to type into it again."] if gone else [])
