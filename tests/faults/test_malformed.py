"""Every malformed and odd file, read as the watcher reads it: what must happen does, within the reader's own limits.

What the dearest file costs is printed by `python -m benchmarks malformed`.
"""

from __future__ import annotations

import io
import re
import sys

import pytest
from python_calamine import CalamineError, CalamineWorkbook

from o2c_xl.domain.issue import CannotRun
from o2c_xl.intake.lists.rows import read_rows
from o2c_xl.intake.process.limits import allowance
from o2c_xl.intake.process.reader import Asked, Reader
from o2c_xl.workbook.errors import Incomplete
from o2c_xl.workbook.reading.book import Book
from o2c_xl.workbook.reading.calamine import sheet_values
from tests.faults.fuzz import compared
from tests.faults.malformed_files import Lacks, OddFile, Refused, Taken, all_files

FILES = all_files()


@pytest.fixture(scope="module")
def reader():
    with Reader() as one:
        yield one


@pytest.fixture(params=FILES, ids=lambda one: one.about)
def odd(request) -> OddFile:
    return request.param


def test_there_are_enough_of_them():
    assert len(FILES) >= 150


def test_each_file_becomes_what_it_must(reader, odd, tmp_path):
    path = odd.make(tmp_path / "file")

    outcome = read(reader, path, odd.file)

    check(odd, outcome)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the limits of another process")
def test_the_process_that_reads_is_held_to_its_limits_by_the_system(tmp_path):
    resource = pytest.importorskip("resource")
    path = tmp_path / "orders.csv"
    path.write_text("Order,Customer ID,Order date,SKU,Quantity\nW1,C1,2026-03-01,P1,3\n", encoding="utf-8")

    with Reader() as reader:
        reader.read(path, Asked(path.name))
        pid = reader._child.process.pid
        seconds, _ = resource.prlimit(pid, resource.RLIMIT_CPU)
        memory, _ = resource.prlimit(pid, resource.RLIMIT_AS)

    assert (allowance(path).seconds, allowance(path).large) == (pytest.approx(2, abs=0.01), False)
    assert memory == pytest.approx(256 << 20, rel=0.01)
    assert seconds != resource.RLIM_INFINITY


def read(reader, path, name):
    try:
        return reader.read(path, Asked(name))
    except CannotRun as refusal:
        return refusal


def check(odd, outcome):
    if isinstance(odd.must, Refused):
        assert isinstance(outcome, CannotRun), outcome
        sentence = str(outcome)
        assert sentence.startswith(odd.file)
        assert sentence.endswith((".", " FILE"))  # a command to be typed ends without a full stop
        assert "\n" not in sentence
        assert odd.must.words in sentence
        assert isinstance(outcome, Incomplete) == odd.must.waits, sentence
        assert "too large to be read" not in sentence, repr(outcome.__cause__)
        return
    assert not isinstance(outcome, CannotRun), outcome
    if isinstance(odd.must, Lacks):
        assert {name for batch in outcome for name in batch.missing} == set(odd.must.fields)
    elif isinstance(odd.must, Taken):
        check_taken(odd.must, outcome)
    else:
        check_faults(odd, outcome)


def check_taken(must, batches):
    assert [str(issue) for batch in batches for issue in batch.issues] == []
    lines = batches[-1]
    assert len(lines) == must.lines
    for name, values in must.columns.items():
        if name:
            assert lines.columns[name] == values
        else:
            assert batches[0].columns["notes"] == values
    notes = [note for batch in batches for note in batch.notes]
    assert must.note in " ".join(notes)
    if not must.note:
        assert notes == []


def check_faults(odd, batches):
    issues = [issue for batch in batches for issue in batch.issues]
    assert tuple(issue.cell for issue in issues) == odd.must.cells, issues
    assert odd.must.words in issues[0].problem
    for issue in issues:
        assert issue.source == odd.file
        assert bool(issue.sheet) == odd.file.endswith("x")
        assert re.fullmatch(r"[A-Z]+[0-9]+", issue.cell)
        assert issue.row == int(issue.cell.lstrip("ABCDEFG"))
        assert issue.column or any(words in issue.problem for words in ("more values", "This row is"))
        assert issue.problem.endswith((".", "…"))
        assert issue.fix.endswith((".", "…"))


def test_the_child_reads_as_this_process_would(reader, tmp_path):
    for number, odd in enumerate(one for one in FILES if isinstance(one.must, Taken)):
        path = odd.make(tmp_path / str(number))

        assert reader.read(path, Asked(odd.file)) == read_rows(path, name=odd.file), odd.about


WORKBOOKS = [one for one in FILES if isinstance(one.must, Taken) and one.file.endswith(("xlsx", "xlsm"))]
# What python-calamine itself gets wrong or gives up on; the plain reader judges these.
CALAMINE_ERRS = {
    "zip: parts elsewhere than Excel has them": "it looks for parts under fixed names",
    "zip: other parts where Excel has its own": "it looks for parts under fixed names",
    "sheet: dimension gaga": "it refuses a dimension that says nothing",
    "sheet: dimension empty": "it refuses a dimension that says nothing",
    "sheet: a sheet in UTF-16": "it reads UTF-8 only",
    "cell: a text number with spaces": "it takes another shared text",
    "cell: the number ' 2 '": "it takes a number with spaces for a text",
}


@pytest.mark.parametrize("odd", WORKBOOKS, ids=lambda one: one.about)
def test_a_second_reader_and_python_calamine_agree_on_every_accepted_workbook(odd, tmp_path):
    data = odd.make(tmp_path / "file").read_bytes()

    assert compared(data) == ""
    assert (calamine_differs(data) != "") == (odd.about in CALAMINE_ERRS)


def calamine_differs(data: bytes) -> str:
    """Where python-calamine, given the file as it came, parts from the program; faulty cells apart."""
    book = Book(data, None)
    try:
        opened = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = {sheet: sheet_values(opened.get_sheet_by_name(sheet)) for sheet in book.sheets}
    except CalamineError as error:
        return str(error)
    for sheet, found in sheets.items():
        rows = book.sheet_rows(sheet)
        faulty = {(bad.row, bad.col) for bad in rows.bad}
        ours = {(r, c): v for c, column in enumerate(rows.columns, rows.first_col) for r, v in enumerate(column, 1)}
        for cell in (ours.keys() | found.keys()) - faulty:
            if ours.get(cell) != (found.get(cell) or None if isinstance(found.get(cell), str) else found.get(cell)):
                return f"{sheet} {cell}: {ours.get(cell)!r} here, {found.get(cell)!r} there"
    return ""
