"""Numbers of ours that are written wrong in a usual way: O for 0, zeros left out, the last digits alone.

What is found so proves nothing without the amount. `references.py` finds those that are written right.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from o2c_xl.domain.cash.references import SHORTEST, may_be_date, pieces

__all__ = ["Meant", "Near", "find_near", "index_near", "near_in"]

_RUN = re.compile(r"[^\W_]+")
_MOST_RUNS = 6
_MOST_WORDS = 40
_LOOKS = str.maketrans("OQDILSZBG", "000115286")
_ZEROS = re.compile(r"(?<![0-9])0+(?=[0-9])")
_DIGIT = re.compile(r"[0-9]")
_TAIL = re.compile(r"[0-9]+$")


@dataclass(frozen=True, slots=True)
class Near:
    """Known numbers by how they look, and by their last digits; no look has more than `longest` signs."""

    by_look: dict[str, list[str]]
    by_tail: dict[str, list[str]]
    longest: int


@dataclass(frozen=True, slots=True)
class Meant:
    """The numbers that may be meant in one place; `few`: by bare digits that may as well be a date or a count."""

    numbers: list[str]
    few: bool


def index_near(numbers: Iterable[str]) -> Near:
    """The index that `Near` is: for a few numbers, such as the open ones of a customer."""
    by_look: dict[str, list[str]] = {}
    by_tail: dict[str, list[str]] = {}
    for number in numbers:
        runs = _RUN.findall(number.upper())
        for look in _looks(runs):
            by_look.setdefault(look, []).append(number)
        if runs and (tail := _TAIL.search(runs[-1])):
            by_tail.setdefault(tail[0].lstrip("0"), []).append(number)
    return Near(by_look, by_tail, max(map(len, by_look), default=0))


def find_near(index: Near, text: str) -> list[list[str]]:
    """For each place in `text` the numbers that may be meant there: alike in looks, else by their last digits."""
    return [place.numbers for place in near_in(index, pieces(text))]


def near_in(index: Near, said: Sequence[str]) -> list[Meant]:
    """The same for a text in `pieces`."""
    if not index.by_look:
        return []
    runs = [(run, *_read(run)) for run in said[:_MOST_WORDS]]
    found: list[Meant] = []
    at = 0
    while at < len(runs):
        length, numbers = _looks_like(index, runs[at : at + _MOST_RUNS])
        if numbers:
            digits = "".join(run.translate(_LOOKS) for run, _, _ in runs[at : at + length])
            meant = Meant(numbers, digits.isdigit() and (length > 1 or may_be_date(digits)))
            if meant not in found:
                found.append(meant)
        at += length
    return found


def _looks_like(index: Near, runs: Sequence[tuple[str, str, bool]]) -> tuple[int, list[str]]:
    """The numbers that these pieces (each as written, its look, whether it has digits) begin with, and their length."""
    length, numbers = 0, []
    together, apart, numbered = "", "", 0
    for count, (run, look, digits) in enumerate(runs, 1):
        together, apart, numbered = together + run, apart + look, numbered + digits
        if len(apart) - count > index.longest:  # read together, each piece loses one zero more at most
            break
        known = index.by_look.get(apart) if numbered else None
        if known is None and numbered > 1:
            known = index.by_look.get(_look(together))
        if known is not None:
            length, numbers = count, known
    return (length, numbers) if numbers else (1, _tailed(index, runs[0]))


def _tailed(index: Near, written: tuple[str, str, bool]) -> list[str]:
    """The numbers that end in these digits, zeros left out; one digit alone stands everywhere, and means none."""
    run, look, digits = written
    if digits and look.isdigit() and (len(run) >= SHORTEST or len(look.lstrip("0")) > 1):
        return index.by_tail.get(look.lstrip("0"), [])
    return []


def _looks(runs: list[str]) -> tuple[str, ...]:
    """How a number in these pieces looks: its letters that are taken for digits as those, zeros before digits left out.

    Two ways where several pieces have digits: the zeros of each left out, or of the whole.
    """
    read = [_read(run) for run in runs]
    numbered = sum(digits for _, digits in read)
    if not numbered:
        return ()
    apart = "".join([look for look, _ in read])
    return (apart,) if numbered == 1 else (apart, _look("".join(runs)))


@lru_cache(maxsize=1 << 12)
def _read(run: str) -> tuple[str, bool]:
    """How a piece looks, and whether it has digits; prefixes and years come again in nearly every number."""
    return _look(run), _DIGIT.search(run) is not None


def _look(plain: str) -> str:
    look = plain.translate(_LOOKS)
    if "0" not in look:
        return look
    return look.lstrip("0") or "0" if look.isdecimal() and look.isascii() else _ZEROS.sub("", look)
