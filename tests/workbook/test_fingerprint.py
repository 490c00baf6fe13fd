"""A cell as one canonical text: every value that a reader may give finds its way back."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o2c_xl.tables.define.catalogue import BY_NAME
from o2c_xl.tables.define.spec import Column, Kind
from o2c_xl.workbook.fingerprint import SEPARATOR, column_texts, text_of, value_of
from o2c_xl.workbook.sync.same import Same

_LARGEST = 9.99999999999999e307  # that a cell holds
_SECOND = dt.timedelta(seconds=1)
_KINDS = {column.kind: column for table in BY_NAME.values() for column in table.columns}
VALUES = st.one_of(
    st.none(),
    st.text(),
    st.sampled_from(["#N/A", "@5", "?True", "=A1", "!", "'", "", " ", "1", f"a{SEPARATOR}b"]),
    st.booleans(),
    st.floats(-_LARGEST, _LARGEST),
    st.dates(min_value=dt.date(1900, 3, 1)),
    st.datetimes(min_value=dt.datetime(1900, 3, 1)).map(lambda moment: moment.replace(microsecond=0)),
    st.times(),
    st.timedeltas(dt.timedelta(), dt.timedelta(days=99_999)).map(lambda span: span // _SECOND * _SECOND),
)


@given(VALUES)
def test_the_text_of_a_cell_is_the_text_of_the_value_behind_it(value: object) -> None:
    text = text_of(value)

    assert text_of(value_of(text)) == text
    assert SEPARATOR not in text
    assert column_texts([value, None]) == [text, ""]


@given(VALUES, st.sampled_from([*Kind]))
def test_whether_a_cell_means_what_the_ledger_holds_can_be_asked_of_any_value(value: object, kind: Kind) -> None:
    column: Column = _KINDS[kind]

    assert Same()(column, text_of(value), "no such text") is False


@pytest.mark.parametrize("value", [dt.time(9, 30), dt.timedelta(hours=30), dt.datetime(2026, 3, 2, 9, 30), True, 5.0])
def test_a_value_comes_back_as_it_was(value: object) -> None:
    assert value_of(text_of(value)) == value
