"""Draw docs/images/workbook.png: the Orders sheet with telling rows, through LibreOffice and pdftoppm.

`python docs/images/make.py`, from anywhere. Columns that the rows leave empty are left out, so that the text of the
picture stays large enough to read; everything else is what `o2c init` makes.
"""

# ruff: noqa: INP001, S603 - a script beside what it makes, calling the two programs that draw

from __future__ import annotations

import subprocess
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from o2c_xl.tables.define.catalogue import BY_NAME
from o2c_xl.workbook.template.make import build_template

HERE = Path(__file__).resolve().parent
DAY = date(2026, 11, 20)
HEADERS = ("Order|Check|Customer ID|Order date|Requested date|Action|Promise date|Total|Waiting for|Status").split("|")
WIDTHS = {"Order": 10, "Customer ID": 13, "Waiting for": 54, "Action": 9}
ROWS = """
10248||ALFKI|2026-11-02|2026-11-09||2026-11-09|1475.60||Closed
10249||BONAP|2026-11-03|2026-11-12||2026-11-10|1028.46||Invoiced
10250||CHOPS|2026-11-05|2026-11-16||2026-11-16|2748.90|Stock: 4 of 12 pcs of 00123 are missing; PO-000007 brings them.|Backordered
10251||HUNGO|2026-11-09|2026-11-20||2026-11-23|669.73||Partly shipped
10252|Requested date: 2026-11-06 is before the order date. Enter a later day.|LILAS|2026-11-10|2026-11-06|||||Incomplete
10253||OTTIK|2026-11-12|2026-11-24||2026-11-24|4974.20|Credit: 1,310.00 above the limit of 5,000.00; finance decides.|On hold
10254||QUICK|2026-11-13|2026-11-25||2026-11-24|2350.85||To pick
10255||SUPRD|2026-11-16|2026-11-27|Hold||856.80|Held by Sales; Action Release lets it go on.|On hold
10256||TOMSP|2026-11-17|2026-11-30||2026-11-27|7639.80|Approval AP-000012: the Inventory Manager decides.|Approval
10257|Customer ID: VINETT is not in Customers. The nearest is VINET. Choose it.|VINETT|2026-11-19||||||Incomplete
10258||ALFKI|2026-11-19|2026-12-01||2026-11-30|461.72||Picked
""".strip()  # noqa: E501 - a row reads best on its line


def main() -> None:
    """Build the workbook, print its Orders sheet, and cut the picture to the table."""
    orders = BY_NAME["Orders"]
    columns = tuple(replace(c, width=WIDTHS.get(c.header, c.width)) for c in orders.columns if c.header in HEADERS)
    table = replace(orders, columns=columns)
    with TemporaryDirectory() as folder:
        book = Path(folder) / "workbook.xlsx"
        info = [{"Item": "Business date", "Value": DAY}]
        build_template(book, tables=[table], company="Acme Trading", rows={"Orders": _rows(), "SyncInfo": info})
        profile = f"-env:UserInstallation={(Path(folder) / 'profile').as_uri()}"
        _run("soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", folder, str(book))
        page = ["-f", "2", "-l", "2", "-r", "230", "-x", "80", "-y", "105", "-W", "2530", "-H", "420"]
        _run("pdftoppm", "-png", "-singlefile", *page, str(book.with_suffix(".pdf")), str(HERE / "workbook"))


def _run(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True)


def _rows() -> list[dict[str, Any]]:
    return [dict(zip(HEADERS, map(_value, HEADERS, line.split("|")), strict=True)) for line in ROWS.splitlines()]


def _value(header: str, text: str) -> Any:  # noqa: ANN401 - a cell
    if header.endswith(" date") and text:
        return date.fromisoformat(text)
    return Decimal(text) if header == "Total" and text else text or None


if __name__ == "__main__":
    main()
