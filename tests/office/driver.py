"""What a person does in LibreOffice, done through UNO, by the system's Python: `driver.py PIPE` with a job on stdin.

A job is a JSON list of steps, each `{"do": name, ...}`; the answer is the JSON list of their results.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any

import uno
from com.sun.star.awt import Rectangle
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException
from com.sun.star.table import CellRangeAddress

ERROR_RESULTS = 4  # com.sun.star.sheet.FormulaResult.ERROR
FORMULAS = 16  # com.sun.star.sheet.CellFlags.FORMULA
EXCEL = "Calc MS Excel 2007 XML"
EXCEL_VBA = "Calc MS Excel 2007 VBA XML"
ALWAYS_RUN = 4  # com.sun.star.document.MacroExecMode.ALWAYS_EXECUTE_NO_WARN


def connect(pipe: str) -> Any:
    """The desktop of the office that listens on `pipe`; it may still be starting."""
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    for _ in range(240):
        try:
            context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
            return context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        except NoConnectException:
            time.sleep(0.25)
    raise SystemExit("LibreOffice does not answer")


def prop(name: str, value: object) -> PropertyValue:
    made = PropertyValue()
    made.Name, made.Value = name, value
    return made


class Person:
    """Somebody at a spreadsheet: opens a workbook, looks, types, saves."""

    def __init__(self, desktop: Any) -> None:
        self.desktop = desktop
        self.document: Any = None

    def open(self, path: str) -> list[str]:
        url = uno.systemPathToFileUrl(path)
        self.document = self.desktop.loadComponentFromURL(url, "_blank", 0, (prop("Hidden", True),))
        if self.document is None:
            raise SystemExit(f"{path} cannot be opened")
        return list(self.document.Sheets.ElementNames)

    def open_with_macros(self, path: str) -> dict[str, list[str]]:
        """The modules of each Basic library of the document."""
        how = (prop("Hidden", True), prop("FilterName", EXCEL_VBA), prop("MacroExecutionMode", ALWAYS_RUN))
        self.document = self.desktop.loadComponentFromURL(uno.systemPathToFileUrl(path), "_blank", 0, how)
        if self.document is None:
            raise SystemExit(f"{path} cannot be opened")
        libraries = self.document.BasicLibraries
        return {name: sorted(libraries.getByName(name).ElementNames) for name in libraries.ElementNames}

    def source(self, library: str, module: str) -> str:
        return str(self.document.BasicLibraries.getByName(library).getByName(module))

    def press(self, sub: str, control: bool = False) -> None:
        """Run `LIBRARY.MODULE.SUB`; an error in it is swallowed when headless, so look at cells afterwards."""
        address = f"vnd.sun.star.script:{sub}?language=Basic&location=document"
        # a Sub with an empty control does nothing, so any object stands for it
        self.document.getScriptProvider().getScript(address).invoke((self.document,) if control else (), (), ())

    def recalculate(self) -> None:
        self.document.calculateAll()

    def errors(self) -> list[str]:
        """Addresses and texts of all cells whose formula ends in an error."""
        found = []
        for sheet in self.sheets():
            ranges = sheet.queryFormulaCells(ERROR_RESULTS)
            for address in ranges.RangeAddresses:
                for row in range(address.StartRow, address.EndRow + 1):
                    for column in range(address.StartColumn, address.EndColumn + 1):
                        cell = sheet.getCellByPosition(column, row)
                        found.append(f"{sheet.Name}!{cell.AbsoluteName}: {cell.Formula} = {cell.String}")
        return found

    def formulas(self) -> int:
        return sum(
            (a.EndRow - a.StartRow + 1) * (a.EndColumn - a.StartColumn + 1)
            for sheet in self.sheets()
            for a in sheet.queryContentCells(FORMULAS).RangeAddresses
        )

    def tables(self) -> list[str]:
        return list(self.document.DatabaseRanges.ElementNames)

    def charts(self) -> dict[str, int]:
        return {sheet.Name: sheet.Charts.Count for sheet in self.sheets() if sheet.Charts.Count}

    def read(self, sheet: str, cells: list[str]) -> list[str]:
        return [self.sheet(sheet).getCellRangeByName(cell).String for cell in cells]

    def type(self, sheet: str, cells: dict[str, str]) -> None:
        """As at the keyboard: what looks like a number, a date or a formula becomes one."""
        for address, text in cells.items():
            cell = self.sheet(sheet).getCellRangeByName(address)
            if text.startswith("'"):
                cell.String = text[1:]
            else:
                cell.FormulaLocal = text

    def add_sheet(self, name: str) -> None:
        self.document.Sheets.insertNewByName(name, self.document.Sheets.Count)

    def add_chart(self, sheet: str, of: str) -> None:
        target = self.sheet(sheet)
        address: CellRangeAddress = target.getCellRangeByName(of).RangeAddress
        target.Charts.addNewByName("Mine", Rectangle(8000, 500, 9000, 6000), (address,), True, True)

    def save(self, path: str) -> None:
        self.document.storeToURL(uno.systemPathToFileUrl(path), (prop("FilterName", EXCEL),))

    def close(self) -> None:
        self.document.close(True)
        self.document = None

    def sheet(self, name: str) -> Any:
        return self.document.Sheets.getByName(name)

    def sheets(self) -> list[Any]:
        return [self.sheet(name) for name in self.document.Sheets.ElementNames]


def main() -> None:
    job = json.load(sys.stdin)
    person = Person(connect(sys.argv[1]))
    results = []
    try:
        for step in job:
            name = step.pop("do")
            results.append(getattr(person, name)(**step))
    finally:
        if person.document is not None:
            person.document.close(True)
    sys.stdout.write(json.dumps(results))
    sys.stdout.flush()


if __name__ == "__main__":
    main()
    # LibreOffice's bridge, taken down while the interpreter ends, now and then crashes after all work is done
    os._exit(0)
