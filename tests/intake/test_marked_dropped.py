"""The whole way: dropped, refused, the marked copy mended in a spreadsheet and dropped, taken."""

from __future__ import annotations

import os
from pathlib import Path

import openpyxl

from tests.intake.intake_files import make_book
from tests.intake.test_marked import RED
from tests.scenarios.commands import Desk
from tests.scenarios.test_dropped import HEAD, desk, drop, fates, inside

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
    assert fates(desk) == {"web.csv": "Mended", "web.csv (to mend).xlsx": "Done"}
    assert not [path for path in (desk.folder / "set-aside").iterdir() if path.is_file()]
    desk.verify()


def test_a_copy_that_is_refused_again_counts_on_and_the_last_one_mends_them_all(desk: Desk) -> None:
    drop(desk, "web.csv", HEAD + "W1,C1,2026-03-01,P1,3\nW2,C9,2026-03-01,P1,x\n")
    desk.run(expect=1)
    first, second = "web.csv (to mend).xlsx", "web.csv (to mend 2).xlsx"

    drop_bytes(desk, first, mended(desk, first, {"B3": "C2", "E3": "y"}))
    desk.run(expect=1)
    (copy,) = [path.name for path in (desk.folder / "set-aside").glob("*2).xlsx")]
    drop_bytes(desk, copy, mended(desk, copy, {"E3": 4}))
    desk.run()

    assert copy.endswith(second)
    assert fates(desk) == {"web.csv": "Mended", first: "Mended", copy: "Done"}
    assert desk.show("Issues") == []
    assert not [path for path in (desk.folder / "set-aside").iterdir() if path.is_file()]


def test_a_mended_copy_mends_the_file_it_lay_beside_and_no_other_of_that_name(desk: Desk) -> None:
    for order in ("W1", "W2"):
        drop(desk, "web.csv", f"{HEAD}{order},C1,2026-03-01,P1,x\n")
        desk.run(expect=1)
    (copy,) = [p.name for p in (desk.folder / "set-aside").glob("* web.csv (to mend).xlsx")]

    drop_bytes(desk, copy, mended(desk, copy, {"E2": 4}))
    desk.run(expect=1)

    assert [row["Subject"] for row in desk.show("Waiting", "What stops it=File set aside")] == ["web.csv"]
    aside = {row["Stored as"]: row["Fate"] for row in desk.show("Files") if row["File"] == "web.csv"}
    assert aside == {"set-aside/web.csv": "Set aside", "set-aside/mended/web.csv": "Mended"}


def test_a_workbook_that_is_told_by_its_name_is_told_by_its_copy_s_name_too(desk: Desk, tmp_path: Path) -> None:
    rows = [("Order", "Notes"), (None, "soon")]
    drop_bytes(desk, "Orders.xlsx", make_book(tmp_path / "Orders.xlsx", {"July": rows}).read_bytes())
    first = desk.run(expect=1)["issues"]
    (path,) = (desk.folder / "set-aside").glob("*mend*")
    drop_bytes(desk, path.name, path.read_bytes())
    second = desk.run(expect=1)["issues"]

    told = {(issue["problem"], issue["source"]) for issue in (*first, *second)}
    assert {name for _, name in told} == {"Orders.xlsx", path.name}
    assert len({problem for problem, _ in told}) == len(told) / 2


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
