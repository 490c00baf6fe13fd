"""What a sheet is to show: the sheet as it stands beside what the ledger wants shown. Pure.

A cell of Python's that differs from what the ledger wants is written back; a row that is gone is shown again; a staff
cell that means the same stays as it was typed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress, zip_longest
from operator import ne
from typing import Any

from o2c_xl.tables.define.spec import Column
from o2c_xl.workbook.fingerprint import FORMULA, SEPARATOR, text_of
from o2c_xl.workbook.patch.new_rows import LEFT_OUT, NewRows
from o2c_xl.workbook.sync.same import Same
from o2c_xl.workbook.sync.sheet_state import SheetRow, SheetState
from o2c_xl.workbook.sync.wanted import Wanted

__all__ = ["Marks", "Outgoing", "not_among", "outgoing", "rewritten"]


@dataclass(slots=True)
class Outgoing:
    """What is to be written into one table: cells by (row, header), and rows to append.

    `keys` are those of the rows to append, `texts` what rows hold by key, `drop` the rows to take out. `restored` are
    cells of Python's that someone had typed over; `skipped` are formulas left alone. `kept` is what is remembered of
    refused rows that were seen before: their staff cells as last seen, Python's as they are left now.
    """

    cells: dict[tuple[int, str], Any] = field(default_factory=dict)
    append: NewRows = field(default_factory=NewRows)
    keys: Sequence[str] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    drop: frozenset[int] = frozenset()
    restored: list[tuple[int, str]] = field(default_factory=list)
    skipped: list[tuple[int, str]] = field(default_factory=list)
    kept: dict[str, SheetRow] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """True when nothing is to be written."""
        return not (self.cells or self.append or self.drop)


@dataclass(frozen=True, slots=True)
class Marks:
    """What is said beside rows: sentences for `Check` by Excel row, and the rows that were refused.

    In a refused row the staff cells stay as they were typed. `new` are the sentences of rows that the sheet does not
    show yet, by key.
    """

    checks: Mapping[int, str]
    refused: frozenset[int] = frozenset()
    new: Mapping[str, str] = field(default_factory=dict)


def not_among(these: Mapping[str, object], those: Mapping[str, object]) -> list[str]:
    """The keys of `these` that `those` lack, in their order; mostly none, which two sets of keys tell at once."""
    return [] if these.keys() <= those.keys() else [key for key in these if key not in those]


def outgoing(
    state: SheetState, wanted: Wanted, marks: Marks, seen: Mapping[str, SheetRow], held: Wanted | None = None
) -> Outgoing:
    """What must be written so that the sheet shows what the ledger wants; `held` are rows it has but shows no more."""
    out = Outgoing(texts=wanted.texts)
    columns = [(i, c) for i, c in enumerate(state.table.columns) if c.header in state.present]
    shown = {i: c for i, c in columns if c.header != "Check"}
    texts, places = wanted.texts, range(len(state.table.columns))
    # A row that shows what is wanted, where `Check` is empty, needs a look only if something is to be said in it.
    said = marks.checks
    differing = [(k, row) for k, row in state.rows.items() if texts.get(k) != row.text or (said and row.row in said)]
    _put_checks(out, state, marks, [*(row for _, row in differing), *state.keyless, *state.repeated])
    same = Same()
    for key, row in differing:
        if row.row in marks.refused or key not in texts:
            continue
        cells, want = row.cells, texts[key].split(SEPARATOR)
        unlike = [(i, shown[i]) for i in compress(places, map(ne, cells, want)) if i in shown]
        for i, column in unlike:
            if not (column.typed and same(column, cells[i], want[i])):
                _put(out, (row, cells), (i, column.header), wanted.value(key, i))
        _note_restored(out, row, [(i, c) for i, c in unlike if not c.typed], seen.get(key))
    _put_refused(out, state, marks, (wanted, held), seen)
    out.keys = not_among(wanted.texts, state.rows)
    out.append = wanted.new_rows(out.keys, {i: c.header for i, c in shown.items()})
    if "Check" in state.present and not marks.new.keys().isdisjoint(out.keys):
        _check_new(out, state, marks.new)
    if held is not None:
        out.drop = _finished(state, held, marks, same)
    return out


def _put_refused(
    out: Outgoing, state: SheetState, marks: Marks, known: tuple[Wanted, Wanted | None], seen: Mapping[str, SheetRow]
) -> None:
    """Show Python's cells of refused rows as the ledger holds them: empty where it holds no such row.

    A row that was never taken must not read as if it were, so whatever stands there was typed over, and is told.
    """
    if not marks.refused:
        return
    python = [(i, c) for i, c in enumerate(state.table.columns) if not c.typed and not c.key and c.header != "Check"]
    python = [(i, c) for i, c in python if c.header in state.present]
    keyed = [*state.rows.items(), *(("", row) for row in (*state.keyless, *state.repeated))]
    for key, row in keyed:
        if row.row in marks.refused:
            source = next((one for one in known if one is not None and key in one.texts), None)
            if source is None:
                _empty(out, row, python)
            else:
                _put_known(out, (key, row), python, source, seen.get(key))


def _empty(out: Outgoing, row: SheetRow, python: Sequence[tuple[int, Column]]) -> None:
    cells = row.cells
    for i, column in python:
        if cells[i]:
            _put(out, (row, cells), (i, column.header), None)
            out.restored += [] if cells[i].startswith(FORMULA) else [(row.row, column.header)]


def _put_known(
    out: Outgoing, at: tuple[str, SheetRow], python: Sequence[tuple[int, Column]], known: Wanted, seen: SheetRow | None
) -> None:
    (key, row), want = at, known.texts[at[0]].split(SEPARATOR)
    cells = row.cells
    places = [(i, c) for i, c in python if want[i] != cells[i]]
    for i, column in places:
        _put(out, (row, cells), (i, column.header), known.value(key, i))
    _note_restored(out, row, places, seen)
    if seen is not None:
        left = seen.cells
        for i, _ in python:
            left[i] = want[i]
        kept = SheetRow(seen.row, SEPARATOR.join(left))
        out.kept.update({} if kept == seen else {key: kept})


def _finished(state: SheetState, held: Wanted, marks: Marks, same: Same) -> frozenset[int]:
    """Rows to take out: the ledger holds all that staff typed in them, and no row from there on has a fault.

    A fault is told by its address, so what stands above it stays.
    """
    typed = [(i, c) for i, c in enumerate(state.table.columns) if c.typed and c.header in state.present]
    last = max({*marks.checks, *marks.refused}, default=0)
    rows = []
    for key, text in held.texts.items():
        row = state.rows.get(key)
        if row is not None and row.row > last:
            cells, want = row.cells, text.split(SEPARATOR)
            if all(cells[i] == want[i] or same(c, cells[i], want[i]) for i, c in typed):
                rows.append(row.row)
    return frozenset(rows)


def _put_checks(out: Outgoing, state: SheetState, marks: Marks, rows: Iterable[SheetRow]) -> None:
    """Write the sentences that are new, take away those that no longer hold."""
    if "Check" not in state.present:
        return
    check = next(i for i, c in enumerate(state.table.columns) if c.header == "Check")
    for row in rows:
        text = marks.checks.get(row.row, "")
        shown = row.text.split(SEPARATOR, check + 1)[check]
        if shown != text:
            _put(out, (row, row.cells), (check, "Check"), text or None)


def _check_new(out: Outgoing, state: SheetState, checks: Mapping[str, str]) -> None:
    """Say it in `Check` of rows that are appended, and keep that they show it."""
    check = next(i for i, c in enumerate(state.table.columns) if c.header == "Check")
    told = {key: checks[key] for key in out.keys if key in checks}
    column = [told.get(key, LEFT_OUT) for key in out.keys]
    out.append = NewRows({**out.append.columns, "Check": column}, len(out.append))
    texts = dict(out.texts)
    for key, text in told.items():
        cells = texts[key].split(SEPARATOR)
        cells[check] = text_of(text)
        texts[key] = SEPARATOR.join(cells)
    out.texts = texts


def _note_restored(out: Outgoing, row: SheetRow, python: list[tuple[int, Column]], seen: SheetRow | None) -> None:
    """Cells of Python's that differ from how it left them were typed over by hand."""
    if seen is not None and python and seen.text != row.text:
        before, now = seen.cells, row.cells
        out.restored += [
            (row.row, c.header) for i, c in python if before[i] != now[i] and not now[i].startswith(FORMULA)
        ]


