"""Documents as workbooks: real numbers, the layout kept, nothing that looks like a formula becomes one."""

from __future__ import annotations

import io
import re
import tempfile
import zipfile
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from xml.etree.ElementTree import canonicalize

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.drawing.image import Image
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Font, PatternFill
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.pagebreak import Break

import tests.documents.document_samples as samples
from o2c_xl.documents.qr import qr_png
from o2c_xl.documents.xlsx.default_layouts import packaged_layouts
from o2c_xl.documents.xlsx.sheets import render_xlsx
from o2c_xl.domain.issue import CannotRun

LAYOUTS = Path(__file__).parents[2] / "o2c_xl" / "documents" / "layouts"
DOCUMENTS = [
    samples.invoice,
    samples.in_instalments,
    samples.credit_note,
    samples.reverse_charge,
    samples.purchase_order,
    samples.packing_slip,
    samples.pick_list,
    samples.long_invoice,
]


def sheet_of(content: bytes):
    return load_workbook(io.BytesIO(content)).active


def values_of(content: bytes) -> list[object]:
    return [cell.value for row in sheet_of(content) for cell in row if cell.value is not None]


def beside(sheet, label: str):
    """The last filled cell of the row in which `label` stands."""
    row = next(row for row in sheet.iter_rows() if any(cell.value == label for cell in row))
    return [cell for cell in row if cell.value is not None][-1]


def layout_at(folder: Path, fill) -> Path:
    book = Workbook()
    fill(book.active)
    book.save(folder / "layout.xlsx")
    return folder / "layout.xlsx"


@pytest.mark.parametrize("make", DOCUMENTS)
def test_no_field_is_left_unfilled_and_no_cell_is_at_fault(make):
    values = values_of(render_xlsx(make()))

    assert [value for value in values if isinstance(value, str) and ("{{" in value or value.startswith("#"))] == []


@pytest.mark.parametrize("make", DOCUMENTS)
def test_the_same_document_gives_the_same_bytes(make):
    assert render_xlsx(make()) == render_xlsx(make())


def test_the_packaged_layouts_are_the_generated_ones():
    for name, content in packaged_layouts().items():
        kept = (LAYOUTS / name).read_bytes()
        assert parts_of(kept) == parts_of(content), f"run python -m o2c_xl.documents.xlsx.default_layouts ({name})"


