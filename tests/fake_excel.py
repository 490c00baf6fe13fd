"""An Excel for tests: an engine of xlwings' own public kind over a workbook in memory, with Excel's habits.

Written from xlwings' `base_classes.py` and `main.py` (BSD-3). It copies what damages data: numbers come back binary,
"00123" becomes 123 unless its cell is formatted as text, a Decimal is refused, a blank is None, a whole day is a
date-time, an error is no text. What it was not taught raises NotImplementedError.
"""

from __future__ import annotations

import datetime as dt
import re
import sys
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.worksheet.table import Table as XlTable
from openpyxl.worksheet.worksheet import Worksheet
from xlwings import base_classes as base

from o2c_xl.workbook.live.excel import disarm

_NUMBER = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)?(\.\d*)?([eE][+-]?\d+)?")
_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DAY_MONTH = re.compile(r"\d{1,2}[-/]\d{1,2}([-/]\d{2,4})?")
_ERRORS = frozenset({"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"})
# Of these xlwings knows no name, so that their numbers come through.
_NEWER_ERRORS = {"#SPILL!": -2146826243, "#CALC!": -2146826238}
_TEXT = "@"


class ExcelRefuses(Exception):
    """What a COM or AppleScript error is in a real Excel."""


class CellError(int):
    """An error value, a number of its own in Excel's interface."""

    name: str

    @classmethod
    def of(cls, name: str) -> CellError:
        found = cls(_NEWER_ERRORS.get(name, -2146826246))
        found.name = name
        return found


class FakeExcel:
    """The engine: counts of calls, what was said to the user, and what goes wrong on purpose."""

    name = "excel"
    type = "desktop"

    def __init__(self) -> None:
        self.reads = self.writes = self.cells_read = self.cells_written = 0
        self.saves: list[str] = []
        self.alerts: list[tuple[str, str]] = []
        self.said: list[Any] = []
        self.loaded_before_said: set[str] = set()
        self.settings: list[tuple[str, Any]] = []
        self.editing = False
        self.refuse_save = ""
        self.refuse_write_after: int | None = None
        self.on_save: Callable[[], None] | None = None
        self.app = FakeApp(self)
        self.apps = FakeApps(self)

    @staticmethod
    def prepare_xl_data_element(value: Any, _options: Any) -> Any:
        if isinstance(value, dt.datetime | dt.date | bool | int | float | str):
            return value
        if value is None:
            return ""
        return value

    @staticmethod
    def clean_value_data(data: Any, dates: Any, empty: Any, numbers: Any, err_to_str: bool) -> list[list[Any]]:
        def clean(value: Any) -> Any:
            if value in ("", None):
                return empty
            if isinstance(value, CellError):
                if value.name in _NEWER_ERRORS:
                    return int(value)
                return value.name if err_to_str else None
            if isinstance(value, dt.datetime):
                parts = {name: getattr(value, name) for name in ("year", "month", "day", "hour", "minute", "second")}
                return dates(**parts, microsecond=value.microsecond, tzinfo=None)
            return numbers(value) if numbers is not None and isinstance(value, float) else value

        return [[clean(value) for value in row] for row in data]

    def answer(self) -> None:
        """Every call waits while a cell is being edited, as xlwings does: for ever."""
        while self.editing:
            time.sleep(0.005)

    # --- what a person does ------------------------------------------------------------------------------------

    def open(self, path: Path) -> FakeBook:
        """Open a workbook, leaving Excel's owner file beside it."""
        return self.app.books.open(str(path))

    def person_types(self, book: FakeBook, sheet: str, cell: str, value: Any) -> None:
        """Typed into a cell, or pasted; a text as the keyboard gives it."""
        left, top, right, bottom = range_boundaries(cell)
        FakeRange(book.sheets(sheet), top, left, bottom, right).typed(value)

    def state(self) -> tuple[Any, ...]:
        """Excel's settings that a button must leave as they were."""
        return self.app.screen_updating, self.app.enable_events, self.app.display_alerts


