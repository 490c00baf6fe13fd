"""One booking of a camt file as a line: amount and days as the entry says them, who and what for as its items do."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import lru_cache

from o2c_xl.intake.statements.camt_entry import SEPARATOR, Values
from o2c_xl.intake.statements.model import Line, clean_text

__all__ = ["BadXml", "booked", "day_of", "itemised", "money", "tell"]

_AMOUNT = re.compile(r"0*[0-9]{1,11}(?:\.[0-9]{0,5})?")
_NO_REFERENCE = frozenset({"", "NOTPROVIDED", "NONREF", "NOTAVAILABLE"})
_NOBODY = frozenset({"", "NOTPROVIDED", "KEINE INFORMATION VORHANDEN"})


class BadXml(Exception):
    """The file cannot be read on; the message says why, `place` where."""

    def __init__(self, place: int, field: str, value: str, problem: str) -> None:
        super().__init__(problem)
        self.place, self.field, self.value = place, field, value


def itemised(line: Line, items: list[Values], place: int, ours: frozenset[str]) -> list[Line]:
    """A line for each item; none where they do not add up to the entry."""
    amounts = [_item_amount(item, line, place) for item in items]
    if None in amounts or sum(filter(None, amounts)) != line.amount:
        return []
    parts = []
    for item, amount in zip(items, amounts, strict=True):
        part = replace(line, amount=amount or Decimal(0))
        tell(part, item, ours)
        parts.append(part)
    return parts


def booked(whole: Values, raw: str, place: int) -> Line:
    """What the entry says as a whole."""
    if "amount" not in whole:
        raise BadXml(place, "Ntry/Amt", "", "The entry has no amount.")
    day = whole.get("booked") or whole.get("valued")
    if not day:
        raise BadXml(place, "Ntry/BookgDt", "", "The entry has no booking day.")
    valued = whole.get("valued")
    return Line(
        day_of(day, place, "Ntry/BookgDt"),
        money(whole["amount"], whole.get("side", ""), place, "Ntry/Amt"),
        whole.get("amount in", ""),
        place,
        value_on=day_of(valued, place, "Ntry/ValDt") if valued else None,
        text=clean_text(whole["about"]) if "about" in whole else "",
        entry_reference=whole.get("bank_reference") or whole.get("entry_reference", ""),
        reversal=whole.get("reversal", "").lower() in ("true", "1"),
        raw=raw,
    )


def _item_amount(item: Values, line: Line, place: int) -> Decimal | None:
    """What an item comes to, signed; None where it says nothing, or another currency's amount."""
    name = "amount" if "amount" in item else "part"
    if name not in item or item.get(f"{name} in", line.currency) != line.currency:
        return None
    side = item.get("side") or ("DBIT" if line.amount < 0 else "CRDT")
    return money(item[name], side, place, "TxDtls/Amt")


def tell(line: Line, item: Values, ours: frozenset[str]) -> None:
    """Add what an item says: its numbers, who, for what, and whether it came back.

    The other side is who paid when money came in, who got it when it went out; a reversal turns both.
    """
    if "returned" in item:
        line.reversal = True
        line.code = f"{line.code} {item.get('reason', '')}".strip()
    name = item.get("end_to_end", "")
    line.end_to_end = "" if name.upper() in _NO_REFERENCE else name
    line.bank_reference = item.get("bank_reference") or item.get("transaction", "")
    if item.get("text"):
        line.text = clean_text(item["text"])
    line.reference = item.get("reference", "")
    line.remitted = _remitted(item)
    # a bank that takes a debit back without a word of it names the customer where it stood when the money came
    first, second = ("Dbtr", "Cdtr") if (line.amount > 0) != line.reversal else ("Cdtr", "Dbtr")
    line.counterparty, line.account = _party(item, first, ours) or _party(item, second, ours) or ("", "")
    if "charges" in item:
        told = (one.removesuffix(line.currency) for one in item["charges"].split())  # others do not match then
        amounts = [Decimal(one) for one in told if _AMOUNT.fullmatch(one)]
        line.charges = sum(amounts, Decimal(0)) or None


def _remitted(item: Values) -> str:
    """What the payer says that it pays of each document or reference, where each has one amount."""
    if "remitteds" not in item:
        return ""
    told = [clean_text(one) for one in item["remitteds"].split(SEPARATOR)]
    pairs = list(zip(told[::2], told[1::2], strict=False))
    if not all(document and _AMOUNT.fullmatch(amount) for document, amount in pairs):
        return ""
    return "; ".join(map(" ".join, pairs))


def _party(item: Values, side: str, ours: frozenset[str]) -> tuple[str, str] | None:
    """Name and account of debtor or creditor, for whom it acts first; None where it is not told, or is ourselves."""
    acting = item.get(f"Ultmt{side}", "")
    name = clean_text(item.get(side, "") if acting.upper() in _NOBODY else acting)
    account = item.get(f"{side}Acct", "").replace(" ", "")
    if not (name or account) or name.casefold() in ours or account.casefold() in ours:
        return None
    return name, account


def money(text: str, side: str, place: int, field: str) -> Decimal:
    """An amount, below zero for a debit; raises BadXml where it is none."""
    if side not in ("CRDT", "DBIT"):
        raise BadXml(place, f"{field.rpartition('/')[0] or field}/CdtDbtInd", side, "It says neither CRDT nor DBIT.")
    if not _AMOUNT.fullmatch(text):
        raise BadXml(place, field, text, "It is no amount such as 100.00, with at most eleven digits before the point.")
    return -Decimal(text) if side == "DBIT" else Decimal(text)


def day_of(text: str, place: int, field: str) -> date:
    """The day of a date or a moment; raises BadXml where it is none."""
    try:
        return _date(text[:10])
    except ValueError:
        raise BadXml(place, field, text, "It is no day such as 2026-01-31.") from None


_date = lru_cache(1024)(date.fromisoformat)
