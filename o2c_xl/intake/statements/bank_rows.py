"""The cells of a bank's csv, cut by the delimiter that the file itself proves."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

__all__ = ["Rows", "rows_of_csv"]

_DELIMITERS = ";,\t|"
_WIDEST = 1_024  # values in a line; what follows a wider one is no list


@dataclass(slots=True)
class Rows:
    """The cells of a list with the lines (or rows) they stand in."""

    cells: list[list[object]]
    places: list[int]


def rows_of_csv(text: str, most: int | None = None) -> Rows:
    """The cells of a csv, by the delimiter that cuts its lines into most cells alike; none of what is no csv.

    With `most` only so many lines, as for a first look.
    """
    try:
        return _cells(text, most)
    except csv.Error:
        return Rows([], [])


def _cells(text: str, most: int | None) -> Rows:
    head = text[:20_000]
    delimiter = max(_DELIMITERS, key=lambda one: _cut(head, one))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    cells: list[list[object]] = []
    places, line = [], 0
    for record in reader:
        if any(map(str.strip, record)):
            cells.append([cell.strip() for cell in record])
            places.append(line + 1)
        line = reader.line_num
        if len(cells) == most or len(record) > _WIDEST:
            break
    return Rows(cells, places)


def _cut(text: str, delimiter: str) -> int:
    widths = [len(record) for record in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)]
    common = max(set(widths), key=lambda width: (widths.count(width), width), default=1) if widths else 1
    return widths.count(common) * (common - 1)
