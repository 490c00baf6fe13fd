"""Rows inside of alternate content, which no Excel writes, are refused as what they are."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from o2c_xl.intake.lists.rows import read_rows
from o2c_xl.workbook.errors import Damaged
from tests.intake.intake_files import make_book

MC = b'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'


def test_alternate_content_around_rows_is_not_told_as_broken_xml(tmp_path: Path) -> None:
    path = make_book(tmp_path / "a.xlsx", {"Customers": [("Customer ID", "Name"), ("A", "Alpha")]})
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = (
        parts[sheet]
        .replace(b"<sheetData>", b'<sheetData><mc:AlternateContent %s><mc:Choice Requires="x14">' % MC)
        .replace(b"</sheetData>", b"</mc:Choice></mc:AlternateContent></sheetData>")
    )
    with zipfile.ZipFile(path, "w") as new:
        for name, data in parts.items():
            new.writestr(name, data)

    with pytest.raises(Damaged, match="something other than rows"):
        read_rows(path)
