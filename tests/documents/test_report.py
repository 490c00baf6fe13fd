"""The report workbook: figures that can be counted by hand, rows behind each, charts that say what they show."""

from __future__ import annotations

import datetime as dt
import io
import itertools
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from o2c_xl.documents.report.book import render_report, report_of
from o2c_xl.domain.reporting.report import Check, Figure, ReportData
from o2c_xl.ledger.receivables.aging import open_items_at
from o2c_xl.ledger.reporting.figures import report_data
from o2c_xl.ledger.store import Ledger
from tests.documents.report_samples import END, trade
from tests.ledgers import open_ledger
from tests.steps.receivables import POLICY, Books

D = Decimal
FIRST = dt.date(2025, 12, 1)
COMPANY = replace(POLICY, company={"Company name": "Aurora & Sons"})


@pytest.fixture(scope="module")
def shop() -> Iterator[Ledger]:
    ledger = open_ledger()
    trade(ledger, 90)
    yield ledger
    ledger.engine.dispose()


@pytest.fixture(scope="module")
def data(shop: Ledger) -> ReportData:
    with shop.reading() as conn:
        return report_data(conn, FIRST, END, END, COMPANY, [("PM-X", "Payment is not applied", "Finance", END, "Do")])


@pytest.fixture(scope="module")
def made(data: ReportData) -> bytes:
    return render_report(data)


@pytest.fixture(scope="module")
def book(made: bytes) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(made))


def figure(data: ReportData, name: str) -> Figure:
    return next(one for one in data.figures if one.name == name)


def parts(made: bytes, folder: str) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(made)) as package:
        return [package.read(name).decode() for name in sorted(package.namelist()) if name.startswith(folder)]


def test_the_books_behind_the_sample_hold(shop: Ledger) -> None:
    books = Books(shop)

    def receivables_rules() -> list[str]:
        from o2c_xl.ledger.proof.verify import verify

        return [str(check) for check in verify(shop) if not check.ok and "ayment" in check.name]

    assert receivables_rules() == []
    assert books.rows("matches")


def test_there_is_a_page_of_key_figures_and_a_sheet_per_question(book: Workbook) -> None:
    assert book.sheetnames == [
        "Key figures",
        "Sales",
        "Fulfilment",
        "Backorders",
        "Aging",
        "Cash forecast",
        "Disputes",
        "Reconciliation",
        "Suppliers",
        "Waiting",
    ]


def test_every_figure_leads_to_its_rows(book: Workbook, data: ReportData) -> None:
    cells = [cell for row in book["Key figures"].iter_rows() for cell in row if cell.hyperlink]
    links = {cell.hyperlink.location.split("!")[0].strip("'") for cell in cells}

    assert links == {one.page for one in data.figures}
    assert links <= set(book.sheetnames)


def test_sales_and_dso_are_what_the_rows_say(data: ReportData) -> None:
    rows = next(table for table in data.page("Sales").tables if table.name == "SalesByCustomer").rows
    net, gross = sum(row[2] for row in rows), sum(row[4] for row in rows)
    owed = sum(row[9] for row in next(t for t in data.page("Aging").tables if t.name == "AgingByCustomer").rows)

    assert figure(data, "Sales").value == net
    assert figure(data, "Receivables").value == owed
    assert figure(data, "DSO").value == owed * 90 / gross


def test_fill_rates_are_what_the_lines_say(data: ReportData) -> None:
    rows = next(table for table in data.page("Fulfilment").tables if table.name == "LinesFulfilled").rows
    full = [row for row in rows if row[9] == "Yes"]
    both = [row for row in full if row[10] == "Yes"]

    assert figure(data, "Line fill").value == D(len(full)) / len(rows)
    assert figure(data, "On time in full").value == D(len(both)) / len(rows)
    assert 0 < len(both) < len(full) < len(rows)


def test_aging_shows_that_it_equals_the_account(data: ReportData, book: Workbook) -> None:
    (check,) = data.page("Aging").checks

    assert check.ok
    assert check.found == figure(data, "Receivables").value
    texts = [cell.value for row in book["Aging"].iter_rows(max_row=6) for cell in row if cell.value]
    assert "  ✔ equal" in texts


def test_a_difference_between_aging_and_account_is_said_in_words(data: ReportData) -> None:
    aging = data.page("Aging")
    wrong = replace(aging, checks=(Check("Aging equals the receivables account", D(10), D("9.50"), "EUR"),))

    made = render_report(replace(data, pages=tuple(wrong if page is aging else page for page in data.pages)))

    sheet = openpyxl.load_workbook(io.BytesIO(made))["Aging"]
    texts = [str(cell.value) for row in sheet.iter_rows(max_row=6) for cell in row]
    assert "  ✘ differs by 0.50" in texts