class FakeApps(base.Apps):
    def __init__(self, engine: FakeExcel) -> None:
        self.engine = engine

    def keys(self) -> list[int]:
        return [1]

    def __iter__(self) -> Iterator[FakeApp]:
        return iter([self.engine.app])

    def __len__(self) -> int:
        return 1

    def __getitem__(self, pid: int) -> FakeApp:
        return self.engine.app

    @staticmethod
    def cleanup() -> None:
        raise AssertionError("a button must never end an Excel")


class FakeApp(base.App):
    version = "16.0"
    pid = 1

    def __init__(self, engine: FakeExcel) -> None:
        self.engine = engine
        self._settings: dict[str, Any] = {"screen_updating": True, "enable_events": True, "display_alerts": True}
        self._settings["status_bar"] = False
        self.chosen: FakeRange | None = None
        self._books = FakeBooks(self)

    @property
    def books(self) -> FakeBooks:
        self.engine.answer()
        return self._books

    @property
    def selection(self) -> FakeRange | None:
        return self.chosen

    def _set(self, name: str, value: Any) -> None:
        self.engine.answer()
        self._settings[name] = value
        self.engine.settings.append((name, value))

    screen_updating = property(
        lambda self: self._settings["screen_updating"], lambda self, value: self._set("screen_updating", value)
    )
    enable_events = property(
        lambda self: self._settings["enable_events"], lambda self, value: self._set("enable_events", value)
    )

    display_alerts = property(
        lambda self: self._settings["display_alerts"], lambda self, value: self._set("display_alerts", value)
    )

    @property
    def status_bar(self) -> Any:
        return self._settings["status_bar"]

    @status_bar.setter
    def status_bar(self, value: Any) -> None:
        self._set("status_bar", value)
        if not self.engine.said:
            self.engine.loaded_before_said = {"pandas", "numpy", "sqlalchemy"} & set(sys.modules)
        self.engine.said.append(value)

    def alert(self, prompt: str, title: str, buttons: str, mode: str, callback: Any) -> str:
        self.engine.answer()
        self.engine.alerts.append((mode, prompt))
        return "ok"

    def activate(self, steal_focus: bool = False) -> None:
        self.engine.answer()

    def quit(self) -> None:
        raise AssertionError("a button must never end an Excel")

    def kill(self) -> None:
        self.quit()


class FakeBooks(base.Books):
    def __init__(self, app: FakeApp) -> None:
        self.app = app
        self.all: list[FakeBook] = []
        self.front: FakeBook | None = None

    @property
    def active(self) -> FakeBook | None:
        return self.front

    def __call__(self, name_or_index: Any) -> FakeBook:
        for book in self.all:
            if book.name.casefold() == str(name_or_index).casefold():
                return book
        raise KeyError(name_or_index)

    def __len__(self) -> int:
        return len(self.all)

    def __iter__(self) -> Iterator[FakeBook]:
        return iter(self.all)

    def open(self, fullname: str, *_options: Any) -> FakeBook:
        self.front = FakeBook(self.app, fullname)
        self.all.append(self.front)
        return self.front

    def add(self) -> FakeBook:
        self.front = FakeBook(self.app, "")
        self.all.append(self.front)
        return self.front


