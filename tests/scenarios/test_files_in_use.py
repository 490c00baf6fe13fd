"""Files that another program keeps to itself, and files that are only looked at."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenarios.commands import Desk
from tests.scenarios.northwind import write
from tests.scenarios.test_straight_through import DAY, open_desk
from tests.scenarios.test_who_may import seen


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return open_desk(tmp_path / "company")


def test_a_dry_run_leaves_a_dropped_file_in_another_encoding_as_it_is(desk: Desk) -> None:
    inbox = desk.folder / "inbox" / "orders"
    inbox.mkdir(parents=True, exist_ok=True)
    (desk.folder / "watchers").mkdir(exist_ok=True)
    (desk.folder / "watchers" / "orders.toml").write_text(
        'folder = "inbox/orders"\ntables = ["Orders", "OrderLines"]\nencoding = "cp1250"\nsettle_seconds = 0\n',
        encoding="utf-8-sig",
    )
    file = inbox / "orders.csv"
    content = f"Order,Customer ID,Order date,SKU,Quantity,Notes\n1,ADA,{DAY},MUG,1,żółw\n".encode("cp1250")
    file.write_bytes(content)

    seen_first = desk.o2c("run", "--dry-run", "--on", DAY)

    assert file.read_bytes() == content
    assert "1" in seen_first.out
    desk.run()
    assert [row["Notes"] for row in desk.show("Orders")] == ["żółw"]


def test_a_file_of_the_outbox_that_is_in_use_keeps_no_workbook_from_being_written(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def in_use(*_args: object) -> None:
        raise PermissionError(13, "Permission denied", str(desk.folder / "outbox" / "print" / "Letters.pdf"))

    monkeypatch.setattr("o2c_xl.company.run.put_withdrawn_aside", in_use)
    row = {"Order": "1", "Customer ID": "ADA", "Order date": DAY, "SKU": "MUG", "Quantity": 1}
    desk.load(write(tmp_path / "orders.csv", [row]))

    told = desk.run(expect=None)

    assert "Letters.pdf is in use or protected. Close it; the next run goes on from there." in str(told)
    assert seen(desk, "Orders", "1")["Status"]


def test_a_bill_is_not_posted_into_a_closed_month(desk: Desk, tmp_path: Path) -> None:
    desk.load(write(tmp_path / "Settings.csv", [{"Setting": "Books closed until", "Value": DAY}]))
    file = tmp_path / "bill.xml"
    file.write_text("<Invoice/>", encoding="utf-8")

    refused = desk.o2c("bill", str(file), "--on", DAY, expect=2)

    assert f"The books are closed up to {DAY}" in refused.out + refused.err
