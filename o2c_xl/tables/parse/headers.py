"""Headers as people and programs write them, matched to the columns of a table."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from o2c_xl.domain.issue import CannotRun
from o2c_xl.tables.define.spec import Column, Table

__all__ = ["Matched", "as_ours", "astray", "header_key", "match_headers", "nearest", "places_of", "refuse_twins"]

_UNSEEN = dict.fromkeys(map(ord, "\ufeff\u200b\u2060"))  # a second byte order mark, spaces of no width
_NEARLY = 0.8  # as `difflib` measures likeness: one letter of a short word, two of a long one


@dataclass(slots=True)
class Matched:
    """Where each field's column stands (from 0), in the sheet's order, and notes on columns kept out.

    `near` gives, by field, the place of a header that is nearly the one that the file lacks.
    """

    places: dict[str, int]
    notes: list[str] = field(default_factory=list)
    near: dict[str, int] = field(default_factory=dict)


def header_key(header: object) -> str:
    """A header without regard to case, space around it, marks nobody sees and Unicode form; empty unless it is text."""
    if not isinstance(header, str):
        return ""
    return " ".join(unicodedata.normalize("NFC", header.translate(_UNSEEN)).split()).casefold()


def places_of(headers: Sequence[object], where: str) -> dict[str, int]:
    """Place of each header by its `header_key`; CannotRun when one that is not empty stands there twice."""
    places: dict[str, int] = {}
    for place, header in enumerate(headers):
        key = header_key(header)
        if key in places:
            raise CannotRun(f"{where}: two columns are named {str(header).strip()}; rename or delete one of them.")
        if key:
            places[key] = place
    return places


def match_headers(headers: Sequence[object], table: Table, where: str) -> Matched:
    """The table's keys and staff columns among the headers; the others are kept out with a note."""
    known: Mapping[str, Column] = {header_key(c.header): c for c in table.columns if c.typed or c.key}
    shown = {header_key(column.header) for column in table.shown}
    matched = Matched({})
    kept_out: list[str] = []
    places = places_of(headers, where)
    lacking = known.keys() - places.keys()
    for key, place in places.items():
        name = str(headers[place]).strip()
        if key in known:
            matched.places[known[key].field] = place
        elif key in shown:
            kept_out.append(name)
        else:
            meant = known.get(nearest(key, lacking))
            hint = f" Did you mean {meant.header}?" if meant else ""
            matched.notes.append(f"{where}: the column {name} is not one of {table.title} and was kept out.{hint}")
            if meant:
                matched.near.setdefault(meant.field, place)
    if kept_out:
        matched.notes.append(f"{where}: Python fills {', '.join(kept_out)}; what stands there was kept out.")
    return matched


def as_ours(headers: Sequence[str], table: Table | None) -> tuple[str, ...]:
    """Headers of ours as we write them, in whatever case they stand; people's own, and twins, as they are."""
    keys = Counter(map(header_key, headers))
    ours = {header_key(header): header for header in table.headers} if table is not None else {}
    return tuple(ours.get(key, header) if keys[key := header_key(header)] == 1 else header for header in headers)


def refuse_twins(headers: Sequence[str], table: Table | None, where: str) -> None:
    """Of two columns with one header of ours it is not known which counts; people's own may be called as they like."""
    if table is not None:
        ours = {header_key(header) for header in table.headers}
        places_of([header for header in headers if header_key(header) in ours], f"{where}, {table.title}")


def astray(headers: Sequence[str], table: Table) -> list[tuple[str, str]]:
    """What a shared sheet lacks of its table, each with the header there that seems to stand for it ('' = none).

    A column of staff is told in any case, one of Python's where a header is nearly its own or stands in its place, as
    its figures are old then; people's own columns are not.
    """
    names = [header.strip() for header in headers]
    lacking = {header_key(column.header): column for column in table.columns if column.header not in names}
    strange = {header_key(name): name for name in names if name and name not in table.by_header}
    found = []
    for key, column in lacking.items() if lacking else ():
        near = nearest(key, strange) or _placed(names, table, column, strange)
        if near or column.typed:
            found.append((strange.pop(near, ""), column.header))
    return found


def _placed(names: Sequence[str], table: Table, column: Column, strange: Mapping[str, str]) -> str:
    """The strange header between the neighbours of the column, else of staff's the one most like it; empty for none."""
    at = table.headers.index(column.header)
    before, after = table.headers[at - 1 : at], table.headers[at + 1 : at + 2]
    for place, name in enumerate(names):
        beside = (not before or names[place - 1 : place] == list(before), names[place + 1 : place + 2] == list(after))
        if strange.get(header_key(name)) == name and all(beside):
            return header_key(name)
    alike = get_close_matches(header_key(column.header), strange, n=1) if column.typed else ()
    return next(iter(alike), "")


def nearest(key: str, keys: Iterable[str]) -> str:
    """The one of `keys` that `key` nearly is, or is with letters in another order; empty when there is none."""
    known = list(keys)
    swapped = (other for other in known if sorted(other) == sorted(key))
    return next(iter((*swapped, *get_close_matches(key, known, n=1, cutoff=_NEARLY))), "")
