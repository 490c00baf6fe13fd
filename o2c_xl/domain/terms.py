"""Payment terms as people write them: `Prepaid`, `Net 30`, `Net 30 EOM`, `2% 10, Net 30`, `30% 0, 70% 60`.

The trade's short forms are read as these: `2/10 net 30`, `n/30`, `30 days`, `Due on receipt`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

from o2c_xl.domain.money import ZERO, plain_number, round_money, share_out

__all__ = ["PREPAID", "Share", "Terms", "discount_offer", "due_dates", "parse_terms"]

_HUNDRED = Decimal(100)
_NET = re.compile(r"net\s*([0-9]{1,4})(?:\s*days?)?(\s*eom)?", re.IGNORECASE)
_PART = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,4})?)\s*%\s*([0-9]{1,4})(?:\s*days?)?(\s*eom)?", re.IGNORECASE)
_SHORT = tuple(
    (re.compile(form, re.IGNORECASE), meaning)
    for form, meaning in (
        (r"([0-9.]{1,7})\s*/\s*([0-9]{1,4})\s*,?\s*(?:net|n)\s*/?\s*([0-9]{1,4}(?:\s*eom)?)", r"\1% \2, Net \3"),
        (r"n\s*/?\s*([0-9]{1,4}(?:\s*eom)?)", r"Net \1"),
        (r"([0-9]{1,4})\s*days?(?:\s*net)?", r"Net \1"),
        (r"due on receipt|due upon receipt|immediate(?:ly)?", "Net 0"),
    )
)
_EXAMPLES = "Write Prepaid, Net 30, Net 30 EOM, 2% 10, Net 30 or 30% 0, 70% 60."


@dataclass(frozen=True, slots=True)
class Share:
    """A part of the total, due `days` after the invoice date, or after the end of its month.

    `fraction` of 1: 30 % is 0.3.
    """

    fraction: Decimal
    days: int
    end_of_month: bool = False


@dataclass(frozen=True, slots=True)
class Terms:
    """When an invoice is due: instalments that add up to the whole, and an early-payment discount if any."""

    text: str
    instalments: tuple[Share, ...]
    prepaid: bool = False
    discount: Share | None = None


PREPAID = Terms("Prepaid", (Share(Decimal(1), 0),), prepaid=True)


@lru_cache(maxsize=4096)
def parse_terms(text: str) -> Terms:
    """Payment terms from their text, whatever its case and spaces.

    Raises ValueError with a sentence for the clerk when the text says no terms.
    """
    if text.strip().lower() == "prepaid":
        return PREPAID
    parts = [part.strip() for part in _in_full(text).split(",")]
    net = _NET.fullmatch(parts[-1])
    if net and len(parts) <= 2:  # noqa: PLR2004 - a discount before the net term, never more
        share = Share(Decimal(1), int(net[1]), bool(net[2]))
        return _net_terms(text, share, parts[:-1])
    shares = tuple(_share(text, part) for part in parts)
    whole = sum((share.fraction for share in shares), ZERO) * _HUNDRED
    if whole != _HUNDRED:
        raise ValueError(f"The instalments of {text!r} add up to {plain_number(whole)} %, not to 100 %.")
    return Terms(_plain(text), shares)


def _in_full(text: str) -> str:
    for form, meaning in _SHORT:
        if found := form.fullmatch(text.strip()):
            return found.expand(meaning)
    return text


def due_dates(terms: Terms, invoice_date: date, total: Decimal, currency: str) -> list[tuple[date, Decimal]]:
    """Due date and amount of each instalment; the amounts add up to `total` to the cent."""
    shares = terms.instalments
    if len(shares) == 1:
        return [(_due(shares[0], invoice_date), total)]
    amounts = share_out(total, [share.fraction for share in shares], currency)
    return [(_due(share, invoice_date), amount) for share, amount in zip(shares, amounts, strict=True)]


def discount_offer(terms: Terms, invoice_date: date, total: Decimal, currency: str) -> tuple[date, Decimal] | None:
    """Last day and amount of the early-payment discount on `total`, tax included; None when there is none."""
    if terms.discount is None:
        return None
    return _due(terms.discount, invoice_date), round_money(total * terms.discount.fraction, currency)


def _net_terms(text: str, net: Share, before: list[str]) -> Terms:
    discount = _share(text, before[0]) if before else None
    if discount and not discount.end_of_month and not net.end_of_month and discount.days > net.days:
        raise ValueError(f"The discount of {text!r} would run longer than the payment itself. {_EXAMPLES}")
    if discount and not ZERO < discount.fraction < 1:
        raise ValueError(f"The discount of {text!r} must be more than 0 % and less than 100 %.")
    return Terms(_plain(text), (net,), discount=discount)


def _share(text: str, part: str) -> Share:
    found = _PART.fullmatch(part)
    if not found:
        raise ValueError(f"{text!r} is not a payment term. {_EXAMPLES}")
    return Share(Decimal(found[1]) / _HUNDRED, int(found[2]), bool(found[3]))


def _plain(text: str) -> str:
    return " ".join(text.split())


def _due(share: Share, start: date) -> date:
    if share.end_of_month:
        start = _month_end(start)
    return start + timedelta(days=share.days)


def _month_end(day: date) -> date:
    first_of_next = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    return first_of_next - timedelta(days=1)
