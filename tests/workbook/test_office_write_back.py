"""A real spreadsheet program opens what was written and computes it anew."""

from __future__ import annotations

import io
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter

from o2c_xl.workbook.patch.edit import TableEdit, apply_edits
from o2c_xl.workbook.patch.shrink import Drop, drop_rows
from o2c_xl.workbook.reading.book import Book, read_book
from tests.workbook.files import made

SOFFICE = shutil.which("soffice")
# Out of the box LibreOffice trusts the results stored in files of Excel's kind; a person presses Ctrl+Shift+F9.
RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"><item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>"""


needs_office = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")


def saved_by_office(tmp_path: Path, data: bytes) -> Book:
    """The workbook as LibreOffice saves it after computing everything anew."""
    settings = tmp_path / "profile" / "user" / "registrymodifications.xcu"
    settings.parent.mkdir(parents=True)
    settings.write_text(RECALCULATE)
    (tmp_path / "edited.xlsx").write_bytes(data)
    subprocess.run(
        [
            SOFFICE,
            "--headless",
            f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
            "--convert-to",
            "xlsx:Calc MS Excel 2007 XML",
            "--outdir",
            str(tmp_path / "out"),
            str(tmp_path / "edited.xlsx"),
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    return read_book(tmp_path / "out" / "edited.xlsx")


@pytest.mark.office
@needs_office
def test_libreoffice_opens_the_edited_workbook_and_recalculates_peoples_formulas(tmp_path: Path):
    edit = TableEdit("Orders", {(2, "Price"): Decimal(10)}, [{"Order": "SO-9", "Quantity": 4, "Price": Decimal("2.5")}])

    book = saved_by_office(tmp_path, apply_edits(made(), [edit]))

    table = book.tables[0]
    assert table.ref == "A1:H10"
    assert table.columns[0][-1] == "SO-9"
    assert table.columns[4] == [10.0, 5.0, 7.5, 10.0, 12.5, 15.0, 17.5, 20.0, 10.0]
    assert not table.bad
    assert book.sheet_rows("Orders").row(3)[9] == 107.5
    assert book.sheet_rows("Report").row(1)[0] == 40.0


def plain_orders() -> bytes:
    """A table of eight orders with a rule and a format, and a person's sum of it on another sheet."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    orders, report = book.add_worksheet("Orders"), book.add_worksheet("Report")
    money = book.add_format({"num_format": "#,##0.00"})
    orders.add_table(0, 0, 8, 1, {"name": "Orders", "columns": [{"header": "Order"}, {"header": "Total"}]})
    for row in range(1, 9):
        orders.write(row, 0, f"SO-{row}")
        orders.write(row, 1, row, money)
    orders.data_validation("B2:B9", {"validate": "decimal", "criteria": ">", "value": 0})
    report.write_formula("A1", "=SUM(Orders[Total])", None, 36)
    book.close()
    return file.getvalue()


@pytest.mark.office
@needs_office
def test_libreoffice_opens_a_workbook_whose_table_got_shorter(tmp_path: Path):
    left, gone = drop_rows(plain_orders(), [Drop("Orders", frozenset({3, 5, 9}), frozenset({"Order", "Total"}))])

    book = saved_by_office(tmp_path, apply_edits(left, [TableEdit("Orders", {}, [{"Order": "SO-9", "Total": 9}])]))

    table = book.tables[0]
    assert gone == {"Orders": (3, 5, 9)}
    assert table.ref == "A1:B7"
    assert table.columns == [["SO-1", "SO-3", "SO-5", "SO-6", "SO-7", "SO-9"], [1.0, 3.0, 5.0, 6.0, 7.0, 9.0]]
    assert book.sheet_rows("Report").row(1)[0] == 31.0
