"""LibreOffice opens what we build, finds no error cell, and shows late days, faults and counts."""

from __future__ import annotations

import csv
import datetime as dt
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from o2c_xl.tables.define.catalogue import BY_NAME
from o2c_xl.workbook.template.make import DEPARTMENT_BOOKS, build_template

pytestmark = pytest.mark.office
ERRORS = ("#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#N/A", "Err:")


@pytest.fixture
def office() -> str:
    found = shutil.which("soffice")
    if found is None:
        assert not os.environ.get("O2C_REQUIRE_OFFICE"), "soffice is missing"
        pytest.skip("LibreOffice is not installed here")
    return found


def converted(office: str, folder: Path, books: list[Path], kind: str, suffix: str) -> list[Path]:
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    words = [office, profile, "--headless", "--convert-to", kind, "--outdir", str(folder), *map(str, books)]
    subprocess.run(words, check=True, capture_output=True, timeout=240)
    return [folder / f"{book.stem}{suffix}" for book in books]


def test_every_department_book_opens_and_counts_without_an_error_cell(office: str, tmp_path: Path) -> None:
    books = []
    for name, tables in DEPARTMENT_BOOKS.items():
        books.append(tmp_path / f"{name}.xlsx")
        build_template(books[-1], tables=tables, company="Acme")

    for text in converted(office, tmp_path, books, "csv:Text - txt - csv (StarCalc):44,34,76,1", ".csv"):
        cells = [cell for row in csv.reader(text.read_text("utf-8").splitlines()) for cell in row]
        assert "Rows with a Check" in cells
        assert "–" in cells  # a count that was calculated: none is waiting
        assert not [cell for cell in cells if cell.startswith(ERRORS)]


def test_a_late_day_and_a_fault_are_said_in_words(office: str, tmp_path: Path) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed here")
    late = {"Order": "10250", "Promise date": dt.date(2026, 11, 16), "Status": "Backordered"}
    done = {"Order": "10251", "Promise date": dt.date(2026, 11, 17), "Status": "Closed"}
    wrong = {"Order": "10252", "Check": "Order date: is missing. Enter the day."}
    told = {"Order": "10253", "Check": "Taken over from the contract."}
    rows = {
        "Orders": [late, done, wrong, told],
        "SyncInfo": [{"Item": "Business date", "Value": dt.date(2026, 11, 20)}],
    }
    build_template(tmp_path / "book.xlsx", tables=[BY_NAME["Orders"]], rows=rows)

    (pdf,) = converted(office, tmp_path, [tmp_path / "book.xlsx"], "pdf", ".pdf")
    text = subprocess.run(
        ["pdftotext", "-layout", pdf, "-"], check=True, capture_output=True, timeout=60
    ).stdout.decode()

    assert "16.11.2026 · late" in text
    assert "17.11.2026" in text
    assert text.count("· late") == 1
    assert "✖ Order date: is missing." in text
    assert "▲ Taken over" in text
