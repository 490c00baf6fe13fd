"""Reminders that wait to be sent: whether what they list is still asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from o2c_xl.domain.money import ZERO
from o2c_xl.domain.receivables.reminders import DueItem

__all__ = ["Asked", "outdated"]

_NAMED = 3
_STOPPED = {"Disputed": "is in dispute", "Blocked": "is not to be reminded of"}


@dataclass(frozen=True, slots=True)
class Asked:
    """An instalment as a letter lists it."""

    invoice: str
    due_no: int
    open: Decimal


def outdated(listed: Sequence[Asked], now: Iterable[DueItem]) -> str:
    """Why a letter that lists these must not go out any more, as a sentence; empty where it may.

    It may where every instalment is open as it was, not disputed, not promised and nobody is blocked.
    """
    standing = {(item.invoice, item.due_no): item for item in now}
    changed: dict[str, str] = {}
    for one in listed:
        if why := _changed(one, standing.get((one.invoice, one.due_no))):
            changed.setdefault(one.invoice, why)
    if not changed:
        return ""
    rest = any(item.open and not item.stopped for one in listed if (item := standing.get((one.invoice, one.due_no))))
    return f"Withdrawn: {_told(changed)}." + (" What is still due is reminded of anew." if rest else "")


def _changed(one: Asked, now: DueItem | None) -> str:
    if now is None or now.open == ZERO:
        return "is settled"
    if now.stopped:
        return _STOPPED.get(now.stopped, f"is {now.stopped[:1].lower()}{now.stopped[1:]}")
    if now.open != one.open:
        return "is settled in part" if now.open < one.open else "has more open than before"
    return ""


def _told(changed: Mapping[str, str]) -> str:
    parts = [f"{invoice} {why}" for invoice, why in changed.items()]
    more = f" and {len(parts) - _NAMED} more" if len(parts) > _NAMED else ""
    return ", ".join(parts[:_NAMED]) + more
