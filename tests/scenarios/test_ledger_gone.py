"""A company whose ledger is gone while its workbooks show what it held: nothing is done a second time."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tests.scenarios.commands import Desk
from tests.scenarios.northwind import write
from tests.scenarios.test_straight_through import ORDERS, ledger_address, open_desk

__all__ = ["ledger_address"]


def files(desk: Desk) -> dict[str, str]:
    """Every file of the company folder with its hash."""
    return {
        str(path.relative_to(desk.folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(desk.folder.rglob("*"))
        if path.is_file()
    }


def invoiced(tmp_path: Path) -> Desk:
    desk = open_desk(tmp_path / "company")
    desk.load(write(tmp_path / "orders.csv", ORDERS[:2]))
    desk.run()
    for path in desk.folder.glob("ledger.db*"):
        path.unlink()
    return desk


@pytest.mark.parametrize("command", ["run", "sync", "run --dry-run", "show Orders", "watch --once"])
def test_without_its_ledger_nothing_is_begun_anew(tmp_path: Path, command: str) -> None:
    desk = invoiced(tmp_path)
    before = files(desk)

    answer = desk.o2c(*command.split(), expect=2)

    assert files(desk) == before
    assert answer.err.startswith(f"o2c: The ledger {desk.folder / 'ledger.db'} is not there, but ")
    assert "backup" in answer.err
    assert "--allow-empty" in answer.err


def test_an_empty_database_is_as_good_as_none(tmp_path: Path, ledger_address: str) -> None:
    desk = invoiced(tmp_path)
    if ledger_address:
        config = (desk.folder / "o2c.toml").read_text(encoding="utf-8")
        (desk.folder / "o2c.toml").write_text(config.replace('"ledger.db"', f'"{ledger_address}"', 1), encoding="utf-8")
    else:
        (desk.folder / "ledger.db").touch()
    before = files(desk)

    desk.o2c("run", "--on", desk.day, expect=2)

    assert files(desk).keys() == before.keys()
    assert desk.o2c("verify", expect=2)


def test_a_new_start_that_is_told_goes_on(tmp_path: Path) -> None:
    desk = invoiced(tmp_path)

    desk.o2c("sync", "--allow-empty", "--on", desk.day, expect=None)

    assert [row["Order"] for row in desk.show("Orders")] == ["1001"]


def test_a_rehearsal_of_a_company_without_a_ledger_makes_none(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "company", "2026-03-02")
    desk.o2c("init", desk.folder, "--on", desk.day)
    for path in desk.folder.glob("ledger.db*"):
        path.unlink()
    before = files(desk)

    desk.o2c("run", "--dry-run", "--on", desk.day)

    assert files(desk) == before
    desk.run()
    assert (desk.folder / "ledger.db").is_file()
