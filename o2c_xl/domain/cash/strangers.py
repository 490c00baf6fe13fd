"""Whose money of somebody unknown may be: by what it says, its amount and a name alike. Never certain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from decimal import Decimal

from rapidfuzz import fuzz

from o2c_xl.domain.cash.matching import Match, MatchRule, Payment
from o2c_xl.domain.cash.near_numbers import find_near, index_near
from o2c_xl.domain.cash.payers import may_be, plain_name
from o2c_xl.domain.money import ZERO
from o2c_xl.domain.receivables.open_items import OpenItem

__all__ = ["Stranger", "guess"]

_ALIKE = 80
"""From here on (of 100) two names are alike."""
_NAMED, _BY_NAME, _BY_AMOUNT = Decimal("0.50"), Decimal("0.40"), Decimal("0.20")

Stranger = tuple[Payment, str]
"""A payment of nobody known, and the payer as the bank names it."""


def guess(
    strangers: Iterable[Stranger],
    items: Iterable[OpenItem],
    names: Mapping[str, str],
    namesakes: Mapping[str, AbstractSet[str]] | None = None,
) -> list[Match]:
    """One proposal at most for each payment; `items` are open ones of any customer, `names` customers' names.

    `namesakes` are by payment the customers that are named like its payer, where several are.
    """
    by_amount: dict[tuple[str, Decimal], list[OpenItem]] = {}
    for item in items:
        if item.open > ZERO and not item.disputed:
            for amount in dict.fromkeys((item.open, item.open - item.discount)):
                by_amount.setdefault((item.currency, amount), []).append(item)
    guesses = []
    taken: set[str] = set()
    for payment, payer in sorted(strangers, key=lambda one: (one[0].paid_on, one[0].payment)):
        fitting = [one for one in by_amount.get((payment.currency, payment.amount), ()) if one.invoice not in taken]
        so_named = (namesakes or {}).get(payment.payment, frozenset())
        found = _chosen(payment, payer, fitting, names, so_named)
        if found is not None:
            taken.add(found[0].invoice)
            guesses.append(_proposal(payment, f"{may_be(payer, so_named) or 'Nobody known paid it'}.", *found))
    return guesses


def _proposal(payment: Payment, whose: str, item: OpenItem, confidence: Decimal, why: str) -> Match:
    return Match(
        payment.payment,
        item.invoice,
        item.customer,
        payment.amount,
        item.open - payment.amount if item.in_time(payment.paid_on) else ZERO,
        ZERO,
        MatchRule.NEAR if confidence == _NAMED else MatchRule.AMOUNT,
        confidence,
        certain=False,
        reason=f"{whose} {why} Accept it, and the payer is known from then on.",
    )


def _chosen(
    payment: Payment,
    payer: str,
    fitting: Sequence[OpenItem],
    names: Mapping[str, str],
    namesakes: AbstractSet[str],
) -> tuple[OpenItem, Decimal, str] | None:
    near = find_near(index_near(item.invoice for item in fitting), payment.reference) if fitting else []
    named = [item for item in fitting if any(item.invoice in numbers for numbers in near)]
    if len(named) == 1:
        return named[0], _NAMED, f"What it says may be read as {named[0].invoice}, which has this amount."
    owed = [item for item in fitting if item.customer in namesakes]
    if len(owed) == 1:
        return owed[0], _BY_NAME, f"Of these only {owed[0].customer} owes just this amount, with {owed[0].invoice}."
    plain = plain_name(payer)
    alike = [
        item for item in fitting if plain and fuzz.ratio(plain, plain_name(names.get(item.customer, ""))) >= _ALIKE
    ]
    if len(alike) == 1:
        return alike[0], _BY_NAME, f"{payer} is written like {names[alike[0].customer]}, and the amount is the same."
    if len(fitting) == 1:
        return fitting[0], _BY_AMOUNT, f"{fitting[0].invoice} is the only open item of this amount."
    return None
