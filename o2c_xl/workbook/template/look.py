"""How sheets look: one meaning per colour, one number format per kind of cell, every format a named style.

The reasons stand in docs/decisions/0004-the-look.md.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from babel import Locale, UnknownLocaleError
from xlsxwriter import Workbook
from xlsxwriter.format import Format

from o2c_xl.domain.money import places
from o2c_xl.tables.define.spec import Column, Department, Kind

__all__ = ["DEPARTMENT_COLOURS", "FONT", "TABLE_STYLE", "TONES", "Colour", "Look", "date_code"]

FONT = {"font_name": "Arial", "font_size": 10, "font_color": "#1F2937", "valign": "vcenter"}
TABLE_STYLE = "o2c"


class Colour:
    """The palette; a pair of ground and ink always keeps a contrast of at least 4.5 : 1."""

    INK = "#1F2937"
    QUIET = "#6B7280"
    STAFF_INK = "#1D4ED8"
    PAPER = "#FFFFFF"
    PYTHON_GROUND = "#F3F4F6"
    RULE = "#E2E6EB"
    BAND = "#F6F9FE"
    STAFF_HEAD = "#1E4E8C"
    STAFF_KEY_HEAD = "#12305C"
    PYTHON_HEAD = "#5B6472"
    PYTHON_KEY_HEAD = "#3A414C"
    HEAD_RULE = "#FFFFFF"


DEPARTMENT_COLOURS = {
    Department.SALES: "#2563EB",
    Department.PURCHASING: "#7C3AED",
    Department.WAREHOUSE: "#B45309",
    Department.FINANCE: "#047857",
    Department.MANAGEMENT: "#BE123C",
    Department.SETUP: "#6B7280",
}

# Ground and ink of a state; the word in the cell says the same, so nothing is lost in grey print.
TONES: dict[str, dict[str, Any]] = {
    "done": {"bg_color": "#DCF3E6", "font_color": "#065F46"},
    "moving": {"bg_color": "#DBEAFE", "font_color": "#1E40AF"},
    "waits": {"bg_color": "#FEF0C7", "font_color": "#854D0E"},
    "stopped": {"bg_color": "#FDE0DD", "font_color": "#A3160F"},
    "over": {"bg_color": "#E5E7EB", "font_color": "#4B5563"},
}

_TEXT_KINDS = {
    Kind.CODE,
    Kind.LINE,
    Kind.TEXT,
    Kind.LONG_TEXT,
    Kind.CHOICE,
    Kind.COUNTRY,
    Kind.CURRENCY,
    Kind.TERMS,
    Kind.EMAIL,
}
_CENTRED = {Kind.DATE, Kind.MOMENT, Kind.COUNTRY, Kind.CURRENCY, Kind.LINE}
_ISO_DATE = "yyyy-mm-dd"
# Columns that read as a sentence instead of a bare number or text.
_SPOKEN = {
    "Days overdue": '[=1]0" day late";[>1]0" days late";"–"',
    "Days late": '0" days late";0" days early";"on time"',
    "Check": 'General;General;General;"▲ "@',
}
# as long as what they say, so they go on in the next line
_SENTENCES = frozenset({"Check", "Waiting for", "Problem", "How to mend"})


@cache
def date_code(country: str) -> str:
    """Excel's format code for a day as people of `country` (ISO 3166) write it; ISO 8601 where that is unknown."""
    try:
        pattern = Locale.parse(f"und_{country}").date_formats["short"].pattern
    except (UnknownLocaleError, ValueError, KeyError):
        return _ISO_DATE
    if set(pattern) - set("dMy./- ") or not {"d", "M", "y"} <= set(pattern):
        return _ISO_DATE
    for letter, code in (("d", "dd"), ("M", "mm"), ("y", "yyyy")):
        first, last = pattern.index(letter), pattern.rindex(letter)
        pattern = pattern[:first] + code.upper() + pattern[last + 1 :]
    return str(pattern).lower().strip()


