"""Values to Excel and back: money exact to its places, codes as they are, nothing taken for something else."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from o2c_xl.workbook.address import Area
from o2c_xl.workbook.errors import Refused
from o2c_xl.workbook.fingerprint import text_of
from o2c_xl.workbook.live.blocks import Block, by_kind, change_blocks
from o2c_xl.workbook.live.excel_values import as_told, from_excel, needs_text_format, to_excel
from o2c_xl.workbook.live.undo_file import UndoFile, Written

MONEY = st.decimals(min_value=-(10**10), max_value=10**10, places=4)
CELLS = st.one_of(
    st.none(), st.booleans(), st.floats(allow_nan=False, allow_infinity=False), st.text(min_size=1, max_size=8),
    st.dates(min_value=dt.date(1900, 3, 1)), st.datetimes(min_value=dt.datetime(1900, 3, 1)).map(from_excel),
)  # fmt: skip


@given(MONEY)
def test_money_comes_back_to_the_last_place(amount: Decimal) -> None:
    back = from_excel(to_excel(amount))

    assert isinstance(back, float)
    assert Decimal(format(back, ".15g")) == amount


@given(st.dates(min_value=dt.date(1900, 3, 1)))
def test_a_day_goes_as_midnight_and_comes_back_as_a_day(day: dt.date) -> None:
    assert to_excel(day) == dt.datetime.combine(day, dt.time())
    assert from_excel(to_excel(day)) == day


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        float("inf"),
        Decimal("NaN"),
        "x" * 32_768,
        dt.date(1900, 2, 28),
        dt.datetime.max.replace(tzinfo=dt.UTC),
    ],
)
def test_what_no_cell_can_hold_is_refused(value: object) -> None:
    with pytest.raises(Refused):
        to_excel(value)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [None, ""])
def test_empty_is_one_thing(value: str | None) -> None:
    assert to_excel(value) is None
    assert from_excel(value) is None


@pytest.mark.parametrize("text", ["00123", "=A1", "+49 30", "-x", "@x", "1-2", "TRUE", "5 %", "MAR1", "1E5", "#N/A"])
def test_a_text_that_excel_might_bend_needs_a_cell_formatted_as_text(text: str) -> None:
    assert needs_text_format([text])


def test_a_long_sentence_needs_none() -> None:
    assert not needs_text_format(["The ship-to address has no street. Enter it on the order."])


@given(st.dictionaries(st.tuples(st.integers(2, 60), st.integers(1, 6)), CELLS, min_size=1), st.sets(st.integers(1, 6)))
def test_blocks_write_every_change_and_else_only_what_a_cell_of_python_holds(
    changes: dict[tuple[int, int], object], ours: set[int]
) -> None:
    runs = [range(column, column + 1) for column in sorted(ours)]

    blocks = change_blocks(changes, runs, lambda cell: (float(cell[0]), cell[0] % 7 != 0))  # type: ignore[arg-type]

    written = [(cell, value) for block in blocks for cell, value in block.cells()]
    assert len(written) == len({cell for cell, _ in written})
    assert {cell: value for cell, value in written if cell in changes} == changes
    beside = [(cell, value) for cell, value in written if cell not in changes]
    assert all(cell[1] in ours and cell[0] % 7 != 0 and value == float(cell[0]) for cell, value in beside)


def test_one_block_for_columns_of_python_side_by_side() -> None:
    changes = {(row, column): "x" for row in range(2, 1002, 3) for column in (4, 5, 6)}

    blocks = change_blocks(changes, [range(4, 8)], lambda _cell: (None, True))

    assert [block.area for block in blocks] == [Area(2, 4, 1001, 6)]


def test_a_block_is_told_apart_by_what_its_columns_hold() -> None:
    block = Block(Area(2, 1, 4, 2), [["00123", 1.0], [None, 2.0], [5.0, dt.date(2026, 3, 2)]])

    pieces = [(piece.area, kind) for piece, kind in by_kind(block)]

    assert pieces == [
        (Area(2, 1, 3, 1), "text"),
        (Area(4, 1, 4, 1), "number"),
        (Area(2, 2, 3, 2), "number"),
        (Area(4, 2, 4, 2), "date"),
    ]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(CELLS, min_size=2, max_size=2), min_size=1, max_size=5))
def test_what_is_kept_for_undo_comes_back_exactly(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[object]]
) -> None:
    file = UndoFile(tmp_path_factory.mktemp("undo") / "Book.xlsx.json")
    block = Block(Area(2, 1, len(rows) + 1, 2), rows)  # type: ignore[arg-type]
    written = [Written("Orders", "Orders", [block], [block], 9, 9)]

    file.keep(written)

    (back,) = file.read()
    assert back.before[0].values == rows
    assert [[type(v) for v in row] for row in back.before[0].values] == [[type(v) for v in row] for row in rows]
    assert [[text_of(value) for value in row] for row in back.after[0].values] == [
        [text_of(v) for v in row] for row in rows
    ]


def test_an_undo_file_that_is_broken_says_so(tmp_path: object) -> None:
    from pathlib import Path

    from o2c_xl.domain.issue import CannotRun

    path = Path(str(tmp_path)) / "Book.xlsx.json"
    path.write_text("{", encoding="utf-8")

    with pytest.raises(CannotRun, match="cannot be read"):
        UndoFile(path).read()


@pytest.mark.parametrize(
    ("given", "told"), [(-2146826246, "#N/A"), (-2146826243, "#SPILL!"), (-2146826100, "#UNKNOWN!"), (7, 7), (7.0, 7.0)]
)
def test_an_error_is_told_by_its_name_and_never_as_the_number_that_it_has_in_excel(given: object, told: object) -> None:
    assert as_told(given) == told
