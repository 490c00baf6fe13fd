"""Where the rows of a layout lie in a document, once rows are repeated or left out; all that points at one moves along.

What moves is a `Moving`: text with places in it. It is taken apart once per layout and put together once per document.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import TypeAlias

from openpyxl.formula.tokenizer import Token, Tokenizer

__all__ = [
    "Books",
    "Moves",
    "Moving",
    "moved_areas",
    "moving_formula",
    "moving_references",
    "repeated_area",
    "said",
    "spanning",
]

_CELL = re.compile(r"(\$?[A-Z]{0,3}\$?)(\d+)")
_SHEET_REFERENCE = re.compile(
    r"(?P<sheet>'(?:[^']|'')+'|[\w.]+)!(?P<area>\$?[A-Z]{0,3}\$?\d+(?::\$?[A-Z]{0,3}\$?\d+)?)(?![\w(])"
)


class Moves:
    """Where each row of a layout's sheet begins and ends in the document.

    `copies` says how often the layout's rows stand in the document, from row 1 on; 0 leaves a row out. Rows below
    the last of them stay as they are.
    """

    def __init__(self, copies: Sequence[int]) -> None:
        self._copies = copies
        self._first = [1]
        for count in copies:
            self._first.append(self._first[-1] + count)

    def first(self, row: int) -> int:
        """The first copy of `row`; for a row left out, where it would have been."""
        known = len(self._copies)
        return self._first[row - 1] if row <= known else self._first[-1] + row - known - 1

    def last(self, row: int) -> int:
        """The last copy of `row`; for a row left out, the row before it."""
        copies = self._copies[row - 1] if row <= len(self._copies) else 1
        return self.first(row) + copies - 1

    def rows(self, row: int) -> range:
        """All rows that `row` becomes."""
        return range(self.first(row), self.last(row) + 1)


Books: TypeAlias = Mapping[str, Moves]
"""The moves of each sheet by its title."""
Moving: TypeAlias = Sequence[str | Callable[[Books], str]]


def said(moving: Moving, books: Books) -> str:
    """The text with its places filled in."""
    return "".join(piece if isinstance(piece, str) else piece(books) for piece in moving)


def spanning(area: str, moves: Moves) -> str | None:
    """The area grown or shrunk with its rows; None when nothing is left of it. Whole columns stay."""
    corners = [_CELL.fullmatch(corner) for corner in area.split(":")]
    first, last = corners[0], corners[-1]
    if first is None or last is None:
        return area
    top, bottom = moves.first(int(first[2])), moves.last(int(last[2]))
    if bottom < top:
        return None
    start, end = f"{first[1]}{top}", f"{last[1]}{bottom}"
    return start if start == end and len(corners) == 1 else f"{start}:{end}"


def moved_areas(areas: str, moves: Moves) -> str:
    """Areas with blanks between them, each grown or shrunk; empty when nothing is left.

    They are sorted, for openpyxl keeps them in a set.
    """
    return " ".join(moved for area in sorted(areas.split()) if (moved := spanning(area, moves)))


def repeated_area(area: str, moves: Moves) -> list[str]:
    """The new places of an area; one within a single row is repeated with its row."""
    corners = [_CELL.fullmatch(corner) for corner in area.split(":")]
    first, last = corners[0], corners[-1]
    if first is None or last is None or first[2] != last[2]:
        return [moved] if (moved := spanning(area, moves)) else []
    columns = [corner[1] for corner in corners if corner]
    return [":".join(f"{column}{row}" for column in columns) for row in moves.rows(int(first[2]))]


def moving_references(text: str) -> Moving:
    """Text in which references with a sheet's name (`'Invoice'!$A$1:$D$9`) follow their rows.

    One of which nothing is left shrinks to the row where it would have been.
    """
    pieces: list[str | Callable[[Books], str]] = []
    end = 0
    for found in _SHEET_REFERENCE.finditer(text):
        pieces += (text[end : found.start()], partial(_moved_reference, found["sheet"], found["area"]))
        end = found.end()
    return [*pieces, text[end:]]


def _moved_reference(sheet: str, area: str, books: Books) -> str:
    title = sheet[1:-1].replace("''", "'") if sheet.startswith("'") else sheet
    moves = books.get(title)
    if moves is None:
        return f"{sheet}!{area}"
    here = ":".join(_at(corner, moves.first) for corner in area.split(":"))
    return f"{sheet}!{spanning(area, moves) or here}"


def moving_formula(formula: str, title: str, row: int) -> Callable[[Books, int], str]:
    """A formula of the layout's `row` on sheet `title`, without its `=`; for a row of the document.

    References follow their rows; a range over a repeated row spans all its copies.
    """
    pieces = list(_formula_pieces(formula, title, row))

    def moved(books: Books, new_row: int) -> str:
        return "".join(piece if isinstance(piece, str) else piece(books, new_row) for piece in pieces)

    return moved


def _formula_pieces(formula: str, title: str, row: int) -> Iterator[str | Callable[[Books, int], str]]:
    for token in Tokenizer(f"={formula}").items:
        text = str(token.value)
        if token.type != Token.OPERAND or token.subtype != Token.RANGE:
            yield text
        elif "!" in text:
            yield partial(_elsewhere, moving_references(text))
        else:
            yield partial(_beside, text.split(":"), title, row)


def _elsewhere(moving: Moving, books: Books, _new_row: int) -> str:
    return said(moving, books)


def _beside(corners: Sequence[str], title: str, row: int, books: Books, new_row: int) -> str:
    moves = books[title]
    if len(corners) > 1:
        return f"{_at(corners[0], moves.first)}:{_at(corners[-1], moves.last)}"
    return _at(corners[0], lambda old: new_row if old == row else moves.first(old))


def _at(corner: str, place: Callable[[int], int]) -> str:
    found = _CELL.fullmatch(corner)
    return f"{found[1]}{place(int(found[2]))}" if found else corner
