"""A company folder that one may only read: what only looks works, what changes says so and changes nothing."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.ordinary import ordinary_user
from tests.scenarios.commands import Desk

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="permissions of POSIX")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path / "company", "2026-03-02")
    desk.o2c("init", desk.folder, "--on", desk.day)
    return desk


def test_an_auditor_may_look_but_nothing_is_written(desk: Desk) -> None:
    places = [desk.folder, *desk.folder.rglob("*")]
    for place in places:
        place.chmod(place.stat().st_mode & ~0o222)
    try:
        with ordinary_user():
            assert desk.show("Settings")
            desk.verify()
            refused = desk.o2c("run", "--on", "2026-03-03", expect=2)
            desk.o2c("sync", "--dry-run", "--on", "2026-03-03")
            rehearsed = desk.o2c("run", "--dry-run", "--on", "2026-03-03")
    finally:
        for place in places:
            place.chmod(place.stat().st_mode | 0o200)

    assert f"{desk.folder} cannot be written" in refused.err
    assert "cannot be written" not in rehearsed.err
    assert "Traceback" not in refused.err


def test_a_workbook_whose_folder_takes_no_file_is_said_and_the_rest_is_done(desk: Desk, tmp_path: Path) -> None:
    typed = tmp_path / "customers.csv"
    typed.write_text("Customer ID,Name,Country,Currency\nC1,Cafe Ole,DE,EUR\n", encoding="utf-8")
    desk.o2c("load", typed, "--on", desk.day)
    book = next((desk.folder / "books").glob("*.xlsx"))
    before = book.read_bytes()
    places = [desk.folder, *desk.folder.rglob("*")]
    for place in places:
        place.chmod(place.stat().st_mode | 0o666 | (0o111 if place.is_dir() else 0))
    book.parent.chmod(0o555)
    try:
        with ordinary_user():
            told = desk.o2c("sync", "--on", desk.day, expect=2)
            as_json = desk.o2c("run", "--on", desk.day, "--json", expect=2).json
    finally:
        book.parent.chmod(0o755)

    assert len([line for line in told.err.splitlines() if line.startswith(f"o2c: {book.name} was not written")]) == 1
    assert (as_json["ok"], as_json["issues"]) == (False, [])
    assert f"was not written: the folder {book.parent} may not be changed" in as_json["error"]
    assert book.read_bytes() == before
    desk.o2c("sync", "--on", desk.day)
    assert book.read_bytes() != before
    desk.verify()


def test_a_workbook_that_somebody_has_open_is_said_and_written_when_it_is_closed(desk: Desk, tmp_path: Path) -> None:
    typed = tmp_path / "customers.csv"
    typed.write_text("Customer ID,Name,Country,Currency\nC1,Cafe Ole,DE,EUR\n", encoding="utf-8")
    desk.o2c("load", typed, "--on", desk.day)
    book = next((desk.folder / "books").glob("*.xlsx"))
    lock = book.with_name(f".~lock.{book.name}#")
    lock.write_text(",anna,desk,02.03.2026 08:00,file:///;", encoding="utf-8")

    told = desk.o2c("run", "--on", desk.day, expect=2)
    lock.unlink()

    assert f"o2c: {book.name} is open" in told.err
    assert desk.o2c("run", "--on", desk.day).err == ""
    assert desk.o2c("run", "--on", desk.day).out.strip() == "Nothing to do."
