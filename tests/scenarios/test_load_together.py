"""Several files in one `o2c load`: each stands for itself, and they are judged in the order in which they lean."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.made_once import made_once
from tests.scenarios.commands import Desk
from tests.scenarios.northwind import write

DAY = "2026-03-02"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    _make(tmp_path / "acme")
    return Desk(tmp_path / "acme", DAY)


@made_once
def _make(folder: Path) -> None:
    Desk(folder, DAY).o2c("init", folder, "--on", DAY)


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """An order whose customer and product come with the same command, named after it."""
    line = {"Order": "1", "Customer ID": "ADA", "Order date": DAY, "SKU": "TEA", "Quantity": 2}
    return [
        write(tmp_path / "orders.csv", [line]),
        write(tmp_path / "customers.csv", [{"Customer ID": "ADA", "Name": "Ada", "Country": "DE"}]),
        write(tmp_path / "products.csv", [{"SKU": "TEA", "Name": "Tea", "Unit": "pcs"}]),
    ]


def test_a_dry_run_judges_files_as_the_load_would(desk: Desk, files: list[Path]) -> None:
    tried = desk.o2c("load", *files, "--dry-run", "--json").json
    assert desk.show("Orders") == []

    done = desk.load(*files)

    assert tried["counts"] == done["counts"] == {"Customers": 1, "Products": 1, "Orders": 1, "OrderLines": 1}
    assert (tried["ok"], done["ok"]) == (True, True)


def test_a_file_without_its_key_is_named_and_the_others_are_taken(
    desk: Desk, files: list[Path], tmp_path: Path
) -> None:
    nameless = write(tmp_path / "payments.csv", [{"Customer ID": "ADA", "Paid on": DAY, "Amount": "5"}])

    answer = desk.o2c("load", nameless, *files, "--json", expect=2)

    assert answer.json["ok"] is False
    assert answer.json["error"].startswith("payments.csv: there is no column Payment")
    assert answer.json["counts"]["Orders"] == 1
    assert len(desk.show("Orders")) == 1
    assert desk.show("Payments") == []


def test_files_are_shown_narrow_as_text_and_whole_otherwise(desk: Desk, files: list[Path]) -> None:
    desk.load(*files)

    table = desk.o2c("show", "Files", "--where", "File=orders.csv").out
    (row,) = desk.show("Files", "File=orders.csv")

    seen = row["Seen"]
    assert (len(row["Hash"]), seen[10], seen[-1], row["Rows"]) == (64, "T", "Z", "1")
    assert f" {row['Hash'][:12]}… " in table
    assert f" {seen[:16].replace('T', ' ')} " in table
