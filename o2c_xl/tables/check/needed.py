"""What a row needs and does not have: the cell that is empty, or the reference that stands in for a key."""

from __future__ import annotations

from collections.abc import Sequence

from o2c_xl.tables.define.spec import Column, Kind, Table
from o2c_xl.tables.parse.batch import Batch, Needs, Parsed
from o2c_xl.tables.parse.cells import CellFault, Fault

__all__ = ["add_key", "check_needed"]

# A dropped row without a number is known again by the sender's own reference.
_REFERENCES = {"Orders": "customer_reference", "OrderLines": "customer_reference", "Payments": "reference"}
_KEPT_INCOMPLETE = frozenset({"Orders", "OrderLines"})


def add_key(table: Table) -> str:
    """What to do where a list has no column for a key of the table."""
    reference = table.by_field.get(_REFERENCES.get(table.name, ""))
    if reference and table.keys[0].field != "order":
        return f"Add it; it may stay empty where {reference.header} says which one it is."
    return "Add it, with a number of your own in each row." if table.gives_key else "Add it."


def check_needed(batch: Batch, parsed: Parsed, needs: Needs) -> None:
    """A cell that is empty though its row needs it, unless the same cell has a fault already."""
    for name, values in batch.columns.items():
        column = batch.table.by_field[name]
        if not (column.needed or column.key) or None not in values or _may_be_empty(batch, column, needs):
            continue
        known = parsed.at_fault(name)
        excused = _excused(batch, column) if needs is Needs.FILE else None
        fault = Fault("It is empty, and every row needs it.", _fill_in(batch, column, needs))
        for i in [i for i, value in enumerate(values) if value is None]:
            if i not in known and not (excused and excused[i]):
                batch.mark(_column_there(batch, column, i), CellFault(i, "", fault))


def _column_there(batch: Batch, column: Column, index: int) -> Column:
    """The column itself, or the reference's where the list has no column for the key that it stands in for."""
    reference = batch.table.by_field.get(_REFERENCES.get(batch.table.name, ""))
    letters = batch.letters_of(index)
    stands_in = column.key and reference and not letters.get(column.field) and letters.get(reference.field)
    return reference if reference and stands_in else column


def _fill_in(batch: Batch, column: Column, needs: Needs) -> str:
    """What belongs into the cell; only in a shared workbook Python can give a key."""
    if needs is Needs.SHEET or not column.key:
        return f"Fill it in: {column.help}"
    reference = batch.table.by_field.get(_REFERENCES.get(batch.table.name, ""))
    if reference and column is batch.table.keys[0]:
        return f"Fill in {column.header} or {reference.header}: by it the row is known when it comes again."
    if not batch.table.gives_key:
        return f"Fill it in: {column.help.partition(';')[0].removesuffix('.')}."
    return f"Fill it in: {column.help.partition(';')[0]}, by which the row is known when it comes again."


def _may_be_empty(batch: Batch, column: Column, needs: Needs) -> bool:
    table = batch.table
    if column.kind is Kind.LINE and (needs is Needs.SHEET or table.name == "OrderLines"):
        return True
    if needs is Needs.FILE:
        return False
    return bool(table.gives_key) if column.key else table.name in _KEPT_INCOMPLETE


def _excused(batch: Batch, column: Column) -> Sequence[object] | None:
    """Values that stand in for an empty key: the sender's own reference."""
    return batch.columns.get(_REFERENCES.get(batch.table.name, "")) if column.key else None
