"""The report workbook: one page of key figures that a manager can print, then one sheet per question.

The same data gives the same bytes; no text of the ledger ever becomes a formula or a link.
"""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

from sqlalchemy import Connection
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from o2c_xl.documents.report.charts import ages_chart, cash_chart, late_chart, sales_chart, steps_chart
from o2c_xl.documents.report.look import BETTER, WORSE, ReportLook, print_setup
from o2c_xl.documents.report.pages import Placed, write_page
from o2c_xl.domain.policy import Policy
from o2c_xl.domain.reporting.report import Better, Figure, ReportData, Unit, change
from o2c_xl.ledger.reporting.figures import report_data
from o2c_xl.tables.show.computed import waiting
from o2c_xl.workbook.template.look import Colour

__all__ = ["render_report", "report_of"]

_OVERVIEW = "Key figures"
_CARDS = 5  # figures beside each other
_CARD_ROWS = 4
_FIRST_CARD = 3
_BESIDE = {"CashByWeek", "SalesByMonth", "DaysPerStep", "AgingByAge", "LatePayers"}
_TABS = {
    "Sales": "#2563EB",
    "Fulfilment": "#B45309",
    "Backorders": "#B45309",
    "Aging": "#047857",
    "Cash forecast": "#047857",
    "Disputes": "#047857",
    "Reconciliation": "#047857",
    "Suppliers": "#7C3AED",
    "Waiting": "#BE123C",
}


def report_of(conn: Connection, first: dt.date, last: dt.date, day: dt.date, policy: Policy) -> bytes:
    """The report on a period from the ledger, as a workbook."""
    return render_report(report_data(conn, first, last, day, policy, waiting(conn)))


def render_report(data: ReportData) -> bytes:
    """The report as a workbook."""
    target = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with Workbook(target, options) as workbook:
        workbook.set_properties(
            {
                "title": "Order to cash report",
                "company": data.company,
                "created": dt.datetime.combine(data.day, dt.time(), dt.UTC).replace(tzinfo=None),
            }
        )
        look = ReportLook(workbook, data)
        overview = workbook.add_worksheet(_OVERVIEW)
        placed: dict[str, Placed] = {}
        sheets: dict[str, Worksheet] = {}
        for page in data.pages:
            sheets[page.title], tables = write_page(workbook, look, data, page, beside=sorted(_BESIDE))
            sheets[page.title].set_tab_color(_TABS.get(page.title, Colour.QUIET))
            placed |= tables
        _overview(workbook, overview, look, data, placed)
        _charts_beside(workbook, sheets, data, placed)
    return target.getvalue()


