"""From a header and the cells beneath it to the rows of one table, checked."""

from __future__ import annotations

from o2c_xl.domain.issue import CannotRun, Issue
from o2c_xl.tables.check.batches import check_batch
from o2c_xl.tables.define.spec import Column, Table
from o2c_xl.tables.parse.batch import Batch, Block, Needs, parse_block
from o2c_xl.tables.parse.fault import CellFault, Fault, quoted
from o2c_xl.tables.parse.headers import match_headers

__all__ = ["read_block"]


def read_block(block: Block, table: Table, needs: Needs) -> Batch:
    """The block's rows as rows of `table`.

    Takes the block's columns out of it on the way, to save memory. Raises CannotRun when a key column is missing
    or a header stands there twice.
    """
    matched = match_headers(block.headers, table, block.where)
    near = {name: _misspelt(block, place, table.by_field[name]) for name, place in matched.near.items()}
    lacking = [column.header for column in table.keys if column.field not in matched.places]
    if lacking:
        names = " and ".join(lacking)
        hint = " ".join(near[column.field].fix for column in table.keys if column.field in near)
        raise CannotRun(
            f"{block.where}: there is no column {names}, which every row of {table.title} needs. {hint or 'Add it.'}"
        )
    columns = {name: table.by_field[name] for name in matched.places}
    parsed = parse_block(block, columns, matched.places, needs)
    batch = Batch(
        table=table,
        source=block.source,
        sheet=block.sheet,
        columns=parsed.columns,
        rows=parsed.rows,
        letters=parsed.letters,
        shared=needs is Needs.SHEET,
        notes=matched.notes,
        missing=tuple(c.field for c in table.typed if c.needed and c.field not in matched.places),
        near=near,
    )
    check_batch(batch, parsed, needs)
    _mark_spilled(batch, block)
    batch.sort_issues()
    return batch


def _misspelt(block: Block, place: int, meant: Column) -> Issue:
    """The fault of a header that is nearly one that the file lacks."""
    header = str(block.headers[place]).strip()
    cell = f"{block.letters[place]}{block.top}" if block.top else ""
    fix = f"Did you mean {meant.header}? Then name it so in {cell or 'the header'}."
    return Issue(block.source, block.sheet, cell, header, block.top, header, "It is not one of our columns.", fix)


def _mark_spilled(batch: Batch, block: Block) -> None:
    """A line with more values than the header has shifted somewhere; which of its values are right is unknown."""
    for index, row in enumerate(batch.rows) if block.spilled else ():
        if row in block.spilled:
            letter, text = block.spilled[row]
            fault = Fault(
                f"The line has more values than the header: {quoted(text)} has no column.",
                "Put quotation marks round values that hold the delimiter, or take the value out.",
            )
            batch.mark_row(letter, CellFault(index, text, fault))
