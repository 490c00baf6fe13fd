"""The workbook that is open in Excel, through xlwings: the one module that knows it.

Only xlwings' free parts are used: objects, `Book.caller`, engines. No Excel is ever started, quit or ended here. On
Windows xlwings ends Excel processes that it cannot see when Python exits; that hook is taken out, since a user's Excel
in another session is one of them.
"""

from __future__ import annotations

import atexit
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any, TypeVar

from o2c_xl.domain.issue import CannotRun
from o2c_xl.workbook.address import MAX_COLUMN, MAX_ROW, Area, area, column_number
from o2c_xl.workbook.live.excel_values import ExcelValue, as_told
from o2c_xl.workbook.live.grid import GridTable

__all__ = ["TITLE", "Editing", "ExcelBook", "calling_book", "disarm"]

TITLE = "Order to Cash"
_PATIENCE = 60.0  # seconds that one call may take; xlwings itself asks for ever while a cell is being edited
_IMPATIENT = 3.0  # seconds, once Excel has not answered: its settings are put back where it does again
_OFF = ("screen_updating", "enable_events")
_USUAL = (*_OFF, "display_alerts")  # the last is switched off by xlwings itself while it saves
_HEAVY = ("pandas", "numpy", "polars")  # xlwings loads them where it can, and nothing here needs them
_Result = TypeVar("_Result")


class Editing(CannotRun):
    """Excel does not answer: most likely a cell is being edited."""


def _loaded() -> ModuleType:
    """xlwings, without the libraries that it would take along, and with its exit hook taken out."""
    kept_out = [name for name in _HEAVY if name not in sys.modules]
    for name in kept_out:
        sys.modules[name] = None  # type: ignore[assignment]  # how an import is refused
    try:
        import xlwings  # noqa: PLC0415 -- between the two lines that keep the heavy ones out
    except ModuleNotFoundError as error:
        raise CannotRun(
            f"The buttons need xlwings, which is not installed. Run: {sys.executable} -m pip install 'o2c-xl[excel]'"
        ) from error
    finally:
        for name in kept_out:
            sys.modules.pop(name, None)
    if sys.platform == "win32":
        disarm(sys.modules.get("xlwings._xlwindows"))
    return xlwings


def disarm(windows: ModuleType | None) -> None:
    """Take out the exit hook that ends every EXCEL.EXE xlwings does not see; raises CannotRun where it is not found."""
    hook = getattr(windows, "cleanup", None)
    if not callable(hook):
        raise CannotRun(
            "This version of xlwings ends Excel in a way that is not known here, so it is not used. "
            "Install the one that o2c-xl names."
        )
    atexit.unregister(hook)


def calling_book(arguments: Sequence[str], patience: float | None = None) -> ExcelBook:
    """The workbook whose button was pressed; raises CannotRun in one sentence."""
    for argument in arguments:
        if argument.startswith("--wb=") and "=" in argument[len("--wb=") :]:
            raise CannotRun("The workbook's name has a = in it, which Excel's call breaks at. Rename the file.")
    xlwings = _loaded()
    patience = _PATIENCE if patience is None else patience
    with _patient(patience):
        try:
            book = xlwings.Book.caller()
        except CannotRun:
            raise
        except Exception as error:
            raise CannotRun("There is no workbook that this button could work on. Open one and press again.") from error
    return ExcelBook(book, patience)


@contextmanager
def _patient(seconds: float) -> Iterator[None]:
    """Break off when Excel does not answer: xlwings' own loop is Python, so it can be interrupted.

    Again and again, since xlwings puts a setting back on its way out of a save and waits there anew.
    """
    import _thread  # noqa: PLC0415 -- only needed with its timer

    stuck, done = threading.Event(), threading.Event()

    def interrupt() -> None:
        while not done.wait(seconds):
            stuck.set()
            _thread.interrupt_main()

    timer = threading.Thread(target=interrupt, daemon=True)
    before = signal.getsignal(signal.SIGINT)
    if before in {signal.SIG_IGN, signal.SIG_DFL}:  # whoever started us has Ctrl-C ignored: no interrupt would be heard
        signal.signal(signal.SIGINT, signal.default_int_handler)
    timer.start()
    try:
        yield
    except KeyboardInterrupt as error:
        if stuck.is_set():
            raise Editing(
                "Excel does not answer. A cell is being edited, or a question of Excel's is open: press Enter or Esc "
                "there, then press the button again."
            ) from error
        raise
    finally:
        done.set()
        if before is not None:  # None: set by what is no Python, and left alone
            signal.signal(signal.SIGINT, before)


