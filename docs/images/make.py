"""Draw docs/images/workbook.png: telling rows of the sample company's Orders, through LibreOffice and pdftoppm.

`python docs/images/make.py`, from anywhere. Some columns are left out, so that the text of the picture stays large
enough to read; everything else is what `o2c demo` makes.
"""

# ruff: noqa: INP001, S603 - a script beside what it makes, calling the two programs that draw

from __future__ import annotations

import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from o2c_xl.company.sample.demo import make_demo
from o2c_xl.tables.define.catalogue import BY_NAME
from o2c_xl.workbook.reading.book import read_book
from o2c_xl.workbook.template.make import build_template

HERE = Path(__file__).resolve().parent
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
HEADERS = ("Order|Check|Customer ID|Order date|Requested date|Action|Promise date|Total|Waiting for|Status").split("|")
WIDTHS = {"Order": 8, "Customer ID": 15, "Waiting for": 64, "Action": 9, "Check": 92}
SHOWN = "1001 1005 1006 1011 1012 1013 1015 1016 1018 1019 1020 1021".split()


def main() -> None:
    """Make the sample company, print these rows of its Orders as a sheet, and cut the picture to the table."""
    orders = BY_NAME["Orders"]
    columns = tuple(replace(c, width=WIDTHS.get(c.header, c.width)) for c in orders.columns if c.header in HEADERS)
    table = replace(orders, columns=columns)
    with TemporaryDirectory() as folder:
        book = Path(folder) / "workbook.xlsx"
        info = [{"Item": "Business date", "Value": NOW.date()}]
        build_template(book, tables=[table], company="Acme", rows={"Orders": _rows(Path(folder)), "SyncInfo": info})
        profile = f"-env:UserInstallation={(Path(folder) / 'profile').as_uri()}"
        _run("soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", folder, str(book))
        page = ["-f", "2", "-l", "2", "-r", "230", "-x", "80", "-y", "105", "-W", "2560", "-H", "395"]
        _run("pdftoppm", "-png", "-singlefile", *page, str(book.with_suffix(".pdf")), str(HERE / "workbook"))


def _rows(folder: Path) -> list[dict[str, Any]]:
    """Rows of the sample company's workbook as they stand there."""
    list(make_demo(folder / "demo", lambda: NOW, "anna"))
    (book,) = (folder / "demo" / "books").glob("*.xlsx")
    (table,) = read_book(book, only={"Orders"}).tables
    rows = [dict(zip(table.headers, values, strict=True)) for values in zip(*table.columns, strict=True)]
    return [{header: row[header] for header in HEADERS} for row in rows if str(row["Order"]) in SHOWN]


def _run(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True)


if __name__ == "__main__":
    main()
