"""What stands beside or above a list of a dropped workbook and was not read: another list is refused, the rest told."""

from __future__ import annotations

from collections.abc import Sequence

from o2c_xl.domain.issue import CannotRun
from o2c_xl.intake.lists.recognise import Header, find_header
from o2c_xl.tables.define.catalogue import BY_NAME
from o2c_xl.tables.parse.headers import header_key
from o2c_xl.workbook.reading.data import TableData

__all__ = ["tell_beside"]

_ABOVE = "above"
_SEVERAL = 3  # above a list `Order` and `Customer ID` may be labels, each with its value


def tell_beside(data: TableData, source: str) -> list[str]:
    """Notes of the blocks beside what is read; raises CannotRun where one has the header of a table."""
    whose = f"the table {data.name}" if data.name else "the list"
    for block in data.beside:
        header = find_header(block.top, None)
        if header is not None and (block.side != _ABOVE or _headers(block.top[header.index], header) >= _SEVERAL):
            raise CannotRun(
                f"{source}, sheet {data.sheet}: a second list, with columns of {header.shape.table.title}, stands in "
                f"{block.area} {block.side} {whose} and cannot be read there. Move it to a sheet of its own."
            )
    return [
        f"{source}, sheet {data.sheet}: what stands in {block.area} {block.side} {whose} was not read."
        for block in data.beside
    ]


def _headers(row: Sequence[object], header: Header) -> int:
    """How many cells of the row are headers of the tables that it seems to be of."""
    ours = {header_key(column.header) for name in header.shape.names for column in BY_NAME[name].typed}
    return sum(header_key(cell) in ours for cell in row)
