"""Bank lines: which are known already, and what each becomes.

A booking comes again in overlapping statements and in those of a part of the day. Each known line answers for one new
one, so that two real payments alike stay two.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from o2c_xl.domain.cash.bank_alike import across, alike_but_for_letters, same
from o2c_xl.domain.cash.bank_batches import sums_known, sums_told
from o2c_xl.domain.cash.bank_line import BankLine, Became, LineStatus, Posted, Surroundings, near
from o2c_xl.domain.cash.bank_outgoing import went_out
from o2c_xl.domain.cash.payers import plain_account
from o2c_xl.domain.money import ZERO, round_money

__all__ = [
    "Again",
    "BankLine",
    "Became",
    "LineStatus",
    "Posted",
    "Surroundings",
    "become",
    "doubtful",
    "own_account_fits",
    "repeats",
]


@dataclass(frozen=True, slots=True)
class Again:
    """What is known of a statement's lines, by position.

    `repeated` gives the known line of each that adds nothing; `fresh` are the others. `sums` gives the known items of
    those that are their sum. `told` gives by the batch of items the known booking that they are of: where that made
    no payment yet the items take its place and are fresh, else they add nothing.
    """

    fresh: tuple[int, ...]
    repeated: Mapping[int, str]
    sums: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    told: Mapping[str, BankLine] = field(default_factory=dict)


def repeats(new: Sequence[BankLine], known: Iterable[BankLine], proof: tuple[Decimal, Decimal] | None = None) -> Again:
    """Which lines of a statement are known.

    `proof` are the closing balances of this statement and of the latest proved one before it, where this one goes on
    after it: what is new must come to their difference. It decides where lines without any number of the bank's are
    alike: they are new where only so the balances agree.
    """
    every = list(known)
    by_key = {line.key: line for line in every}
    found = _one_by_one(new, every)
    sums = sums_known(new, every, found)
    # a sum is proved where all its items are
    found |= {at: min((by_key[key] for key in keys), key=lambda one: one.proved_by) for at, keys in sums.items()}
    told = sums_told(new, _others(every, found.values()), found)
    found |= {at: told[line.batch] for at, line in enumerate(new) if line.batch in told and told[line.batch].payment}
    free = [at for at, line in enumerate(new) if at not in found and line.batch not in told]
    found |= _across(new, free, _others(every, [*found.values(), *told.values()]))
    if proof is not None:
        found = _proved(new, found, proof)
    fresh = tuple(at for at in range(len(new)) if at not in found)
    sums = {at: keys for at, keys in sums.items() if at in found}
    return Again(fresh, {at: one.key for at, one in found.items()}, sums, told)


def doubtful(new: Sequence[BankLine], known: Iterable[BankLine]) -> tuple[int, BankLine] | None:
    """The first line that is not known for certain, and may be the known one given beside it, told otherwise."""
    every = list(known)
    again = repeats(new, every)
    used = set(again.repeated.values())
    left = [line for line in every if line.key not in used]
    pairs = ((at, line) for at in again.fresh for line in left if alike_but_for_letters(new[at], line))
    return next(pairs, None)


def _others(known: Iterable[BankLine], used: Iterable[BankLine]) -> list[BankLine]:
    keys = {line.key for line in used}
    return [line for line in known if line.key not in keys]


def _one_by_one(new: Sequence[BankLine], known: Iterable[BankLine]) -> dict[int, BankLine]:
    """Each known line for at most one new one: by the bank's numbers first, then by what is said of them."""
    by_money: dict[tuple[Decimal, str], list[BankLine]] = {}
    for line in known:
        by_money.setdefault((line.amount, line.currency), []).append(line)
    found: dict[int, BankLine] = {}
    for sure in (True, False):
        for at, line in enumerate(new):
            if at in found:
                continue
            alike = by_money.get((line.amount, line.currency), [])
            other = next((one for one in alike if same(line, one, sure=sure)), None)
            if other is not None:
                alike.remove(other)
                found[at] = other
    return found


