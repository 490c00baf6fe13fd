"""What stands below a dropped file's table and was not read: told, so that no row is lost in silence."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from o2c_xl.domain.issue import Issue
from o2c_xl.tables.parse.batch import Batch
from o2c_xl.tables.parse.fault import seen
from o2c_xl.workbook.address import address
from o2c_xl.workbook.below import Left

__all__ = ["tell_left"]

_MOST_NAMED = 5


def tell_left(batch: Batch, table: str, left: Sequence[Left], sheet: str = "") -> None:
    """A fault where it may be rows that were meant, a note of the rest; `table` is the name it has in the file.

    `sheet` is where it stands, if not the batch's.
    """
    sheet = sheet or batch.sheet
    likely = [one for one in left if one.likely]
    if others := [one.row for one in left if not one.likely]:
        batch.notes.append(f"{batch.source}, sheet {sheet}: {_stand(others)} below the table {table} and was not read.")
    if not likely:
        return
    first = likely[0]
    batch.issues.append(
        Issue(
            source=batch.source,
            sheet=sheet,
            cell=address(first.row, first.column),
            column="",
            row=first.row,
            value=seen(first.value),
            problem=f"{_stand([one.row for one in likely])} below the table {table} and was not read.",
            fix="Move it up, so that no blank row parts it from the table, or delete it.",
            table=batch.table.name,
        )
    )
    batch.sort_issues()


def _stand(rows: Sequence[int]) -> str:
    """`What stands in row 8, rows 10 to 12`."""
    spans = [[row for _, row in group] for _, group in groupby(enumerate(rows), lambda pair: pair[1] - pair[0])]
    named = [f"row {one[0]}" if len(one) == 1 else f"rows {one[0]} to {one[-1]}" for one in spans[:_MOST_NAMED]]
    more = [f"{len(spans) - _MOST_NAMED} more places"] if len(spans) > _MOST_NAMED else []
    return f"What stands in {', '.join([*named, *more])}"
