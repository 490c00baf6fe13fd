"""One table on its way out: what it shows, what is to be written, and what it shows once that is done."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from o2c_xl.workbook.fingerprint import SEPARATOR, text_of
from o2c_xl.workbook.patch.shrink import Drop, row_after
from o2c_xl.workbook.sync.outgoing import Outgoing
from o2c_xl.workbook.sync.sheet_state import REWRITTEN, SheetRow, SheetState

__all__ = ["SheetOut"]


@dataclass(slots=True)
class SheetOut:
    """A table's state and its plan; `gone` and `moved` tell which rows were taken out and which stand higher now.

    `renamed` are rows that bear another key than the ledger remembers of them: new keys by old. Those of the keys
    `back` were emptied, and are shown again where they stood.
    """

    state: SheetState
    out: Outgoing
    refused: frozenset[int] = frozenset()
    gone: list[str] = field(default_factory=list)
    moved: dict[str, SheetRow] = field(default_factory=dict)
    renamed: Mapping[str, str] = field(default_factory=dict)
    back: frozenset[str] = frozenset()

    @property
    def whole(self) -> bool:
        """Whether the ledger remembers all that the sheet shows, and no formula keeps it from what is wanted."""
        return self.state.whole(self.refused) and not self.out.skipped

    @property
    def drop(self) -> Drop:
        """The rows to take out; what people keep in columns of their own holds a row back."""
        table = self.state.table
        return Drop(table.name, self.out.drop, frozenset(column.header for column in table.columns))

    def without(self, rows: Sequence[int]) -> None:
        """Follow the sheet, whose `rows` were taken out: those below them stand higher now."""
        out, lost = self.out, set(rows)
        out.cells = {(row_after(row, rows), header): v for (row, header), v in out.cells.items() if row not in lost}
        out.restored = [(row_after(row, rows), header) for row, header in out.restored if row not in lost]
        out.skipped = [(row_after(row, rows), header) for row, header in out.skipped if row not in lost]
        self.refused = frozenset(row_after(row, rows) for row in self.refused)
        self.gone = [key for key, row in self.state.rows.items() if row.row in lost]
        for key in self.gone:
            del self.state.rows[key]
        self.moved = {
            key: SheetRow(row_after(row.row, rows), row.text)
            for key, row in self.state.rows.items()
            if row.row > rows[0]
        }
        self.state.rows.update(self.moved)

    def changed(self) -> dict[str, SheetRow]:
        """The rows that moved or of which cells were written, as they stand now; of a refused one Python's cells."""
        place = {column.header: i for i, column in enumerate(self.state.table.columns)}
        changes: dict[int, dict[int, str]] = defaultdict(dict)
        for (row, header), value in self.out.cells.items():
            changes[row][place[header]] = text_of(value)
        changed = {key: row for key, row in self.moved.items() if row.row not in self.refused}
        for key, old in self.state.rows.items():
            if old.row in changes and old.row not in self.refused:
                cells = old.cells
                for i, text in changes[old.row].items():
                    cells[i] = text
                changed[key] = SheetRow(old.row, SEPARATOR.join(cells))
        return changed | self.out.kept

    def appended(self, bottom: int) -> dict[str, SheetRow]:
        """The rows that were added, the last of them in row `bottom`."""
        state, out = self.state, self.out
        absent = [i for i, column in enumerate(state.table.columns) if column.header not in state.present]
        rows = {}
        for row, key in enumerate(out.keys, bottom - len(out.keys) + 1):
            text = out.texts[key]
            if absent:
                cells = text.split(SEPARATOR)
                text = SEPARATOR.join("" if i in absent else cell for i, cell in enumerate(cells))
            rows[str(row) if state.table.name in REWRITTEN else key] = SheetRow(row, text)
        return rows
