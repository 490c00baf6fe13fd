"""What stands beyond a partner's list and is none of its rows or columns: told, so that nothing is lost in silence."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from o2c_xl.intake.layouts.blocks import BlockFound
from o2c_xl.intake.layouts.grid import BLANK, Grid
from o2c_xl.intake.layouts.spec import BlockRule
from o2c_xl.intake.layouts.words import is_total
from o2c_xl.tables.parse.headers import header_key
from o2c_xl.workbook.reading.below import Left

__all__ = ["spilled", "under", "unread"]


def under(grid: Grid, block: BlockFound, lists: Sequence[BlockFound]) -> Iterator[Left]:
    """What stands below a table of Excel's, in its columns and in no other list: it is no row of the table."""
    totals = False
    inside = range(block.left, block.right + 1)
    others = [one for one in lists if one is not block and one.left <= block.right and block.left <= one.right]
    for row in range(block.traced.last + 1, grid.height if block.table else 0):
        filled = [c for c in inside if grid.kinds[c][row] != BLANK]
        if filled and not any(one.top <= row <= one.traced.last for one in others):
            totals = totals or any(is_total(grid.text(row, c)) for c in filled)
            likely = len(filled) > 1 and not totals
            yield Left(grid.numbers[row], grid.first_col + filled[0], grid.text(row, filled[0]), likely, likely)


def spilled(grid: Grid, header: int, rows: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Lines of a csv with more values than their header; a delimiter at the end of every line is no value."""
    wide = [i for i in rows if grid.widths[i] > grid.widths[header]] if grid.widths else []
    beyond = {i: [grid.text(i, c) for c in range(grid.widths[header], grid.widths[i])] for i in wide}
    if len(wide) == len(rows) and len({len(texts) for texts in beyond.values()}) == 1:
        beyond = {i: texts for i, texts in beyond.items() if any(texts)}
    letter = grid.letter(grid.widths[header]) if beyond else ""
    return {grid.numbers[i]: (letter, " ".join(filter(None, texts))) for i, texts in beyond.items()}


def unread(grid: Grid, block: BlockFound, used: Collection[int], rule: BlockRule, rows: Sequence[int]) -> Iterator[str]:
    """A note of the columns that are filled and read by nothing, unless the layout says that this is meant."""
    meant = {*rule.skip_columns, *rule.skip_empty, *rule.skip_rows}
    names = [
        " ".join(name.split())
        for place, name in sorted(block.names.items())
        if place not in used
        and header_key(name)
        and header_key(name) not in meant
        and any(grid.kinds[place][row] != BLANK for row in rows)
    ]
    if names:
        columns = f"the column {names[0]} is" if len(names) == 1 else f"the columns {', '.join(names)} are"
        yield f"{grid.where}: {columns} not read by the layout. Say in it what of ours it is, or skip it there."
