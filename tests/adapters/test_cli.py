"""What every command keeps: help with an example, one sentence and exit 2, one JSON document, no traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer.main

from o2c_xl import __version__
from o2c_xl.adapters.cli import app
from o2c_xl.adapters.commands.options import business_day
from tests.scenarios.commands import Desk
from tests.scenarios.northwind import write

DAY = "2026-03-02"
COMMANDS: dict[str, Any] = typer.main.get_command(app).commands  # type: ignore[attr-defined]
READING = {
    "sync": ["sync"],
    "run": ["run"],
    "show": ["show", "Orders"],
    "verify": ["verify"],
    "approve": ["approve", "AP-000001"],
    "reject": ["reject", "AP-000001", "--reason", "no"],
    "track": ["track", "1"],
    "doctor": ["doctor"],
}


READ_ONLY = {"log", "layout", "show", "track", "verify", "doctor"}
GROUPS = {"add-in"}  # their commands are tried beside what they do


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    made = Desk(tmp_path_factory.mktemp("cli") / "acme", DAY)
    made.o2c("init", made.folder, "--name", "Acme GmbH", "--on", DAY)
    return made


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_each_command_says_what_it_does_and_gives_an_example(name: str) -> None:
    command = COMMANDS[name]

    assert command.help.strip().split("\n")[0].endswith(".")
    assert command.epilog.startswith(f"Example: o2c {name}")
    for parameter in command.params:
        assert parameter.help, f"{name} {parameter.name} has no help"


@pytest.mark.parametrize("name", sorted(READING))
def test_without_a_company_folder_it_ends_with_2_and_one_sentence(name: str, tmp_path: Path) -> None:
    answer = Desk(tmp_path, DAY).o2c(*READING[name], expect=None)

    if name == "doctor":
        assert answer.code == 1
        assert "MEND Company folder" in answer.out
        return
    assert answer.code == 2
    assert answer.out == ""
    assert answer.err.startswith("o2c: No company folder at ")
    assert answer.err.count("\n") == 1


@pytest.mark.parametrize("name", sorted(READING))
def test_json_is_one_document_and_nothing_else_on_standard_output(name: str, desk: Desk) -> None:
    answer = desk.o2c(*READING[name], "--json", expect=None)

    document = json.loads(answer.out)
    assert isinstance(document, dict | list)


@pytest.mark.parametrize("name", sorted(READING))
def test_json_is_one_document_where_it_cannot_run(name: str, tmp_path: Path) -> None:
    answer = Desk(tmp_path, DAY).o2c(*READING[name], "--json", expect=None)

    assert json.loads(answer.out)["ok"] is False


def test_a_name_that_there_is_not_is_answered_with_the_nearest(desk: Desk) -> None:
    assert "The nearest is Orders" in desk.o2c("show", "Order", expect=2).err
    assert "There is no table Stock. Products has a column Stock value;" in desk.o2c("show", "Stock", expect=2).err
    assert "There are Orders, Products and more" in desk.o2c("show", "Vendors", expect=2).err


def test_a_wrong_day_is_told_of_the_option_that_it_was_given_with(desk: Desk) -> None:
    assert "--to" in desk.o2c("report", "--to", "2026-11-31", expect=2).err


def test_help_tells_each_command_in_its_whole_sentence() -> None:
    told = Desk(Path(), DAY).o2c("--help").out

    assert "the same rows again change nothing." in " ".join(told.split())
    assert told.count("...") == 1  # of the usage line


def test_help_loads_neither_the_ledger_nor_a_spreadsheet_library() -> None:
    script = (
        "import sys\n"
        "from o2c_xl.adapters.cli import app\n"
        "try:\n    app(['--help'])\nexcept SystemExit:\n    pass\n"
        "heavy = set('sqlalchemy pandas openpyxl xlsxwriter python_calamine pydantic alembic babel'.split())\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)\n"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert "track" in done.stdout
    assert done.stderr.strip() == "[]"


def test_the_package_run_as_a_module_is_the_command() -> None:
    done = subprocess.run([sys.executable, "-m", "o2c_xl", "--version"], capture_output=True, text=True, check=True)

    assert done.stdout == f"o2c {__version__}\n"


def test_what_nobody_foresaw_is_one_sentence_that_names_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(tmp_path / "acme", DAY)
    desk.o2c("init", desk.folder, "--on", DAY)

    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("never seen before")

    monkeypatch.setattr("o2c_xl.company.opened.verify", fail)
    answer = desk.o2c("verify", expect=2)

    (log,) = (desk.folder / "logs").iterdir()
    assert answer.err.count("\n") == 1
    assert "Traceback" not in answer.err + answer.out
    assert str(log) in answer.err
    assert "ZeroDivisionError: never seen before" in log.read_text(encoding="utf-8")


def test_a_damaged_ledger_is_one_sentence(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "acme", DAY)
    desk.o2c("init", desk.folder, "--on", DAY)
    for path in desk.folder.glob("ledger.db*"):
        path.unlink()
    (desk.folder / "ledger.db").write_text("this is no database, and never was one " * 50, encoding="utf-8")

    answer = desk.o2c("run", expect=2)

    assert answer.err.startswith("o2c: ")
    assert "ledger.db" in answer.err
    assert answer.err.count("\n") == 1


def test_an_unknown_setting_in_the_configuration_is_named(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "acme", DAY)
    desk.o2c("init", desk.folder, "--on", DAY)
    config = desk.folder / "o2c.toml"
    config.write_text(config.read_text(encoding="utf-8") + '"Pick by hnd" = "Yes"\n', encoding="utf-8")

    answer = desk.o2c("run", expect=2)

    assert "Pick by hnd" in answer.err


def test_a_date_that_is_none_is_refused_before_anything_is_done(desk: Desk) -> None:
    answer = desk.o2c("run", "--on", "31.12.2026", expect=2)

    assert "'31.12.2026' is no date" in answer.err.replace("\n", " ")


@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "9999-12-31"])
def test_a_day_that_nobody_does_business_on_is_refused_with_a_sentence(day: str) -> None:
    with pytest.raises(typer.BadParameter, match=f"{day} is no day to do business on. Write one from 1900-03-01"):
        business_day(day)


def test_a_company_is_not_made_over_another(desk: Desk) -> None:
    answer = desk.o2c("init", desk.folder, expect=2)

    assert "is a company folder already" in answer.err


@pytest.mark.parametrize(("option", "value"), [("--currency", "EURO"), ("--country", "Germany"), ("--books", "two")])
def test_init_refuses_what_it_does_not_know_and_makes_nothing(option: str, value: str, tmp_path: Path) -> None:
    folder = tmp_path / "acme"

    answer = Desk(tmp_path, DAY).o2c("init", folder, option, value, expect=2)

    assert option in answer.err
    assert not folder.exists()


def test_a_run_with_nothing_to_do_counts_nothing_and_leaves_every_byte(desk: Desk) -> None:
    desk.run()
    before = {path: path.read_bytes() for path in (desk.folder / "books").iterdir()}
    log = desk.show("Log")

    again = desk.run()

    assert not any(again["counts"].values())
    assert {path: path.read_bytes() for path in (desk.folder / "books").iterdir()} == before
    assert desk.show("Log") == log


def test_a_dry_run_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "Customers.csv"
    file.write_text("Customer ID,Name\nDRY,Dry run\n", encoding="utf-8")

    answer = desk.o2c("load", file, "--dry-run", "--json")

    assert answer.json["counts"] == {"Customers": 1}
    assert desk.show("Customers", "Customer ID=DRY") == []


@pytest.mark.parametrize("name", sorted(set(COMMANDS) - READ_ONLY - GROUPS))
def test_every_command_that_changes_something_can_be_tried_without_changing_it(name: str) -> None:
    assert "dry_run" in {parameter.name for parameter in COMMANDS[name].params}


def test_report_docs_and_demo_say_what_they_would_write_and_write_nothing(desk: Desk, tmp_path: Path) -> None:
    before = sorted(desk.folder.rglob("*"))
    guide, company = tmp_path / "guide", tmp_path / "demo"

    report = desk.o2c("report", "--to", "2026-03-31", "--dry-run").out
    docs = desk.o2c("docs", "--out", guide, "--dry-run").out
    demo = desk.o2c("demo", company, "--dry-run").out

    assert report.strip().endswith("Report 2025-03-31 to 2026-03-31.xlsx would be written.")
    assert f"{guide / 'sales.md'} would be written." in docs
    assert f"would be made in {company}." in demo
    assert sorted(desk.folder.rglob("*")) == before
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "words", [["report", "--from", "2026-02-01", "--to", "2026-01-31"], ["demo", "HERE"], ["init", "HERE"]]
)
def test_a_dry_run_refuses_what_could_not_run(desk: Desk, words: list[str]) -> None:
    here = [str(desk.folder) if word == "HERE" else word for word in words]

    answer = desk.o2c(*here, "--dry-run", expect=2)

    assert answer.out == ""
    assert len(answer.err.strip().splitlines()) == 1


def test_a_fault_in_a_file_names_its_cell_and_ends_with_1(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "Products.csv"
    file.write_text("SKU,Name,Unit,Price\nX1,Thing,pcs,cheap\n", encoding="utf-8")

    answer = desk.o2c("load", file, "--json", expect=1).json

    assert answer["ok"] is False
    (issue,) = answer["issues"]
    assert (issue["source"], issue["cell"], issue["column"], issue["row"], issue["value"]) == (
        "Products.csv",
        "D2",
        "Price",
        2,
        "cheap",
    )
    assert issue["problem"]
    assert issue["fix"]


def test_a_csv_shown_holds_no_text_that_a_spreadsheet_would_run(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "Suppliers.csv"
    file.write_text("Supplier ID,Name\nEVIL,=cmd|' /C calc'!A0\n", encoding="utf-8")
    desk.load(file)

    answer = desk.o2c("show", "Suppliers", "--format", "csv")

    assert "'=cmd" in answer.out


def test_show_names_the_columns_where_a_wish_names_none(desk: Desk) -> None:
    answer = desk.o2c("show", "Orders", "--where", "State=Closed", expect=2)

    assert "Status" in answer.err


@pytest.mark.parametrize("words", [["approve", "AP-9"], ["reject", "AP-9", "--reason", "no"]])
def test_a_decision_that_is_refused_says_how_to_go_on(desk: Desk, words: list[str]) -> None:
    issue = json.loads(desk.o2c(*words, "--json", expect=1).out)["issues"][0]

    assert (issue["value"], issue["problem"]) == ("AP-9", "There is no approval AP-9.")
    assert issue["fix"] == "See the Approvals sheet for its number."


def test_a_rejection_without_a_reason_is_one_document_too(desk: Desk) -> None:
    answer = desk.o2c("reject", "AP-000001", "--json", expect=2)

    assert json.loads(answer.out) == {"ok": False, "error": "give a reason with --reason; the one who asked reads it."}


def test_what_is_shown_to_a_program_is_in_utf_8_whatever_the_system_writes(desk: Desk, tmp_path: Path) -> None:
    desk.load(write(tmp_path / "Customers.csv", [{"Customer ID": "Z", "Name": "Żółw Ω"}]))
    command = [sys.executable, "-m", "o2c_xl", "-C", str(desk.folder), "show", "Customers", "--format", "csv"]

    done = subprocess.run(command, capture_output=True, check=True, env={**os.environ, "PYTHONIOENCODING": "cp1252"})

    assert "Żółw Ω" in done.stdout.decode("utf-8")


@pytest.mark.parametrize(("option", "value"), [("--currency", "XYZ"), ("--country", "Germany")])
def test_a_rehearsed_company_refuses_what_a_made_one_would(desk: Desk, tmp_path: Path, option: str, value: str) -> None:
    for more in ((), ("--dry-run",)):
        done = desk.o2c("init", str(tmp_path / "new"), option, value, *more, expect=2)
        assert f"{option} {value} is no" in done.err
    assert not (tmp_path / "new").exists()
