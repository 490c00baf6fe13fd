"""The report's native charts: titled, with named axes and units, in colours that also work in grey."""

from __future__ import annotations

from typing import Any

from xlsxwriter import Workbook

from o2c_xl.documents.report.look import AGES, AXIS, BAR, BAR_2, chart_font
from o2c_xl.documents.report.pages import Placed

__all__ = ["ages_chart", "cash_chart", "late_chart", "sales_chart", "steps_chart"]


def sales_chart(workbook: Workbook, placed: Placed, currency: str) -> Any:  # noqa: ANN401 -- XlsxWriter's own
    """Net sales by month."""
    chart = _chart(workbook, "column", "Sales by month", ("Month", f"Net, {currency}"), "#,##0")
    chart.add_series(_series("Net", placed, 2, BAR, gap=45))
    return chart


def ages_chart(workbook: Workbook, placed: Placed, currency: str) -> Any:  # noqa: ANN401
    """What is open by age: darker is later."""
    chart = _chart(workbook, "column", "Receivables by age", ("Days late", f"Open, {currency}"), "#,##0")
    points = [{"fill": {"color": colour}} for colour in AGES]
    chart.add_series(_series("Open", placed, 1, AGES[2], gap=45) | {"points": points})
    return chart


def cash_chart(workbook: Workbook, placed: Placed, currency: str) -> Any:  # noqa: ANN401
    """Cash expected by week beside what is due."""
    chart = _chart(workbook, "column", "Cash expected", ("Week from", f"Cash, {currency}"), "#,##0")
    chart.add_series(_series("By habit", placed, 1, BAR, gap=60))
    chart.add_series(_series("When due", placed, 2, BAR_2, gap=60))
    # a text axis: on one of days the bars of a week are a hair thin
    chart.set_x_axis(_axis("Week from") | {"text_axis": True, "num_format": "d mmm"})
    chart.set_legend({"position": "bottom", "font": chart_font(8)})
    return chart


def steps_chart(workbook: Workbook, placed: Placed) -> Any:  # noqa: ANN401
    """Median and 90th percentile of the days per step."""
    chart = _chart(workbook, "bar", "Days per step", ("Step", "Days"), "0")
    chart.add_series(_series("Median", placed, 2, BAR, gap=60))
    chart.add_series(_series("90 % within", placed, 3, BAR_2, gap=60))
    chart.set_legend({"position": "bottom", "font": chart_font(8)})
    chart.set_y_axis(_axis("Step", reverse=True))
    chart.set_x_axis(_axis("Days", "0", grid=True, label="high"))
    return chart


def late_chart(workbook: Workbook, placed: Placed, currency: str) -> Any:  # noqa: ANN401
    """Who owes most that is past due."""
    chart = _chart(workbook, "bar", "Most overdue", ("Customer", f"Overdue, {currency}"), "#,##0")
    chart.add_series(_series("Overdue", placed, 2, BAR, gap=45))
    chart.set_y_axis(_axis("Customer", reverse=True))
    chart.set_x_axis(_axis(f"Overdue, {currency}", "#,##0", grid=True, label="high"))
    return chart


def _chart(workbook: Workbook, kind: str, title: str, axes: tuple[str, str], code: str) -> Any:  # noqa: ANN401
    chart = workbook.add_chart({"type": kind})
    chart.set_title({"name": title, "name_font": chart_font(11, bold=True), "overlay": False})
    chart.set_legend({"none": True})
    chart.set_chartarea({"border": {"color": "#E2E6EB"}})
    chart.set_x_axis(_axis(axes[0]))
    chart.set_y_axis(_axis(axes[1], code, grid=True))
    return chart


def _axis(name: str, code: str = "", *, grid: bool = False, reverse: bool = False, label: str = "") -> dict[str, Any]:
    axis: dict[str, Any] = {
        "name": name,
        "name_font": chart_font(8),
        "num_font": chart_font(8),
        "line": AXIS,
        "reverse": reverse,
        "major_gridlines": {"visible": grid, "line": AXIS},
    }
    if code:
        axis |= {"num_format": code, "min": 0}
    if label:
        axis["label_position"] = label
    return axis


def _series(name: str, placed: Placed, at: int, colour: str, *, gap: int) -> dict[str, Any]:
    return {
        "name": name,
        "categories": placed.column(0),
        "values": placed.column(at),
        "fill": {"color": colour},
        "border": {"none": True},
        "gap": gap,
    }
