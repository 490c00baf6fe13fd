"""LibreOffice opens every kind of marked copy, shows its colours, comments and links, and saves it so that it reads."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from o2c_xl.domain.issue import Issue
from o2c_xl.intake.lists.rows import read_rows
from o2c_xl.intake.refused.marked import marked_copy
from tests.intake.intake_files import make_book, make_csv
from tests.intake.test_marked import ORDER_ROWS, RED, Opened, issues_of
from tests.workbook import files

SOFFICE = shutil.which("soffice")
pytestmark = [pytest.mark.office, pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")]


def saved_by_office(tmp_path: Path, copies: list[Path]) -> list[Path]:
    """The workbooks as LibreOffice saves them."""
    out = tmp_path / "out"
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    words = [SOFFICE, "--headless", profile, "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(out)]
    subprocess.run([*words, *map(str, copies)], check=True, capture_output=True, timeout=240)
    return [out / copy.name for copy in copies]


def test_libreoffice_shows_the_marks_and_what_it_saves_still_reads(tmp_path):
    book = make_book(tmp_path / "book.xlsx", {"Orders": ORDER_ROWS}, {"Orders": "Orders"})
    listed = make_csv(tmp_path / "list.csv", [[str(value or "") for value in row] for row in ORDER_ROWS])
    rich = tmp_path / "rich.xlsx"
    rich.write_bytes(files.made())
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"PK broken")
    faults = {
        book: issues_of(book),
        listed: issues_of(listed),
        rich: [Issue("rich.xlsx", "Orders", cell, "Price", 0, "0", "It is 0.", "Enter it.") for cell in ("B2", "D3")],
        broken: [Issue("broken.xlsx", "", "", "", 0, "", "It is damaged.", "Save it again.")],
    }
    copies = []
    for path, issues in faults.items():
        copies.append(tmp_path / f"{path.stem} to mend.xlsx")
        copies[-1].write_bytes(marked_copy(path, issues, path.name) or b"")

    saved = saved_by_office(tmp_path, copies)

    for path, issues in zip(saved, faults.values(), strict=True):
        shown = Opened(path.read_bytes()).book
        cells = [cell for row in shown.worksheets[0].iter_rows() for cell in row]
        wanted = {issue.cell for issue in issues if issue.cell}
        if wanted:
            assert {cell.coordinate for cell in cells if cell.fill.fgColor.rgb == RED} == wanted, path.name
            assert {c.coordinate for c in cells if c.comment and "How to mend" in c.comment.text} == wanted, path.name
            assert shown["Issues"]["B2"].hyperlink.location == f"'Orders'!{shown['Issues']['B2'].value}"
        assert shown["Issues"].max_row == len(issues) + 1
    for path, original in ((saved[0], book), (saved[1], listed)):
        assert [i.cell for i in issues_of(path)] == [i.cell for i in issues_of(original)]
    again = tmp_path / "again.xlsx"
    again.write_bytes(marked_copy(saved[0], issues_of(saved[0])[:1], "again.xlsx") or b"")
    left = Opened(again.read_bytes()).book
    assert [cell.coordinate for row in left["Orders"].iter_rows() for cell in row if cell.comment] == ["D2"]
    assert len(read_rows(again)) == 2
