"""What stands below a dropped file's table and was not read: a fault or a note of its rows."""

from __future__ import annotations

from collections.abc import Sequence

from o2c_xl.tables.parse.batch import Batch
from o2c_xl.workbook.reading.below import Left
from o2c_xl.workbook.reading.left import left_issue, stand

__all__ = ["tell_left"]


def tell_left(batch: Batch, table: str, left: Sequence[Left], sheet: str = "") -> None:
    """A fault where it may be rows that were meant, a note of the rest; `table` is the name it has in the file.

    `sheet` is where it stands, if not the batch's.
    """
    sheet = sheet or batch.sheet
    if others := [one.row for one in left if not one.likely]:
        batch.notes.append(f"{batch.source}, sheet {sheet}: {stand(others)} below the table {table} and was not read.")
    issue = left_issue((batch.source, sheet), (table, batch.table.name), [one for one in left if one.likely])
    if issue is not None:
        batch.issues.append(issue)
        batch.sort_issues()