@dataclass
class ExcelBook:
    """One workbook in Excel: a `Grid`, and what a button needs beside it."""

    book: Any
    patience: float = _PATIENCE

    def _ask(self, call: Callable[[], _Result]) -> _Result:
        """One call to Excel; its refusal becomes a sentence."""
        with _patient(self.patience):
            try:
                return call()
            except (CannotRun, NotImplementedError):
                raise
            except Exception as error:
                raise CannotRun(f"Excel refused: {_first_line(error)}") from error

    @property
    def name(self) -> str:
        """The workbook's name."""
        return self._ask(lambda: str(self.book.name))

    @property
    def fullname(self) -> str:
        """Where it was opened from; an address in the internet stays one."""
        try:
            return self._ask(lambda: str(self.book.fullname))
        except CannotRun as error:
            raise CannotRun(
                "Excel does not say where this workbook lies. Is it open from the internet? "
                "Open the copy in the company's folder books."
            ) from error

    # --- the grid ----------------------------------------------------------------------------------------------

    def tables(self) -> list[GridTable]:
        """All tables of all sheets."""
        return self._ask(lambda: [_table(sheet, table) for sheet in self.book.sheets for table in sheet.tables])

    def values(self, sheet: str, area: Area) -> list[list[object]]:
        """A block's values, errors as their texts."""
        block = self._range(sheet, area).options(ndim=2, err_to_str=True)
        found: list[list[object]] = self._ask(lambda: block.value)
        return [list(map(as_told, row)) if int in set(map(type, row)) else row for row in found]

    def formulas(self, sheet: str, area: Area) -> list[list[str]]:
        """A block's formulas."""
        found = self._ask(lambda: self._range(sheet, area).formula)
        rows = found if isinstance(found, list | tuple) else [[found]]
        if rows and not isinstance(rows[0], list | tuple):
            rows = [rows] if area.top == area.bottom else [[one] for one in rows]
        return [["" if text is None else str(text) for text in row] for row in rows]

    def number_format(self, sheet: str, area: Area) -> str | None:
        """The block's number format; None when its cells differ."""
        code = self._ask(lambda: self._range(sheet, area).number_format)
        return None if code is None else str(code)

    def set_number_format(self, sheet: str, area: Area, code: str) -> None:
        """Give the block a number format."""
        self._ask(lambda: setattr(self._range(sheet, area), "number_format", code))

    def put(self, sheet: str, area: Area, values: Sequence[Sequence[ExcelValue]]) -> None:
        """Write a block."""
        block = self._range(sheet, area).options(ndim=2)
        self._ask(lambda: setattr(block, "value", [list(row) for row in values]))

    def resize(self, table: GridTable, bottom: int) -> None:
        """Let the table end in that row."""
        whole = Area(table.area.top, table.area.left, bottom, table.area.right)
        self._ask(lambda: self.book.sheets[table.sheet].tables[table.name].resize(self._range(table.sheet, whole)))

    def save(self) -> None:
        """Save it where it was opened from."""
        try:
            self._ask(self.book.save)
        except Editing:
            raise
        except CannotRun as error:
            raise CannotRun(
                f"{self.name} could not be saved, so nothing more was done. {error} Is it open to read only?"
            ) from error

    def selected(self) -> tuple[str, list[Area]]:
        """The sheet in front, and the cells selected on it."""
        chosen = self._ask(lambda: self.book.selection)
        if chosen is None:
            return "", []
        sheet, text = self._ask(lambda: (str(chosen.sheet.name), str(chosen.address)))
        found = (_area(part) for part in text.replace(";", ",").split(","))
        return sheet, [one for one in found if one is not None]

    def in_sight(self, sheet: str, first: int, last: int) -> list[int]:
        """The rows among these that are not hidden, by a filter or by hand."""
        height = self._ask(lambda: self._range(sheet, Area(first, 1, last, 1)).row_height)
        if height is not None:
            return list(range(first, last + 1)) if height else []
        if first == last:
            raise CannotRun(f"Excel does not say whether row {first} of {sheet} is hidden. Select rows you see alone.")
        middle = (first + last) // 2
        return [*self.in_sight(sheet, first, middle), *self.in_sight(sheet, middle + 1, last)]

    def show(self, sheet: str, area: Area | None = None) -> None:
        """Bring the sheet to the front, and select the cells."""
        self._ask(self.book.sheets[sheet].activate)
        if area is not None:
            self._ask(self._range(sheet, area).select)

    # --- beside the grid ---------------------------------------------------------------------------------------

    def say(self, text: str) -> None:
        """Show a text in the status bar; an empty one gives the bar back to Excel."""
        self._ask(lambda: setattr(self.book.app, "status_bar", text or False))

    def alert(self, text: str, *, critical: bool) -> None:
        """A dialog with one sentence; nobody has to hurry to answer it."""
        self.book.app.alert(text, TITLE, "ok", "critical" if critical else "info", None)

    def open(self, path: str, sheet: str = "") -> None:
        """Open another workbook in the same Excel, at one of its sheets."""
        opened = self._ask(lambda: self.book.app.books.open(path))
        if sheet:
            self._ask(opened.sheets[sheet].activate)

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """No drawing and no macros of the workbook's own while cells are written; Excel's usual settings at the end."""
        try:
            self._set(_OFF, value=False)
            yield
        except Editing:
            self.patience = min(self.patience, _IMPATIENT)
            raise
        finally:
            self._set(_USUAL, value=True)

    def settle(self) -> None:
        """Once Excel answers again: its usual settings, and its own status bar."""
        self.patience = _PATIENCE
        self._set(_USUAL, value=True)
        self.say("")

    def _set(self, names: Sequence[str], *, value: bool) -> None:
        """Settings are never put back as they were found: a press that Excel did not let end may have left them."""
        for name in names:
            self._ask(lambda name=name: setattr(self.book.app, name, value))  # type: ignore[misc]

    def _range(self, sheet: str, area: Area) -> Any:  # noqa: ANN401 -- xlwings' own
        first, last = (area.top, area.left), (area.bottom, area.right)
        return self._ask(lambda: self.book.sheets[sheet].range(first, last))


