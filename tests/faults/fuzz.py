"""Mutated files read one after another: `python -m tests.faults.fuzz FIRST LAST` prints what became of each.

A process of its own, since what brings a reader down may take the process with it; then `test_fuzz` knows by the last
number printed which file it was.
"""

from __future__ import annotations

import signal
import sys
import tempfile
import traceback
from pathlib import Path

from o2c_xl.domain.issue import CannotRun
from o2c_xl.intake.lists.rows import read_rows
from o2c_xl.workbook.reading.book import Book
from o2c_xl.workbook.reading.rows import SheetRows
from tests.faults.mutations import mutated
from tests.faults.plain_reader import plain_sheets, same

SECONDS = 10  # for one file; they are small


def main() -> None:
    first, last = map(int, sys.argv[1:3])
    with tempfile.TemporaryDirectory(prefix="o2c-fuzz-") as folder:
        for number in range(first, last):
            print(number, flush=True)  # noqa: T201
            if hasattr(signal, "alarm"):
                signal.alarm(SECONDS)  # its default ends the process
            print(outcome(number, Path(folder) / "file"), flush=True)  # noqa: T201


def outcome(number: int, path: Path) -> str:
    """`taken`, `faults`, `refused`, or what went wrong."""
    name, data = mutated(number)
    path.write_bytes(data)
    try:
        batches = read_rows(path, name=name)
    except CannotRun as refusal:
        sentence = str(refusal)
        good = sentence.startswith(name) and sentence.endswith((".", " FILE")) and "\n" not in sentence
        return "refused" if good else f"no sentence: {sentence!r}"
    except BaseException:  # noqa: BLE001 - anything else is what we look for
        return f"broken: {traceback.format_exc()!r}"
    if name.endswith(".xlsx"):
        difference = compared(data)
        if difference:
            return f"different: {difference}"
    return "faults" if any(batch.issues for batch in batches) else "taken"


def compared(data: bytes) -> str:
    """Where the program's values and the plain reader's part; empty when nowhere."""
    book = Book(data, None)
    try:
        plain = plain_sheets(data)
    except Exception as error:  # noqa: BLE001 - the plain reader may fall over; then the program took too much
        return f"the plain reader cannot read it: {error!r}"
    for sheet in book.sheets:
        ours = _cells(book.sheet_rows(sheet))
        theirs = plain[sheet]
        for cell in sorted(ours.keys() | theirs.keys()):
            mine, other = ours.get(cell), theirs.get(cell)
            if mine is _BAD or (mine is None and isinstance(other, str) and not other.strip()):
                continue
            if not same(mine, other, date1904=book.date1904):
                return f"{sheet} {cell}: {mine!r} here, {other!r} there"
    return ""


_BAD = object()


def _cells(rows: SheetRows) -> dict[tuple[int, int], object]:
    found: dict[tuple[int, int], object] = {
        (r, c): value
        for c, column in enumerate(rows.columns, rows.first_col)
        for r, value in enumerate(column, 1)
        if value is not None
    }
    return found | {(bad.row, bad.col): _BAD for bad in rows.bad}


if __name__ == "__main__":
    main()
