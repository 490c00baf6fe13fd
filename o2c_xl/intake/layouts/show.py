"""Rows as a layout reads them, for a person to check before anything is stored."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from o2c_xl.domain.issue import Issue
from o2c_xl.tables.parse.batch import Batch

__all__ = ["lacking_issues", "shown_rows"]


def shown_rows(batches: Sequence[Batch]) -> Iterator[dict[str, Any]]:
    """One object per row of the file, by our headers; an order line comes with its order's values."""
    orders: Batch | None = None
    for batch in batches:
        if batch.table.name == "Orders":
            orders = batch
            if _followed(batches, batch):
                continue
        for i in range(len(batch)):
            row: dict[str, Any] = {"table": batch.table.name, "sheet": batch.sheet_of(i), "row": batch.rows[i]}
            if batch.parents is not None and orders is not None:
                row |= _values(orders, batch.parents[i])
            yield row | _values(batch, i)


def _followed(batches: Sequence[Batch], orders: Batch) -> bool:
    """Whether the orders' lines come right after them and carry their values."""
    place = next(i for i, batch in enumerate(batches) if batch is orders)
    return place + 1 < len(batches) and batches[place + 1].parents is not None


def _values(batch: Batch, index: int) -> dict[str, Any]:
    return {batch.table.by_field[name].header: _plain(values[index]) for name, values in batch.columns.items()}


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, dt.date) else value


def lacking_issues(batches: Sequence[Batch]) -> list[Issue]:
    """What every new row needs and neither the file nor the layout gives, once per list."""
    issues = []
    for batch in batches:
        for name in batch.missing:
            column = batch.table.by_field[name]
            problem = f"Nothing gives {column.header}, which every new row needs."
            fix = f"Add it to the layout under columns, cells or constants: {column.help}"
            issues.append(Issue(batch.source, batch.sheet, "", column.header, 0, "", problem, fix, batch.table.name))
    return issues
