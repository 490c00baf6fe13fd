"""The spellings under which a number of ours may stand in a payer's text, to look up by key instead of reading all.

`inv 000012, thank you` gives `INV-000012` among others. What is found is then proved by `references.find_numbers`.
"""

from __future__ import annotations

import re

__all__ = ["spellings"]

_RUN = re.compile(r"[^\W_]+")
_LETTERS_DIGITS = re.compile(r"([^\W\d_]+)(\d+)")
_MOST_RUNS = 4
_MOST_SPELLINGS = 120


def spellings(text: str) -> list[str]:
    """Every stretch of up to four pieces with a digit in it: as typed, in capitals, joined by hyphens and without."""
    runs = [(found.start(), found.end()) for found in _RUN.finditer(text)]
    known: dict[str, None] = {}
    for first in range(len(runs)):
        for last in range(first, min(first + _MOST_RUNS, len(runs))):
            typed = text[runs[first][0] : runs[last][1]]
            if not any(char.isdigit() for char in typed):
                continue
            pieces = [text[start:end].upper() for start, end in runs[first : last + 1]]
            together = "".join(pieces)
            known.update(dict.fromkeys((typed, typed.upper(), "-".join(pieces), together)))
            if parted := _LETTERS_DIGITS.fullmatch(together):
                known["-".join(parted.groups())] = None
        if len(known) > _MOST_SPELLINGS:
            break
    return list(known)
