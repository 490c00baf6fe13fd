"""The names of marked copies: which file a copy was made of, and what the copy of a copy is called."""

from __future__ import annotations

import re
from pathlib import PurePath

__all__ = ["copied_from", "copy_name", "plain_name", "split_mark"]

_BOOKS = frozenset({".xlsx", ".xlsm"})
_MARK = re.compile(r"( \(to mend(?: (?P<round>[1-9]\d?))?\))+")


def copy_name(name: str) -> str:
    """What the marked copy of the file `name` is called; a copy that is refused again is counted, not marked twice."""
    suffix = PurePath(name).suffix.lower()
    stem, end = (PurePath(name).stem, suffix) if suffix in _BOOKS else (name, ".xlsx")
    before = _MARK.search(stem)
    if before is None:
        return f"{stem}{_mark(1)}{end}"
    return f"{stem[: before.start()]}{_mark(_round(before) + 1)}{stem[before.end() :]}{end}"


def split_mark(name: str) -> tuple[str, str] | None:
    """The name of a marked copy before its mark, and from there on; None for any other file."""
    mark = _MARK.search(name)
    return (name[: mark.start()], name[mark.start() :]) if mark else None


def plain_name(name: str) -> str:
    """The name without the mark of a copy: what it says of the file's table is said by the copy's name too."""
    return _MARK.sub("", name)


def copied_from(name: str) -> tuple[str, ...]:
    """The names that the file may have had of which `name` is the marked copy; empty for any other file."""
    mark = _MARK.search(name)
    if mark is None:
        return ()
    stem, end = name[: mark.start()], name[mark.end() :]
    rounds = [f"{stem}{_mark(number)}{end}" for number in range(1, _round(mark))]
    return (stem, f"{stem}{end}", f"{stem}{PurePath(end).suffix}", *rounds)


def _mark(number: int) -> str:
    return " (to mend)" if number == 1 else f" (to mend {number})"


def _round(mark: re.Match[str]) -> int:
    return int(mark["round"] or 1)
