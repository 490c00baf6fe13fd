"""How the report looks: one set of formats, colours that survive colour-blindness and grey print, print set-up.

Series colours are Okabe and Ito's (2008); ages go from light to dark of one hue, so that they keep their order in grey.
"""

from __future__ import annotations

from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from o2c_xl.domain.money import places
from o2c_xl.domain.reporting.report import ReportData, Unit
from o2c_xl.workbook.template.look import FONT, Colour, date_code

__all__ = ["AGES", "AXIS", "BAR", "BAR_2", "BETTER", "WORSE", "ReportLook", "chart_font", "print_setup"]

BAR, BAR_2 = "#0072B2", "#E69F00"
BETTER, WORSE = "#00588A", "#B34700"
AGES = ("#B9D9EB", "#8CBFE0", "#4F93C4", "#1F6597", "#0B3558")
AXIS = {"color": "#D1D5DB", "width": 0.75}
_NAVY = "#12305C"
_SIDES = {Unit.TEXT: "left", Unit.DATE: "center"}


class ReportLook:
    """The formats of one report, made once each."""

    def __init__(self, workbook: Workbook, data: ReportData) -> None:
        self._workbook = workbook
        self._made: dict[str, Format] = {}
        self.letter = data.country in {"US", "CA", "MX"}
        decimals = "0" if not places(data.currency) else "0." + "0" * places(data.currency)
        self.codes = {
            Unit.MONEY: f'#,##{decimals};[Red]-#,##{decimals};"–"',
            Unit.SHARE: "0.0%",
            Unit.DAYS: "0.0",
            Unit.COUNT: "#,##0",
            Unit.QUANTITY: "#,##0.###",
            Unit.TEXT: "@",
            Unit.DATE: date_code(data.country),
        }
        self.large = {
            Unit.MONEY: "#,##0;[Red]-#,##0",
            Unit.SHARE: "0.0%",
            Unit.DAYS: '#,##0.0" days"',
            Unit.COUNT: "#,##0",
        }

    def style(self, **properties: Any) -> Format:  # noqa: ANN401
        """A format with these properties, made at its first use."""
        key = repr(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._workbook.add_format(FONT | properties)
        return self._made[key]

    def title(self) -> Format:
        """The title of a sheet."""
        return self.style(bold=True, font_size=16, font_color=_NAVY)

    def quiet(self, **more: Any) -> Format:  # noqa: ANN401
        """Explanations."""
        return self.style(font_color=Colour.QUIET, font_size=9, **more)

    def heading(self) -> Format:
        """What a table is about."""
        return self.style(bold=True, font_color=_NAVY, font_size=11)

    def header(self, unit: Unit) -> Format:
        """A column's header; numbers stand under headers to the right."""
        side = _SIDES.get(unit, "right")
        return self.style(
            bold=True, font_color=Colour.PAPER, bg_color=_NAVY, text_wrap=True, align=side, valign="vcenter"
        )

    def cell(self, unit: Unit, *, total: bool = False) -> Format:
        """A cell of rows, or of the line with their sums."""
        edge = {"bold": True, "top": 1, "top_color": _NAVY} if total else {"bottom": 1, "bottom_color": Colour.RULE}
        return self.style(num_format=self.codes[unit], align=_SIDES.get(unit, "right"), **edge)

    def link(self) -> Format:
        """A link within the workbook."""
        return self.style(font_color="#1D4ED8", underline=1, font_size=9)


def chart_font(size: int = 9, *, bold: bool = False) -> dict[str, Any]:
    """The font of a chart's texts."""
    return {"name": "Arial", "size": size, "bold": bold, "color": Colour.INK}


def print_setup(sheet: Worksheet, look: ReportLook, data: ReportData, *, high: int) -> None:
    """Landscape, one page wide, `high` pages high (0 = as many as needed), page n of m, company and day."""
    sheet.set_landscape()
    sheet.set_paper(1 if look.letter else 9)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.fit_to_pages(1, high)
    company = data.company.replace("&", "&&")
    sheet.set_footer(f'&L&8&"Arial"{company}&C&8&A&R&8Page &P of &N · {data.day.isoformat()}')
    sheet.hide_gridlines(2)