def _across(new: Sequence[BankLine], free: Iterable[int], known: Iterable[BankLine]) -> dict[int, BankLine]:
    """Bookings that another format brought: the most alike first, each known line for at most one new one."""
    by_money: dict[tuple[Decimal, str, date], list[BankLine]] = {}
    for line in known:
        by_money.setdefault((line.amount, line.currency, line.booked_on), []).append(line)
    pairs = [
        (-likeness, at, place, other)
        for at in free
        for place, other in enumerate(by_money.get((new[at].amount, new[at].currency, new[at].booked_on), ()))
        if (likeness := across(new[at], other)) is not None
    ]
    found: dict[int, BankLine] = {}
    used: set[str] = set()
    for _, at, _, other in sorted(pairs, key=lambda pair: pair[:3]):
        if at not in found and other.key not in used:
            used.add(other.key)
            found[at] = other
    return found


def _proved(new: Sequence[BankLine], found: dict[int, BankLine], proof: tuple[Decimal, Decimal]) -> dict[int, BankLine]:
    closing, before = proof
    proved = {at for at, line in found.items() if line.proved_by}
    moved = sum((line.amount for at, line in enumerate(new) if at not in proved), ZERO)
    if moved == closing - before:
        return found
    unnumbered = {at for at in proved if not (new[at].bank_reference or new[at].entry_reference)}
    more = sum((new[at].amount for at in unnumbered), ZERO)
    if unnumbered and moved + more == closing - before:
        return {at: line for at, line in found.items() if at not in unnumbered}
    return found


# --- what a line becomes ---------------------------------------------------------------------------------------------


def become(lines: Sequence[BankLine], around: Surroundings, customers: Mapping[str, str]) -> list[Became]:
    """What each line becomes; `customers` gives who pays by the line's key, where that is known.

    Money that came in is a payment, unless a person entered that very payment before. Money that went out is one where
    it takes a payment back or pays a credit note out; it waits where it has to do with a customer and no one payment
    is meant.
    """
    used: set[str] = set()
    result = []
    for line in lines:
        if line.amount > ZERO:
            became = _came_in(line, around, customers.get(line.key, ""), used)
        else:
            became = went_out(line, around, used)
        used |= {became.payment, became.back}
        result.append(became)
    return result


def _came_in(line: BankLine, around: Surroundings, customer: str, used: set[str]) -> Became:
    if line.reversal:
        return Became(line.key, LineStatus.OUTGOING, problem="A payment of ours came back; it is no customer's.")
    typed = [one for one in around.typed if one.payment not in used and near(one, line)]
    fitting = [one for one in typed if one.amount == line.amount and _fits(one, line, customer)]
    if len(fitting) == 1:
        return Became(line.key, LineStatus.POSTED, fitting[0].payment)
    if line.collective:
        return _collective(line, [one.amount for one in typed if one.of_line])
    return Became(line.key, LineStatus.POSTED, new=True, reference=line.said)


def _collective(line: BankLine, typed: Sequence[Decimal]) -> Became:
    """A booking of several without its items: money of whom is not known till they come, or are typed."""
    amount, there = round_money(line.amount, line.currency), sum(typed, ZERO)
    if there == line.amount:
        return Became(line.key, LineStatus.ITEMISED)
    so_far = f" ({round_money(there, line.currency)} of it is typed)" if typed else ""
    todo = (
        f"{amount} {line.currency} is a collective booking without its items{so_far}. Load the bank's message that "
        f"lists them (camt.054), or type each in Payments: Paid on {line.booked_on}, Bank transfer, {line.key} in "
        "Reference."
    )
    return Became(line.key, LineStatus.WAITS, problem=todo)


def _fits(one: Posted, line: BankLine, customer: str) -> bool:
    """Whether a payment that a person entered is this one: the same customer, payer or number."""
    if one.of_line:
        return True
    if customer and one.customer:
        return customer == one.customer
    numbers = set(re.findall(r"[A-Z0-9-]*[0-9]{3,}", one.reference.upper()))
    said = line.said.upper()
    return bool(one.payer and one.payer.casefold() == line.counterparty.casefold()) or any(
        number in said for number in numbers
    )


def own_account_fits(account: str, iban: str) -> bool:
    """Whether a statement's account is that of the IBAN; banks write it with or without bank code and zeros."""
    one, two = plain_account(account), plain_account(iban)
    if not one or not two or one == two:
        return True
    digits = plain_account(account.rpartition("/")[2]).lstrip("0")
    return len(digits) >= 5 and digits.isdigit() and digits in two  # noqa: PLR2004
