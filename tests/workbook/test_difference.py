"""The rows that differ between two versions are found, however the versions differ."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from o2c_xl.workbook.opc.sheet import SheetXml
from o2c_xl.workbook.patch import difference
from tests.workbook.files import sheet_xml

ROWS = st.dictionaries(st.integers(1, 30), st.sampled_from(["", "a", "ab", "b", "abc"]), max_size=20)


def sheet(rows: dict[int, str]) -> SheetXml:
    """A sheet whose rows hold a text each, or are closed at once."""
    body = "".join(
        f'<row r="{n}"><c r="A{n}" t="str"><v>{text}</v></c></row>' if text else f'<row r="{n}"/>'
        for n, text in sorted(rows.items())
    )
    return SheetXml(sheet_xml(body).encode(), "sheet S")


@settings(max_examples=300, deadline=None)
@given(ROWS, ROWS, st.booleans())
def test_walking_side_by_side_finds_what_a_look_at_every_row_finds(rows, others, alike):
    before, after = sheet(rows), sheet({**rows, **others} if alike else others)

    found = difference.rows_that_differ(before, after)

    assert found == difference._by_index(before, after)
    assert set(found) == {n for n in rows.keys() | others.keys() if before.row_bytes(n) != after.row_bytes(n)}
