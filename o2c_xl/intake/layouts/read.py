"""Reads a partner's file by a layout: its lists as rows of our tables, faults at the partner's own cells."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from o2c_xl.intake.layouts.beyond import spilled, under, unread
from o2c_xl.intake.layouts.blocks import BlockFound, find_blocks, names_above, names_of
from o2c_xl.intake.layouts.grid import BLANK, Grid
from o2c_xl.intake.layouts.labels import find_label, value_beside
from o2c_xl.intake.layouts.percents import as_shown, told_as_fractions
from o2c_xl.intake.layouts.spec import BlockRule, Layout, columns_of
from o2c_xl.intake.layouts.trace import GROUP, OTHER, trace
from o2c_xl.intake.layouts.values import converted
from o2c_xl.intake.lists.flat_orders import split_orders
from o2c_xl.intake.lists.left import tell_left
from o2c_xl.tables.check.other_lists import check_other_lists
from o2c_xl.tables.check.reading import read_blocks
from o2c_xl.tables.define.spec import Column
from o2c_xl.tables.parse.batch import Batch, Block, Needs
from o2c_xl.tables.parse.fault import Fault
from o2c_xl.tables.parse.headers import header_key

__all__ = ["Fitting", "batches_of", "fitting_lists"]

_NAMES = re.compile(r"\{(file|sheet|column|group|row)\}")


@dataclass(slots=True)
class Fitting:
    """A list of the file that a rule of the layout fits; `places` gives the column (from 0) by our header."""

    grid: Grid
    rule: BlockRule
    block: BlockFound
    places: dict[str, int]
    lists: Sequence[BlockFound]


def fitting_lists(grids: Sequence[Grid], layout: Layout) -> list[Fitting]:
    """Every list of the file that the layout says how to read, in the file's order; each list by one rule."""
    found: list[Fitting] = []
    for grid in grids:
        rules = [rule for rule in layout.blocks if fnmatch.fnmatchcase(grid.sheet.casefold(), rule.sheet.casefold())]
        if not rules:
            continue
        lists = find_blocks(grid)
        taken: set[tuple[int, int]] = set()
        here: list[Fitting] = []
        for rule in rules:
            for block in _lists_of(grid, lists, rule):
                places = _places(block, rule)
                if places and (block.header, block.left) not in taken:
                    taken.add((block.header, block.left))
                    here.append(Fitting(grid, rule, block, places, lists))
        found += sorted(here, key=lambda fitting: (fitting.block.header, fitting.block.left))
    return found


def _lists_of(grid: Grid, lists: Sequence[BlockFound], rule: BlockRule) -> list[BlockFound]:
    """The lists that were found with the rule's headers; else rows that hold all of them, wherever they stand."""
    fitting = [block for block in lists if _places(block, rule)]
    return fitting or list(_by_text(grid, rule))


def _by_text(grid: Grid, rule: BlockRule) -> Iterator[BlockFound]:
    wanted = set(rule.wanted)
    rows: dict[int, set[str]] = {}
    for column in grid.columns:
        known = {value: header_key(value) for value in set(column) if isinstance(value, str)}
        named = {value for value, key in known.items() if key in wanted}
        for row, value in enumerate(column) if named else ():
            if value.__class__ is str and value in named:
                rows.setdefault(row, set()).add(known[value])
    for row, keys in rows.items():
        if keys != wanted:
            continue
        cols = [c for c in range(grid.width) if header_key(grid.columns[c][row])]
        left, right = cols[0], cols[-1]
        block = BlockFound(grid.sheet, row, left, right, names_of(grid, row, left, right))
        block.above = names_above(grid, row, left, right)
        block.traced = trace(grid, row, left, right)
        yield block


def _places(block: BlockFound, rule: BlockRule) -> dict[str, int] | None:
    """Where the rule's columns stand in the list; None when one is missing."""
    places: dict[str, int] = {}
    for ours, source in rule.columns.items():
        wanted, above = header_key(source.header), header_key(source.above)
        able = [c for c, name in block.names.items() if header_key(name) == wanted]
        if above:
            able = [c for c in able if header_key(block.above.get(c, "")) == above]
        if not able:
            return None
        places[ours] = able[0]
    return places


