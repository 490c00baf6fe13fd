"""The records of a csv file beneath its header as a block to parse, if its last line stands there whole."""

from __future__ import annotations

from itertools import zip_longest

from o2c_xl.domain.issue import CannotRun
from o2c_xl.intake.lists.csvfile import CsvFile
from o2c_xl.intake.lists.recognise import Header
from o2c_xl.tables.parse.batch import Block
from o2c_xl.workbook.address import column_letters

__all__ = ["csv_block", "refuse_cut"]


def refuse_cut(found: CsvFile, header: Header, source: str) -> None:
    """A last line without an end and with fewer values than its header is where a copy was cut off."""
    wanted = max((at for at, cell in enumerate(found.records[header.index], 1) if cell.strip()), default=0)
    last = found.records[-1]
    if not found.ended and len(last) < wanted and len(found.records) > header.index + 1:
        raise CannotRun(
            f"{source} is cut off in line {found.lines[-1]}: {len(last)} of {wanted} values stand there, and the line "
            "has no end. Copy it again once it is whole; where it is, end that line."
        )


def csv_block(found: CsvFile, header: Header, source: str) -> Block:
    """The records beneath the header, turned into columns; values beyond the header are kept as spilled."""
    headers, top = found.records[header.index], found.lines[header.index]
    records, lines = found.records[header.index + 1 :], found.lines[header.index + 1 :]
    found.records.clear()
    width = len(headers)
    spilled = {
        line: (column_letters(width + 1), " ".join(filter(None, record[width:])))
        for line, record in zip(lines, records, strict=True)
        if len(record) > width  # an empty one too: an unquoted 1,000 may have shifted an empty value out
    }
    columns = list(zip_longest(*records, fillvalue=""))[:width]
    columns += [("",) * len(records)] * (width - len(columns))
    return Block(
        source=source,
        sheet="",
        headers=headers,
        columns=list(columns),
        letters=[column_letters(i + 1) for i in range(width)],
        rows=lines,
        spilled=spilled,
        decimal=found.decimal,
        top=top,
    )
