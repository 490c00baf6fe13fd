"""A refused csv comes back as a workbook that reads like it: same faults at the same cells, same values elsewhere."""

from __future__ import annotations

import tempfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from o2c_xl.domain.issue import CannotRun, Issue
from o2c_xl.intake.lists.rows import read_rows
from o2c_xl.intake.refused.marked import marked_copy
from o2c_xl.tables.parse.batch import Batch
from o2c_xl.workbook.address import column_number
from tests.intake.intake_files import make_csv

RED = "FFFDE0DD"
HEADERS = [
    "Order", "Line", "Customer ID", "Order date", "SKU", "Quantity", "Unit price", "Requested date", "Shipping",
    "Notes", "Mine",
]  # fmt: skip
MENDS = {
    "Order": "0012", "Line": "1", "Customer ID": "0042", "Order date": "2026-03-02", "SKU": "00123", "Quantity": 4,
    "Unit price": 2.5, "Requested date": "2026-04-02", "Shipping": "Express shipping", "Notes": "ring twice",
}  # fmt: skip


def copied(path: Path, issues: list[Issue]) -> Path:
    copy = path.with_suffix(".xlsx")
    copy.write_bytes(marked_copy(path, issues, path.name) or b"")
    return copy


def issues_of(batches: list[Batch]) -> list[Issue]:
    return [issue for batch in batches for issue in batch.issues]


def cells_of(batches: list[Batch]) -> set[str]:
    return {issue.cell for issue in issues_of(batches)}


def values_of(batches: list[Batch]) -> list[dict[str, list[object]]]:
    """Every value that was understood, by field."""
    return [{name: list(values) for name, values in sorted(batch.columns.items())} for batch in batches]


def test_what_is_certain_is_written_as_what_it_means_and_identifiers_stay_text(tmp_path):
    rows = [HEADERS[:7], ["0012", "1", "0042", "02/03/2026", "00123", "1.234", "2,50"],
            ["0013", "1", "0042", "31/03/2026", "=cmd|x", "soon", "1,5"]]  # fmt: skip
    path = make_csv(tmp_path / "in.csv", rows, ";")

    sheet = openpyxl.load_workbook(copied(path, issues_of(read_rows(path))))["Orders"]

    assert [sheet[cell].value for cell in ("A2", "C2", "E3", "G2", "G3")] == ["0012", "0042", "=cmd|x", 2.5, 1.5]
    assert sheet["E3"].data_type == "s"
    assert f"{sheet['D2'].value:%Y-%m-%d}" == "2026-03-02"
    assert sheet["D2"].number_format.replace("\\", "") == "yyyy-mm-dd"
    assert sheet["F3"].fill.fgColor.rgb == RED
    assert "is not a number" in sheet["F3"].comment.text


def test_what_a_workbook_would_take_for_certain_stays_in_doubt(tmp_path):
    rows = [HEADERS[:7], ["1", "1", "0042", "2026-03-02", "00123", "1.234", "2"]]
    path = make_csv(tmp_path / "in.csv", rows, ";")
    issues = issues_of(read_rows(path))

    copy = copied(path, issues)

    book = openpyxl.load_workbook(copy)
    assert book["Orders"]["F2"].value == "1.234 ?"
    assert "What was added behind it" in book["Orders"]["F2"].comment.text
    assert [issue.cell for issue in issues_of(read_rows(copy))] == ["F2"]


def test_a_line_with_too_many_values_stays_a_fault_in_the_copy(tmp_path):
    rows = [
        HEADERS[:7],
        ["1", "1", "0042", "2026-03-02", "00123", "4", "2", "50"],
        ["2", "1", "0042", "2026-03-02", "1", "4"],
    ]
    path = make_csv(tmp_path / "in.csv", rows)

    copy = copied(path, issues_of(read_rows(path)))

    book = openpyxl.load_workbook(copy)
    assert book["Orders"]["H2"].value == "50"
    assert book["Orders"]["G2"].value == "2 ?"
    assert cells_of(read_rows(copy)) == {"G2"}
    assert [row[1] for row in book["Issues"].iter_rows(min_row=2, values_only=True)] == ["H2", "G2"]


