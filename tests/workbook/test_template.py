"""The template: what people find in it, and that it is made from the tables alone."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest
from openpyxl.workbook import Workbook as Opened
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineWorkbook

from o2c_xl.tables.define.catalogue import BY_NAME, TABLES
from o2c_xl.tables.define.spec import Kind, Owner, Table
from o2c_xl.workbook.template.lists import feed_name
from o2c_xl.workbook.template.look import FONT, date_code
from o2c_xl.workbook.template.make import DEPARTMENT_BOOKS, build_template, in_order_of_work
from o2c_xl.workbook.template.sheet import note
from o2c_xl.workbook.template.start_sheet import SYNC_ITEMS, TODAY
from o2c_xl.workbook.template.sync_info import START, SYNC_INFO

COMMITTED = Path(__file__).resolve().parents[2] / "workbooks" / "template.xlsx"
EACH = pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)


def built(**more) -> bytes:
    out = BytesIO()
    build_template(out, **more)
    return out.getvalue()


@pytest.fixture(scope="module")
def template() -> Opened:
    return openpyxl.load_workbook(COMMITTED)


def rules_of(sheet: Worksheet, column: str) -> list:
    first = f"{column}2"
    return [rule for rule in sheet.data_validations.dataValidation if first in rule.sqref]


def letter(table: Table, header: str) -> str:
    return openpyxl.utils.get_column_letter(table.headers.index(header) + 1)


def test_the_committed_template_equals_a_rebuild_part_by_part() -> None:
    rebuilt = ZipFile(BytesIO(built()))
    committed = ZipFile(COMMITTED)

    assert committed.namelist() == rebuilt.namelist()
    differing = [name for name in committed.namelist() if committed.read(name) != rebuilt.read(name)]
    assert differing == [], "run: python workbooks/make.py"


def test_two_builds_give_the_same_bytes() -> None:
    assert built() == built()


def test_a_build_leaves_nothing_behind_that_another_would_take_up() -> None:
    built()

    assert set(FONT) == {"font_name", "font_size", "font_color", "valign"}


@EACH
def test_each_table_is_found_by_name_with_its_headers_in_the_first_row(template: Opened, table: Table) -> None:
    sheet = template[table.title]

    assert list(sheet.tables) == [table.name]
    assert sheet.tables[table.name].ref.startswith("A1:")
    assert tuple(sheet.tables[table.name].column_names) == table.headers
    assert tuple(cell.value for cell in sheet[1]) == table.headers


@EACH
def test_an_empty_table_has_one_blank_row_in_its_columns_styles(template: Opened, table: Table) -> None:
    sheet = template[table.title]

    assert sheet.max_row == 2
    assert all(cell.value is None and cell.has_style for cell in sheet[2])


@EACH
def test_each_header_has_a_note_that_says_whose_column_it_is(template: Opened, table: Table) -> None:
    for cell, column in zip(template[table.title][1], table.columns, strict=True):
        assert cell.comment.text == note(column, table)
        assert cell.comment.text.startswith("YOU FILL" if column.typed else "PYTHON FILLS")
        assert column.help in cell.comment.text


@EACH
def test_each_choice_column_of_staff_has_a_dropdown_down_to_the_last_row(template: Opened, table: Table) -> None:
    sheet = template[table.title]
    for column in (column for column in table.typed if column.choices):
        (rule,) = rules_of(sheet, letter(table, column.header))

        assert (rule.type, rule.errorStyle or "stop") == ("list", "stop")
        assert rule.formula1 == f'"{",".join(column.choices)}"' or rule.formula1.startswith("List_")
        assert f"{letter(table, column.header)}1048576" in rule.sqref
        assert rule.error


@EACH
def test_each_fed_column_offers_the_other_table_and_only_warns(template: Opened, table: Table) -> None:
    for column in (column for column in table.typed if column.feeds):
        (rule,) = rules_of(template[table.title], letter(table, column.header))
        source, _, header = column.feeds.partition(".")

        assert (rule.formula1, rule.errorStyle) == (feed_name(column.feeds), "warning")
        assert template.defined_names[rule.formula1].attr_text == f"{source}[{header}]"
        assert header in BY_NAME[source].headers


def test_what_is_offered_only_refuses_nothing(template: Opened) -> None:
    products, orders = BY_NAME["Products"], BY_NAME["Orders"]
    for table, header in ((products, "Unit"), (products, "Zone"), (products, "Category"), (orders, "Channel")):
        (rule,) = rules_of(template[table.title], letter(table, header))

        assert rule.formula1 == f'"{",".join(table.by_header[header].offers)}"'
        assert (rule.type, bool(rule.showErrorMessage)) == ("list", False)


@EACH
def test_typing_over_a_column_of_pythons_warns(template: Opened, table: Table) -> None:
    for column in table.shown:
        (rule,) = rules_of(template[table.title], letter(table, column.header))

        assert (rule.formula1, rule.errorStyle) == ("FALSE", "warning")


@EACH
def test_each_sheet_freezes_its_header_and_prints_one_page_wide(template: Opened, table: Table) -> None:
    sheet = template[table.title]

    assert re.fullmatch(r"[A-Z]2", sheet.freeze_panes)
    assert sheet.page_setup.orientation == "landscape"
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == "$1:$1"
    assert sheet.oddFooter.right.text.endswith("Page &P of &N")
    assert "&D" in sheet.oddHeader.right.text or "&[Date]" in sheet.oddHeader.right.text


def test_codes_are_text_percents_stay_numbers_and_days_overdue_is_a_sentence(template: Opened) -> None:
    lines, invoices = template["Order Lines"], template["Invoices"]

    assert lines[f"{letter(BY_NAME['OrderLines'], 'SKU')}2"].number_format == "@"
    assert lines[f"{letter(BY_NAME['OrderLines'], 'Discount %')}2"].number_format.startswith('General" %"')
    assert "days late" in invoices[f"{letter(BY_NAME['Invoices'], 'Days overdue')}2"].number_format


def test_staff_cells_are_blue_on_white_and_pythons_grey_and_keys_bold(template: Opened) -> None:
    sheet = template["Orders"]
    key, check, customer = sheet["A2"], sheet["B2"], sheet["C2"]

    assert (key.font.b, key.font.color.rgb, key.fill.fill_type) == (True, "FF1D4ED8", None)
    assert (check.font.b, check.fill.fgColor.rgb) == (False, "FFF3F4F6")
    assert (customer.font.b, customer.font.color.rgb, customer.fill.fill_type) == (False, "FF1D4ED8", None)


def test_cells_carry_named_styles_that_a_company_can_restyle(template: Opened) -> None:
    sheet = template["Orders"]

    assert (sheet["A2"].style, sheet["B2"].style, sheet["E2"].style) == ("Staff key text", "Python Check", "Staff date")
    assert "Header Staff key" in template.named_styles


def test_nothing_is_volatile_external_or_hidden_but_the_lists() -> None:
    package = ZipFile(COMMITTED)
    text = "".join(package.read(name).decode() for name in package.namelist() if name.endswith(".xml"))
    opened = openpyxl.load_workbook(COMMITTED)

    assert not re.search(r"\b(INDIRECT|OFFSET|TODAY|NOW|RAND)\(", text)
    assert not [name for name in package.namelist() if "externalLink" in name or "vba" in name]
    assert [sheet.title for sheet in opened if sheet.sheet_state != "visible"] == ["Lists"]
    assert not any(sheet.merged_cells.ranges or sheet.protection.sheet for sheet in opened)


def test_start_comes_first_and_leads_to_every_sheet(template: Opened) -> None:
    start = template[START]
    goals = {link.location for row in start for cell in row if (link := cell.hyperlink)}

    assert template.sheetnames[0] == START
    names = {name: goal.attr_text for name, goal in template.defined_names.items()}
    assert {f"'{table.title}'!$A$1" for table in TABLES} <= {names.get(goal, "") for goal in goals}


def test_no_name_is_defined_twice() -> None:
    told = ZipFile(COMMITTED).read("xl/workbook.xml").decode()
    names = re.findall(r'<definedName name="(\w+)">', told)

    assert len(names) == len(set(names))


def test_every_task_of_today_counts_a_word_that_the_table_really_says() -> None:
    for task in TODAY:
        column = BY_NAME[task.table].by_header[task.header]
        words = {what for what in task.criteria if what[0] not in ">?"}

        assert BY_NAME[task.table].department is task.department
        assert words <= set(column.choices), task


def test_the_sync_table_has_its_items_and_names_the_business_date(template: Opened) -> None:
    start = template[START]
    first, last = start.tables[SYNC_INFO.name].ref.split(":")
    rows = [[cell.value for cell in row] for row in start[f"{first}:{last}"]]
    business_date = template.defined_names["Business_date"].attr_text.rpartition("!")[2].replace("$", "")

    assert rows[0] == ["Item", "Value"]
    assert tuple(row[0] for row in rows[1:]) == SYNC_ITEMS
    assert start[business_date].offset(0, -1).value == "Business date"


def test_tabs_stand_together_by_department() -> None:
    departments = [table.department for table in in_order_of_work(TABLES)]

    assert len([a for a, b in pairwise(departments) if a is not b]) == 5


def test_department_books_hold_every_table_once() -> None:
    names = [table.name for tables in DEPARTMENT_BOOKS.values() for table in tables]

    assert sorted(names) == sorted(table.name for table in TABLES)


@pytest.mark.parametrize("department", DEPARTMENT_BOOKS)
def test_a_department_book_says_where_a_fed_column_comes_from_instead_of_a_broken_list(department: str) -> None:
    tables = DEPARTMENT_BOOKS[department]
    book = openpyxl.load_workbook(BytesIO(built(tables=tables, company="Acme & Sons")))
    here = {table.name for table in tables}

    assert set(book.sheetnames) == {table.title for table in tables} | {START, "Lists"}
    for table in tables:
        for column in (column for column in table.typed if column.feeds):
            (rule,) = rules_of(book[table.title], letter(table, column.header))
            away = column.feeds.partition(".")[0] not in here
            assert (rule.type in {None, "none"}) is away
            assert not away or "another workbook" in rule.prompt


def test_rows_are_written_as_their_own_types_and_calamine_reads_them() -> None:
    rows = {
        "Orders": [
            {"Order": "00017", "Customer ID": "=cmd", "Order date": dt.date(2026, 11, 2), "Freight": Decimal("12.50")}
        ]
    }

    book = CalamineWorkbook.from_filelike(BytesIO(built(rows=rows)), load_tables=True)
    table = book.get_table_by_name("Orders")
    read = dict(zip(table.columns, table.to_python()[0], strict=True))

    assert (read["Order"], read["Customer ID"]) == ("00017", "=cmd")
    assert (read["Order date"], read["Freight"]) == (dt.date(2026, 11, 2), 12.5)


def test_days_late_and_late_dates_stay_plain_numbers_and_dates_for_readers() -> None:
    rows = {"Invoices": [{"Invoice": "INV-1", "Due date": dt.date(2026, 11, 8), "Days overdue": 12}]}

    book = CalamineWorkbook.from_filelike(BytesIO(built(rows=rows)))
    row = book.get_sheet_by_name("Invoices").to_python()[1]

    assert row[BY_NAME["Invoices"].headers.index("Days overdue")] == 12
    assert row[BY_NAME["Invoices"].headers.index("Due date")] == dt.date(2026, 11, 8)


def test_the_start_sheet_shows_its_counts_to_viewers_that_do_not_calculate() -> None:
    rows = {"OrderLines": [{"Order": "1", "Line": str(n), "Backordered": n} for n in range(4)]}
    start = openpyxl.load_workbook(BytesIO(built(rows=rows)), data_only=True)[START]
    (label,) = [cell for row in start for cell in row if cell.value == "Backordered lines"]

    assert label.offset(0, -1).value == 3


@pytest.mark.parametrize(
    ("country", "code"),
    [("DE", "dd.mm.yyyy"), ("GB", "dd/mm/yyyy"), ("US", "mm/dd/yyyy"), ("SE", "yyyy-mm-dd"), ("??", "yyyy-mm-dd")],
)
def test_dates_look_as_the_country_writes_them(country: str, code: str) -> None:
    assert date_code(country) == code


def test_every_kind_of_cell_has_a_format_for_both_owners() -> None:
    kinds = {(column.owner, column.kind) for table in TABLES for column in table.columns}

    assert {owner for owner, _ in kinds} == set(Owner)
    assert Kind.MOMENT in {kind for _, kind in kinds}


@EACH
def test_messages_keep_excels_limits(table: Table, template: Opened) -> None:
    for rule in template[table.title].data_validations.dataValidation:
        assert len(rule.error or "") <= 255
        assert len(rule.prompt or "") <= 255
        assert len(rule.errorTitle or "") <= 32
        assert len(rule.promptTitle or "") <= 32


def test_sentences_go_on_in_the_next_line_and_rows_have_no_height_of_their_own(template: Opened) -> None:
    orders = BY_NAME["Orders"]
    sheet = template[orders.title]
    cells = {header: sheet[f"{letter(orders, header)}2"] for header in ("Check", "Waiting for", "Status")}

    assert {header: bool(cell.alignment.wrap_text) for header, cell in cells.items()} == {
        "Check": True,
        "Waiting for": True,
        "Status": False,
    }
    assert sheet.row_dimensions[2].height is None
