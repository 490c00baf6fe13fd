"""LibreOffice as the program behind the buttons: an engine of xlwings' public kind over a document that is open there.

The same shape as the imitation in `tests/fake_excel.py`; cells, tables, selection and saving are LibreOffice's.
What is said to the user is kept, since nobody sits before it.
"""

from __future__ import annotations

import datetime as dt
import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from xlwings import base_classes as base

from tests import fake_excel as fake

BRIDGE = Path(__file__).with_name("bridge.py")
SYSTEM_PYTHON = "/usr/bin/python3"  # LibreOffice's Python bridge belongs to it
_ZERO = dt.datetime(1899, 12, 30)


class Bridge:
    """What `bridge.py` does, asked from this Python."""

    def __init__(self, pipe: str) -> None:
        words = [SYSTEM_PYTHON, "-E", str(BRIDGE), pipe]  # -E: what this Python was told is not for that one
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __call__(self, do: str, **how: Any) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"do": do, **how}) + "\n")
        self.process.stdin.flush()
        told = json.loads(self.process.stdout.readline() or '{"refused": "LibreOffice is gone"}')
        if "refused" in told:
            raise fake.ExcelRefuses(told["refused"])
        return told["answer"]

    def end(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(timeout=30)
        self.process.stdout.close()


class UnoExcel(fake.FakeExcel):
    """The engine: what it is told to say is kept, everything else is done in the office."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self.ask = bridge
        self.app: UnoApp = UnoApp(self)


class UnoApp(fake.FakeApp):
    def __init__(self, engine: UnoExcel) -> None:
        super().__init__(engine)
        self.ask = engine.ask
        self._books: UnoBooks = UnoBooks(self)

    @property
    def selection(self) -> UnoRange | None:
        book = self._books.active
        chosen = book and self.ask("selected", book=book.key)
        return UnoRange(UnoSheet(book, chosen["sheet"]), *chosen["area"]) if book and chosen else None

    def _set(self, name: str, value: Any) -> None:
        super()._set(name, value)
        book = self._books.active
        if name == "screen_updating" and book is not None:
            self.ask("draw", book=book.key, yes=value)

    screen_updating = property(
        lambda self: self._settings["screen_updating"], lambda s, v: s._set("screen_updating", v)
    )


class UnoBooks(base.Books):
    def __init__(self, app: UnoApp) -> None:
        self.app = app

    @property
    def active(self) -> UnoBook | None:
        key = self.app.ask("active")
        return UnoBook(self.app, key) if key else None

    def __call__(self, name_or_index: Any) -> UnoBook:
        for book in self:
            if book.name.casefold() == str(name_or_index).casefold():
                return book
        raise KeyError(name_or_index)

    def __len__(self) -> int:
        return len(self.app.ask("books"))

    def __iter__(self) -> Iterator[UnoBook]:
        return iter([UnoBook(self.app, key) for key in self.app.ask("books")])

    def open(self, fullname: str, *_options: Any) -> UnoBook:
        return UnoBook(self.app, self.app.ask("open", path=fullname))


class UnoBook(base.Book):
    api = "uno"

    def __init__(self, app: UnoApp, key: str) -> None:
        self._app, self.key = app, key
        self.told: list[dict[str, Any]] = []

    @property
    def name(self) -> str:
        return Path(self.key).name

    @property
    def fullname(self) -> str:
        return self.key

    @property
    def app(self) -> UnoApp:
        return self._app

    @property
    def sheets(self) -> UnoSheets:
        return UnoSheets(self)

    def ask(self, do: str, **how: Any) -> Any:
        return self._app.ask(do, book=self.key, **how)

    def tables(self) -> list[dict[str, Any]]:
        """All tables, asked for once: nobody but a button makes one longer while it works."""
        self.told = self.told or self.ask("tables")
        return self.told

    def save(self, path: Any = None, password: Any = None) -> None:
        self.ask("save")
        engine = self._app.engine
        engine.saves.append(self.name)
        if engine.on_save is not None:
            engine.on_save()

    def activate(self) -> None:
        self.ask("activate")


class UnoSheets(base.Sheets):
    def __init__(self, book: UnoBook) -> None:
        self.book = book

    @property
    def active(self) -> UnoSheet:
        return UnoSheet(self.book, self.book.ask("shown"))

    def __call__(self, name_or_index: Any) -> UnoSheet:
        if isinstance(name_or_index, int):
            return UnoSheet(self.book, self.book.ask("sheets")[name_or_index - 1])
        return UnoSheet(self.book, name_or_index)  # one that is not there is refused when it is used

    def __len__(self) -> int:
        return len(self.book.ask("sheets"))

    def __iter__(self) -> Iterator[UnoSheet]:
        return iter([UnoSheet(self.book, name) for name in self.book.ask("sheets")])


class UnoSheet(base.Sheet):
    api = "uno"

    def __init__(self, book: UnoBook, name: str) -> None:
        self._book, self._name = book, name

    @property
    def book(self) -> UnoBook:
        return self._book

    @property
    def name(self) -> str:
        return self._name

    @property
    def tables(self) -> UnoTables:
        return UnoTables(self)

    def range(self, arg1: Any, arg2: Any = None) -> UnoRange:
        first = (arg1.first_row, arg1.first_col) if isinstance(arg1, UnoRange) else arg1
        last = (arg2.last_row, arg2.last_col) if isinstance(arg2, UnoRange) else arg2 or first
        return UnoRange(self, first[0], first[1], last[0], last[1])

    def activate(self) -> None:
        self._book.ask("show", sheet=self._name)


class UnoRange(fake.FakeRange):
    """A block of cells; where it stands is told as by the imitation's."""

    api = "uno"

    def ask(self, do: str, **how: Any) -> Any:
        area = [self.first_row, self.first_col, self.last_row, self.last_col]
        return self._sheet.book.ask(do, sheet=self._sheet.name, area=area, **how)

    def select(self) -> None:
        self.ask("select")

    @property
    def raw_value(self) -> Any:
        self.engine.reads += 1
        told = self.ask("read")
        rows = told["rows"]
        for top, left, bottom, right in told["dates"]:
            for row in range(top - self.first_row, bottom - self.first_row + 1):
                for column in range(left - self.first_col, right - self.first_col + 1):
                    rows[row][column] = _ZERO + dt.timedelta(days=rows[row][column])
        for cell, name in told["errors"].items():
            row, column = map(int, cell.split(","))
            rows[row - self.first_row][column - self.first_col] = fake.CellError.of(name)
        shown = tuple(tuple(None if value == "" else value for value in row) for row in rows)
        return shown if len(self) > 1 else shown[0][0]

    @raw_value.setter
    def raw_value(self, data: Any) -> None:
        self.engine.writes += 1
        rows = data if isinstance(data, list | tuple) else [[data] * self.shape[1]] * self.shape[0]
        dates = [
            (row, column)
            for row, values in enumerate(rows, self.first_row)
            for column, value in enumerate(values, self.first_col)
            if isinstance(value, dt.date)
        ]
        self.ask("write", rows=[[_given(value) for value in row] for row in rows], dates=dates)

    @property
    def formula(self) -> Any:
        self.engine.reads += 1
        rows = tuple(map(tuple, self.ask("formulas")))
        return rows if len(self) > 1 else rows[0][0]

    @property
    def row_height(self) -> float | None:
        height: float | None = self.ask("row_height")
        return height

    @property
    def number_format(self) -> str | None:
        code: str | None = self.ask("number_format")
        return code

    @number_format.setter
    def number_format(self, code: str) -> None:
        self.ask("set_number_format", code=code)


def _given(value: Any) -> Any:
    """What LibreOffice takes for a value: a day is a number, nothing an empty text."""
    if value is None:
        return ""
    if isinstance(value, dt.date):
        moment = value if isinstance(value, dt.datetime) else dt.datetime.combine(value, dt.time())
        return (moment - _ZERO) / dt.timedelta(days=1)
    return value


class UnoTables(base.Tables):
    def __init__(self, sheet: UnoSheet) -> None:
        self.sheet = sheet

    def _all(self) -> list[UnoTable]:
        return [UnoTable(self.sheet, one) for one in self.sheet.book.tables() if one["sheet"] == self.sheet.name]

    def __call__(self, key: Any) -> UnoTable:
        return next(table for place, table in enumerate(self._all(), 1) if key in (place, table.name))

    def __len__(self) -> int:
        return len(self._all())

    def __iter__(self) -> Iterator[UnoTable]:
        return iter(self._all())


class UnoTable(base.Table):
    def __init__(self, sheet: UnoSheet, told: dict[str, Any]) -> None:
        self._sheet, self.told = sheet, told

    @property
    def name(self) -> str:
        return str(self.told["name"])

    @property
    def parent(self) -> UnoSheet:
        return self._sheet

    @property
    def range(self) -> UnoRange:
        return UnoRange(self._sheet, *self.told["area"])

    @property
    def show_headers(self) -> bool:
        return True

    @property
    def header_row_range(self) -> UnoRange:
        top, left, _, right = self.told["area"]
        return UnoRange(self._sheet, top, left, top, right)

    @property
    def show_totals(self) -> bool:
        return bool(self.told["totals"])

    def resize(self, range: Any) -> None:  # noqa: A002 -- xlwings' own name
        new = range.impl
        area = [new.first_row, new.first_col, new.last_row, new.last_col]
        self._sheet.book.ask("resize", table=self.name, area=area)
        self._sheet.book.told.clear()


def install(pipe: str, on_save: Callable[[UnoExcel], None] | None = None) -> UnoExcel:
    """Make the LibreOffice that listens on `pipe` the program behind the buttons of this Python."""
    engine = UnoExcel(Bridge(pipe))
    if on_save is not None:
        engine.on_save = lambda: on_save(engine)
    fake.install(engine)
    return engine
