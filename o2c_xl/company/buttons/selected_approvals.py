"""The approvals that a person selected in the open workbook, and where their rows say other than the ledger.

A decision counts by the number in the row, and the person decided on what stands beside it. Somebody may have typed
over that, sorted a part of the columns, or typed the contrary decision.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from o2c_xl.domain.issue import CannotRun
from o2c_xl.domain.visible import trimmed
from o2c_xl.tables.define.catalogue import BY_NAME
from o2c_xl.tables.show.views import Scope
from o2c_xl.workbook.address import Area
from o2c_xl.workbook.fingerprint import SEPARATOR
from o2c_xl.workbook.live.book import LiveBook
from o2c_xl.workbook.reading.data import TableData
from o2c_xl.workbook.sync.books import read_state
from o2c_xl.workbook.sync.clashes import as_shown
from o2c_xl.workbook.sync.same import Same
from o2c_xl.workbook.sync.wanted import held_rows

__all__ = ["SelectedApproval", "misread", "selected_approvals"]

_TABLE = BY_NAME["Approvals"]
_DECIDED_ON = ("Role", "Step", "Subject", "Amount")
_NEEDED = ("Approval", *_DECIDED_ON, "Decision", "Reason")


@dataclass(frozen=True, slots=True)
class SelectedApproval:
    """A row of Approvals: its number, the decision and reason typed in it, and the texts of what is decided on."""

    number: str
    decision: str
    reason: str
    shown: Mapping[str, str]


def selected_approvals(live: LiveBook, selected: tuple[str, Sequence[Area]]) -> list[SelectedApproval]:
    """The rows that a person selected and sees."""
    known = live.read.get(_TABLE.name)
    sheet, areas = selected
    if known is None or known.data.sheet != sheet:
        return []
    data = known.data
    rows = [i for i in range(data.height) if any(one.meets(_cells(data, i)) for one in areas)]
    if not rows:
        return []
    _refuse_lacking(data)
    numbers, decisions, reasons = (_texts(data, header) for header in ("Approval", "Decision", "Reason"))
    in_sight = set(live.grid.in_sight(sheet, data.first_row + rows[0], data.first_row + rows[-1]))
    shown = _shown(data)
    return [
        SelectedApproval(numbers[i], decisions[i], reasons[i], shown[data.first_row + i])
        for i in rows
        if numbers[i] and data.first_row + i in in_sight
    ]


def _cells(data: TableData, index: int) -> Area:
    """The cells of one row of the table: what is selected beside it, in another table perhaps, is none of it."""
    row = data.first_row + index
    return Area(row, data.first_col, row, data.first_col + len(data.headers) - 1)


def _refuse_lacking(data: TableData) -> None:
    present = {name.strip() for name in data.headers}
    gone = [header for header in _NEEDED if header not in present]
    if gone:
        raise CannotRun(
            f"{_TABLE.title} has no column {', '.join(gone)}, so nobody sees there what is decided. Nothing was "
            "decided; name the columns so again, then press again."
        )


def misread(conn: Connection, rows: Sequence[SelectedApproval], verdict: str, scope: Scope) -> dict[str, str]:
    """Approvals whose row says other than the ledger or the button, with what both say; one not known is none."""
    wanted = held_rows(conn, _TABLE, scope, [row.number for row in rows])
    held = {key: text.split(SEPARATOR) for key, text in wanted.texts.items()}
    same, found = Same(), {}
    for row in rows:
        differing = list(_differing(row, held[row.number], same)) if row.number in held else []
        if row.decision and row.decision.casefold() != verdict.casefold():
            found[row.number] = f"its row says {row.decision} in Decision. Empty that, or press the other button"
        elif differing:
            found[row.number] = f"{'; '.join(differing)}. Press Sync, look at the row again, then decide"
    return found


def _differing(row: SelectedApproval, held: Sequence[str], same: Same) -> Iterator[str]:
    for place, column in enumerate(_TABLE.columns):
        text = row.shown.get(column.header)
        if text is not None and text != held[place] and not same(column, text, held[place]):
            yield f"its row shows {column.header} {as_shown(text)}, the books hold {as_shown(held[place])}"


def _shown(data: TableData) -> dict[int, dict[str, str]]:
    """What is decided on, by row and header."""
    state = read_state(_TABLE, data)
    places = [(i, c.header) for i, c in enumerate(_TABLE.columns) if c.header in _DECIDED_ON]
    return {row.row: {header: row.cells[i] for i, header in places} for row in state.every_row()}


def _texts(data: TableData, header: str) -> list[str]:
    place = [name.strip() for name in data.headers].index(header)
    return ["" if value is None else trimmed(str(value)) for value in data.columns[place]]
