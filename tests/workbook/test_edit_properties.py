"""Whatever is written into whatever table: it reads back, and all the rest reads as before."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from o2c_xl.workbook.patch.edit import TableEdit, apply_edits
from o2c_xl.workbook.patch.verify_write import verify_write
from o2c_xl.workbook.reading.book import read_book
from o2c_xl.workbook.values import serial
from tests.workbook.files import HEADERS, small

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\ufffe\uffff"), max_size=20)
NUMBER = st.decimals(-(10**9), 10**9, places=4)
DATE = st.dates(dt.date(1900, 3, 1), dt.date(9999, 12, 31))
VALUE = {"Key": TEXT, "Text": st.one_of(TEXT, NUMBER, st.booleans()), "Number": NUMBER, "Date": DATE}
LAST = 9
STYLE = {"A": 0, "B": 0, "C": 2, "D": 1}


@st.composite
def sheets(draw):
    """The rows of a sheet: some missing, some empty, cells left out here and there."""
    rows = []
    for row in range(2, LAST + 1):
        shape = draw(st.sampled_from(["missing", "closed", "cells"]))
        if shape == "closed":
            rows.append(f'<row r="{row}"/>')
        elif shape == "cells":
            here = draw(st.sets(st.sampled_from("ABCD")))
            cells = "".join(
                f'<c r="{c}{row}" s="{STYLE[c]}"/>'
                if draw(st.booleans())
                else f'<c r="{c}{row}" s="{STYLE[c]}"><v>{row * 100}</v></c>'
                for c in sorted(here)
            )
            rows.append(f'<row r="{row}" spans="1:4">{cells}</row>')
    return small("".join(rows) or '<row r="2"/>', last=LAST)


def value_for(header):
    return st.one_of(st.none(), VALUE[header])


@st.composite
def edits(draw):
    places = st.tuples(st.integers(2, LAST), st.sampled_from(HEADERS))
    cells = {place: draw(value_for(place[1])) for place in draw(st.sets(places, max_size=8))}
    new = draw(st.lists(st.sets(st.sampled_from(HEADERS)), max_size=4))
    return TableEdit("T", cells, [{header: draw(value_for(header)) for header in sorted(row)} for row in new])


def same(written, read) -> bool:
    """Whether a value came back as far as a cell can keep it."""
    if written is None or written == "":
        return read is None
    if isinstance(written, Decimal):
        return read is None or isinstance(read, dt.date | dt.time) or Decimal(repr(read)) == written
    if isinstance(written, dt.date) and isinstance(read, float):
        return read == float(serial(written, date1904=False))  # a cell without a date format shows the number
    return read == written and type(read) is type(written)


@settings(max_examples=150, deadline=None)
@given(sheets(), edits())
def test_what_is_written_reads_back_and_the_rest_reads_as_before(old, edit):
    new = apply_edits(old, [edit])

    verify_write(old, new, [edit])
    before, after = read_book(old).tables[0], read_book(new).tables[0]
    assert after.height == before.height + len(edit.append)
    for index, header in enumerate(HEADERS):
        for row in range(2, LAST + 1):
            read = after.columns[index][row - 2]
            if (row, header) in edit.cells:
                assert same(edit.cells[row, header], read)
            else:
                assert read == before.columns[index][row - 2]
        for row, values in enumerate(edit.append):
            assert same(values.get(header), after.columns[index][LAST - 1 + row])


@settings(max_examples=40, deadline=None)
@given(sheets(), edits())
def test_writing_the_same_again_changes_no_value(old, edit):
    once = apply_edits(old, [edit])
    again = apply_edits(once, [TableEdit("T", edit.cells)])

    assert read_book(again).tables[0].columns == read_book(once).tables[0].columns
