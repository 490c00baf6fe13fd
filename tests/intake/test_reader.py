"""Files are read by a process apart, which no file can outlive, outgrow or keep busy."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from o2c_xl.domain.issue import CannotRun
from o2c_xl.intake.lists.rows import read_rows
from o2c_xl.intake.process import child as reader_child
from o2c_xl.intake.process import wire as reader_wire
from o2c_xl.intake.process.reader import Asked, Reader, ReaderFault
from o2c_xl.workbook.errors import Damaged, Incomplete
from tests.intake.intake_files import FLAT, make_book, make_csv

ROWS = [FLAT, ("1", "1", "A", "2026-11-02", "x", "2"), ("1", "2", "A", "2026-11-02", "x", "0")]


@pytest.fixture(scope="module")
def reader():
    with Reader() as one:
        yield one


def test_the_child_reads_what_the_program_would_read(reader, tmp_path):
    for path in (make_csv(tmp_path / "a.csv", ROWS), make_book(tmp_path / "b.xlsx", {"Any": ROWS})):
        batches = reader.read(path, Asked("as dropped"))

        assert batches == read_rows(path, name="as dropped")
        assert batches[0].table is read_rows(path)[0].table


def test_values_that_are_one_object_stay_one(reader, tmp_path):
    path = make_csv(tmp_path / "a.csv", [FLAT, *[(str(i), "1", "A", "2026-11-02", "x", "2") for i in range(100)]])

    _, lines = reader.read(path, Asked("a.csv"))

    assert len({id(value) for value in lines.columns["quantity"]}) == 1


def test_a_refusal_keeps_its_kind_and_its_sentence(reader, tmp_path):
    path = tmp_path / "x.xlsx"
    path.write_bytes(make_book(tmp_path / "b.xlsx", {"Any": ROWS}).read_bytes()[:900])

    with pytest.raises(Incomplete, match=r"^orders\.xlsx: .*\.$"):
        reader.read(path, Asked("orders.xlsx"))
    with pytest.raises(CannotRun, match="there is no table of that name"):
        reader.read(path, Asked("orders.xlsx", "Nothing"))


def test_a_child_that_died_is_replaced(reader, tmp_path):
    path = make_csv(tmp_path / "a.csv", ROWS)
    reader.read(path, Asked("a.csv"))

    reader._child.process.kill()

    assert len(reader.read(path, Asked("a.csv"))) == 2


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_what_stops_the_program_does_not_stop_a_file_half_way(reader, tmp_path):
    path = make_csv(tmp_path / "a.csv", ROWS)
    reader.read(path, Asked("a.csv"))
    child = reader._child.process

    for number in (signal.SIGTERM, signal.SIGINT):
        os.kill(child.pid, number)

    assert len(reader.read(path, Asked("a.csv"))) == 2
    assert reader._child.process is child


def test_a_child_that_hangs_is_ended_and_the_file_refused(reader, tmp_path, monkeypatch):
    path = make_csv(tmp_path / "a.csv", ROWS)
    reader.read(path, Asked("a.csv"))
    os.kill(reader._child.process.pid, signal.SIGSTOP)
    monkeypatch.setattr("o2c_xl.intake.process.reader._WALL", 0.1)

    with pytest.raises(CannotRun, match=r"^a\.csv is damaged or too large to be read\. Open it in the program "):
        reader.read(path, Asked("a.csv"))

    monkeypatch.undo()
    assert len(reader.read(path, Asked("a.csv"))) == 2


def test_no_child_at_all_says_nothing_about_the_file(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nowhere/python")

    with Reader() as reader, pytest.raises(ReaderFault):
        reader.read(make_csv(tmp_path / "a.csv", ROWS), Asked("a.csv"))


def test_an_answer_holds_nothing_but_values():
    class Evil:
        def __reduce__(self):
            return os.system, ("true",)

    import pickle

    with pytest.raises(pickle.UnpicklingError, match="no place"):
        reader_wire.unpacked(pickle.dumps(Evil()))
    with pytest.raises(pickle.UnpicklingError, match="no answer"):
        reader_wire.unpacked(pickle.dumps([1]))


def test_the_child_knows_no_ledger():
    code = f"import sys, {reader_child.__name__}; print('sqlalchemy' in sys.modules, 'sqlite3' in sys.modules)"

    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert found.stdout.split() == ["False", "False"]
    assert issubclass(Incomplete, Damaged)
