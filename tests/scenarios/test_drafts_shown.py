"""An invoice that waits for approval as a draft, and what its row says once it has a number or was given up."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from o2c_xl.workbook.patch.edit import TableEdit, apply_edits
from o2c_xl.workbook.reading.book import read_book
from tests.scenarios.commands import Desk
from tests.scenarios.northwind import write
from tests.scenarios.test_straight_through import open_desk
from tests.scenarios.test_who_may import book_of, give_role, seen, waits_for_approval
from tests.workbook.files import parts_of, zipped


def rows(desk: Desk, table: str) -> list[dict[str, Any]]:
    """The rows of the sheet that hold anything, in their order."""
    data = next(t for t in read_book(book_of(desk)).tables if t.name == table)
    by_row = [dict(zip(data.headers, cells, strict=True)) for cells in zip(*data.columns, strict=True)]
    return [row for row in by_row if any(value is not None for value in row.values())]


def approve(desk: Desk, number: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("o2c_xl.company.account.process_account", lambda: "fiona")
        desk.o2c("approve", number)


def test_a_draft_that_was_approved_bears_its_number_in_the_same_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = open_desk(tmp_path / "company")
    give_role(desk, tmp_path, "fiona", "Finance Manager")
    number = waits_for_approval(desk, tmp_path)
    before = rows(desk, "Invoices"), rows(desk, "InvoiceLines")
    approve(desk, number, monkeypatch)

    desk.run()

    invoices, lines = rows(desk, "Invoices"), rows(desk, "InvoiceLines")
    assert [[row["Invoice"] for row in table] for table in before] == [["DRAFT-000001"], ["DRAFT-000001"]]
    assert [(row["Invoice"], row["Status"]) for row in invoices] == [("INV-000001", "Sent")]
    assert [row["Invoice"] for row in lines] == ["INV-000001"]
    assert not desk.run()["counts"].get("cells written")


def test_what_is_typed_beside_a_draft_meanwhile_goes_to_its_invoice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = open_desk(tmp_path / "company")
    give_role(desk, tmp_path, "fiona", "Finance Manager")
    number = waits_for_approval(desk, tmp_path)
    approve(desk, number, monkeypatch)
    book = book_of(desk)
    lock = book.with_name(f".~lock.{book.name}#")
    lock.write_text(",bob,desk,now,file:///;", encoding="utf-8")
    desk.run(expect=2)
    lock.unlink()
    row = seen(desk, "Invoices", "DRAFT-000001")["row"]
    edit = TableEdit("Invoices", {(row, "Promised for"): date(2026, 4, 1), (row, "Reason"): "Called"})
    book.write_bytes(apply_edits(book.read_bytes(), [edit]))

    desk.run()

    (invoice,) = rows(desk, "Invoices")
    assert (invoice["Invoice"], invoice["Promised for"], invoice["Status"]) == ("INV-000001", date(2026, 4, 1), "Sent")
    assert [row["Promised for"] for row in desk.show("Invoices")] == ["2026-04-01"]
    assert desk.run()["counts"].get("cells written", 0) == 0
    desk.verify()


def test_a_draft_that_was_given_up_leaves_the_sheet_and_a_note_beside_it_stays(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "company")
    waits_for_approval(desk, tmp_path)
    parts = parts_of(book_of(desk).read_bytes())
    table = next(name for name, part in parts.items() if b'displayName="Invoices"' in part)
    parts[table] = parts[table].replace(b'name="Reason"', b'name="Mine"')
    book_of(desk).write_bytes(zipped(parts))
    noted = seen(desk, "Invoices", "DRAFT-000001")["row"]
    book_of(desk).write_bytes(
        apply_edits(book_of(desk).read_bytes(), [TableEdit("Invoices", {(noted, "Mine"): "call Ada"})])
    )
    back = {"Return": "R1", "Order": "1", "SKU": "MUG", "Quantity": 5, "Returned on": desk.day, "Restock": "Yes"}
    desk.load(write(tmp_path / "Returns.csv", [back]))

    desk.run(expect=1)  # the header that is called otherwise is a fault until it is mended

    (kept,) = rows(desk, "Invoices")
    assert {header: value for header, value in kept.items() if value is not None} == {
        "Invoice": "DRAFT-000001",
        "Mine": "call Ada",
    }
    assert rows(desk, "InvoiceLines") == []
    assert [row["Subject"] for row in desk.show("Log", "What=draft given up")] == ["DRAFT-000001"]
    desk.verify()
