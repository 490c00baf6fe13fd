"""Finds the lists on a sheet as a person would: each with its header row, its columns and its rows of data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from o2c_xl.intake.layouts.grid import BLANK, TEXT, Grid, ListedTable
from o2c_xl.intake.layouts.judge import beneath, is_second_line, is_units_row, judge
from o2c_xl.intake.layouts.trace import Traced, trace
from o2c_xl.intake.layouts.words import meanings_of
from o2c_xl.tables.parse.headers import header_key

__all__ = ["BlockFound", "find_blocks", "names_above", "names_of"]

_MOST_BLOCKS = 200
_MOST_JUDGED = 3000  # rows that are weighed as headers; a sheet without any is given up then
_FILLED = 0.3
_KEYS = frozenset({"sku", "order", "customer_id", "customer_name", "product_name", "line", "supplier"})


@dataclass(slots=True)
class BlockFound:
    """A list on a sheet, rows and columns from 0: its header row, its columns, and its rows as they were sorted.

    `names` are the header's texts by column, `above` what stands over them where the header has two lines.
    """

    sheet: str
    header: int
    left: int
    right: int
    names: dict[int, str]
    above: dict[int, str] = field(default_factory=dict)
    traced: Traced = field(default_factory=Traced)
    table: str = ""

    @property
    def top(self) -> int:
        """The first row of the header."""
        return self.header - 1 if self.above else self.header


def find_blocks(grid: Grid) -> list[BlockFound]:
    """All lists of the sheet, from top to bottom and left to right; tables of Excel's as they are declared."""
    search = _Search(grid)
    search.declared()
    search.sweep()
    return sorted(search.found, key=lambda block: (block.header, block.left))


class _Search:
    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self.found: list[BlockFound] = []
        self.judged = 0
        self.ends = [-1] * grid.width  # by column the last row that belongs to a list already

    def declared(self) -> None:
        """Take the tables as they are; what stands over one is still looked at, so only its own rows are taken."""
        for table in self.grid.tables:
            if table.top < 0 or table.right >= self.grid.width or table.left < 0 or table.top >= self.grid.height:
                continue
            self.found.append(_declared(self.grid, table))

    def sweep(self) -> None:
        """Look at each row that has cells of no list yet."""
        grid = self.grid
        taken = [(b.header, b.traced.last, b.left, b.right) for b in self.found]
        row = 0
        while row < grid.height and len(self.found) < _MOST_BLOCKS and self.judged < _MOST_JUDGED:
            free = [
                c
                for c in range(grid.width)
                if self.ends[c] < row
                and grid.kinds[c][row] != BLANK
                and not any(top <= row <= last and left <= c <= right for top, last, left, right in taken)
            ]
            if len(free) > 1:
                self._row(row, free)
            row = self._next(row)

    def _next(self, row: int) -> int:
        """The next row; where lists cover all columns, the first row beneath the first that ends."""
        lowest = min(self.ends, default=-1)
        return max(row + 1, lowest + 1)

    def _row(self, row: int, free: Sequence[int]) -> None:
        self.judged += 1
        segments = list(_segments(self.grid, row, free, self.ends))
        for left, right in _joined(self.grid, row, segments):
            if right > left:
                self._segment(row, left, right)

    def _segment(self, row: int, left: int, right: int) -> None:
        verdict = judge(self.grid, row, left, right)
        if verdict is None:
            return
        header = self._names_row(row, left, right)
        block = _block(self.grid, header, left, right)
        block.traced = trace(self.grid, header, left, right)
        if not block.traced.rows and (verdict.known < 3 or self.found):  # noqa: PLR2004
            return  # a line to sign on, not an empty form
        self.found.append(block)
        for c in range(left, right + 1):
            self.ends[c] = max(self.ends[c], block.traced.last)

    def _names_row(self, row: int, left: int, right: int) -> int:
        """The row of a header of several lines that names the columns: the last one, units aside."""
        header = row
        for below in (row + 1, row + 2):
            if below >= self.grid.height or is_units_row(self.grid, below, left, right):
                break
            if not is_second_line(self.grid, header, below, left, right) or not _names_more(
                self.grid, header, below, left, right
            ):
                break
            header = below
        return header


def _names_more(grid: Grid, first: int, second: int, left: int, right: int) -> bool:
    """Whether the second line names columns, not only a few remarks under the first."""
    upper = [c for c in range(left, right + 1) if grid.kinds[c][first] != BLANK]
    lower = [c for c in range(left, right + 1) if grid.kinds[c][second] != BLANK]
    return len(lower) * 2 >= len(upper) or any(c not in upper for c in lower)


def _declared(grid: Grid, table: ListedTable) -> BlockFound:
    block = _block(grid, table.top, table.left, table.right)
    block.above = {}
    block.traced = trace(grid, table.top, table.left, table.right, end=min(table.bottom + 1, grid.height))
    inside = range(table.top + 1, min(table.bottom + 1, grid.height))
    kinds = grid.kinds[table.left : table.right + 1]
    sorted_rows = set(block.traced.rows)
    for i in inside:  # what Excel counts as a row of the table is one, unless it sums up
        if i not in sorted_rows and any(column[i] for column in kinds) and block.traced.left_out.get(i) != "total":
            sorted_rows.add(i)
            block.traced.left_out.pop(i, None)
    block.traced.rows = sorted(sorted_rows)
    block.traced.last = max(table.bottom, table.top)
    block.table = table.name
    return block