def test_records_of_several_lines_and_blank_lines_keep_their_addresses(tmp_path):
    path = tmp_path / "in.csv"
    path.write_text(
        'Our orders\n\nOrder,Line,Customer ID,Order date,SKU,Quantity,Notes\n1,1,42,2026-03-02,7,4,"a\nb"\n\n'
        "2,1,42,2026-03-02,7,x,c\n"
    )
    issues = issues_of(read_rows(path))

    copy = copied(path, issues)

    assert [issue.cell for issue in issues] == ["F7"]
    assert cells_of(read_rows(copy)) == {"F7"}
    assert openpyxl.load_workbook(copy)["Orders"]["G4"].value == "a\nb"


def test_a_csv_without_a_known_header_comes_back_with_its_rows_as_text(tmp_path):
    path = make_csv(tmp_path / "in.csv", [["a", "b"], ["007", "=1+1"]])
    with pytest.raises(CannotRun) as refusal:
        read_rows(path)
    issue = Issue("in.csv", "", "", "", 0, "", str(refusal.value), "Name its columns as the table does.")

    book = openpyxl.load_workbook(copied(path, [issue]))

    assert book.sheetnames == ["Sheet1", "Issues"]
    assert [[cell.value for cell in row] for row in book["Sheet1"]] == [["a", "b"], ["007", "=1+1"]]
    assert book["Sheet1"]["B2"].data_type == "s"


NUMBERS = ["5", "0", "-1", "1.5", "1,5", "1.234", "1,234", "1.234,50", "1,234.50", "x", "", "1e3", "5 pcs", "1.23456"]
DATES = [
    "2026-03-02",
    "02/03/2026",
    "31/03/2026",
    "03/31/2026",
    "2026-02-30",
    "1900-01-05",
    "soon",
    "",
    "5",
    "02.03.2026",
]
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=6)
CODES = st.one_of(st.sampled_from(["0012", "13", "=1", "'=x", "#N/A", "_x0041_", "a\nb", "a\x01", " b ", ""]), TEXTS)
COLUMNS = {
    "Order": CODES,
    "Line": st.one_of(st.sampled_from(["1", "2", ""]), CODES),
    "Customer ID": CODES,
    "Order date": st.sampled_from(DATES),
    "SKU": CODES,
    "Quantity": st.sampled_from(NUMBERS),
    "Unit price": st.sampled_from(NUMBERS),
    "Requested date": st.sampled_from(DATES),
    "Shipping": st.sampled_from(["Express shipping", "express", ""]),
    "Notes": TEXTS,
    "Mine": TEXTS,
}
ROW = st.tuples(*COLUMNS.values()).map(list)
SPILL = st.lists(st.sampled_from(["", "x"]), max_size=2)


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.builds(lambda row, more: row + more, ROW, SPILL), min_size=1, max_size=6),
    sign=st.sampled_from(",;"),
)
def test_the_copy_reads_like_the_csv_and_without_faults_once_corrected(rows, sign):
    with tempfile.TemporaryDirectory() as folder:
        path = make_csv(Path(folder) / "in.csv", [HEADERS, *rows], sign)
        try:
            batches = read_rows(path)
        except CannotRun:
            return
        issues = issues_of(batches)
        if not issues:
            return

        copy = copied(path, issues)

        again = read_rows(copy)
        spilled = {cell for cell in cells_of(batches) if column_number(cell.rstrip("0123456789")) > len(HEADERS)}
        assert cells_of(batches) - spilled <= cells_of(again)
        assert {int(c.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) for c in spilled} <= {i.row for i in issues_of(again)}
        if not spilled:
            assert cells_of(again) == cells_of(batches)
            assert values_of(again) == values_of(batches)
        correct(copy)
        assert [str(issue) for issue in issues_of(read_rows(copy))] == []


def correct(copy: Path) -> None:
    """As a person would: every red cell is overwritten; each order gets its own number, since some may agree."""
    book = openpyxl.load_workbook(copy)
    sheet = book["Orders"]
    for row in sheet.iter_rows(min_row=2):
        red = [cell for cell in row if cell.fill.fgColor.rgb == RED]
        if red:
            for header, value in MENDS.items():
                row[HEADERS.index(header)].value = value
            row[0].value = f"0012-{row[0].row}"
    book.save(copy)
