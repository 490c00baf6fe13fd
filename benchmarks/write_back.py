"""Reading and writing back a large workbook, as ratios to their floors in one run; CPU seconds.

Floors: for reading, python-calamine bringing the same file to rows; for writing 1,000 cells, zlib inflating the sheet
and deflating it at level 6.
"""

from __future__ import annotations

import datetime as dt
import io
import random
import time
import zlib
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import xlsxwriter
from python_calamine import CalamineWorkbook

from o2c_xl.workbook.opc.package import Package
from o2c_xl.workbook.patch.edit import TableEdit, apply_edits
from o2c_xl.workbook.patch.verify_write import verify_write
from o2c_xl.workbook.reading.book import read_book

SHEET = "xl/worksheets/sheet1.xml"
ROWS, COLUMNS, CHANGED = 100_000, 12, 1_000
REPEATS = 3


def workbook(rows: int, columns: int) -> bytes:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"constant_memory": False, "strings_to_formulas": False})
    sheet = book.add_worksheet("Order Lines")
    date = book.add_format({"num_format": "yyyy-mm-dd"})
    heads = [{"header": f"Column {c}"} for c in range(columns)]
    sheet.add_table(0, 0, rows, columns - 1, {"name": "OrderLines", "columns": heads})
    for r in range(1, rows + 1):
        for c in range(columns):
            if c % 4 == 0:
                sheet.write_string(r, c, f"SO-{r // 5}" if c == 0 else f"SKU-{random.randrange(2000)}")
            elif c % 4 == 3:
                sheet.write_datetime(r, c, dt.date(2024, 1, 1) + dt.timedelta(random.randrange(400)), date)
            else:
                sheet.write_number(r, c, round(random.random() * 1000, 2))
    book.close()
    return file.getvalue()


def cpu(work: Callable[[], object]) -> float:
    best = float("inf")
    for _ in range(REPEATS):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best


def floor_read(data: bytes) -> None:
    for _ in CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).iter_rows():
        pass


def floor_write(data: bytes) -> None:
    package = Package(data)
    engine = zlib.decompressobj(-15)
    plain = engine.decompress(package.packed(SHEET)[2:])
    packing = zlib.compressobj(6, zlib.DEFLATED, -15)
    packing.compress(plain)
    packing.flush()


def measure(_folder: Path) -> Iterator[str]:
    random.seed(1)
    data = workbook(ROWS, COLUMNS)
    wide = [c for c in range(COLUMNS) if c % 4 in {1, 2}]
    places = random.sample(range(2, ROWS + 2), CHANGED)
    edit = TableEdit("OrderLines", {(r, f"Column {random.choice(wide)}"): Decimal("12.34") for r in places})
    new = apply_edits(data, [edit])
    reading, writing = cpu(lambda: floor_read(data)), cpu(lambda: floor_write(data))
    for name, seconds, floor in (
        (f"reading {ROWS:,} rows", cpu(lambda: read_book(data)), reading),
        (f"writing {CHANGED:,} cells", cpu(lambda: apply_edits(data, [edit])), writing),
        ("proof that nothing else changed", cpu(lambda: verify_write(data, new, [edit])), writing),
    ):
        yield f"{name}: {seconds:.2f} s / {floor:.2f} s = {seconds / floor:.2f}"
