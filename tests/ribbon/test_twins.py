"""What a button does, a command does: stages alone, the last write taken back, the log."""

from __future__ import annotations

from pathlib import Path

import pytest

from o2c_xl.adapters.button_log import ButtonLog
from o2c_xl.company.stages import STAGES
from o2c_xl.workbook.patch.edit import TableEdit, apply_edits
from o2c_xl.workbook.reading.book import read_book
from tests.made_once import made_once
from tests.scenarios.commands import Desk

DAY = "2026-03-02"


@pytest.fixture
def desk(tmp_path: Path, personal: Path) -> Desk:
    _make(tmp_path / "acme")
    return Desk(tmp_path / "acme", DAY)


@made_once
def _make(folder: Path) -> None:
    Desk(folder, DAY).o2c("init", folder, "--on", DAY)


def book(desk: Desk) -> Path:
    (found,) = (desk.folder / "books").glob("*.xlsx")
    return found


def typed(desk: Desk, table: str, *rows: dict[str, object]) -> None:
    path = book(desk)
    path.write_bytes(apply_edits(path.read_bytes(), [TableEdit(table, {}, list(rows))]))


def shown(desk: Desk, table: str) -> list[dict[str, object]]:
    """What the sheet shows."""
    data = next(one for one in read_book(book(desk)).tables if one.name == table)
    rows = [dict(zip(data.headers, row, strict=True)) for row in zip(*data.columns, strict=True)]
    return [row for row in rows if any(value is not None for value in row.values())]


def an_order_typed(desk: Desk) -> None:
    typed(desk, "Customers", {"Customer ID": "00123", "Name": "Alfreds", "Country": "DE"})
    typed(desk, "Products", {"SKU": "P1", "Name": "Chai", "Unit": "pcs", "Price": 10})
    typed(desk, "Orders", {"Customer ID": "00123"})


def test_only_the_stages_named_work(desk: Desk) -> None:
    an_order_typed(desk)

    answer = desk.o2c("run", "--only", "priced", "--on", DAY, "--json", expect=None).json

    assert set(answer["counts"]) & {stage.name for stage in STAGES} == {"priced"}
    assert answer["counts"]["Orders"] == 1


def test_a_rehearsal_of_some_stages_changes_nothing(desk: Desk) -> None:
    an_order_typed(desk)
    before = book(desk).read_bytes()

    answer = desk.o2c("run", "--only", "priced", "--dry-run", "--on", DAY, "--json", expect=None).json

    assert answer["counts"]["Orders"] == 1
    assert book(desk).read_bytes() == before
    assert desk.show("Orders") == []


def test_a_stage_that_is_none_is_answered_with_those_there_are(desk: Desk) -> None:
    answer = desk.o2c("run", "--only", "invoicing", expect=2)

    assert "There is no stage invoicing. The stages are: " in answer.err
    assert "purchases proposed" in answer.err


def test_undo_puts_the_file_back_byte_for_byte_and_the_next_sync_writes_it_again(desk: Desk) -> None:
    an_order_typed(desk)
    before = book(desk).read_bytes()
    desk.o2c("sync", "--on", DAY, expect=None)
    written = shown(desk, "Orders")
    assert written[0]["Order"] == "SO-000001"

    told = desk.o2c("undo", "--on", DAY).out

    assert "put back. The books stay as they are; the next sync shows them." in told
    assert book(desk).read_bytes() == before
    assert len(desk.show("Orders")) == 1
    desk.o2c("sync", "--on", DAY, expect=None)
    assert shown(desk, "Orders") == written
    assert len(desk.show("Orders")) == 1


def test_undo_takes_added_rows_out_and_the_next_sync_brings_them_again_once(desk: Desk, tmp_path: Path) -> None:
    an_order_typed(desk)
    desk.o2c("sync", "--on", DAY, expect=None)
    more = tmp_path / "Customers.csv"
    more.write_text("Customer ID,Name,Country\n00007,Berglunds,SE\n", encoding="utf-8")
    desk.load(more)
    before = shown(desk, "Customers")
    desk.o2c("sync", "--on", DAY, expect=None)

    desk.o2c("undo", "--on", DAY)

    assert shown(desk, "Customers") == before
    desk.o2c("sync", "--on", DAY, expect=None)
    assert [row["Customer ID"] for row in shown(desk, "Customers")] == ["00123", "00007"]
    assert len(desk.show("Customers")) == 2


def test_undo_puts_rows_back_that_left_a_list_of_ours(desk: Desk) -> None:
    an_order_typed(desk)
    for name in ("00124", "00125"):
        typed(desk, "Customers", {"Customer ID": name, "Name": "Berglunds", "Country": "Sweden"})
    desk.o2c("sync", "--on", DAY, expect=None)
    faulty = [one["Cell"] for one in shown(desk, "Issues")]
    mends = TableEdit("Customers", {(row, "Country"): "SE" for row in (3, 4)})
    book(desk).write_bytes(apply_edits(book(desk).read_bytes(), [mends]))
    desk.o2c("sync", "--on", DAY, expect=None)
    mended = shown(desk, "Issues")

    desk.o2c("undo", "--on", DAY)
    undone = [one["Cell"] for one in shown(desk, "Issues")]
    told = desk.o2c("sync", "--on", DAY, "--json", expect=None).json
    again = desk.o2c("sync", "--on", DAY, "--json", expect=None).json

    assert (len(faulty), mended, undone) == (2, [], faulty)
    assert [one for one in told["issues"] if one["sheet"] == "Issues"] == []
    assert shown(desk, "Issues") == mended
    assert not any(again["counts"].values())


def test_a_workbook_changed_since_it_was_written_is_left_as_it_is(desk: Desk) -> None:
    an_order_typed(desk)
    desk.o2c("sync", "--on", DAY, expect=None)
    typed(desk, "Customers", {"Customer ID": "00456", "Name": "Berglunds", "Country": "SE"})
    before = book(desk).read_bytes()

    told = desk.o2c("undo", expect=2).err

    assert "was changed since it was last written, so it stays as it is. The version before that write is" in told
    assert book(desk).read_bytes() == before


def test_a_workbook_that_is_open_is_left_as_it_is(desk: Desk) -> None:
    an_order_typed(desk)
    desk.o2c("sync", "--on", DAY, expect=None)
    path = book(desk)
    owner = path.with_name(f"~${path.name}")
    owner.write_bytes(bytes([4]) + b"anna" + bytes(160))

    told = desk.o2c("undo", expect=2).err

    assert "is open (anna (Excel)). Close it, or press Undo last write in Excel." in told


def test_undo_goes_one_write_back_and_says_when_there_is_none(desk: Desk) -> None:
    an_order_typed(desk)
    desk.o2c("sync", "--on", DAY, expect=None)
    desk.o2c("undo", "--dry-run")
    desk.o2c("undo")

    told = desk.o2c("undo", expect=2).err

    assert "There is no write into a workbook that could be taken back." in told


def test_the_log_tells_where_it_lies_and_its_last_lines(desk: Desk) -> None:
    empty = desk.o2c("log").out
    ButtonLog("sync").say("pressed in Book.xlsx")
    ButtonLog("sync").say("Done: Customers 1.")

    answer = desk.o2c("log", "--lines", "1")

    assert empty.strip().endswith("buttons.log is empty: no button was pressed yet.")
    assert answer.out.strip().endswith("sync: Done: Customers 1.")
    assert answer.err.strip() == str(ButtonLog("").path)
