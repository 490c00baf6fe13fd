"""The shared workbooks of a company: which tables stand in which file, and what each sheet holds.

A workbook whose bytes are as they were last left is not read: the ledger remembers what it held. Of one that is open
in Excel a table whose cells are as they were last left is not looked at, for the same reason.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlalchemy import Connection, select

from o2c_xl.domain.issue import CannotRun
from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import driver_rows
from o2c_xl.tables.define.catalogue import BY_NAME
from o2c_xl.tables.define.spec import Table
from o2c_xl.tables.parse.headers import refuse_twins
from o2c_xl.workbook.errors import Damaged
from o2c_xl.workbook.fingerprint import BAD, FORMULA, SEPARATOR, column_texts, text_of
from o2c_xl.workbook.live.book import LiveBook
from o2c_xl.workbook.reading.book import read_book
from o2c_xl.workbook.reading.data import TableData
from o2c_xl.workbook.sync.sheet_state import SheetState, state_from_seen, state_of
from o2c_xl.workbook.template.sync_info import SYNC_INFO

__all__ = [
    "OpenBook",
    "Place",
    "book_paths",
    "gone_books",
    "gone_tables",
    "hash_of",
    "info_name",
    "open_books",
    "read_state",
    "seen_rows",
]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a table stands: workbook file name, sheet, first column (1 = A) and all its headers.

    `cells` is the hash of what an open workbook holds there, where it shows all that the ledger wanted.
    """

    book: str
    sheet: str
    first_col: int
    headers: tuple[str, ...]
    cells: str = ""


@dataclass(slots=True)
class OpenBook:
    """One workbook for the time of a sync; `tables` holds what was read and may be new, by table name.

    `head` and `day` say from which state of the ledger it was last written; `live` is the workbook where it is open in
    Excel and synced there. `sheets` are the names of all sheets of a file that was read, `copies` its tables of
    other names that have all columns of one of ours: sheet, table and ours.
    """

    path: Path
    sha256: str
    fresh: bool
    head: int
    day: object
    places: dict[str, Place] = field(default_factory=dict)
    tables: dict[str, TableData] = field(default_factory=dict)
    live: LiveBook | None = None
    sheets: tuple[str, ...] = ()
    copies: tuple[tuple[str, str, str], ...] = ()

    @property
    def name(self) -> str:
        """The file's name, as people know it."""
        return self.path.name

    def state(self, conn: Connection, table: Table) -> SheetState:
        """What the sheet holds: as read now, else as the ledger remembers."""
        if table.name in self.tables:
            return read_state(table, self.tables[table.name])
        name = info_name(self.name) if table is SYNC_INFO else table.name
        return state_from_seen(table, self.places[table.name].headers, seen_rows(conn, name))


def info_name(book: str) -> str:
    """Under what name the start sheet's table of a workbook is remembered: every workbook has one."""
    return f"{SYNC_INFO.name}@{book}"


def book_paths(folder: Path) -> list[Path]:
    """The workbooks in the folder `books`, lock and temporary files left out."""
    if not folder.is_dir():
        raise CannotRun(f"The folder {folder} is missing. Make it again, and put the workbooks back.")
    return [
        path
        for path in sorted(folder.iterdir())
        if path.suffix.lower() in {".xlsx", ".xlsm"} and not path.name.startswith(("~$", ".")) and path.is_file()
    ]


def open_books(conn: Connection, paths: Sequence[Path], live: LiveBook | None = None) -> list[OpenBook]:
    """Look at each workbook and read those that changed; raises CannotRun when a table stands twice.

    The one that is `live` is read as it stands in Excel.
    """
    known = {row.name: row for row in conn.execute(select(schema.books))}
    faulty = set(conn.execute(select(schema.issues.c.source).distinct()).scalars())
    books = [
        _open_live(conn, known.get(path.name), live, must_read=path.name in faulty)
        if live is not None and path.name == live.path.name
        else _open(conn, path, known.get(path.name), must_read=path.name in faulty)
        for path in paths
    ]
    where: dict[str, str] = {}
    for book in books:
        for name in book.places:
            if name in where and name != SYNC_INFO.name:
                raise CannotRun(
                    f"The table {name} stands twice: in {where[name]} and in {book.name}. "
                    "Keep the one you work in and move the other out of the folder books; nothing was changed."
                )
            where[name] = book.name
    return books


def _open(conn: Connection, path: Path, known: object, *, must_read: bool) -> OpenBook:
    book = _as_left(path, known)
    if book.fresh or must_read:
        return _read(book)
    book.places = _places(conn, book)
    return book


def _open_live(conn: Connection, known: object, live: LiveBook, *, must_read: bool) -> OpenBook:
    """The workbook as it stands in Excel; `tables` are those that do not hold what the ledger remembers.

    All of them where a clash is told beside a row: it is told once. The hash of one that holds something else is kept
    only once it is written, so that it is looked at again where that fails.
    """
    book = _as_left(live.path, known)
    book.live = live
    _placed(book, live.tables({*BY_NAME, SYNC_INFO.name}))
    if book.places.keys() <= {SYNC_INFO.name}:
        raise CannotRun(_no_tables(conn, book.name))
    left = _places(conn, book)
    now = {name: replace(place, cells=live.cells(name)) for name, place in book.places.items()}
    book.places |= {name: place for name, place in now.items() if place == left.get(name)}
    told = conn.execute(select(schema.clashes.c.book).where(schema.clashes.c.book == book.name).limit(1)).first()
    if not (book.fresh or must_read or told):
        book.tables = {name: data for name, data in book.tables.items() if now[name] != left.get(name)}
    return book