def _block(grid: Grid, header: int, left: int, right: int) -> BlockFound:
    above = names_above(grid, header, left, right)
    return BlockFound(grid.sheet, header, left, right, names_of(grid, header, left, right), above)


def names_of(grid: Grid, header: int, left: int, right: int) -> dict[int, str]:
    """The header's texts by column; where the row is blank over a filled column, the text above it."""
    names = {c: grid.text(header, c) for c in range(left, right + 1) if grid.kinds[c][header] != BLANK}
    above = header - 1
    if above >= 0 and _part_of_header(grid, above, header, left, right):
        for c in range(left, right + 1):
            if c not in names and grid.kinds[c][above] == TEXT and (header, c) not in grid.beside:
                names[c] = grid.text(above, c)
    return dict(sorted(names.items()))


def names_above(grid: Grid, header: int, left: int, right: int) -> dict[int, str]:
    """What stands over the names where the header has two lines, by column, spread over the columns it is meant for."""
    above = header - 1
    if above < 0 or not _part_of_header(grid, above, header, left, right):
        return {}
    texts = {c: grid.text(above, c) for c in range(left, right + 1) if grid.kinds[c][above] != BLANK}
    groups = _repeating(grid, header, left, right)
    if groups and all(sum(c in group for c in texts) == 1 for group in groups):
        spread = {c: texts[next(d for d in group if d in texts)] for group in groups for c in group}
        return {c: spread.get(c, texts.get(c, "")) for c in range(left, right + 1) if c in spread or c in texts}
    spread, last = {}, ""
    for c in range(left, right + 1):
        last = texts.get(c, last)
        spread[c] = last
    return {c: text for c, text in spread.items() if text}


def _repeating(grid: Grid, header: int, left: int, right: int) -> list[range]:
    """Groups of columns whose names repeat, such as Opening, In, Out for each month; empty when none do."""
    names = [header_key(grid.columns[c][header]) for c in range(left, right + 1)]
    repeated = [i for i, name in enumerate(names) if name and names.count(name) > 1]
    if not repeated:
        return []
    starts = [left + i for i, name in enumerate(names) if name == names[repeated[0]]]
    width = starts[1] - starts[0]
    even = all(b - a == width for a, b in pairwise(starts))
    return [range(start, min(start + width, right + 1)) for start in starts] if even else []


def _part_of_header(grid: Grid, above: int, header: int, left: int, right: int) -> bool:
    """Whether the row above belongs to the header: several texts in it, or one over a part of the columns."""
    texts = [c for c in range(left, right + 1) if grid.kinds[c][above] != BLANK]
    if not texts or any(grid.text(above, c)[-1:] in ":：" for c in texts):
        return False
    if any((header, c) in grid.filled_down for c in texts):
        return True
    names = [c for c in range(left, right + 1) if grid.kinds[c][header] != BLANK]
    if len(texts) > 1:
        over_blank = sum(c not in names for c in texts)
        dated = all(grid.kinds[c][above] != TEXT for c in texts)
        return (len(texts) > over_blank and len(texts) <= len(names)) or (over_blank > 0 and not dated)
    only = texts[0]
    wide = sum((above, c) in grid.beside for c in range(left, right + 1))
    return only > left and 0 < wide < right - left


def _segments(grid: Grid, row: int, free: Sequence[int], ends: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Runs of a row's filled cells; a blank cell between them counts where the column is filled beneath it."""
    rows = beneath(grid, row, free[0], free[-1], close=True)[:12]

    def used(c: int) -> bool:
        if (row, c) in grid.beside:
            return True
        return ends[c] < row and bool(rows) and sum(grid.kinds[c][i] != BLANK for i in rows) >= _FILLED * len(rows)

    filled = set(free)
    first, beyond = free[0], free[-1] + 1
    while first > 0 and ends[first - 1] < row and used(first - 1):
        first -= 1
    while beyond < grid.width and used(beyond):
        beyond += 1
    start = last = first
    for c in range(first + 1, beyond):
        if c in filled or used(c):
            if c - last > 1:
                yield start, last
                start = c
            last = c
    yield start, last


def _joined(grid: Grid, row: int, segments: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Segments parted by one blank column joined where they are one list all the same."""
    joined: list[tuple[int, int]] = []
    for left, right in segments:
        if joined and left - joined[-1][1] == 2 and _one_list(grid, row, joined[-1], (left, right)):  # noqa: PLR2004
            joined[-1] = (joined[-1][0], right)
        else:
            joined.append((left, right))
    return joined


def _one_list(grid: Grid, row: int, one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two runs of cells beside a blank column are the same list: their rows beneath are the same ones."""
    mine, theirs = set(beneath(grid, row, *one)), set(beneath(grid, row, *other))
    if not mine or not theirs or len(mine & theirs) * 5 < len(mine | theirs) * 4:
        return False
    if one[0] == one[1] or other[0] == other[1]:
        return True
    names = [{header_key(grid.columns[c][row]) for c in range(a, b + 1)} - {""} for a, b in (one, other)]
    if names[0] & names[1] or mine != theirs:
        return False
    titled = [any(grid.kinds[a][i] == TEXT for i in range(max(row - 2, 0), row)) for a, _ in (one, other)]
    keyed = [bool(meanings_of(grid.text(row, a)) & _KEYS) for a, _ in (one, other)]
    return not all(titled) and not all(keyed)
