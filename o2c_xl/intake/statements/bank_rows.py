"""The cells of a bank's csv, cut by the delimiter that the file itself proves."""

from __future__ import annotations

import csv
from dataclasses import dataclass

from o2c_xl.intake.lists.delimiter import lines_of, part_evenly

__all__ = ["Rows", "rows_of_csv"]

_WIDEST = 1_024  # values in a line; what follows a wider one is no list


@dataclass(slots=True)
class Rows:
    """The cells of a list with the lines (or rows) they stand in."""

    cells: list[list[object]]
    places: list[int]


def rows_of_csv(text: str, most: int | None = None) -> Rows:
    """The cells of a csv, by the delimiter it tells or that cuts most lines alike; none of what is no csv.

    With `most` only so many lines, as for a first look.
    """
    try:
        return _cells(text, most)
    except csv.Error:
        return Rows([], [])


def _cells(text: str, most: int | None) -> Rows:
    parted = part_evenly(text)
    reader = csv.reader(lines_of(parted.text), delimiter=parted.delimiter)
    cells: list[list[object]] = []
    places, line = [], 0
    for record in reader:
        if any(map(str.strip, record)):
            cells.append([cell.strip() for cell in record])
            places.append(line + parted.start)
        line = reader.line_num
        if len(cells) == most or len(record) > _WIDEST:
            break
    return Rows(cells, places)
