"""A door into a running LibreOffice, by the system's Python: a step a line on stdin, its answer a line on stdout.

`bridge.py PIPE`, steps `{"do": name, ...}`. What a person does in open workbooks, and what a program that has them open
must do for a button. Cells are counted from 1; an area is top, left, bottom, right.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

import uno
from com.sun.star.beans.PropertyState import AMBIGUOUS_VALUE
from com.sun.star.lang import Locale
from driver import ALWAYS_RUN, EXCEL_VBA, connect, prop

DATES, ERRORS = 2, 4  # com.sun.star.sheet.CellFlags.DATETIME, FormulaResult.ERROR
ERROR_NAMES = {502: "#VALUE!", 519: "#VALUE!", 524: "#REF!", 525: "#NAME?", 532: "#DIV/0!", 503: "#NUM!"}
NOT_AVAILABLE = "#N/A"
CALC = "com.sun.star.sheet.SpreadsheetDocument"


class Bridge:
    """Workbooks that are open in the office, named by their path, or by their title while they have none."""

    def __init__(self, desktop: Any) -> None:
        self.desktop = desktop
        self.macros: Any = None

    # --- workbooks ---------------------------------------------------------------------------------------------

    def open(self, path: str) -> str:
        return self.key(self.loaded(path))

    def new(self) -> str:
        return self.key(self.desktop.loadComponentFromURL("private:factory/scalc", "_blank", 0, ()))

    def load_macros(self, path: str) -> None:
        """Load an add-in: hidden, its macros allowed."""
        how = (prop("Hidden", True), prop("FilterName", EXCEL_VBA), prop("MacroExecutionMode", ALWAYS_RUN))
        self.macros = self.loaded(path, *how)

    def press(self, sub: str, control: bool) -> Any:
        """Run `LIBRARY.MODULE.SUB` of the add-in; a Sub with an empty control does nothing, so any object is one."""
        address = f"vnd.sun.star.script:{sub}?language=Basic&location=document"
        return self.macros.getScriptProvider().getScript(address).invoke((self.macros,) if control else (), (), ())[0]

    def unload_macros(self) -> None:
        self.macros.close(True)

    def books(self) -> list[str]:
        return [self.key(document) for document in self.documents()]

    def active(self) -> str:
        document = self.desktop.getCurrentComponent()
        return "" if document is None or document not in list(self.documents()) else self.key(document)

    def activate(self, book: str) -> None:
        self.document(book).CurrentController.Frame.activate()

    def save(self, book: str) -> None:
        self.document(book).store()

    def close(self, book: str) -> None:
        self.document(book).close(True)

    def draw(self, book: str, yes: bool) -> None:
        document = self.document(book)
        while yes and document.hasControllersLocked():
            document.unlockControllers()
        if not yes:
            document.lockControllers()

    def drawn(self, book: str) -> bool:
        return not self.document(book).hasControllersLocked()

    # --- sheets and tables -------------------------------------------------------------------------------------

    def sheets(self, book: str) -> list[str]:
        return list(self.document(book).Sheets.ElementNames)

    def tables(self, book: str) -> list[dict[str, Any]]:
        document = self.document(book)
        names = self.sheets(book)
        ranges = (document.DatabaseRanges.getByName(name) for name in document.DatabaseRanges.ElementNames)
        return [
            {
                "name": one.Name,
                "sheet": names[one.DataArea.Sheet],
                "area": area_of(one.DataArea),
                "totals": one.TotalsRow,
            }
            for one in ranges
        ]

    def resize(self, book: str, table: str, area: list[int]) -> None:
        found = self.document(book).DatabaseRanges.getByName(table)
        address = found.DataArea
        address.StartRow, address.StartColumn, address.EndRow, address.EndColumn = (place - 1 for place in area)
        found.setDataArea(address)

    def show(self, book: str, sheet: str) -> None:
        self.document(book).CurrentController.setActiveSheet(self.document(book).Sheets.getByName(sheet))

    def shown(self, book: str) -> str:
        return str(self.document(book).CurrentController.getActiveSheet().Name)

    def select(self, book: str, sheet: str, area: list[int]) -> None:
        self.show(book, sheet)
        self.document(book).CurrentController.select(self.cells(book, sheet, area))

    def selected(self, book: str) -> dict[str, Any] | None:
        chosen = self.document(book).CurrentController.getSelection()
        if not hasattr(chosen, "RangeAddress"):
            return None
        return {"sheet": self.sheets(book)[chosen.RangeAddress.Sheet], "area": area_of(chosen.RangeAddress)}

    # --- cells -------------------------------------------------------------------------------------------------

    def read(self, book: str, sheet: str, area: list[int]) -> dict[str, Any]:
        """Numbers and texts row by row; where dates stand, and errors by `row,column`."""
        cells = self.cells(book, sheet, area)
        errors = {}
        for one in cells.queryFormulaCells(ERRORS).RangeAddresses:
            top, left, bottom, right = area_of(one)
            for row in range(top, bottom + 1):
                for column in range(left, right + 1):
                    code = self.cells(book, sheet, [row, column, row, column]).getCellByPosition(0, 0).getError()
                    errors[f"{row},{column}"] = ERROR_NAMES.get(code, NOT_AVAILABLE)
        dates = [area_of(one) for one in cells.queryContentCells(DATES).RangeAddresses]
        return {"rows": cells.getDataArray(), "dates": dates, "errors": errors}

    def write(self, book: str, sheet: str, area: list[int], rows: list[list[Any]], dates: list[list[int]]) -> None:
        """Numbers and texts; an empty text empties its cell. A date gives a cell without a format its own."""
        self.cells(book, sheet, area).setDataArray(tuple(map(tuple, rows)))
        for row, column in dates:
            if self.number_format(book, sheet, [row, column, row, column]) == "General":
                self.set_number_format(book, sheet, [row, column, row, column], "yyyy-mm-dd")

    def type(self, book: str, sheet: str, area: list[int], text: str) -> None:
        """As at the keyboard: what looks like a number, a date or a formula becomes one."""
        cell = self.cells(book, sheet, area).getCellByPosition(0, 0)
        if text.startswith("'"):
            cell.String = text[1:]
        else:
            cell.FormulaLocal = text

    def formulas(self, book: str, sheet: str, area: list[int]) -> Any:
        return self.cells(book, sheet, area).getFormulaArray()

    def number_format(self, book: str, sheet: str, area: list[int]) -> str | None:
        cells = self.cells(book, sheet, area)
        if cells.getPropertyState("NumberFormat") == AMBIGUOUS_VALUE:
            return None
        return str(self.document(book).NumberFormats.getByKey(cells.NumberFormat).FormatString)

    def set_number_format(self, book: str, sheet: str, area: list[int], code: str) -> None:
        formats, english = self.document(book).NumberFormats, Locale("en", "US", "")
        key = formats.queryKey(code, english, False)
        self.cells(book, sheet, area).NumberFormat = key if key >= 0 else formats.addNew(code, english)

    def row_height(self, book: str, sheet: str, area: list[int]) -> float | None:
        rows = self.cells(book, sheet, area).Rows
        lines = [rows.getByIndex(place) for place in range(rows.Count)]
        heights = {line.Height if line.IsVisible else 0 for line in lines}
        return float(heights.pop()) if len(heights) == 1 else None

    # --- inside ------------------------------------------------------------------------------------------------

    def loaded(self, path: str, *how: Any) -> Any:
        document = self.desktop.loadComponentFromURL(uno.systemPathToFileUrl(path), "_blank", 0, how)
        if document is None:
            raise RuntimeError(f"{path} cannot be opened")
        return document

    def documents(self) -> Iterator[Any]:
        """The workbooks on the screen; an add-in is none of them."""
        for document in self.desktop.Components:
            hidden = any(one.Name == "Hidden" and one.Value for one in document.Args)
            if document.supportsService(CALC) and not hidden:
                yield document

    def document(self, book: str) -> Any:
        return next(document for document in self.documents() if self.key(document) == book)

    def key(self, document: Any) -> str:
        return uno.fileUrlToSystemPath(document.URL) if document.URL else str(document.Title)

    def cells(self, book: str, sheet: str, area: list[int]) -> Any:
        top, left, bottom, right = (place - 1 for place in area)
        return self.document(book).Sheets.getByName(sheet).getCellRangeByPosition(left, top, right, bottom)


def area_of(address: Any) -> list[int]:
    return [address.StartRow + 1, address.StartColumn + 1, address.EndRow + 1, address.EndColumn + 1]


def main() -> None:
    bridge = Bridge(connect(sys.argv[1]))
    for line in sys.stdin:
        step = json.loads(line)
        try:
            answer = {"answer": getattr(bridge, step.pop("do"))(**step)}
        except Exception as error:  # noqa: BLE001 -- the one who asked is told
            answer = {"refused": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)  # noqa: T201 -- its only output


main()
