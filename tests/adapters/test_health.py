"""`o2c doctor` finds what is wrong, says how to mend it, and changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from o2c_xl.adapters.health import examine
from o2c_xl.addin.machine import Machine
from o2c_xl.domain.finding import Finding
from tests.scenarios.commands import Desk

DAY = "2026-03-02"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path / "acme", DAY)
    made.o2c("init", made.folder, "--on", DAY)
    return made


def finding(folder: Path, name: str) -> Finding:
    return next(one for one in examine(folder) if one.name == name)


def test_a_sound_company_needs_nothing(desk: Desk) -> None:
    findings = examine(desk.folder)

    assert [one for one in findings if not one.ok] == []
    assert all(not one.mend for one in findings)


def test_every_fault_says_how_to_mend_it(tmp_path: Path) -> None:
    found = finding(tmp_path, "Company folder")

    assert not found.ok
    assert "o2c init" in found.mend


def test_a_missing_ledger_is_found_and_not_begun_anew(desk: Desk) -> None:
    for path in desk.folder.glob("ledger.db*"):
        path.unlink()

    found = finding(desk.folder, "Ledger")

    assert not found.ok
    assert "backup" in found.mend
    assert not (desk.folder / "ledger.db").exists()


def test_a_ledger_that_is_none_is_found(desk: Desk) -> None:
    for path in desk.folder.glob("ledger.db*"):
        path.unlink()
    (desk.folder / "ledger.db").write_bytes(b"no database" * 500)

    assert not finding(desk.folder, "Ledger").ok


def test_settings_that_cannot_be_read_are_found_with_their_place(desk: Desk) -> None:
    (desk.folder / "o2c.toml").write_text("[settings\n", encoding="utf-8")

    found = finding(desk.folder, "Settings")

    assert not found.ok
    assert "o2c.toml" in found.found + found.mend


def test_a_workbook_that_is_open_is_told_with_who_has_it(desk: Desk) -> None:
    (desk.folder / "books" / ".~lock.Order to cash.xlsx#").write_text("Anna,anna,pc7,2026,x;", encoding="utf-8")

    found = finding(desk.folder, "Workbook Order to cash.xlsx")

    assert found.ok
    assert "Anna on pc7" in found.found


def test_a_workbook_that_is_broken_is_found(desk: Desk) -> None:
    (desk.folder / "books" / "Order to cash.xlsx").write_bytes(b"PK\x03\x04 but no more")

    assert not finding(desk.folder, "Workbook Order to cash.xlsx").ok


def test_books_that_are_gone_are_found(desk: Desk) -> None:
    (desk.folder / "books" / "Order to cash.xlsx").unlink()

    found = finding(desk.folder, "Workbooks")

    assert not found.ok
    assert "versions" in found.mend


def test_looking_changes_no_byte(desk: Desk) -> None:
    def contents() -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in desk.folder.rglob("*") if path.is_file() and "-" not in path.suffix}

    before = contents()

    examine(desk.folder)

    assert contents() == before


def test_the_command_ends_with_1_when_something_is_to_mend(tmp_path: Path) -> None:
    answer = Desk(tmp_path, DAY).o2c("doctor", "--json", expect=1).json

    assert answer["ok"] is False
    assert {"name", "ok", "found", "mend"} == set(answer["checks"][0])


def on_windows(home: Path) -> Machine:
    return Machine("win32", home, {}, lambda _key, _name: None)


def test_without_excel_nothing_is_said_of_the_ribbon(tmp_path: Path) -> None:
    findings = [*examine(tmp_path), *examine(tmp_path, on_windows(tmp_path))]

    assert not any(one.name.startswith("Ribbon") for one in findings)


def test_an_excel_without_the_add_in_is_no_fault(tmp_path: Path) -> None:
    machine = on_windows(tmp_path)
    folder = machine.startup_folder()
    assert folder is not None
    folder.parent.mkdir(parents=True)

    (found,) = (one for one in examine(tmp_path, machine) if one.name == "Ribbon")

    assert found.ok
    assert "o2c add-in install" in found.found


def test_an_installed_add_in_is_looked_at_as_by_its_own_check(tmp_path: Path) -> None:
    machine = on_windows(tmp_path)
    folder = machine.startup_folder()
    assert folder is not None
    folder.mkdir(parents=True)
    (folder / "o2c_xl.xlam").write_bytes(b"not ours")

    found = {one.name: one for one in examine(tmp_path, machine)}

    assert not found["Ribbon, Add-in"].ok
    assert "o2c add-in install" in found["Ribbon, Add-in"].mend
