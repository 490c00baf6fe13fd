"""Finding our numbers in what a payer wrote: `inv 2026/00012` names INV-2026-00012, `12` names nothing.

Numbers are compared without case, spaces and punctuation. What is written wrong in a usual way (O for 0, zeros left
out, the last digits alone) is found in `near_numbers.py`, and proves nothing without the amount.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from operator import sub

from o2c_xl.domain.cash.proving import said_before

__all__ = [
    "SHORTEST",
    "Numbers",
    "find_numbers",
    "index_numbers",
    "may_be_date",
    "numbers_in",
    "pieces",
    "with_bodies",
]

_RUN = re.compile(r"[^\W_]+")
_BREAK = "\n"
_SIGNS = {code: None for code in range(128) if not chr(code).isalnum() and chr(code) != _BREAK}
_MOST_RUNS = 6
SHORTEST = 4
_YEAR = re.compile(r"20[1-4][0-9]")
_CREDITOR = re.compile(r"\bRF[0-9]{2}(?:(?![ -]RF[0-9]{2})[ -]?[A-Z0-9]{1,4}){1,6}\b", re.IGNORECASE)
_ACCOUNT = re.compile(
    r"\b(?!RF)[A-Z]{2}[0-9]{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,3})?\b", re.IGNORECASE | re.ASCII
)
_SHORTEST_ACCOUNT = 15
_LONGEST_BODY = 25
_MODULUS = 97


@dataclass(frozen=True, slots=True)
class Numbers:
    """Known numbers by their plain form; `alike` holds those of a form that several share.

    `runs` is how many pieces the longest is written in, or one more; `pieces` tells it of those that have digits alone.
    `firsts` are the signs that they begin with: most words of a text begin with others.
    """

    by_plain: dict[str, str]
    alike: dict[str, list[str]]
    pieces: dict[str, int]
    runs: int
    firsts: frozenset[str]


def pieces(text: str) -> list[str]:
    """The letters and digits of a text in capitals, cut where other signs stand; bodies of creditor references last."""
    return _RUN.findall(with_bodies(text).upper())


def index_numbers(numbers: Iterable[str]) -> Numbers:
    """The index that `find_numbers` looks in; empty numbers are left out."""
    unlike = list(dict.fromkeys(numbers))
    plains = _plain_forms(unlike)
    by_plain = dict(zip(plains, unlike, strict=True))
    alike: dict[str, list[str]] = {}
    if len(by_plain) < len(unlike):
        for plain, number in zip(plains, unlike, strict=True):
            alike.setdefault(plain, []).append(number)
        alike = {plain: several for plain, several in alike.items() if len(several) > 1}
    by_plain.pop("", None)
    signs = max(map(sub, map(len, unlike), map(len, plains)), default=0)
    written: dict[str, int] = {}
    for plain in filter(str.isdigit, by_plain):
        written[plain] = max(len(_RUN.findall(number)) for number in alike.get(plain, (by_plain[plain],)))
    firsts = frozenset(plain[0] for plain in by_plain)
    return Numbers(by_plain, alike, written, min(_MOST_RUNS, signs + 2), firsts)


def _plain_forms(numbers: list[str]) -> list[str]:
    """Each number in capitals without its signs: of all in one text, which takes a tenth of the time of one by one."""
    together = _BREAK.join(numbers)
    if together.isascii():
        plains = together.upper().translate(_SIGNS).split(_BREAK)
        if len(plains) == len(numbers):
            return plains
    return ["".join(_RUN.findall(number.upper())) for number in numbers]


def find_numbers(index: Numbers, text: str) -> list[str]:
    """The known numbers that `text` names, in its order, each once; the longest reading wins.

    A few bare digits prove nothing unless they are all there is, or a word such as *order* stands right before them;
    nor does a year, nor do letters without any digit.
    """
    return numbers_in(index, pieces(text))


def numbers_in(index: Numbers, said: Sequence[str]) -> list[str]:
    """The same for a text in `pieces`."""
    if not index.by_plain:
        return []
    whole = "".join(said)
    found: list[str] = []
    after = 0
    for at, run in enumerate(said):
        if at < after or run[0] not in index.firsts:
            continue
        length, plain = _longest(index, said, at, whole)
        if plain:
            found += index.alike.get(plain) or (index.by_plain[plain],)
            after = at + length
    return list(dict.fromkeys(found)) if found else found


def with_bodies(text: str) -> str:
    """The text, and behind it what stands in each structured creditor reference (ISO 11649) whose digits are right.

    Without account numbers (IBAN): their digits name nothing of ours.
    """
    text = _ACCOUNT.sub(_after_account, text)
    if "RF" not in text and "rf" not in text:
        return text
    bodies = [body for found in _CREDITOR.finditer(text) for body in _bodies(found[0])]
    return " ".join([text, *bodies]) if bodies else text


def _after_account(found: re.Match[str]) -> str:
    """What follows the account number that the digits prove, since words may have been taken for a part of it."""
    for end in sorted({word.end() for word in re.finditer(r"[A-Z0-9]+", found[0], re.IGNORECASE)}, reverse=True):
        plain = re.sub(r"[ -]", "", found[0][:end])
        turned = "".join(str(int(sign, 36)) for sign in plain[4:] + plain[:4])
        if len(plain) >= _SHORTEST_ACCOUNT and int(turned) % _MODULUS == 1:
            return f" {found[0][end:]}"
    return found[0]


def _bodies(text: str) -> list[str]:
    """What may be the reference without `RF` and check digits: what follows it may have been taken for a part.

    It ends with a word; only where its digits are right at the end of none, other words are glued to it.
    """
    words = re.findall(r"[A-Z0-9]+", text.upper())
    plain = "".join(words)[:_LONGEST_BODY]
    first = int(f"2715{plain[2:4]}")  # R and F as numbers
    right, rest = [], 0
    for end, sign in enumerate(plain[4:], 5):
        value = int(sign, 36)
        rest = (rest * (10 if sign.isdigit() else 100) + value) % _MODULUS
        if (rest * 1_000_000 + first) % _MODULUS == 1:
            right.append(end)
    ends = set(accumulate(map(len, words)))
    return [plain[4:end] for end in [end for end in right if end in ends] or right]


def _longest(index: Numbers, said: Sequence[str], at: int, whole: str) -> tuple[int, str]:
    """The longest number that begins at a piece, and in how many pieces it is written; one and '' if none."""
    found = 1, ""
    plain = ""
    for length, run in enumerate(said[at : at + index.runs], 1):
        plain += run
        if plain in index.by_plain and (
            plain == whole or _proves(plain, index.pieces.get(plain, 0), said, (at, length))
        ):
            found = length, plain
    return found


def _proves(plain: str, pieces: int, said: Sequence[str], place: tuple[int, int]) -> bool:
    at, length = place
    if not plain.isdigit():
        return any(char.isdigit() for char in plain)
    if length not in (1, pieces):
        return False  # digits apart, such as "12 34", are not the number 1234
    return not may_be_date(plain) or (len(plain) < SHORTEST and _told(said, at, at + length))


def _told(said: Sequence[str], at: int, end: int) -> bool:
    """Whether a word says what a few digits are, and no digits behind them that it is a date: `invoice 12.03.2026`."""
    return said_before(said[:at]) and (end == len(said) or not said[end].isdigit())


def may_be_date(digits: str) -> bool:
    """Whether bare digits are so few, or a year, that they stand in many a text and prove nothing."""
    return len(digits) < SHORTEST or _YEAR.fullmatch(digits) is not None
