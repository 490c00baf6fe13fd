"""What stands beside the lists of a dropped workbook's sheet and was not read: a list is refused, the rest told."""

from __future__ import annotations

from o2c_xl.domain.issue import CannotRun
from o2c_xl.intake.recognise import find_header
from o2c_xl.workbook.read import TableData

__all__ = ["tell_beside"]


def tell_beside(data: TableData, source: str) -> list[str]:
    """Notes of the blocks beside what is read; raises CannotRun where one has the header of a table."""
    whose = f"the table {data.name}" if data.name else "the list"
    for block in data.beside:
        header = find_header(block.top, None)
        if header is not None:
            raise CannotRun(
                f"{source}, sheet {data.sheet}: a second list, with columns of {header.shape.table.title}, stands in "
                f"{block.area} beside {whose} and cannot be read there. Move it to a sheet of its own."
            )
    return [
        f"{source}, sheet {data.sheet}: what stands in {block.area} beside {whose} was not read."
        for block in data.beside
    ]
