"""A workbook that was renamed or taken away: its faults follow its tables, and go with it where those are gone."""

from __future__ import annotations

from pathlib import Path

import pytest

from o2c_xl.adapters.health import examine
from o2c_xl.company.run import run_company
from o2c_xl.company.without import do_without
from o2c_xl.domain.issue import CannotRun
from o2c_xl.domain.outcome import Outcome
from o2c_xl.tables.define.catalogue import BY_NAME
from o2c_xl.workbook.patch.edit import TableEdit, apply_edits
from o2c_xl.workbook.reading.book import read_book
from o2c_xl.workbook.template.make import build_template
from tests.sync.desk import DAY, Desk


class TwoBooks(Desk):
    """A desk whose workbook may be renamed, beside another with other tables."""

    name = "Book.xlsx"

    @property
    def book(self) -> Path:
        return self.root / "books" / self.name

    def rename(self, name: str) -> None:
        self.book.rename(self.root / "books" / name)
        self.name = name

    def run(self) -> Outcome:
        return run_company(self.company, DAY, lambda _told: None, dry_run=False, allow_empty=False)


@pytest.fixture
def desk(tmp_path: Path) -> TwoBooks:
    desk = TwoBooks(tmp_path / "company", ("Customers", "StockCounts"))
    build_template(desk.root / "books" / "Other.xlsx", tables=[BY_NAME["Suppliers"]], company="Test")
    desk.sync()
    desk.add("Customers", {"Customer ID": "ADA", "Name": "Ada", "Email": "bad"}, {"Customer ID": "BOB", "Name": "Bob"})
    desk.add("StockCounts", {"Count": "C", "SKU": "NONE", "Counted": 9, "Counted on": DAY, "Reason": "Opening"})
    return desk


MISSED = (
    "Book.xlsx: The workbook is gone from the folder books; it was last synced 2026-03-02 08:00 UTC. What it held is "
    "safe. Bring it back, or put its last version from work/versions into books; no row counts twice. "
    'If it went on purpose: o2c without "Book.xlsx"'
)


def missed_by_doctor(desk: TwoBooks) -> list[str]:
    return [one.name for one in examine(desk.root) if "is gone from the folder" in one.found]


def waits(desk: TwoBooks) -> list[tuple[str, str]]:
    return [(row["Subject"], row["What stops it"]) for row in desk.shown("Waiting")]


def listed(book: Path) -> dict[str, list[object]]:
    """The first column of each table of the workbook, blank cells left out."""
    tables = read_book(book, only={"Issues", "Waiting"}).tables
    return {table.name: [value for value in table.columns[0] if value is not None] for table in tables}


def places(outcome: Outcome) -> list[tuple[str, str]]:
    return [(issue.source, issue.cell) for issue in outcome.issues]


def test_the_faults_of_a_renamed_workbook_stand_once_and_go_when_they_are_mended(desk: TwoBooks) -> None:
    before = places(desk.run())
    desk.rename("New.xlsx")

    renamed = places(desk.run())
    desk.type("Customers", 2, {"Email": "ada@example.com"})
    mended = places(desk.run())

    assert {source for source, _ in before} == {"Book.xlsx"}
    assert renamed == [("New.xlsx", cell) for _, cell in before]
    assert mended == [place for place in renamed if place[1] != "D2"]
    assert len(mended) == len(renamed) - 1


def test_a_workbook_that_was_taken_away_is_missed_and_its_faults_come_back_with_it(desk: TwoBooks) -> None:
    before = places(desk.run())
    away = desk.root / "Book.xlsx"
    desk.book.rename(away)

    gone = desk.run()
    kept = (desk.root / "ledger.db").read_bytes()
    still = desk.run()
    doctor, waiting = missed_by_doctor(desk), waits(desk)
    unchanged = (desk.root / "ledger.db").read_bytes() == kept
    away.rename(desk.book)
    again = places(desk.run())

    assert [str(issue) for issue in gone.issues] == [MISSED]
    assert (still.changed, still.issues, unchanged) == (False, gone.issues, True)
    assert (doctor, waiting) == (["Workbook Book.xlsx"], [("Book.xlsx", "Workbook gone")])
    assert again == before
    assert (missed_by_doctor(desk), waits(desk)) == ([], [])


def test_a_workbook_that_went_on_purpose_is_missed_no_more(desk: TwoBooks) -> None:
    desk.run()
    desk.book.unlink()
    desk.run()

    do_without(desk.company, "Book.xlsx", DAY, dry_run=False)
    done = desk.run()

    assert (done.issues, missed_by_doctor(desk), waits(desk)) == ([], [], [])
    assert [row["Name"] for row in desk.shown("Customers")] == ["Bob"]


def test_with_no_workbook_in_reach_none_is_given_up(desk: TwoBooks) -> None:
    desk.run()
    away = desk.root / "books away"
    (desk.root / "books").rename(away)
    (desk.root / "books").mkdir()

    with pytest.raises(CannotRun, match="Is the share connected"):
        do_without(desk.company, "Book.xlsx", DAY, dry_run=False)


def test_a_missing_workbook_stops_no_other_and_a_renamed_one_is_not_missed(desk: TwoBooks) -> None:
    desk.run()
    desk.rename("New.xlsx")
    renamed = desk.run()
    desk.book.rename(desk.root / "New.xlsx")
    other = desk.root / "books" / "Other.xlsx"
    row = {"Supplier ID": "EXO", "Name": "Exotic"}
    other.write_bytes(apply_edits(other.read_bytes(), [TableEdit("Suppliers", {}, [row])]))

    gone = desk.run()

    assert not any("is gone" in str(issue) for issue in renamed.issues)
    assert [row["Supplier ID"] for row in desk.shown("Suppliers")] == ["EXO"]
    assert [issue.source for issue in gone.issues] == ["New.xlsx"]


def test_a_missing_workbook_is_listed_in_another(desk: TwoBooks) -> None:
    desk.run()
    lists = desk.root / "books" / "Lists.xlsx"
    build_template(lists, tables=[BY_NAME["Issues"], BY_NAME["Waiting"]], company="Test")
    desk.run()
    away = desk.root / "Book.xlsx"
    shown = []

    desk.book.rename(away)
    desk.run()
    shown.append(listed(lists))
    away.rename(desk.root / "books" / "Renamed.xlsx")
    desk.name = "Renamed.xlsx"
    desk.run()
    shown.append(listed(lists))

    assert shown[0] == {"Issues": ["Book.xlsx"], "Waiting": ["Book.xlsx"]}
    assert set(shown[1]["Issues"]) == {"Renamed.xlsx"}
    assert shown[1]["Waiting"] == []


def test_when_all_workbooks_are_out_of_reach_their_faults_stay(desk: TwoBooks) -> None:
    before = places(desk.run())
    (desk.root / "books").rename(desk.root / "hidden")
    (desk.root / "books").mkdir()

    with pytest.raises(Exception, match="Is the share connected"):
        desk.run()
    (desk.root / "books").rmdir()
    (desk.root / "hidden").rename(desk.root / "books")

    assert places(desk.run()) == before
