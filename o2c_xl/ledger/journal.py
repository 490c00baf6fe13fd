"""The journal: who recorded what, when and from where, each entry sealed with the hash of the one before.

The chain is the one of Haber and Stornetta (1991): changing, removing or inserting an entry changes every hash
after it, so whoever edits the ledger by hand is found, and the first bad entry can be named.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from operator import itemgetter
from typing import Any

from o2c_xl.domain.accounts import Leg
from o2c_xl.domain.goods.stock import Move
from o2c_xl.domain.money import plain_number

__all__ = ["Entry", "Source", "chain", "digest_of", "hash_of", "plain", "seal", "seal_of"]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact came from: file, sheet and Excel row; all empty for what the program decided itself."""

    file: str = ""
    sheet: str = ""
    row: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """One journal entry before it is sealed."""

    seq: int
    event: str
    subject: str
    data: Mapping[str, Any]
    source: Source
    digest: str


def _plain(value: object) -> str:
    if isinstance(value, Decimal | dt.date):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot stand in the journal")


_SEALED = itemgetter("seq", "at", "day", "who", "event", "subject", "source", "sheet", "row", "data", "digest")
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_plain)


plain = lru_cache(maxsize=1 << 14)(plain_number)  # amounts and quantities come back again and again
"""An amount without idle zeros: 1.50 and 1.5 must give the same digest whatever engine stored them."""


def digest_of(legs: Sequence[Leg], moves: Sequence[Move], seals: Sequence[object] = ()) -> str:
    """A hash of an entry's postings, movements and seals, in their order; empty when there are none."""
    parts = [f"{leg.account}|{plain(leg.amount)}|{leg.currency}|{leg.party}" for leg in legs]
    parts += [f"{m.sku}|{plain(m.quantity)}|{plain(m.value)}|{plain(m.quarantined)}|{m.kind}" for m in moves]
    return hash_of([*parts, *map(str, seals)])


def hash_of(parts: Sequence[str]) -> str:
    """A hash of an entry's postings, movements and seals as texts; empty when there are none."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest() if parts else ""


def seal(prev_hash: str, row: Mapping[str, Any]) -> str:
    """The hash of a journal row: over the hash before it and every column of its own but the hash."""
    return seal_of(prev_hash, _SEALED(row))


def seal_of(prev_hash: str, values: Iterable[object]) -> str:
    """The same of a row's values in the order of the page `hash-chain.md`."""
    content = "\x1f".join(map(str, values))
    return hashlib.sha256(f"{prev_hash}\x1e{content}".encode()).hexdigest()


def chain(
    entries: Sequence[Entry], prev_hash: str, *, at: str, day: dt.date, who: str
) -> tuple[list[dict[str, Any]], str]:
    """Seal entries one after the other; returns the journal's rows and the new head hash."""
    rows = []
    for entry in entries:
        row: dict[str, Any] = {
            "seq": entry.seq,
            "at": at,
            "day": day,
            "who": who,
            "event": entry.event,
            "subject": entry.subject,
            "source": entry.source.file,
            "sheet": entry.source.sheet,
            "row": entry.source.row,
            "data": _ENCODER.encode(entry.data) if entry.data else "",
            "digest": entry.digest,
            "prev_hash": prev_hash,
        }
        row["hash"] = prev_hash = seal(prev_hash, row)
        rows.append(row)
    return rows, prev_hash
