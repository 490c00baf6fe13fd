"""Rows without a number in a workbook that is older than it: found again by what staff typed in them. Pure.

A row is typed without its number, Python gives one, and then the workbook comes back as it was before. The number that
the ledger took it under is missing in the sheet then, so the row that says the same is that one, and no second.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from o2c_xl.tables.define.spec import Column, Kind, Table
from o2c_xl.tables.parse.cells import Fault, parse_cell
from o2c_xl.tables.show.shown import cell_out
from o2c_xl.tables.take.rules import RULES
from o2c_xl.workbook.fingerprint import BAD, FORMULA, SEPARATOR, text_of, value_of
from o2c_xl.workbook.sync.sheet_state import SheetRow, SheetState

__all__ = ["Lacking", "gives_numbers"]

_FILLED = {"PurchaseOrderLines": frozenset({"unit_cost"}), "PurchaseOrders": frozenset({"expected"})}
_NAMED = 3  # so many numbers are told


def gives_numbers(table: Table) -> bool:
    """Whether Python numbers a row of the table that is typed without its number."""
    return bool(table.gives_key) or any(column.typed and column.kind is Kind.LINE for column in table.keys)


class Lacking:
    """Rows that the ledger took from a table and its sheet does not have: canonical texts by key."""

    def __init__(self, state: SheetState, texts: Mapping[str, str]) -> None:
        rule = RULES.get(state.table.name)
        fills = rule.fills if rule is not None else _FILLED.get(state.table.name, frozenset())
        columns = [(i, c) for i, c in enumerate(state.table.columns) if c.typed and c.header in state.present]
        self._keys = [(i, c) for i, c in columns if c.key]
        self._typed = [(i, c) for i, c in columns if not c.key]
        self._filled = [at for at, (_, column) in enumerate(self._typed) if column.field in fills]
        self._memo: dict[tuple[str, str], str] = {}
        self._free = {key: self._read(text) for key, text in texts.items()}

    def paired(self, rows: Iterable[SheetRow]) -> dict[str, SheetRow]:
        """Each row with the number of one that says the same, one to one: first those alike in every cell.

        What Python fills where it was left empty may be empty still.
        """
        found: dict[str, SheetRow] = {}
        waiting = [(row, *self._read(row.text)) for row in rows]
        for blank in (False, True) if self._filled else (False,):
            places = self._filled if blank else []
            left: dict[tuple[str, ...], list[str]] = {}
            for key, (_, typed) in self._free.items():
                left.setdefault(_without(typed, places), []).append(key)
            rest: list[tuple[SheetRow, tuple[str, ...], tuple[str, ...]]] = []
            for row, own, typed in waiting:
                near = left.get(_without(typed, places), [])
                given = next((key for key in near if self._fits(key, own, typed)), None)
                if given is None:
                    rest.append((row, own, typed))
                else:
                    near.remove(given)
                    del self._free[given]
                    found[given] = row
            waiting = rest
        return found

    def like(self, row: SheetRow, among: Iterable[str]) -> list[str]:
        """The numbers, of those `among`, that the row may be an earlier form of: the likest first."""
        own, typed = self._read(row.text)
        score: Counter[str] = Counter()
        for key in among:
            if key in self._free and self._may_be(key, own):
                score[key] = sum(
                    1 for one, other in zip(typed, self._free[key][1], strict=True) if one and one == other
                )
        best = max(score.values(), default=0)
        return [key for key, number in score.items() if number == best][:_NAMED] if best else []

    def _fits(self, key: str, own: Sequence[str], typed: Sequence[str]) -> bool:
        others = self._free[key][1]
        return self._may_be(key, own) and all(typed[at] in ("", others[at]) for at in self._filled)

    def _may_be(self, key: str, own: Sequence[str]) -> bool:
        """Whether what the row says of its key, the order of a line, agrees."""
        return all(one in ("", other) for one, other in zip(own, self._free[key][0], strict=True))

    def _read(self, text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What stands in the key's cells and in the other cells of staff, as the parser reads it."""
        cells = text.split(SEPARATOR)
        own, typed = (tuple(self._plain(c, cells[i]) for i, c in part) for part in (self._keys, self._typed))
        return own, typed

    def _plain(self, column: Column, text: str) -> str:
        if not text or text.startswith((FORMULA, BAD)):
            return text
        known = (column.header, text)
        if known not in self._memo:
            parsed = parse_cell(column, value_of(text))
            self._memo[known] = text if parsed.__class__ is Fault else text_of(cell_out(column, parsed))
        return self._memo[known]


def _without(cells: tuple[str, ...], places: Sequence[int]) -> tuple[str, ...]:
    return tuple(cell for at, cell in enumerate(cells) if at not in places) if places else cells