def batches_of(found: Sequence[Fitting]) -> Iterator[list[Batch]]:
    """The rows of a file's lists as rows of our tables; an order list gives orders and their lines.

    Lists that bring the same columns are read as one, in the file's order: their keys and orders are the file's. A
    row of a list with other columns that has the key of one before it is at fault.
    """
    kinds: dict[object, list[Fitting]] = {}
    for one in found:
        given = {*one.rule.columns, *one.rule.cells, *one.rule.constants}
        kinds.setdefault((one.rule.table.name, frozenset(given), tuple(sorted(_by(one.rule).items()))), []).append(one)
    before: list[Batch] = []
    for lists in kinds.values():
        batches = _read(lists)
        check_other_lists(before, batches)
        before += batches
        yield batches


def _by(rule: BlockRule) -> dict[str, str]:
    """Our headers beneath which names stand instead of keys, and where these are looked up."""
    return {h: s.by for h, s in (*rule.columns.items(), *rule.cells.items()) if s.by}


def _read(lists: Sequence[Fitting]) -> list[Batch]:
    rule, notes = lists[0].rule, []
    blocks = []
    for fitting in lists:
        block, told = _block(fitting)
        blocks.append(block)
        notes += told
    batches = list(split_orders(*blocks)) if rule.flat else [read_blocks(blocks, rule.table, Needs.FILE)]
    by = _by(rule)
    for batch in batches:
        ours = {column.header for column in batch.table.columns}
        told_as_fractions(batch, blocks, rule)
        batch.by_name = {batch.table.by_header[header].field: by[header] for header in by if header in ours}
    batches[0].notes += notes
    for fitting in lists:
        left = list(under(fitting.grid, fitting.block, fitting.lists))
        tell_left(batches[-1], fitting.block.table, left, fitting.grid.sheet)
    return batches


def _block(fitting: Fitting) -> tuple[Block, list[str]]:
    """The list as a block to parse, and what is to be told of it."""
    grid, rule, block = fitting.grid, fitting.rule, fitting.block
    rows, notes = _rows(fitting)
    known = columns_of(rule.table)
    columns: dict[str, list[object]] = {}
    letters = {ours: grid.letter(place) for ours, place in fitting.places.items()}
    for ours, place in fitting.places.items():
        source, column = rule.columns[ours], known[ours]
        columns[ours] = converted(as_shown(grid, place, rows, source, column), source, column)
    cells = _cells(fitting, len(rows), known, columns, letters)
    _constants(fitting, rows, columns, letters)
    for header in ("Order",) if rule.flat else [column.header for column in rule.table.keys]:
        columns.setdefault(header, [None] * len(rows))
        letters.setdefault(header, "")
    used = {grid.letter(place): place for place in fitting.places.values()}
    bad: dict[tuple[int, str], tuple[str, Fault]] = {
        (grid.numbers[row], grid.letter(col)): shown
        for (row, col), shown in grid.bad.items()
        if grid.letter(col) in used and row < grid.height
    }
    named = {ours: source.label for ours, source in rule.cells.items()}
    named |= {ours: block.names[place] for ours, place in fitting.places.items()}
    notes += unread(grid, block, {*fitting.places.values()}, rule, rows)
    absent = [s.label for ours, s in rule.cells.items() if ours not in cells and ours not in fitting.places]
    raw = Block(
        source=grid.source,
        sheet=grid.sheet,
        headers=list(columns),
        columns=list(columns.values()),
        letters=[letters[header] for header in columns],
        rows=[grid.numbers[i] for i in rows],
        bad=bad,
        spilled=spilled(grid, block.header, rows),
        decimal=None if grid.typed else "",
        called={header: " ".join(name.split()) for header, name in named.items()},
        cells=cells,
    )
    return raw, [*notes, *(f"{grid.where}: no cell is labelled {label}." for label in absent)]


