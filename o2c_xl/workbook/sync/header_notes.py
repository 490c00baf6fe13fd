"""Sheets and columns of ours that a workbook lacks: told as long as it does, so that nothing is lost unseen."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from o2c_xl.domain.issue import Issue
from o2c_xl.tables.define.catalogue import BY_NAME
from o2c_xl.tables.define.spec import Table
from o2c_xl.tables.parse.headers import astray
from o2c_xl.workbook.address import address
from o2c_xl.workbook.sync.books import OpenBook, gone_tables

__all__ = ["BRING_BACK", "BRING_BOOK", "book_gone", "header_notes", "lacking_faults", "unread_notes"]

BRING_BACK = "To bring it back, put the last version that has it from work/versions in place; no row counts twice."
_GONE = "The sheet {} is gone; its rows cannot be typed or seen here."
_NO_TABLE = "The sheet is there, but no table {} on it any more, so what stands there cannot be read."
_PASSED_OVER = "The column is not known and was passed over."
BRING_BOOK = "Bring it back, or put its last version from work/versions into books; no row counts twice."


def book_gone(name: str, synced_at: str) -> Issue:
    """That a workbook is not in the folder any longer in which the ledger saw tables of ours."""
    when = synced_at[:16].replace("T", " ")
    problem = f"The workbook is gone from the folder books; it was last synced {when} UTC. What it held is safe."
    return Issue(name, "", "", "", 0, "", problem, f"{BRING_BOOK} {_on_purpose(name)}")


def _on_purpose(name: str) -> str:
    """What to type where people removed it and want to do without it."""
    return f'If it went on purpose: o2c without "{name}"'


def lacking_faults(conn: Connection, book: OpenBook) -> list[Issue]:
    """What a workbook that was read lacks of ours: sheets that somebody deleted, columns whose header was renamed."""
    found = [_gone(book, one) for one in gone_tables(conn, book.name, book.places)]
    for name, data in book.tables.items():
        for header, meant in astray(data.headers, BY_NAME[name]) if name in BY_NAME else ():
            if header:
                top, place = data.first_row - 1, [own.strip() for own in data.headers].index(header)
                cell = address(top, data.first_col + place)
                fix = f"Did you mean {meant}? Then rename it."
                found.append(Issue(book.name, data.sheet, cell, header, top, header, _PASSED_OVER, fix))
    return found


def _gone(book: OpenBook, table: Table) -> Issue:
    """That a table is gone: with its sheet, or left behind on it as plain cells."""
    sheet = next((name for name in book.sheets if name.casefold() == table.title.casefold()), "")
    if sheet:
        fix = f"Mark its rows with their headers, choose Insert, Table, and give it the Table Name {table.name}."
        return Issue(book.name, sheet, "", "", 0, "", _NO_TABLE.format(table.name), fix)
    fix = f"{BRING_BACK} {_on_purpose(table.title)}"
    return Issue(book.name, "", "", "", 0, "", _GONE.format(table.title), fix)


def unread_notes(book: OpenBook) -> list[str]:
    """What is not read of a workbook that is new, or was saved since, though people may think it is."""
    if book.places:
        return [
            f"{book.name}, {sheet}: the table {name} looks like {ours}, but only the table {ours} is read. Type there."
            for sheet, name, ours in book.copies
        ]
    told = f"{book.name} has no table of ours, so nothing that stands there is read."
    return [f"{told} Type into the company's workbook, drop lists into inbox, or give your table our Table Name."]


def header_notes(books: Sequence[OpenBook]) -> list[str]:
    """The columns of ours that people took out of workbooks; told as long as they are."""
    return [note for book in books for name in book.places if name in BY_NAME for note in _lacking(book, BY_NAME[name])]


def _lacking(book: OpenBook, table: Table) -> list[str]:
    found = astray(book.places[table.name].headers, table)
    gone = ", ".join(meant for header, meant in found if not header)
    where = f"{book.name}, {table.title}"
    return [f"{where}: there is no column {gone}. Name a column so to type into it again."] if gone else []