class FakeBook(base.Book):
    api = "fake"

    def __init__(self, app: FakeApp, fullname: str) -> None:
        self._app = app
        self._fullname = fullname
        self.model = openpyxl.load_workbook(fullname) if fullname else openpyxl.Workbook()
        shown = openpyxl.load_workbook(fullname, data_only=True) if fullname else self.model
        self.results = {
            (sheet.title, cell.row, cell.column): shown[sheet.title].cell(cell.row, cell.column).value
            for sheet in self.model
            for cell in sheet._cells.values()
            if cell.data_type == "f"
        }
        self.active_sheet = self.model.worksheets[0].title
        if fullname:
            self.owner_file.write_bytes(bytes([4]) + b"anna" + bytes(160))

    @property
    def owner_file(self) -> Path:
        path = Path(self._fullname)
        return path.with_name(f"~${path.name}")

    @property
    def name(self) -> str:
        self.app.engine.answer()
        return Path(self._fullname).name if self._fullname else "Book1"

    @property
    def fullname(self) -> str:
        self.app.engine.answer()
        return self._fullname or "Book1"

    @property
    def app(self) -> FakeApp:
        return self._app

    @property
    def sheets(self) -> FakeSheets:
        return FakeSheets(self)

    def save(self, path: Any = None, password: Any = None) -> None:
        engine = self._app.engine
        engine.answer()
        if engine.refuse_save:
            raise ExcelRefuses(engine.refuse_save)
        for sheet in self.model:
            for cell in sheet._cells.values():
                if isinstance(cell.value, CellError):
                    cell.value, cell.data_type = cell.value.name, "e"
        self.model.save(self._fullname)
        engine.saves.append(self.name)
        if engine.on_save is not None:
            engine.on_save()

    def close(self) -> None:
        self.owner_file.unlink(missing_ok=True)
        self._app.books.all.remove(self)

    def activate(self) -> None:
        self._app.books.front = self


class FakeSheets(base.Sheets):
    def __init__(self, book: FakeBook) -> None:
        self.book = book

    @property
    def active(self) -> FakeSheet:
        return FakeSheet(self.book, self.book.model[self.book.active_sheet])

    def __call__(self, name_or_index: Any) -> FakeSheet:
        model = self.book.model
        found = model.worksheets[name_or_index - 1] if isinstance(name_or_index, int) else model[name_or_index]
        return FakeSheet(self.book, found)

    def __len__(self) -> int:
        return len(self.book.model.worksheets)

    def __iter__(self) -> Iterator[FakeSheet]:
        return iter(FakeSheet(self.book, sheet) for sheet in self.book.model.worksheets)


class FakeSheet(base.Sheet):
    api = "fake"

    def __init__(self, book: FakeBook, model: Worksheet) -> None:
        self._book, self.model = book, model

    @property
    def book(self) -> FakeBook:
        return self._book

    @property
    def name(self) -> str:
        return str(self.model.title)

    @property
    def tables(self) -> FakeTables:
        return FakeTables(self)

    def range(self, arg1: Any, arg2: Any = None) -> FakeRange:
        if isinstance(arg1, str):
            left, top, right, bottom = range_boundaries(arg1.replace("$", ""))
            return FakeRange(self, top, left, bottom, right)
        first = (arg1.first_row, arg1.first_col) if isinstance(arg1, FakeRange) else arg1
        last = (arg2.last_row, arg2.last_col) if isinstance(arg2, FakeRange) else arg2 or first
        return FakeRange(self, first[0], first[1], last[0], last[1])

    def activate(self) -> None:
        self._book.app.engine.answer()
        self._book.active_sheet = self.name

    select = activate


