"""The spellings under which a number of ours may stand in a payer's text, to look up by key instead of reading all.

`inv 000012, thank you` gives `INV-000012` among others. What is found is then proved by `references.find_numbers`.
"""

from __future__ import annotations

import re

from o2c_xl.domain.cash.references import with_bodies

__all__ = ["spellings"]

_RUN = re.compile(r"[^\W_]+")
_DIGIT = re.compile(r"\d")
_LETTERS_DIGITS = re.compile(r"([^\W\d_]+)(\d+)")
_MOST_RUNS = 4
_MOST_SPELLINGS = 120


def spellings(text: str) -> list[str]:
    """Every stretch of up to four pieces with a digit in it: as typed, in capitals, joined by hyphens and without."""
    text = with_bodies(text)
    places = [found.span() for found in _RUN.finditer(text)]
    pieces = [text[start:end].upper() for start, end in places]
    numbered = [_DIGIT.search(piece) is not None for piece in pieces]
    known: dict[str, None] = {}
    for first, (start, _) in enumerate(places):
        for last in range(first, min(first + _MOST_RUNS, len(pieces))):
            if True in numbered[first : last + 1]:
                _spell(known, text[start : places[last][1]], pieces[first : last + 1])
        if len(known) > _MOST_SPELLINGS:
            break
    return list(known)


def _spell(known: dict[str, None], typed: str, pieces: list[str]) -> None:
    known[typed] = None
    if len(pieces) > 1:
        known[typed.upper()] = known["-".join(pieces)] = None
    together = "".join(pieces)
    known[together] = None
    if parted := _LETTERS_DIGITS.fullmatch(together):
        known["-".join(parted.groups())] = None
