"""A number beyond all numbers is told as it was typed."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import pytest

from o2c_xl.workbook.reading.book import read_book


@pytest.mark.parametrize("typed", ["1e400", "-2.5E+999"])
def test_a_number_beyond_all_numbers_is_told_as_it_was_typed(tmp_path: Path, typed: str) -> None:
    book = openpyxl.Workbook()
    book.active.append([1, 12345])
    book.save(tmp_path / "plain.xlsx")
    path = tmp_path / "odd.xlsx"
    with zipfile.ZipFile(tmp_path / "plain.xlsx") as plain, zipfile.ZipFile(path, "w") as odd:
        for name in plain.namelist():
            odd.writestr(name, plain.read(name).replace(b"<v>12345</v>", f"<v>{typed}</v>".encode()))

    (bad,) = read_book(path, only=()).sheet_rows("Sheet").bad

    assert (bad.cell, bad.text) == ("B1", typed)