def _table(sheet: Any, table: Any) -> GridTable:  # noqa: ANN401 -- xlwings' own
    whole = table.range
    top, left = int(whole.row), int(whole.column)
    rows, columns = whole.shape
    totals = bool(table.show_totals)
    headers = table.header_row_range.options(ndim=2).value[0] if table.show_headers else ()
    texts = tuple("" if header is None else str(header) for header in headers)
    body = Area(top, left, top + int(rows) - 1 - totals, left + int(columns) - 1)
    return GridTable(str(table.name), str(sheet.name), body, texts, totals)


def _area(text: str) -> Area | None:
    """A part of a selection; whole rows such as `$3:$5` and whole columns are areas too."""
    found = area(text)
    first, _, last = text.replace("$", "").partition(":")
    if found is None and first.isdigit():
        return Area(int(first), 1, int(last or first), MAX_COLUMN)
    if found is None and first.isalpha():
        return Area(1, column_number(first), MAX_ROW, column_number(last or first))
    return found


def _first_line(error: Exception) -> str:
    told = next((part for part in getattr(error, "args", ()) if isinstance(part, tuple) and len(part) > 2), None)  # noqa: PLR2004
    text = str(told[2] if told and told[2] else error) or type(error).__name__  # a COM error keeps its words inside
    return text.splitlines()[0].rstrip(".") + "."