def _no_tables(conn: Connection, book: str) -> str:
    """That a button was pressed in a workbook that has nothing to do with the ledger, and in which one to press it."""
    found = conn.execute(select(schema.sheets.c.book).distinct().where(schema.sheets.c.book != book))
    others = ", ".join(sorted(found.scalars())) or "one with tables such as Orders"
    return (
        f"{book} holds no table of the company, so there is nothing in it to take or to write; nothing was changed. "
        f"Press the button in {others}. If it held tables, close it without saving, or see work/versions."
    )


def _as_left(path: Path, known: object) -> OpenBook:
    sha256 = hash_of(path)
    same = known is not None and getattr(known, "sha256", "") == sha256
    head = getattr(known, "head", -1) if same else -1
    return OpenBook(path, sha256, fresh=not same, head=head, day=getattr(known, "day", None))


def _places(conn: Connection, book: OpenBook) -> dict[str, Place]:
    """Where the ledger last saw the workbook's tables; of those that are gone it remembers no sheet."""
    c = schema.sheets.c
    rows = conn.execute(select(schema.sheets).where(c.book == book.name, c.sheet != ""))
    found = ((row.table.partition("@")[0], tuple(row.headers.split(SEPARATOR)), row) for row in rows)
    return {name: Place(book.name, row.sheet, row.first_col, headers, row.cells) for name, headers, row in found}


def gone_tables(conn: Connection, book: str, present: Container[str]) -> list[Table]:
    """The tables that the ledger saw last in that workbook and that are not `present` in it any longer."""
    names = conn.execute(select(schema.sheets.c.table).where(schema.sheets.c.book == book)).scalars()
    known = set(names)
    return [table for name, table in BY_NAME.items() if name in known and name not in present]


def gone_books(conn: Connection, present: Mapping[str, Collection[str]]) -> dict[str, str]:
    """When the ledger last synced each workbook that is not `present`, where a table of it stands in none that is.

    `present` are the tables by workbook; one whose tables all stand elsewhere now was renamed.
    """
    c, standing = schema.sheets.c, {name for tables in present.values() for name in tables}
    away = c.book.not_in(list(present)), c.sheet != "", c.table.in_(BY_NAME.keys() - standing)
    names = set(conn.execute(select(c.book).where(*away)).scalars())
    known = conn.execute(select(schema.books.c.name, schema.books.c.synced_at).order_by(schema.books.c.name))
    return {name: synced_at for name, synced_at in known if name in names}


def hash_of(path: Path) -> str:
    """The SHA-256 of a workbook's file; raises CannotRun where it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise CannotRun(
            f"{path.name} cannot be read: {error.strerror}. Close it or check your rights, then sync again."
        ) from error


def _read(book: OpenBook) -> OpenBook:
    try:
        read = read_book(book.path, only={*BY_NAME, SYNC_INFO.name}, below=True)
    except Damaged as fault:
        raise CannotRun(f"{book.name}: {fault} No workbook was changed.") from fault
    book.sha256, book.sheets = read.sha256, read.sheets
    others = ((sheet.name, table) for sheet in read.parts.sheets for table in sheet.tables if table.name not in BY_NAME)
    book.copies = tuple((sheet, table.name, ours) for sheet, table in others if (ours := _twin(table.headers)))
    return _placed(book, read.tables)


def _twin(headers: Iterable[str]) -> str:
    """The table of ours that these headers are all of; empty where there is none."""
    there = {header.strip() for header in headers}
    return next((name for name, table in BY_NAME.items() if {column.header for column in table.columns} <= there), "")


def _placed(book: OpenBook, tables: Sequence[TableData]) -> OpenBook:
    for data in tables:
        if data.name in book.places and data.name != SYNC_INFO.name:
            raise CannotRun(f"The table {data.name} stands twice in {book.name}. Delete one; nothing was changed.")
        refuse_twins(data.headers, BY_NAME.get(data.name), book.name)
        book.tables[data.name] = data
        book.places[data.name] = Place(book.name, data.sheet, data.first_col, data.headers)
    return book


def read_state(table: Table, data: TableData) -> SheetState:
    """A table as read, as canonical texts; bad cells of staff's columns and formulas in Python's are marked."""
    at = {header.strip(): i for i, header in enumerate(data.headers)}
    columns = []
    for column in table.columns:
        place = at.get(column.header)
        columns.append([""] * data.height if place is None else column_texts(data.columns[place]))
    places = {at[column.header]: i for i, column in enumerate(table.columns) if column.header in at}
    for bad in data.bad:
        if (i := places.get(bad.col - data.first_col)) is not None:
            typed = table.columns[i].typed
            columns[i][bad.row - data.first_row] = f"{BAD}{bad.text}" if typed else text_of(bad.text)
    for row, col in data.formula_cells:
        if (i := places.get(col - data.first_col)) is not None and not table.columns[i].typed:
            columns[i][row - data.first_row] = FORMULA
    return state_of(table, (header.strip() for header in data.headers), data.first_row, columns)


def seen_rows(conn: Connection, table: str) -> list[tuple[str, int, str]]:
    """(key, row, text) of every row of the table as it was last seen."""
    c = schema.seen.c
    return driver_rows(conn, select(c.key, c.row, c.cells).where(c.table == table))