def parts_of(workbook: bytes) -> dict[str, bytes | str]:
    """The parts by name; XML in its canonical form, as openpyxl writes it differently where lxml is installed."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as package:
        parts: dict[str, bytes | str] = {name: package.read(name) for name in package.namelist()}
    return {n: canonicalize(part) if n.endswith((".xml", ".rels")) else part for n, part in parts.items()}


def test_amounts_quantities_and_dates_are_numbers_and_dates():
    document = samples.invoice()

    sheet = sheet_of(render_xlsx(document))

    assert Decimal(str(beside(sheet, "Total with tax").value)) == document.totals.total
    assert beside(sheet, "Date").value == datetime(2026, 3, 5)
    first = next(row for row in sheet.iter_rows(values_only=True) if row[0] == "P-001")
    assert first == ("P-001", "Chai, black tea with spices", 12, "box", 18, None, 0.07, 216)


def test_each_line_has_its_row_and_the_sum_stands_below():
    document = samples.long_invoice()

    sheet = sheet_of(render_xlsx(document))

    rows = [row[0].row for row in sheet.iter_rows() if str(row[0].value).startswith("P-")]
    assert rows == list(range(rows[0], rows[0] + 300))
    assert beside(sheet, "Total with tax").row > rows[-1]
    assert Decimal(str(beside(sheet, "Total with tax").value)) == document.totals.total
    assert sheet.print_title_rows == f"${rows[0] - 1}:${rows[0] - 1}"


def test_rows_without_a_value_are_left_out():
    values = values_of(render_xlsx(samples.credit_note()))

    assert {"IBAN", "Already paid", "Rounding", "Sum of lines"} & set(values) == set()


def test_a_credit_note_has_minus_amounts():
    assert beside(sheet_of(render_xlsx(samples.credit_note())), "Total with tax").value == -112.82


def test_a_currency_without_cents_shows_none():
    sheet = sheet_of(render_xlsx(samples.invoice(samples.LINES[:1], charges=(), currency="JPY")))

    assert beside(sheet, "Total with tax").number_format == "#,##0"


@pytest.mark.parametrize("text", ['=HYPERLINK("http://evil")', "+1+1", "-1", "@SUM(A1)", "=1+1", "{{number}}"])
def test_text_that_looks_like_a_formula_or_a_field_stays_text(text):
    buyer = replace(samples.BUYER, name=text)

    sheet = sheet_of(render_xlsx(samples.invoice(buyer=buyer)))

    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value == text]
    assert cells
    assert {cell.data_type for cell in cells} == {"s"}


def test_control_characters_do_not_break_the_workbook():
    buyer = replace(samples.BUYER, name="Al\x00fr\x0beds")

    assert "Alfr eds" in values_of(render_xlsx(samples.invoice(buyer=buyer)))


def test_nothing_is_written_to_the_temporary_folder(monkeypatch):
    def refuse(*_args, **_kwargs):
        raise AssertionError("a temporary file was asked for")

    monkeypatch.setattr(tempfile, "_get_default_tempdir", refuse)
    for name in ("mkstemp", "mkdtemp", "NamedTemporaryFile", "TemporaryFile"):
        monkeypatch.setattr(tempfile, name, refuse)

    assert render_xlsx(samples.invoice()).startswith(b"PK")


def test_a_file_bears_no_clock():
    archive = zipfile.ZipFile(io.BytesIO(render_xlsx(samples.invoice())))

    core = archive.read("docProps/core.xml").decode()
    assert set(re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", core)) == {"2026-03-05T00:00:00Z"}
    assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def restyled(sheet):
    sheet["B2"] = "Rechnung {{number}} vom {{invoice_date}}"
    sheet["B2"].font = Font(name="Arial", size=22, bold=True)
    sheet.merge_cells("B2:D2")
    sheet["A5"] = "{{lines.sku}}"
    sheet["D5"] = "{{lines.net}}"
    sheet["D5"].number_format = "0.000"
    sheet["D5"].fill = PatternFill("solid", fgColor="FFFF00")
    sheet.merge_cells("A5:B5")
    sheet.row_dimensions[5].height = 33
    sheet["D6"] = "=SUM(D5:D5)"
    sheet["A8"] = "Bank"
    sheet.merge_cells("A8:D8")
    sheet.row_dimensions[8].height = 44
    sheet["A9"] = "=D6*2"
    sheet.print_area = "A1:D9"
    sheet.conditional_formatting.add("D5:D6", CellIsRule(operator="lessThan", formula=["0"]))
    sheet.add_image(Image(io.BytesIO(qr_png("logo"))), "C8")
    sheet.column_dimensions["A"].width = 31


def test_a_restyled_layout_keeps_its_styles(tmp_path):
    sheet = sheet_of(render_xlsx(samples.invoice(), layout_at(tmp_path, restyled)))

    assert sheet["B2"].value == "Rechnung INV-000123 vom 5 Mar 2026"
    assert (sheet["B2"].font.name, sheet["B2"].font.sz) == ("Arial", 22)
    assert [sheet[f"A{row}"].value for row in (5, 6, 7)] == ["P-001", "P-118", "P-230"]
    assert [sheet[f"D{row}"].value for row in (5, 6, 7)] == [216, 94.81, 160]
    assert {sheet[f"D{row}"].number_format for row in (5, 6, 7)} == {"0.000"}
    assert {sheet[f"D{row}"].fill.fgColor.rgb for row in (5, 6, 7)} == {"00FFFF00"}
    assert {sheet.row_dimensions[row].height for row in (5, 6, 7)} == {33}


def test_what_stands_below_repeated_rows_moves_along(tmp_path):
    sheet = sheet_of(render_xlsx(samples.invoice(), layout_at(tmp_path, restyled)))

    assert {str(area) for area in sheet.merged_cells.ranges} == {"B2:D2", "A5:B5", "A6:B6", "A7:B7", "A10:D10"}
    assert sheet["D8"].value == "=SUM(D5:D7)"
    assert sheet["A11"].value == "=D8*2"
    assert sheet["A10"].value == "Bank"
    assert sheet.row_dimensions[10].height == 44
    assert sheet.print_area.endswith("$A$1:$D$11")
    assert [str(condition.sqref) for condition in sheet.conditional_formatting] == ["D5:D8"]
    assert [image.anchor._from.row for image in sheet._images] == [9]
    assert sheet.column_dimensions["A"].width == 31


def test_a_formula_in_a_repeated_row_reads_its_own_row(tmp_path):
    def fill(sheet):
        sheet["A1"] = "{{lines.net}}"
        sheet["B1"] = "=A1*2"

    sheet = sheet_of(render_xlsx(samples.invoice(), layout_at(tmp_path, fill)))

    assert [sheet[f"B{row}"].value for row in (1, 2, 3)] == ["=A1*2", "=A2*2", "=A3*2"]


def test_formulas_names_and_charts_of_other_sheets_follow_the_rows(tmp_path):
    def fill(sheet):
        restyled(sheet)
        other = sheet.parent.create_sheet("Overview")
        other["A1"] = "=Sheet!D6+SUM(Sheet!D5:D5)"
        chart = BarChart()
        chart.add_data(Reference(sheet, min_col=4, min_row=5, max_row=5))
        other.add_chart(chart, "B2")
        sheet.parent.defined_names["net"] = DefinedName("net", attr_text="Sheet!$D$6")

    content = render_xlsx(samples.invoice(), layout_at(tmp_path, fill))

    book = load_workbook(io.BytesIO(content))
    assert book["Overview"]["A1"].value == "=Sheet!D8+SUM(Sheet!D5:D7)"
    assert book.defined_names["net"].attr_text == "Sheet!$D$8"
    assert b"'Sheet'!$D$5:$D$7" in zipfile.ZipFile(io.BytesIO(content)).read("xl/charts/chart1.xml")


def test_links_choices_filters_and_page_breaks_move_along(tmp_path):
    def fill(sheet):
        restyled(sheet)
        sheet["C5"], sheet["C7"] = "site", "bank"
        sheet["C5"].hyperlink = sheet["C7"].hyperlink = "https://example.org/"
        choice = DataValidation(type="list", formula1='"a,b"')
        choice.add("A5")
        sheet.add_data_validation(choice)
        sheet.auto_filter.ref = "A4:D5"
        sheet.row_breaks.append(Break(6))

    sheet = sheet_of(render_xlsx(samples.invoice(), layout_at(tmp_path, fill)))

    links = {cell.coordinate for row in sheet.iter_rows() for cell in row if cell.hyperlink}
    assert links == {"C5", "C6", "C7", "C9"}
    assert [str(choice.sqref) for choice in sheet.data_validations.dataValidation] == ["A5:A7"]
    assert sheet.auto_filter.ref == "A4:D7"
    assert [one.id for one in sheet.row_breaks.brk] == [8]


def test_notes_for_whoever_restyles_the_layout_stay_behind(tmp_path):
    def fill(sheet):
        sheet["A1"] = "{{number}}"
        sheet["A1"].comment = Comment("keep this cell wide", "Ann")

    content = render_xlsx(samples.invoice(), layout_at(tmp_path, fill))

    assert sheet_of(content)["A1"].comment is None
    assert [name for name in zipfile.ZipFile(io.BytesIO(content)).namelist() if "comment" in name.lower()] == []


def test_a_layout_that_was_changed_is_read_again(tmp_path):
    path = layout_at(tmp_path, lambda sheet: sheet.__setitem__("A1", "before {{number}}"))
    before = render_xlsx(samples.invoice(), path)

    layout_at(tmp_path, lambda sheet: sheet.__setitem__("A1", "now and then {{number}}"))

    assert values_of(before) == ["before INV-000123"]
    assert values_of(render_xlsx(samples.invoice(), path)) == ["now and then INV-000123"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{{numbr}}", "{{number}}"),
        ("{{lines.nett}}", "{{lines.net}}"),
        ('="x {{number}}"', "formula"),
        ("{{lines.name}} {{taxes.rate}}", "one list"),
    ],
)
def test_a_faulty_layout_says_where_and_what(tmp_path, text, told):
    path = layout_at(tmp_path, lambda sheet: sheet.__setitem__("B3", text))

    with pytest.raises(CannotRun) as fault:
        render_xlsx(samples.invoice(), path)

    assert told in str(fault.value)
    assert "layout.xlsx" in str(fault.value)


def test_a_layout_that_is_missing_or_no_workbook_is_told(tmp_path):
    broken = tmp_path / "invoice.xlsx"
    broken.write_bytes(b"not a zip")

    for path in (broken, tmp_path / "gone.xlsx"):
        with pytest.raises(CannotRun):
            render_xlsx(samples.invoice(), path)


def test_the_payment_code_is_a_picture_in_the_sheet():
    assert len(sheet_of(render_xlsx(samples.invoice()))._images) == 1
    assert len(sheet_of(render_xlsx(samples.credit_note()))._images) == 0
