"""Finding our numbers in what a payer wrote: `inv 2026/00012` names INV-2026-00012, `12` names nothing.

Numbers are compared without case, spaces and punctuation. What is written wrong in a usual way (O for 0, zeros left
out, the last digits alone) is found by `near`, and proves nothing without the amount.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["Near", "Numbers", "find_near", "find_numbers", "index_near", "index_numbers", "with_bodies"]

_RUN = re.compile(r"[^\W_]+")
_SIGNS = {code: None for code in range(128) if not chr(code).isalnum()}
_MOST_RUNS = 6
_SHORTEST = 4
_MOST_WORDS = 40
_LOOKS = str.maketrans("OQDILSZBG", "000115286")
_ZEROS = re.compile(r"(?<![0-9])0+(?=[0-9])")
_DIGIT = re.compile(r"[0-9]")
_TAIL = re.compile(r"[0-9]+$")
_CREDITOR = re.compile(r"\bRF[0-9]{2}(?:[ -]?[A-Z0-9]{1,4}){1,6}\b", re.IGNORECASE)
_LONGEST_BODY = 25
_MODULUS = 97


@dataclass(frozen=True, slots=True)
class Numbers:
    """Known numbers by their plain form; `runs` is how many pieces the longest is written in, or one more.

    `pieces` tells it of those that have digits alone.
    """

    by_plain: dict[str, list[str]]
    pieces: dict[str, int]
    runs: int


@dataclass(frozen=True, slots=True)
class Near:
    """Known numbers by how they look, and by their last digits."""

    by_look: dict[str, list[str]]
    by_tail: dict[str, list[str]]


def index_numbers(numbers: Iterable[str]) -> Numbers:
    """The index that `find_numbers` looks in; empty numbers are left out."""
    by_plain: dict[str, list[str]] = {}
    pieces: dict[str, int] = {}
    signs = 0
    for number in dict.fromkeys(numbers):
        plain = number.upper().translate(_SIGNS) if number.isascii() else "".join(_RUN.findall(number.upper()))
        if plain:
            by_plain.setdefault(plain, []).append(number)
            signs = max(signs, len(number) - len(plain))
            if plain.isdigit():
                pieces[plain] = max(len(_RUN.findall(number)), pieces.get(plain, 0))
    return Numbers(by_plain, pieces, min(_MOST_RUNS, signs + 2))


def find_numbers(index: Numbers, text: str) -> list[str]:
    """The known numbers that `text` names, in its order, each once; the longest reading wins.

    A few bare digits prove nothing unless they are all there is; nor do letters without any digit.
    """
    runs = _RUN.findall(with_bodies(text).upper())
    whole = "".join(runs)
    found: list[str] = []
    at = 0
    while at < len(runs):
        length, plain = _longest(index, runs, at, whole)
        found.extend(index.by_plain.get(plain, ()))
        at += length
    return list(dict.fromkeys(found))


def with_bodies(text: str) -> str:
    """The text, and behind it what stands in each structured creditor reference (ISO 11649) whose digits are right."""
    if "RF" not in text and "rf" not in text:
        return text
    bodies = [body for found in _CREDITOR.finditer(text) if (body := _body(found[0]))]
    return " ".join([text, *bodies]) if bodies else text


def _body(text: str) -> str:
    """The reference without `RF` and check digits; what follows it in the text may have been taken for a part."""
    plain = re.sub(r"[^A-Z0-9]", "", text.upper())[:_LONGEST_BODY]
    for end in range(len(plain), 4, -1):
        digits = "".join(str(int(sign, 36)) for sign in f"{plain[4:end]}{plain[:4]}")
        if int(digits) % _MODULUS == 1:
            return plain[4:end]
    return ""


def _longest(index: Numbers, runs: list[str], at: int, whole: str) -> tuple[int, str]:
    for length in range(min(index.runs, len(runs) - at), 0, -1):
        plain = "".join(runs[at : at + length]) if length > 1 else runs[at]
        if plain in index.by_plain and _proves(plain, length, index.pieces.get(plain, 0), whole):
            return length, plain
    return 1, ""


def _proves(plain: str, runs: int, pieces: int, whole: str) -> bool:
    if plain == whole:
        return True
    if plain.isdigit():
        # Digits apart, such as "12 34", are not the number 1234.
        return len(plain) >= _SHORTEST and runs in (1, pieces)
    return any(char.isdigit() for char in plain)


# --- written wrong in a usual way ------------------------------------------------------------------------------------


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
    return Near(by_look, by_tail)


def find_near(index: Near, text: str) -> list[list[str]]:
    """For each place in `text` the numbers that may be meant there: alike in looks, else by their last digits."""
    runs = _RUN.findall(with_bodies(text).upper())[:_MOST_WORDS]
    found: list[list[str]] = []
    at = 0
    while at < len(runs):
        length, numbers = _looks_like(index, runs, at)
        if numbers and numbers not in found:
            found.append(numbers)
        at += length
    return found


def _looks_like(index: Near, runs: list[str], at: int) -> tuple[int, list[str]]:
    for length in range(min(_MOST_RUNS, len(runs) - at), 0, -1):
        for look in _looks(runs[at : at + length]):
            if numbers := index.by_look.get(look):
                return length, numbers
    run = runs[at].translate(_LOOKS) if _DIGIT.search(runs[at]) else ""
    if run.isdigit() and (len(run) >= _SHORTEST or len(run.lstrip("0")) > 1):  # one digit alone stands everywhere
        return 1, index.by_tail.get(run.lstrip("0"), [])
    return 1, []


def _looks(runs: list[str]) -> tuple[str, ...]:
    """How a number in these pieces looks: its letters that are taken for digits as those, zeros before digits left out.

    Two ways where several pieces have digits: the zeros of each left out, or of the whole.
    """
    numbered = [run for run in runs if _DIGIT.search(run)]
    if not numbered:
        return ()
    apart = "".join(map(_look, runs))
    return (apart,) if len(numbered) == 1 else (apart, _look("".join(runs)))


def _look(plain: str) -> str:
    look = plain.translate(_LOOKS)
    return _ZEROS.sub("", look) if "0" in look else look
