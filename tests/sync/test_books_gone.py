"""A workbook that was renamed or taken away: its faults follow its tables, and go with it where those are gone."""

from __future__ import annotations

from pathlib import Path

import pytest

from o2c_xl.company.run import run_company
from o2c_xl.domain.outcome import Outcome
from o2c_xl.tables.define.catalogue import BY_NAME
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


def test_the_faults_of_a_workbook_that_was_taken_away_go_and_come_back_with_it(desk: TwoBooks) -> None:
    before = places(desk.run())
    away = desk.root / "Book.xlsx"
    desk.book.rename(away)

    gone = desk.run()
    away.rename(desk.book)
    again = places(desk.run())

    assert not any("Book.xlsx" in str(issue) for issue in gone.issues)
    assert again == before


def test_when_all_workbooks_are_out_of_reach_their_faults_stay(desk: TwoBooks) -> None:
    before = places(desk.run())
    (desk.root / "books").rename(desk.root / "hidden")
    (desk.root / "books").mkdir()

    with pytest.raises(Exception, match="Is the share connected"):
        desk.run()
    (desk.root / "books").rmdir()
    (desk.root / "hidden").rename(desk.root / "books")

    assert places(desk.run()) == before