class FakeRange(base.Range):
    api = "fake"
    max_cells_per_read = 4_000_000
    max_cells_per_write = 100_000

    def __init__(self, sheet: FakeSheet, top: int, left: int, bottom: int, right: int) -> None:
        self._sheet, self.first_row, self.first_col, self.last_row, self.last_col = sheet, top, left, bottom, right
        self.options: dict[str, Any] = {}

    @property
    def sheet(self) -> FakeSheet:
        return self._sheet

    @property
    def engine(self) -> FakeExcel:
        return self._sheet.book.app.engine

    @property
    def row(self) -> int:
        return self.first_row

    @property
    def column(self) -> int:
        return self.first_col

    @property
    def shape(self) -> tuple[int, int]:
        return self.last_row - self.first_row + 1, self.last_col - self.first_col + 1

    def __len__(self) -> int:
        return self.shape[0] * self.shape[1]

    def __call__(self, row: int, column: int | None = None) -> FakeRange:
        if column is None:
            row, column = divmod(row - 1, self.shape[1])
            row, column = row + 1, column + 1
        top, left = self.first_row + row - 1, self.first_col + column - 1
        return type(self)(self._sheet, top, left, top, left)

    @property
    def address(self) -> str:
        return self.get_address(True, True, False)

    def get_address(self, row_absolute: bool, col_absolute: bool, external: bool) -> str:
        first = f"${get_column_letter(self.first_col)}${self.first_row}"
        last = f"${get_column_letter(self.last_col)}${self.last_row}"
        return first if first == last else f"{first}:{last}"

    def select(self) -> None:
        self.engine.answer()
        self.engine.app.chosen = self

    # --- values ------------------------------------------------------------------------------------------------

    @property
    def raw_value(self) -> Any:
        self.engine.answer()
        self.engine.reads += 1
        self.engine.cells_read += len(self)
        get = self._sheet.model._cells.get
        rows = tuple(
            tuple(self._shown(get((row, column))) for column in range(self.first_col, self.last_col + 1))
            for row in range(self.first_row, self.last_row + 1)
        )
        return rows if len(self) > 1 else rows[0][0]

    def _shown(self, cell: Any) -> Any:
        if cell is None or cell.value is None:
            return None
        value = cell.value
        if cell.data_type == "f":
            value = self._sheet.book.results.get((self._sheet.name, cell.row, cell.column))
        if cell.data_type == "e" or (
            isinstance(value, str) and value in {*_ERRORS, *_NEWER_ERRORS} and cell.data_type != "s"
        ):
            return value if isinstance(value, CellError) else CellError.of(str(value))
        if isinstance(value, bool | str | dt.datetime | CellError) or value is None:
            return value
        if isinstance(value, dt.date):
            return dt.datetime.combine(value, dt.time())
        return float(value)

    @raw_value.setter
    def raw_value(self, data: Any) -> None:
        self.engine.answer()
        self.engine.writes += 1
        if self.engine.refuse_write_after is not None:
            self.engine.refuse_write_after -= 1
            if self.engine.refuse_write_after < 0:
                self.engine.refuse_write_after = None
                raise ExcelRefuses("Application-defined or object-defined error")
        self.engine.cells_written += len(self)
        self.typed(data)

    def typed(self, data: Any) -> None:
        rows = data if isinstance(data, list | tuple) else [[data] * self.shape[1]] * self.shape[0]
        for row, values in enumerate(rows, self.first_row):
            for column, value in enumerate(values, self.first_col):
                self._put(row, column, value)

    def _put(self, row: int, column: int, value: Any) -> None:
        if isinstance(value, Decimal):
            raise ExcelRefuses("Decimal cannot be converted to a COM VARIANT")
        cell = self._sheet.model.cell(row, column)
        self._sheet.book.results.pop((self._sheet.name, row, column), None)
        if value is None or value == "":
            cell.value = None
        elif cell.number_format == _TEXT:
            cell.value = value if isinstance(value, str) else _as_text(value)
            cell.data_type = "s"
        elif isinstance(value, str):
            self._put_text(cell, value)
        else:
            cell.value = float(value) if isinstance(value, int) and not isinstance(value, bool) else value

    def _put_text(self, cell: Any, text: str) -> None:
        """What Excel makes of a text in a cell that is not formatted as text."""
        if text.startswith("'"):
            cell.value, cell.data_type = text[1:], "s"
        elif text[0] in "=+-@" and not _is_number(text):
            if text[0] != "=" or not text[1:].strip():
                raise ExcelRefuses("That is no formula")
            cell.value = text
        elif text in {*_ERRORS, *_NEWER_ERRORS}:
            cell.value, cell.data_type = text, "e"
        else:
            cell.value = _understood(text)
            cell.data_type = "s" if cell.value == text else cell.data_type
            cell.number_format = "0%" if text.endswith("%") and cell.value != text else cell.number_format

    @property
    def formula(self) -> Any:
        self.engine.answer()
        self.engine.reads += 1
        get = self._sheet.model._cells.get
        rows = tuple(
            tuple(_formula(get((row, column))) for column in range(self.first_col, self.last_col + 1))
            for row in range(self.first_row, self.last_row + 1)
        )
        return rows if len(self) > 1 else rows[0][0]

    @property
    def row_height(self) -> float | None:
        self.engine.answer()
        rows = self._sheet.model.row_dimensions
        heights = {0.0 if rows[row].hidden else 15.0 for row in range(self.first_row, self.last_row + 1)}
        return heights.pop() if len(heights) == 1 else None

    @property
    def number_format(self) -> str | None:
        self.engine.answer()
        get = self._sheet.model._cells.get
        codes = {
            "General" if (cell := get((row, column))) is None else cell.number_format
            for row in range(self.first_row, self.last_row + 1)
            for column in range(self.first_col, self.last_col + 1)
        }
        return codes.pop() if len(codes) == 1 else None

    @number_format.setter
    def number_format(self, code: str) -> None:
        self.engine.answer()
        for row in range(self.first_row, self.last_row + 1):
            for column in range(self.first_col, self.last_col + 1):
                self._sheet.model.cell(row, column).number_format = code


