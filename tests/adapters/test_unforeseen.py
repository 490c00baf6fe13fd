"""A full disk, one that fails and a folder that may not be written: each says which, what stays and how to mend it."""

from __future__ import annotations

import datetime as dt
import errno
import json
import os
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from o2c_xl.adapters.unforeseen import from_outside, unforeseen
from o2c_xl.company.dropped.pulse import Pulse
from o2c_xl.company.run import work_through
from o2c_xl.company.stages import Stage
from o2c_xl.ledger.engine import open_engine
from o2c_xl.ledger.migrate import prepare
from tests.sync.desk import Desk


def _failed(number: int, path: Path) -> OSError:
    return OSError(number, os.strerror(number), str(path))


def test_a_full_disk_names_its_folder_and_what_to_do(tmp_path: Path) -> None:
    told = from_outside(_failed(errno.ENOSPC, tmp_path / "outbox" / ".SH-1.pdf.tmp"), tmp_path)

    assert told == (
        f"The disk of {tmp_path / 'outbox'} is full. Make room on it and run again: what was finished before stays, "
        "the rest follows."
    )


def test_a_full_disk_is_known_by_the_databases_words_too(tmp_path: Path) -> None:
    engine = open_engine(tmp_path / "ledger.db")
    with engine.begin() as conn, pytest.raises(SQLAlchemyError) as full:
        conn.execute(text("CREATE TABLE t (x)"))
        conn.execute(text("PRAGMA max_page_count = 2"))
        conn.execute(text("INSERT INTO t SELECT zeroblob(100000)"))
    engine.dispose()

    assert (from_outside(full.value, tmp_path) or "").startswith(f"The disk of {tmp_path} is full. Make room")


def test_a_disk_error_may_be_a_full_disk(tmp_path: Path) -> None:
    told = from_outside(SQLAlchemyError("disk I/O error"), tmp_path)

    assert (told or "").startswith(f"The disk of {tmp_path} is full")


@pytest.mark.parametrize("number", [errno.EACCES, errno.EPERM, errno.EROFS])
def test_a_folder_that_may_not_be_written_is_named_and_not_our_file_in_it(tmp_path: Path, number: int) -> None:
    told = from_outside(_failed(number, tmp_path / "work" / ".alive"), tmp_path)

    assert (told or "").startswith(
        f"{tmp_path / 'work'} cannot be written: {os.strerror(number)}. Mend your rights to it"
    )


def test_what_nobody_foresaw_does_not_blame_the_disk(tmp_path: Path) -> None:
    told = unforeseen(ValueError("what"), tmp_path / "today.log", tmp_path)

    assert told == (
        f"Something unforeseen happened (what). Nothing of this step was kept. The details are in "
        f"{tmp_path / 'today.log'}."
    )


def test_what_nobody_foresaw_names_the_stage_of_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_books: object, _policy: object, _day: object) -> int:
        raise ValueError("what")

    company = Desk(tmp_path / "co").company
    broken = [Stage("actions", "Acting on what was asked of orders", fails)]
    with pytest.raises(ValueError, match="what") as raised:
        work_through(company, dt.date(2026, 3, 2), lambda _told: None, allow_empty=False, stages=broken)

    assert unforeseen(raised.value, None, tmp_path).startswith(
        'Something unforeseen happened at "Acting on what was asked of orders" (what).'
    )


def test_a_full_disk_is_not_taken_for_a_broken_ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_conn: object) -> None:
        raise SQLAlchemyError("database or disk is full")

    monkeypatch.setattr("o2c_xl.ledger.migrate._version", full)
    engine = open_engine(tmp_path / "ledger.db")

    with pytest.raises(SQLAlchemyError, match="disk is full"):
        prepare(engine)
    engine.dispose()


def test_a_watcher_says_its_trouble_where_no_new_file_fits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pulse = Pulse(tmp_path, lambda: dt.datetime(2026, 3, 2, tzinfo=dt.UTC))
    pulse.tell("waiting", error="a long sentence that is not there any more")

    def full(self: Path, *_args: object, **_kwargs: object) -> int:
        raise _failed(errno.ENOSPC, self)

    monkeypatch.setattr(Path, "write_text", full)
    pulse.tell("in trouble", error="The disk is full.")

    told = json.loads(pulse.path.read_text(encoding="utf-8"))
    pulse.close()
    assert (told["state"], told["error"]) == ("in trouble", "The disk is full.")
