"""What a file from outside may not say: the release of an order, or what else the company's people decide."""

from __future__ import annotations

from collections.abc import Sequence

from o2c_xl.tables.parse.batch import Batch

__all__ = ["refuse_decisions"]

_FIX = "Empty the cell. Who may decide it does so in the company's workbook, or brings the file with: o2c load"


def refuse_decisions(batches: Sequence[Batch]) -> None:
    """Mark the filled cells of columns that decide; an empty one leaves what was decided as it is."""
    for batch in batches:
        for column in batch.table.columns:
            if not column.decides or column.field not in batch.columns:
                continue
            for i, value in enumerate(batch.columns[column.field]):
                if value is not None:
                    batch.fault(i, column.field, "It is for the company's own people to fill.", _FIX)
            if not column.key:
                del batch.columns[column.field]