def _put(out: Outgoing, at: tuple[SheetRow, list[str]], where: tuple[int, str], value: Any) -> None:  # noqa: ANN401
    (row, cells), (place, header) = at, where
    if cells[place].startswith(FORMULA):
        out.skipped.append((row.row, header))
    else:
        out.cells[row.row, header] = value


def rewritten(state: SheetState, wanted: Wanted) -> Outgoing:
    """For lists that Python rewrites as a whole, in their order: row by row from the top, the rest taken out."""
    out = Outgoing(texts=wanted.texts)
    columns = [(i, c.header) for i, c in enumerate(state.table.columns) if c.header in state.present]
    rows = sorted(state.rows.values(), key=lambda row: row.row)
    keys: Sequence[str] = list(wanted.texts)
    for row, key in zip_longest(rows, keys[: len(rows)]):
        cells = row.cells
        want = wanted.texts[key].split(SEPARATOR) if key is not None else [""] * len(cells)
        for i, header in columns:
            if cells[i] != want[i]:
                _put(out, (row, cells), (i, header), wanted.value(key, i) if key is not None else None)
    out.drop = frozenset(row.row for row in rows[max(len(keys), 1) :])
    out.keys = keys[len(rows) :]
    out.append = wanted.new_rows(out.keys, dict(columns))
    return out
