"""From a header and the cells beneath it to the rows of one table, checked."""

from __future__ import annotations

from o2c_xl.domain.issue import CannotRun
from o2c_xl.tables.batch import Batch, Block, Needs, parse_block
from o2c_xl.tables.checks import check_batch
from o2c_xl.tables.fault import CellFault, Fault, quoted
from o2c_xl.tables.headers import match_headers
from o2c_xl.tables.spec import Table

__all__ = ["read_block"]


def read_block(block: Block, table: Table, needs: Needs) -> Batch:
    """The block's rows as rows of `table`.

    Takes the block's columns out of it on the way, to save memory. Raises CannotRun when a key column is missing
    or a header stands there twice.
    """
    matched = match_headers(block.headers, table, block.where)
    lacking = [column.header for column in table.keys if column.field not in matched.places]
    if lacking:
        names = " and ".join(lacking)
        raise CannotRun(f"{block.where}: there is no column {names}, which every row of {table.title} needs.")
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
    )
    check_batch(batch, parsed, needs)
    _mark_spilled(batch, block)
    batch.sort_issues()
    return batch


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
