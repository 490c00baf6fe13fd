"""Whether a cell, however it was typed, means what the ledger holds."""

from __future__ import annotations

from o2c_xl.tables.define.spec import Column
from o2c_xl.tables.parse.cells import Fault, parse_cell
from o2c_xl.tables.show.shown import cell_out
from o2c_xl.workbook.fingerprint import BAD, text_of, value_of

__all__ = ["Same"]


class Same:
    """Whether a staff cell already means what the ledger holds: `1` and "1" are the same line, "net 30" is Net 30."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str, str], bool] = {}

    def __call__(self, column: Column, cell: str, wanted: str) -> bool:
        """True when the cell's canonical text and the wanted one mean the same in this column."""
        if cell.startswith(BAD):
            return False
        key = (column.header, cell, wanted)
        if key not in self._known:
            parsed = parse_cell(column, value_of(cell))
            self._known[key] = parsed.__class__ is not Fault and text_of(cell_out(column, parsed)) == wanted
        return self._known[key]
