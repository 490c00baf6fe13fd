"""The whole way: dropped, refused, the marked copy mended in a spreadsheet and dropped, taken."""

from __future__ import annotations

import os
from pathlib import Path

import openpyxl

from tests.intake.intake_files import make_book
from tests.intake.test_marked import RED
from tests.scenarios.commands import Desk
from tests.scenarios.test_dropped import HEAD, desk, drop, inside

__all__ = ["desk"]


def mended(desk: Desk, copy: str, mends: dict[str, object]) -> bytes:
    """The marked copy with its red cells overwritten, as a person saves it."""
    (path,) = [path for path in (desk.folder / "set-aside").rglob("*.xlsx") if path.name == copy]
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    red = {cell.coordinate for row in sheet.iter_rows() for cell in row if cell.fill.fgColor.rgb == RED}
    assert red == set(mends)
    for cell, value in mends.items():
        sheet[cell] = value
    book.save(path)
    return path.read_bytes()


def drop_bytes(desk: Desk, name: str, data: bytes) -> None:
    path = desk.folder / "inbox" / "orders" / name
    path.write_bytes(data)
    stamp = path.stat().st_mtime - 60
    os.utime(path, (stamp, stamp))


def test_a_csv_goes_through_as_its_mended_copy(desk: Desk) -> None:
    drop(desk, "web.csv", HEAD + "W1,C1,2026-03-01,P1,3\nW2,C9,2026-03-01,P1,x\n")
    desk.run(expect=1)

    drop_bytes(desk, "web.csv (to mend).xlsx", mended(desk, "web.csv (to mend).xlsx", {"B3": "C2", "E3": 4}))
    answer = desk.run()

    assert answer["issues"] == []
    assert sorted(row["Order"] for row in desk.show("Orders")) == ["W1", "W2"]
    desk.verify()


def test_a_workbook_goes_through_as_its_mended_copy(desk: Desk, tmp_path: Path) -> None:
    head = HEAD.strip().split(",")
    rows = [head, ("W1", "C1", "2026-03-01", "P1", 3), ("W2", "C2", "soon", 7, 4)]
    data = make_book(tmp_path / "web.xlsx", {"July": rows}).read_bytes()
    drop_bytes(desk, "web.xlsx", data)
    desk.run(expect=1)

    assert inside(desk.folder / "set-aside")["web.xlsx"] == data
    drop_bytes(desk, "web (to mend).xlsx", mended(desk, "web (to mend).xlsx", {"C3": "2026-03-01", "D3": "P1"}))
    answer = desk.run()

    assert answer["issues"] == []
    assert sorted(row["Order"] for row in desk.show("Orders")) == ["W1", "W2"]
