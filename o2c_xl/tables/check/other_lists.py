"""Keys that stand in several lists of one file which bring other columns, so that they cannot be read as one list."""

from __future__ import annotations

from collections.abc import Iterable

from o2c_xl.tables.parse.batch import Batch
from o2c_xl.tables.parse.cells import CellFault, Fault

__all__ = ["check_other_lists"]


def check_other_lists(before: Iterable[Batch], batches: Iterable[Batch]) -> None:
    """A key that stands in an earlier list of the file already is a fault, as it is within one list.

    The lines of an order are one list, so it is the order that is told.
    """
    for batch in (one for one in batches if one.parents is None):
        known = {key: (one, i) for one in before if one.table is batch.table for key, i in _known_by(one)}
        column = batch.table.keys[-1]
        for key, i in _known_by(batch) if known else ():
            if key in known and i not in batch.bad:
                other, at = known[key]
                place = f"sheet {other.sheet_of(at)}, " if other.sheet_of(at) != batch.sheet_of(i) else ""
                name = "/".join(map(str, filter(None, key)))
                problem = f"{name} stands in {place}row {other.rows[at]} already, in another list."
                fix = f"Give each its own {column.header}, or bring all of it in one list."
                batch.mark(column, CellFault(i, batch.key_text(i), Fault(problem, fix)))
        batch.sort_issues()


def _known_by(batch: Batch) -> Iterable[tuple[tuple[object, ...], int]]:
    """What each row is known by, where it is: its key, or for an order without one customer and reference."""
    keys = [batch.columns[column.field] for column in batch.table.keys]
    for i, key in enumerate(zip(*keys, strict=True)):
        if None not in key:
            yield key, i
        elif batch.table.name == "Orders":
            told = [batch.columns.get(name, [None] * len(batch))[i] for name in ("customer_id", "customer_reference")]
            if None not in told:
                yield ("", *told), i
