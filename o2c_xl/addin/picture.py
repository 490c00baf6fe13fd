"""A picture of the tab, drawn from its spec, for the guide. Excel shows its own icons in place of our drawings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from o2c_xl.addin.ribbon import Button, Group, Ribbon

__all__ = ["tab_picture"]

_LARGE, _ROWS, _ROW, _TOP = 76, 3, 26, 40  # pixels: a large button's width, small ones per column, their height
_PAD, _CAPTION, _CHAR = 8, 18, 6.4
# What stands for each of Excel's own icons, drawn in a square of 16 by 16.
_DRAWINGS = {
    "DataValidation": "M2 3h12v10H2z M5 8l2 2 4-4",
    "FindDialog": "M7 3a4 4 0 1 0 .01 0 M10 10l4 4",
    "Undo": "M6 3L2 7l4 4 M2 7h7a4 4 0 0 1 0 7H6",
    "RefreshAll": "M3 8a5 5 0 0 1 9-3 M12 2v3H9 M13 8a5 5 0 0 1-9 3 M4 14v-3h3",
    "MacroPlay": "M4 2l9 6-9 6z",
    "FileNew": "M3 1h7l3 3v11H3z M10 1v3h3",
    "TableInsert": "M2 3h12v10H2z M2 7h12 M6 3v10 M10 3v10",
    "AcceptInvitation": "M2 9l4 4 8-9",
    "DeclineInvitation": "M3 3l10 10 M13 3L3 13",
    "Calculator": "M3 1h10v14H3z M5 3h6v3H5z M5 9h1 M10 9h1 M5 12h1 M10 12h1",
    "HyperlinkInsert": "M7 5l2-2a3 3 0 0 1 4 4l-2 2 M9 11l-2 2a3 3 0 0 1-4-4l2-2 M6 10l4-4",
    "Filter": "M2 2h12L9 8v6l-2-2V8z",
    "ChartInsert": "M2 14h12 M4 14V8 M8 14V3 M12 14V6",
    "FileOpen": "M1 13V3h5l1 2h7v2 M1 13l3-6h11l-2 6z",
    "Help": "M5 6a3 3 0 1 1 4 3l-1 2 M8 13v1",
}


@dataclass(slots=True)
class _Pen:
    """Where the next column begins, and the lines drawn so far."""

    x: float
    lines: list[str]


def tab_picture(ribbon: Ribbon) -> str:
    """The tab as SVG; the same spec gives the same text."""
    pen = _Pen(_PAD, [])
    for group in ribbon.groups:
        _group(group, pen)
    width, height = round(pen.x), _TOP + _ROWS * _ROW + _CAPTION + _PAD
    tab = round(len(ribbon.label) * _CHAR + 24)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"',
        '  role="img" font-family="Segoe UI, Arial, sans-serif" font-size="11" fill="#222">',
        "<!-- Written by macros/make.py from macros/ribbon.toml; change it there, then write it again. -->",
        f"<title>The tab {escape(ribbon.label)} in Excel</title>",
        f'<rect width="{width}" height="{height}" fill="#f3f2f1"/>',
        f'<rect x="{_PAD}" y="4" width="{tab}" height="26" fill="#fff"/>',
        f'<text x="{_PAD + tab / 2:g}" y="21" text-anchor="middle" font-weight="600">{escape(ribbon.label)}</text>',
        f'<rect y="30" width="{width}" height="{height - 30}" fill="#fff"/>',
    )
    return "\n".join((*head, *pen.lines, "</svg>")) + "\n"


def _group(group: Group, pen: _Pen) -> None:
    start = pen.x
    small: list[Button] = []
    for button in group.buttons:
        if button.size == "normal":
            small.append(button)
            continue
        _column(small, pen)
        _large(button, pen)
    _column(small, pen)
    pen.x = max(pen.x, start + len(group.label) * _CHAR + _PAD)
    middle, bottom = (start + pen.x) / 2, _TOP + _ROWS * _ROW + 14
    pen.lines.append(
        f'<text x="{middle:.1f}" y="{bottom}" text-anchor="middle" fill="#666">{escape(group.label)}</text>'
    )
    pen.lines.append(f'<path d="M{pen.x:.1f} {_TOP}V{bottom}" stroke="#ddd"/>')
    pen.x += _PAD


def _large(button: Button, pen: _Pen) -> None:
    middle = pen.x + _LARGE / 2
    pen.lines.append(_drawing(button, middle - 16, _TOP + 2, 2))
    for row, words in enumerate(_two_lines(button.label)):
        pen.lines.append(
            f'<text x="{middle:.1f}" y="{_TOP + 50 + row * 13}" text-anchor="middle">{escape(words)}</text>'
        )
    pen.x += _LARGE


def _two_lines(label: str) -> Iterator[str]:
    first, _, rest = label.partition(" ")
    yield first
    if rest:
        yield rest


def _column(buttons: list[Button], pen: _Pen) -> None:
    """Small buttons one below the other, three to a column; the list is emptied."""
    for start in range(0, len(buttons), _ROWS):
        column = buttons[start : start + _ROWS]
        for row, button in enumerate(column):
            y = _TOP + row * _ROW
            pen.lines.append(_drawing(button, pen.x + 4, y + 4, 1))
            pen.lines.append(f'<text x="{pen.x + 26:.1f}" y="{y + 16}">{escape(button.label)}</text>')
        pen.x += 26 + max(len(button.label) for button in column) * _CHAR + _PAD
    buttons.clear()


def _drawing(button: Button, x: float, y: float, scale: int) -> str:
    colour = "#107c41" if button.writes else "#2b579a"
    return (
        f'<path transform="translate({x:.1f} {y:g}) scale({scale})" d="{_DRAWINGS[button.icon]}" fill="none"'
        f' stroke="{colour}" stroke-width="{1.4 if scale == 1 else 0.9}"><title>{escape(button.tip)}</title></path>'
    )
