"""A real spreadsheet program opens what was written and computes it anew."""

from __future__ import annotations

import shutil
import subprocess
from decimal import Decimal
from pathlib import Path

import pytest

from o2c_xl.workbook.edit import TableEdit, apply_edits
from o2c_xl.workbook.read import read_book
from tests.workbook.files import made

SOFFICE = shutil.which("soffice")
# Out of the box LibreOffice trusts the results stored in files of Excel's kind; a person presses Ctrl+Shift+F9.
RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"><item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>"""


@pytest.mark.office
@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_the_edited_workbook_and_recalculates_peoples_formulas(tmp_path: Path):
    edit = TableEdit("Orders", {(2, "Price"): Decimal(10)}, [{"Order": "SO-9", "Quantity": 4, "Price": Decimal("2.5")}])
    settings = tmp_path / "profile" / "user" / "registrymodifications.xcu"
    settings.parent.mkdir(parents=True)
    settings.write_text(RECALCULATE)
    (tmp_path / "edited.xlsx").write_bytes(apply_edits(made(), [edit]))

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
    book = read_book(tmp_path / "out" / "edited.xlsx")

    table = book.tables[0]
    assert table.ref == "A1:H10"
    assert table.columns[0][-1] == "SO-9"
    assert table.columns[4] == [10.0, 5.0, 7.5, 10.0, 12.5, 15.0, 17.5, 20.0, 10.0]
    assert not table.bad
    assert book.sheet_rows("Orders").row(3)[9] == 107.5
    assert book.sheet_rows("Report").row(1)[0] == 40.0