class Look:
    """The formats of one workbook, made once each and known by name."""

    def __init__(self, workbook: Workbook, country: str, currency: str) -> None:
        self._workbook = workbook
        self.date = date_code(country)
        self.paper = 1 if country in {"US", "CA", "MX", "CO", "CL", "PH", "VE"} else 9  # Letter, else A4
        self._decimals = "0" if not places(currency) else "0." + "0" * places(currency)
        self.named: dict[str, Format] = {}

    def style(self, name: str, **properties: Any) -> Format:  # noqa: ANN401
        """The named style, made at its first use."""
        if name not in self.named:
            beside = {"align": "left"} if "indent" in properties else {}  # an indent counts from a named side
            self.named[name] = self._workbook.add_format(FONT | beside | properties)
        return self.named[name]

    def mark(self, **properties: Any) -> Format:  # noqa: ANN401
        """A conditional format's difference to the cell's own look."""
        return self._workbook.add_format(properties)

    def header(self, column: Column) -> Format:
        """The header cell: navy for staff, grey for Python, darker for keys."""
        whose = "Staff" if column.typed else "Python"
        grounds = {
            ("Staff", False): Colour.STAFF_HEAD,
            ("Staff", True): Colour.STAFF_KEY_HEAD,
            ("Python", False): Colour.PYTHON_HEAD,
            ("Python", True): Colour.PYTHON_KEY_HEAD,
        }
        return self.style(
            f"Header {whose}{' key' if column.key else ''}",
            bold=True,
            font_color=Colour.PAPER,
            bg_color=grounds[whose, column.key],
            left=1,
            left_color=Colour.HEAD_RULE,
            text_wrap=True,
            indent=1,
        )

    def cell(self, column: Column) -> Format:
        """A column's cells: blue on white for staff, black on light grey for Python, keys bold."""
        properties: dict[str, Any] = {
            "num_format": self.number(column),
            "bottom": 1,
            "bottom_color": Colour.RULE,
        }
        if column.typed:
            properties["font_color"] = Colour.STAFF_INK
        else:
            properties["bg_color"] = Colour.PYTHON_GROUND
        if column.key:
            properties["bold"] = True
        if column.kind in _CENTRED:
            properties["align"] = "center"
        elif column.kind in _TEXT_KINDS:
            properties["indent"] = 1  # keeps it apart from a number at the right edge of the column before
        if column.header in _SENTENCES:
            properties |= {"text_wrap": True, "valign": "top"}  # where a row keeps its height, the first line is whole
        return self.style(self._cell_name(column), **properties)

    def number(self, column: Column) -> str:
        """The cell's number format; Python's zeros are a dash, so that what counts stands out."""
        if column.header in _SPOKEN:
            return _SPOKEN[column.header]
        if column.kind in _TEXT_KINDS:
            return "@"
        return self._signed(column) or {Kind.DATE: self.date, Kind.MOMENT: f"{self.date} hh:mm"}[column.kind]

    def _signed(self, column: Column) -> str:
        plain = {
            Kind.MONEY: f"#,##{self._decimals}",
            Kind.PRICE: "#,##0.00##",
            Kind.QUANTITY: "General",
            Kind.NUMBER: "General",
            Kind.WHOLE: "0",
            Kind.PERCENT: 'General" %"',
        }.get(column.kind)
        if plain is None:
            return ""
        quiet_zero = "" if column.typed or column.kind is Kind.WHOLE else ';"–"'
        return f"{plain};[Red]-{plain}{quiet_zero}"

    def _cell_name(self, column: Column) -> str:
        whose = "Staff" if column.typed else "Python"
        what = column.kind.value
        if column.header in _SPOKEN or column.header in _SENTENCES:
            what = column.header
        elif column.kind in _TEXT_KINDS - _CENTRED:
            what = "text"
        elif column.kind in _TEXT_KINDS & _CENTRED:
            what = "short text"
        elif column.kind in {Kind.QUANTITY, Kind.NUMBER}:
            what = "number"
        return f"{whose}{' key' if column.key else ''} {what}"