def _rows(fitting: Fitting) -> tuple[list[int], list[str]]:
    """The rows to read (from 0), and what was left out, said in sentences."""
    grid, rule, traced = fitting.grid, fitting.rule, fitting.block.traced
    places = sorted(set(fitting.places.values()))
    # What fills several of the mapped columns is a row of theirs, however odd: its faults must be seen.
    odd = [
        i
        for i, why in traced.left_out.items()
        if why == OTHER and traced.rows and i < traced.rows[-1] and sum(grid.kinds[c][i] != BLANK for c in places) > 1
    ]
    rows = sorted({*traced.rows, *odd})
    left_out = {i: why for i, why in traced.left_out.items() if i not in set(odd)}
    by_name = {header_key(name): c for c, name in fitting.block.names.items()}
    empty = [by_name[key] for key in rule.skip_empty if key in by_name]
    patterns = [(by_name[key], pattern) for key, pattern in rule.skip_rows.items() if key in by_name]
    kept = []
    for i in rows:
        if any(grid.kinds[c][i] == BLANK for c in empty):
            left_out[i] = "nothing entered"
        elif any(pattern.search(grid.text(i, c)[:255]) for c, pattern in patterns):
            left_out[i] = "left out by the layout"
        else:
            kept.append(i)
    return kept, _told(grid, left_out)


def _told(grid: Grid, left_out: Mapping[int, str]) -> list[str]:
    by_reason: dict[str, list[int]] = {}
    for row, why in sorted(left_out.items()):
        by_reason.setdefault(why, []).append(grid.numbers[row])
    return [
        f"{grid.where}: {len(rows)} {'row' if len(rows) == 1 else 'rows'} left out ({why}): "
        + ", ".join(map(str, rows[:10]))
        + (" …" if len(rows) > 10 else "")  # noqa: PLR2004
        for why, rows in by_reason.items()
    ]


def _cells(
    fitting: Fitting,
    height: int,
    known: Mapping[str, Column],
    columns: dict[str, list[object]],
    letters: dict[str, str],
) -> dict[str, str]:
    """Values beside labels, the same for each row; returns the cell of each by our header."""
    grid, cells = fitting.grid, {}
    for ours, source in fitting.rule.cells.items():
        at = find_label(grid, source.label, fitting.block, fitting.lists)
        found = value_beside(grid, at, source.label, source.at) if at else None
        value = converted([found[0]], source, known[ours])[0] if found else None
        if ours in columns:
            columns[ours] = [value if one is None else one for one in columns[ours]]
            continue
        columns[ours] = [value] * height
        letters[ours] = ""
        if at:
            cells[ours] = grid.cell(*(found[1] if found else at))
    return cells


def _constants(
    fitting: Fitting, rows: Sequence[int], columns: dict[str, list[object]], letters: dict[str, str]
) -> None:
    """Values that the layout itself gives; where a column has the value too, they fill its empty cells."""
    for ours, text in fitting.rule.constants.items():
        values = _texts(fitting, rows, text)
        if ours in columns:
            pairs = zip(columns[ours], values, strict=True)
            columns[ours] = [mine if one is None else one for one, mine in pairs]
        else:
            columns[ours] = list(values)
            letters[ours] = ""


def _texts(fitting: Fitting, rows: Sequence[int], text: str) -> list[str]:
    if not _NAMES.search(text):
        return [text] * len(rows)
    grid, groups, group = fitting.grid, {}, ""
    headings = {i for i, why in fitting.block.traced.left_out.items() if why == GROUP}
    for i in sorted({*headings, *rows}):
        if i in headings:
            group = next(
                (grid.text(i, c) for c in range(fitting.block.left, fitting.block.right + 1) if grid.text(i, c)), ""
            )
        groups[i] = group
    column = grid.letter(fitting.block.left)
    stem = grid.source.rpartition(".")[0] or grid.source

    def value(i: int) -> str:
        known = {"file": stem, "sheet": grid.sheet, "column": column, "group": groups[i], "row": str(grid.numbers[i])}
        return _NAMES.sub(lambda match: known[match[1]], text)

    return [value(i) for i in rows]
