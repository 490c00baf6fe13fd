"""From a header and the cells beneath it to the rows of one table, checked."""

from __future__ import annotations

from collections.abc import Sequence

from o2c_xl.domain.issue import CannotRun, Issue
from o2c_xl.tables.check.batches import check_batch
from o2c_xl.tables.check.needed import add_key
from o2c_xl.tables.check.odd_rows import tell_odd_rows
from o2c_xl.tables.define.spec import Column, Table
from o2c_xl.tables.parse.batch import Batch, Block, Needs, Part, joined, parse_block
from o2c_xl.tables.parse.fault import CellFault, Fault, quoted
from o2c_xl.tables.parse.headers import Matched, header_key, match_headers

__all__ = ["read_block", "read_blocks"]


def read_block(block: Block, table: Table, needs: Needs) -> Batch:
    """The block's rows as rows of `table`; see `read_blocks`."""
    return read_blocks([block], table, needs)


def read_blocks(blocks: Sequence[Block], table: Table, needs: Needs) -> Batch:
    """The rows of one file's lists of the same columns as rows of `table`, checked together: keys are the file's.

    Takes the blocks' columns out of them on the way, to save memory. Raises CannotRun when a key column is missing
    or a header stands there twice.
    """
    first = blocks[0]
    several = len(blocks) > 1
    matched = [_matched(block, table) for block in blocks]
    unheaded = [note for block in blocks for note in _unheaded(block)] if needs is Needs.FILE else []
    parsed = [
        parse_block(block, {name: table.by_field[name] for name in found.places}, found.places, needs)
        for block, found in zip(blocks, matched, strict=True)
    ]
    parts = [
        Part(block.sheet, one.letters, block.called, block.cells) for block, one in zip(blocks, parsed, strict=True)
    ]
    whole = joined(parsed) if several else parsed[0]
    batch = Batch(
        table=table,
        source=first.source,
        sheet=first.sheet,
        columns=whole.columns,
        rows=whole.rows,
        letters=parsed[0].letters,
        shared=needs is Needs.SHEET,
        notes=[*(note for found in matched for note in found.notes), *unheaded],
        missing=tuple(c.field for c in table.typed if c.needed and c.field not in matched[0].places),
        called=first.called,
        cells=first.cells,
        parts=tuple(parts) if several else (),
        part_of=[at for at, one in enumerate(parsed) for _ in one.rows] if several else [],
        near={name: _misspelt(first, place, table.by_field[name]) for name, place in matched[0].near.items()},
    )
    check_batch(batch, whole, needs)
    if needs is Needs.FILE:
        tell_odd_rows(batch)
    _mark_spilled(batch, blocks)
    batch.sort_issues()
    return batch


def _matched(block: Block, table: Table) -> Matched:
    """Where our columns stand in the block; raises CannotRun where a key's is lacking."""
    matched = match_headers(block.headers, table, block.where)
    lacking = [column for column in table.keys if column.field not in matched.places]
    if lacking:
        names = " and ".join(column.header for column in lacking)
        near = ((matched.near[column.field], column) for column in lacking if column.field in matched.near)
        hint = " ".join(_misspelt(block, place, column).fix for place, column in near)
        add = hint or add_key(table)
        raise CannotRun(f"{block.where}: there is no column {names}, which every row of {table.title} needs. {add}")
    return matched


def _unheaded(block: Block) -> list[str]:
    """A note of the columns that are filled and have no header, as one beside a header merged over two has none."""
    columns = zip(block.headers, block.columns, block.letters, strict=True)
    nameless = [(letter, values) for header, values, letter in columns if letter and not header_key(header)]
    filled = [
        letter for letter, values in nameless if any(value is not None and str(value).strip() for value in values)
    ]
    return [f"{block.where}: what stands in column {letter} has no header and was not read." for letter in filled]


def _misspelt(block: Block, place: int, meant: Column) -> Issue:
    """The fault of a header that is nearly one that the file lacks."""
    header = str(block.headers[place]).strip()
    cell = f"{block.letters[place]}{block.top}" if block.top else ""
    fix = f"Did you mean {meant.header}? Then name it so in {cell or 'the header'}."
    return Issue(block.source, block.sheet, cell, header, block.top, header, "It is not one of our columns.", fix)


def _mark_spilled(batch: Batch, blocks: Sequence[Block]) -> None:
    """A line with more values than the header has shifted somewhere; which of its values are right is unknown."""
    for index, row in enumerate(batch.rows) if any(block.spilled for block in blocks) else ():
        block = blocks[batch.part_of[index] if batch.parts else 0]
        if row in block.spilled:
            letter, text = block.spilled[row]
            surplus = f"{quoted(text)} has no column" if text.strip() else "an empty one has no column"
            fault = Fault(
                f"The line has more values than the header: {surplus}.",
                "Put quotation marks round values that hold the delimiter, or take the value out.",
            )
            batch.mark_row(letter, CellFault(index, text, fault))