def test_every_order_is_reconciled(data: ReportData) -> None:
    rows = data.page("Reconciliation").tables[0].rows

    assert {row[14] for row in rows} == {D(0)}
    assert all(row[9] == row[10] + row[11] + row[12] + row[13] for row in rows)
    assert any(row[13] for row in rows)


def test_a_report_to_a_day_gone_by_has_nothing_of_later_days(shop: Ledger) -> None:
    last = END - dt.timedelta(days=45)
    with shop.reading() as conn:
        early = report_data(conn, FIRST, last, END, COMPANY)
        owed: dict[str, Decimal] = {}
        for item in open_items_at(conn, last):
            if item.kind == "Invoice":
                owed[item.order] = owed.get(item.order, D(0)) + item.open
    rows = early.page("Reconciliation").tables[0].rows
    short = early.page("Backorders").tables[0].rows

    assert rows
    assert max(row[2] for row in rows) <= last
    assert all(row[4] <= last for row in short)
    assert {row[14] for row in rows} == {D(0)}
    assert {row[0]: row[13] for row in rows if row[13]} == {key: amount for key, amount in owed.items() if amount}
    assert "books stand now" in early.page("Backorders").how
    assert f"as of {last}" in early.page("Reconciliation").how


def test_steps_are_counted_in_days_from_the_journal(data: ReportData) -> None:
    rows = {row[0]: row for row in data.page("Fulfilment").tables[0].rows}

    assert rows["Release to pick"][2] == D("1.5") or rows["Release to pick"][2] in (1, 2)
    assert rows["Order to cash"][2] > rows["Invoice to cash"][2]


def test_text_that_looks_like_a_formula_stays_text(book: Workbook, made: bytes) -> None:
    cells = [cell for row in book["Sales"].iter_rows() for cell in row if "Ernst" in str(cell.value)]

    assert [cell.value for cell in cells] == ["=SUM(1)+Ernst Handel"]
    sheets = "".join(parts(made, "xl/worksheets/sheet"))
    assert set(re.findall(r"<f>([A-Z]+)\(", sheets)) == {"SUBTOTAL"}


def test_charts_say_what_they_show(made: bytes) -> None:
    charts = parts(made, "xl/charts/chart")

    assert len(charts) == 9
    for chart in charts:
        assert chart.count("<c:title>") == 3  # its own and both axes
        colours = set(re.findall(r'<c:spPr><a:solidFill><a:srgbClr val="(\w+)"', chart))
        assert colours <= {"0072B2", "E69F00", "B9D9EB", "8CBFE0", "4F93C4", "1F6597", "0B3558"}


def test_ages_keep_their_order_in_grey_print() -> None:
    from o2c_xl.documents.report.look import AGES

    def grey(colour: str) -> float:
        red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
        return 0.299 * red + 0.587 * green + 0.114 * blue

    greys = [grey(colour) for colour in AGES]

    assert greys == sorted(greys, reverse=True)
    assert all(lighter - darker > 25 for lighter, darker in itertools.pairwise(greys))


def test_every_sheet_prints_on_one_page_across(book: Workbook) -> None:
    for sheet in book:
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.fitToWidth in (None, 1)
        assert "Page &P of &N" in str(sheet.oddFooter.right.text or sheet.oddFooter.right)
    assert book["Key figures"].page_setup.fitToHeight in (None, 1)
    assert book["Aging"].page_setup.fitToHeight == 0


def test_the_same_data_gives_the_same_report(shop: Ledger, data: ReportData, made: bytes) -> None:
    with shop.reading() as conn:
        again = [report_of(conn, FIRST, END, END, COMPANY) for _ in range(2)]

    assert render_report(data) == made
    assert again[0] == again[1]


def test_books_without_anything_give_empty_figures_with_a_note(memory_ledger: Ledger) -> None:
    with memory_ledger.reading() as conn:
        data = report_data(conn, FIRST, END, END, POLICY)

    for name in ("DSO", "Overdue share", "DIO", "Cash conversion", "Order fill", "On time in full", "Order to cash"):
        one = figure(data, name)
        assert one.value is None
        assert one.note
    sheet = openpyxl.load_workbook(io.BytesIO(render_report(data)))["Key figures"]
    assert "No sales in the period" in [cell.value for row in sheet.iter_rows() for cell in row]


def test_amounts_of_two_currencies_are_not_added_up(memory_ledger: Ledger) -> None:
    books = Books(memory_ledger)
    books.customers("C1", currency="EUR")
    books.invoice("C1", "100.00")
    books.invoice("C1", "50.00", currency="USD")
    with memory_ledger.reading() as conn:
        data = report_data(conn, books.day, books.day, books.day, POLICY)

    assert figure(data, "Receivables").value == D("100.00")
    assert [check.currency for check in data.page("Aging").checks] == ["EUR", "USD"]
    assert all(check.ok for check in data.page("Aging").checks)
    formulas = "".join(parts(render_report(data), "xl/worksheets/sheet"))
    assert "AgingByCustomer[" not in formulas