def _formula(cell: Any) -> str:
    return "" if cell is None or cell.value is None else str(cell.value)


def _is_number(text: str) -> bool:
    return bool(_NUMBER.fullmatch(text)) and any(sign.isdigit() for sign in text)


def _understood(text: str) -> Any:
    """The number, truth value or day that Excel takes a text for; the text itself where it takes it as it is."""
    if _is_number(text):
        return float(text.replace(",", ""))
    if text.endswith("%") and _is_number(text[:-1].strip()):
        return float(text[:-1]) / 100
    if found := _DAY.fullmatch(text):
        return dt.datetime(*map(int, found.groups()))
    if _DAY_MONTH.fullmatch(text):
        return dt.datetime(2026, 1, 2)
    return {"TRUE": True, "FALSE": False}.get(text.upper(), text)


def _as_text(value: Any) -> str:
    return f"{value:.15g}" if isinstance(value, float) else str(value)


class FakeTables(base.Tables):
    def __init__(self, sheet: FakeSheet) -> None:
        self.sheet = sheet

    def __call__(self, key: Any) -> FakeTable:
        model = self.sheet.model.tables
        return FakeTable(self.sheet, list(model.values())[key - 1] if isinstance(key, int) else model[key])

    def __len__(self) -> int:
        return len(self.sheet.model.tables)

    def __iter__(self) -> Iterator[FakeTable]:
        return iter(FakeTable(self.sheet, table) for table in self.sheet.model.tables.values())


class FakeTable(base.Table):
    def __init__(self, sheet: FakeSheet, model: XlTable) -> None:
        self._sheet, self.model = sheet, model

    @property
    def name(self) -> str:
        return str(self.model.displayName)

    @property
    def parent(self) -> FakeSheet:
        return self._sheet

    @property
    def range(self) -> FakeRange:
        self._sheet.book.app.engine.answer()
        return self._sheet.range(self.model.ref)

    @property
    def show_headers(self) -> bool:
        return self.model.headerRowCount != 0

    @property
    def header_row_range(self) -> FakeRange | None:
        if not self.show_headers:
            return None
        whole = self.range
        return FakeRange(self._sheet, whole.first_row, whole.first_col, whole.first_row, whole.last_col)

    @property
    def show_totals(self) -> bool:
        return bool(self.model.totalsRowCount)

    def resize(self, range: Any) -> None:  # noqa: A002 -- xlwings' own name
        self._sheet.book.app.engine.answer()
        self.model.ref = range.impl.address.replace("$", "")
        if self.model.autoFilter is not None:
            self.model.autoFilter.ref = self.model.ref


def install(engine: FakeExcel | None = None) -> FakeExcel:
    """Make a fake Excel the active engine; on Windows the exit hook that ends real Excels is taken out first."""
    import xlwings

    if sys.platform == "win32":
        disarm(sys.modules.get("xlwings._xlwindows"))
    engine = engine or FakeExcel()
    wrapped = xlwings.Engine(impl=engine)
    xlwings.engines.add(wrapped)
    wrapped.activate()
    return engine


def uninstall() -> None:
    """Leave no engine and no calling book behind."""
    import xlwings

    xlwings.engines.active = None
    xlwings.engines.engines.clear()
    xlwings.engines.engines_by_name.clear()
    if hasattr(xlwings.Book, "_mock_caller"):
        del xlwings.Book._mock_caller