def _overview(
    workbook: Workbook, sheet: Worksheet, look: ReportLook, data: ReportData, placed: dict[str, Placed]
) -> None:
    sheet.set_tab_color("#12305C")
    sheet.set_default_row(16)
    for card in range(_CARDS):
        sheet.set_column(card * 2, card * 2, 29)
        sheet.set_column(card * 2 + 1, card * 2 + 1, 1.5)
    company = f"{data.company} · " if data.company else ""
    sheet.set_row(0, 30)
    sheet.write_string(0, 0, f"{company}Order to cash", look.style(bold=True, font_size=20, font_color="#12305C"))
    length = (data.last - data.first).days + 1
    sheet.write_string(
        1,
        0,
        f"{data.first} to {data.last}, {length} days, in {data.currency}. Arrows: against the {length} days before. "
        f"Each figure leads to its rows. Made on {data.day}.",
        look.quiet(),
    )
    for at, figure in enumerate(data.figures):
        _card(sheet, look, figure, _FIRST_CARD + at // _CARDS * (_CARD_ROWS + 1), at % _CARDS * 2)
    rows = -(-len(data.figures) // _CARDS)
    top = _FIRST_CARD + rows * (_CARD_ROWS + 1)
    _small_charts(workbook, sheet, data, placed, top)
    print_setup(sheet, look, data, high=1)
    sheet.print_area(0, 0, top + 28, _CARDS * 2 - 1)
    sheet.set_zoom(90)


def _card(sheet: Worksheet, look: ReportLook, figure: Figure, row: int, at: int) -> None:
    """Name, value, how it moved, and what it is: a box of four cells, the value a link to its rows."""
    edge: dict[str, Any] = {"bg_color": "#F6F9FE", "left": 5, "left_color": "#12305C", "indent": 1}
    sheet.set_row(row + 1, 26)
    sheet.write_string(row, at, figure.name, look.style(bold=True, font_color=Colour.QUIET, **edge))
    large = look.style(
        bold=True, font_size=18, align="left", font_color=Colour.INK, num_format=look.large[figure.unit], **edge
    )
    sheet.write_url(row + 1, at, f"internal:'{figure.page}'!A1", large, "–", f"Go to {figure.page}")
    if figure.value is not None:
        sheet.write_number(row + 1, at, figure.value, large)
    text, colour = _movement(figure)
    sheet.write_string(row + 2, at, text, look.style(font_size=9, bold=True, font_color=colour, **edge))
    sheet.write_string(row + 3, at, figure.note, look.style(font_size=8, font_color=Colour.QUIET, **edge))


def _movement(figure: Figure) -> tuple[str, str]:
    """An arrow with the change in words, so that no colour is needed to read it."""
    moved = change(figure)
    if moved is None:
        return ("" if figure.before is None and figure.value is None else "no earlier value"), Colour.QUIET
    if not moved:
        return "► as before", Colour.QUIET
    arrow = "▲" if moved > 0 else "▼"
    if figure.better is Better.NEITHER:
        return f"{arrow} {_amount(abs(moved), figure.unit)}", Colour.QUIET
    good = (moved > 0) == (figure.better is Better.UP)
    return f"{arrow} {_amount(abs(moved), figure.unit)} {'better' if good else 'worse'}", BETTER if good else WORSE


def _amount(value: Any, unit: Unit) -> str:  # noqa: ANN401 -- Decimal
    if unit is Unit.SHARE:
        return f"{value * 100:.1f} points"
    return {Unit.MONEY: f"{value:,.0f}", Unit.DAYS: f"{value:.1f} days"}.get(unit, f"{value:,.0f}")


def _small_charts(workbook: Workbook, sheet: Worksheet, data: ReportData, placed: dict[str, Placed], top: int) -> None:
    size = {"width": 546, "height": 280}
    charts = [
        sales_chart(workbook, placed["SalesByMonth"], data.currency),
        ages_chart(workbook, placed["AgingByAge"], data.currency),
        steps_chart(workbook, placed["DaysPerStep"]),
        late_chart(workbook, placed["LatePayers"], data.currency),
    ]
    for at, chart in enumerate(charts):
        chart.set_size(size)
        place = {"object_position": 2, "x_offset": at % 2 * 558}
        sheet.insert_chart(top + at // 2 * 14, 0, chart, place)


def _charts_beside(
    workbook: Workbook, sheets: dict[str, Worksheet], data: ReportData, placed: dict[str, Placed]
) -> None:
    """The same charts larger, beside the rows they draw."""
    drawn = (
        ("Sales", 6, sales_chart(workbook, placed["SalesByMonth"], data.currency), "SalesByMonth"),
        ("Fulfilment", 5, steps_chart(workbook, placed["DaysPerStep"]), "DaysPerStep"),
        ("Aging", 5, ages_chart(workbook, placed["AgingByAge"], data.currency), "AgingByAge"),
        ("Aging", 5, late_chart(workbook, placed["LatePayers"], data.currency), "LatePayers"),
        ("Cash forecast", 5, cash_chart(workbook, placed["CashByWeek"], data.currency), "CashByWeek"),
    )
    for title, column, chart, table in drawn:
        chart.set_size({"width": 560, "height": 320})
        sheets[title].insert_chart(placed[table].first - 2, column, chart, {"object_position": 2})
