"""Headers as people and programs write them, matched to the columns of a table."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from o2c_xl.domain.issue import CannotRun
from o2c_xl.tables.define.spec import Column, Table

__all__ = ["Matched", "header_key", "match_headers", "misspelt", "nearest", "places_of"]

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


def misspelt(headers: Sequence[str], table: Table) -> list[tuple[str, str]]:
    """Headers of a shared sheet that are nearly one it lacks, each with that one; people's own columns are not told."""
    present = {header.strip() for header in headers}
    lacking = {header_key(header): header for header in table.headers if header not in present}
    found = []
    for header in headers if lacking else ():
        if header.strip() not in table.by_header:
            near = nearest(header_key(header), lacking)
            found += [(header.strip(), lacking[near])] if near else []
    return found


def nearest(key: str, keys: Iterable[str]) -> str:
    """The one of `keys` that `key` nearly is, or is with letters in another order; empty when there is none."""
    known = list(keys)
    swapped = (other for other in known if sorted(other) == sorted(key))
    return next(iter((*swapped, *get_close_matches(key, known, n=1, cutoff=_NEARLY))), "")
