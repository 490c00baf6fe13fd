"""What stands below a table and was not read: told, so that no row is lost in silence."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from o2c_xl.domain.issue import Issue
from o2c_xl.tables.parse.fault import seen
from o2c_xl.workbook.address import address
from o2c_xl.workbook.reading.below import Left

__all__ = ["left_issue", "stand"]

_MOST_NAMED = 5


def left_issue(where: tuple[str, str], names: tuple[str, str], left: Sequence[Left]) -> Issue | None:
    """The fault of rows that may have been meant; None where there are none.

    `where` are file and sheet, `names` the table's name there and ours.
    """
    if not left:
        return None
    first = left[0]
    return Issue(
        source=where[0],
        sheet=where[1],
        cell=address(first.row, first.column),
        column="",
        row=first.row,
        value=seen(first.value),
        problem=f"{stand([one.row for one in left])} below the table {names[0]} and was not read.",
        fix="Move it up, so that no blank row or totals part it from the table, or delete it.",
        table=names[1],
    )


def stand(rows: Sequence[int]) -> str:
    """`What stands in row 8, rows 10 to 12`."""
    spans = [[row for _, row in group] for _, group in groupby(enumerate(rows), lambda pair: pair[1] - pair[0])]
    named = [f"row {one[0]}" if len(one) == 1 else f"rows {one[0]} to {one[-1]}" for one in spans[:_MOST_NAMED]]
    more = [f"{len(spans) - _MOST_NAMED} more places"] if len(spans) > _MOST_NAMED else []
    return f"What stands in {', '.join([*named, *more])}"
