"""The journal: who recorded what, when and from where, each entry sealed with the hash of the one before.

The chain is the one of Haber and Stornetta (1991): changing, removing or inserting an entry changes every hash
after it, so whoever edits the ledger by hand is found, and the first bad entry can be named.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from operator import itemgetter
from typing import Any

from o2c_xl.domain.accounts import Leg
from o2c_xl.domain.stock import Move

__all__ = ["Entry", "Source", "chain", "digest_of", "seal"]


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


def _number(value: Decimal) -> str:
    # 1.50 and 1.5 are the same amount and must give the same digest whatever engine stored them
    return format(value.normalize(), "f") if value else "0"


def digest_of(legs: Sequence[Leg], moves: Sequence[Move]) -> str:
    """A hash of an entry's postings and movements, in their order; empty when there are none."""
    if not legs and not moves:
        return ""
    parts = [f"{leg.account}|{_number(leg.amount)}|{leg.currency}|{leg.party}" for leg in legs]
    parts += [f"{m.sku}|{_number(m.quantity)}|{_number(m.value)}|{_number(m.quarantined)}|{m.kind}" for m in moves]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def seal(prev_hash: str, row: Mapping[str, Any]) -> str:
    """The hash of a journal row: over the hash before it and every column of its own but the hash."""
    content = "\x1f".join(map(str, _SEALED(row)))
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
