"""What people changed: a sheet as it stands beside how it was last seen and what the ledger holds. Pure.

A staff cell that differs from what was last seen is a change of theirs; a row without a key is new.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from o2c_xl.domain.issue import CannotRun
from o2c_xl.tables.define.spec import Column
from o2c_xl.workbook.fingerprint import SEPARATOR
from o2c_xl.workbook.sync.same import Same
from o2c_xl.workbook.sync.sheet_state import SheetRow, SheetState
from o2c_xl.workbook.sync.wanted import Wanted

__all__ = ["Clash", "Incoming", "adopt_keyless", "clashes", "incoming", "overtyped", "refuse_emptied"]

_FEW = 3  # so many rows may be cleared away without a question


@dataclass(frozen=True, slots=True)
class Incoming:
    """A row that staff typed or changed: where it stands, its key ('' = to be given), the changed column places."""

    sheet_row: SheetRow
    key: str
    changed: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Clash:
    """A staff cell that was changed in the sheet, and meanwhile in the ledger too: canonical texts of both."""

    key: str
    row: int
    place: int
    sheet: str
    ledger: str


def refuse_emptied(state: SheetState, seen: Mapping[str, SheetRow], *, source: str) -> None:
    """A table that lost every row it had stops the sync: more likely an accident than a wish.

    Not where Python gives the keys: nobody could bring such rows back, and the ledger shows them again.
    """
    typed = all(column.typed for column in state.table.keys)
    if typed and len(seen) > _FEW and not state.rows and not state.keyless:
        raise CannotRun(
            f"{source}: the table {state.table.name} had {len(seen)} rows and now has none. No workbook was changed. "
            "Bring the rows back (or the version before, from work/versions), or run again with --allow-empty."
        )


def overtyped(state: SheetState, seen: Mapping[str, SheetRow]) -> dict[str, str]:
    """Keys typed over that of a known row whose other staff cells are as they were: the old ones by the new."""
    columns = state.table.columns
    if state.rows.keys() <= seen.keys() or not all(column.typed for column in state.table.keys):
        return {}
    gone = {row.row: key for key, row in seen.items() if key not in state.rows}
    staff = [i for i, column in enumerate(columns) if column.typed and not column.key]
    found = {}
    for key, row in state.rows.items():
        if key in seen or row.row not in gone:
            continue
        is_, was = row.cells, seen[gone[row.row]].cells
        if any(was[i] for i in staff) and all(is_[i] == was[i] for i in staff):
            found[key] = gone[row.row]
    return found


def incoming(
    state: SheetState, seen: Mapping[str, SheetRow], wanted: Wanted, at_fault: Collection[str] = ()
) -> list[Incoming]:
    """Rows of the sheet whose staff cells say something the ledger does not know yet.

    Rows of the keys `at_fault` come in again as they are: their fault may stand although the row was kept. An empty
    cell of a key that Python gave says nothing.
    """
    columns = state.table.columns
    typed = [i for i, c in enumerate(state.table.columns) if c.typed and c.header in state.present]
    rows = []
    for key, row in state.rows.items():
        before = seen.get(key)
        if key in at_fault:
            rows.append(Incoming(row, key, tuple(typed)))
            continue
        if before is not None and before.text == row.text:
            continue
        known = wanted.texts.get(key)
        if before is None and known is None:
            rows.append(Incoming(row, key, tuple(typed)))
            continue
        cells, base = row.cells, (before.text if before is not None else known or "").split(SEPARATOR)
        changed = tuple(i for i in typed if cells[i] != base[i] and (cells[i] or not columns[i].key))
        held = known.split(SEPARATOR) if known is not None else None
        if changed and (held is None or any(cells[i] != held[i] for i in changed)):
            rows.append(Incoming(row, key, changed))
    return rows


def clashes(
    rows: Iterable[Incoming], seen: Mapping[str, SheetRow], known: Wanted, columns: Sequence[Column]
) -> list[Clash]:
    """Cells that the sheet and the ledger both changed since they were last seen, and not to the same.

    The sheet's value is what is taken; here is only told that it stood against another.
    """
    same = Same()
    found = []
    for row in rows:
        before, held = seen.get(row.key), known.texts.get(row.key)
        if before is None or held is None:
            continue
        was, is_, now = before.cells, row.sheet_row.cells, held.split(SEPARATOR)
        for i in row.changed:
            moved = not columns[i].key and was[i] != now[i] != is_[i] != was[i]
            if moved and not same(columns[i], was[i], now[i]) and not same(columns[i], is_[i], now[i]):
                found.append(Clash(row.key, row.sheet_row.row, i, is_[i], now[i]))
    return found


def adopt_keyless(state: SheetState, pending: Mapping[str, SheetRow]) -> tuple[dict[str, SheetRow], list[SheetRow]]:
    """Rows without a key that were given one before it could be written: found by content, else by their place.

    Returns the adopted rows by key, and the rows that are really new.
    """
    by_content: dict[str, list[str]] = defaultdict(list)
    for key, row in pending.items():
        by_content[row.text].append(key)
    adopted: dict[str, SheetRow] = {}
    rest: list[SheetRow] = []
    for row in state.keyless:
        keys = by_content.get(row.text)
        if keys:
            adopted[keys.pop(0)] = row
        else:
            rest.append(row)
    by_place = {row.row: key for key, row in pending.items() if key not in adopted}
    new: list[SheetRow] = []
    for row in rest:
        if row.row in by_place:
            adopted[by_place.pop(row.row)] = row
        else:
            new.append(row)
    return adopted, new
