"""The judges themselves: what is lost, doubled, or in the wrong order is told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.faults.judge import State, differences
from tests.faults.order import out_of_order
from tests.faults.shim import Call
from tests.scenarios.commands import Desk

WHOLE = State({"orders": [("W1", 3)]}, {"done/a.csv": "aa"}, {"outbox/x.pdf": "xx"}, {"book.xlsx": {"sheet": "s"}})


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (replace(WHOLE, stored={}), {"lost: a file with bytes aa", "differs: done/a.csv is missing"}),
        (replace(WHOLE, stored={**WHOLE.stored, "done/b.csv": "aa"}), {"doubled: a file with bytes aa"}),
        (replace(WHOLE, tables={"orders": [("W1", 3), ("W1", 3)]}), {"doubled: orders ('W1', 3)"}),
        (replace(WHOLE, tables={"orders": []}), {"lost: orders ('W1', 3)"}),
        (replace(WHOLE, papers={"outbox/x.pdf": "x"}), {"differs: outbox/x.pdf"}),
        (replace(WHOLE, books={}), {"lost: book.xlsx"}),
    ],
)
def test_what_is_lost_doubled_or_other_is_told(found: State, told: set[str]) -> None:
    assert told <= set(differences(WHOLE, found))
    assert list(differences(WHOLE, WHOLE)) == []


GOOD = (
    ("write", "/c/ledger.db-wal", ""),
    ("fsync", "/c/ledger.db-wal", ""),
    ("fsync", "/c/work/claims/a.csv", ""),
    ("link", "/c/work/claims/a.csv", "/c/done/a.csv"),
    ("fsync", "/c/done", ""),
    ("unlink", "/c/work/claims/a.csv", ""),
    ("fsync", "/c/work/claims", ""),
)


def _log(*calls: tuple[str, str, str]) -> list[Call]:
    return [Call(number, what, 0, path, other) for number, (what, path, other) in enumerate(calls, 1)]


@pytest.mark.parametrize(
    ("left_out", "told"),
    [
        (1, "ledger.db-wal was written and not flushed"),
        (2, "was not flushed before it got this name"),
        (4, "goes before the folder of the new one is flushed"),
    ],
)
def test_a_flush_that_is_missing_is_told(left_out: int, told: str) -> None:
    calls = [call for number, call in enumerate(GOOD) if number != left_out]

    assert any(told in line for line in out_of_order(_log(*calls)))
    assert list(out_of_order(_log(*GOOD))) == []


def test_a_file_that_the_program_stumbles_over_keeps_no_other_from_being_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from o2c_xl.company.dropped import handling
    from tests.faults.cases import DAY, HEAD, MASTER, drop, put

    def stumble(ledger, arrival, *rest):  # no file is known to do this; one will
        if arrival.name == "odd.csv":
            raise ZeroDivisionError("where it was")
        return take(ledger, arrival, *rest)

    take = handling.take_arrival
    desk = Desk(tmp_path / "company", DAY)
    desk.o2c("init", desk.folder, "--on", DAY)
    desk.load(*(put(tmp_path / name, text) for name, text in MASTER.items()))
    for name in ("first", "odd", "last"):
        drop(desk.folder, f"{name}.csv", f"{HEAD}{name},C1,2026-03-01,P1,1\n")
    monkeypatch.setattr(handling, "take_arrival", stumble)

    answer = desk.run(expect=1)
    monkeypatch.undo()
    after = desk.run()

    assert answer["counts"]["files taken"] == 2
    (log,) = (desk.folder / "logs").glob("*.log")
    assert [(one["source"], f"logs/{log.name}" in one["fix"]) for one in answer["issues"]] == [("odd.csv", True)]
    assert all(told in log.read_text(encoding="utf-8") for told in ("odd.csv", "Traceback", "Error: where it was"))
    assert after["counts"]["files taken"] == 1
    assert {row["Order"] for row in desk.show("Orders")} == {"first", "odd", "last"}
