"""Bank lines: which are known already, and what each becomes.

A booking comes again in overlapping statements and in those of a part of the day. Each known line answers for one new
one, so that two real payments alike stay two.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from o2c_xl.domain.bank_line import DAYS, BankLine, Became, LineStatus, Posted, Surroundings, near
from o2c_xl.domain.bank_outgoing import went_out
from o2c_xl.domain.money import ZERO
from o2c_xl.domain.payers import plain_account

__all__ = [
    "Again",
    "BankLine",
    "Became",
    "LineStatus",
    "Posted",
    "Surroundings",
    "become",
    "own_account_fits",
    "repeats",
]


@dataclass(frozen=True, slots=True)
class Again:
    """`repeated` gives the known line of those new ones (by position) that are known; `fresh` are the others."""

    fresh: tuple[int, ...]
    repeated: Mapping[int, str]


def repeats(new: Sequence[BankLine], known: Iterable[BankLine], proof: tuple[Decimal, Decimal] | None = None) -> Again:
    """Which lines of a statement are known.

    `proof` are the closing balances of this statement and of the latest proved one before it, where this one goes on
    after it: what is new must come to their difference. It decides where lines without any number of the bank's are
    alike: they are new where only so the balances agree.
    """
    by_money: dict[tuple[Decimal, str], list[BankLine]] = {}
    for line in known:
        by_money.setdefault((line.amount, line.currency), []).append(line)
    found: dict[int, BankLine] = {}
    for sure in (True, False):
        for at, line in enumerate(new):
            if at in found:
                continue
            alike = by_money.get((line.amount, line.currency), [])
            other = next((one for one in alike if _same(line, one, sure=sure)), None)
            if other is not None:
                alike.remove(other)
                found[at] = other
    if proof is not None:
        found = _proved(new, found, proof)
    fresh = tuple(at for at in range(len(new)) if at not in found)
    return Again(fresh, {at: one.key for at, one in found.items()})


def _same(new: BankLine, known: BankLine, *, sure: bool) -> bool:
    """Whether two lines of one amount are one booking; `sure`: a number of the bank's says so."""
    ours = {new.bank_reference, new.entry_reference} - {""}
    theirs = {known.bank_reference, known.entry_reference} - {""}
    if abs((new.booked_on - known.booked_on).days) > DAYS:
        return False
    if ours & theirs:
        items = new.bank_reference and known.bank_reference and new.bank_reference != known.bank_reference
        return sure and not items and _not_against(new, known)
    if sure or new.booked_on != known.booked_on:
        return False
    if ours and theirs and (new.bank_reference and known.bank_reference):
        return False
    if new.end_to_end and known.end_to_end:
        return new.end_to_end == known.end_to_end and _not_against(new, known)
    return _plain(new) == _plain(known)


def _not_against(new: BankLine, known: BankLine) -> bool:
    """Whether nothing said of both tells them apart."""
    pairs = ((new.end_to_end, known.end_to_end), (plain_account(new.account), plain_account(known.account)))
    return all(not one or not two or one == two for one, two in pairs)


def _plain(line: BankLine) -> str:
    said = f"{line.counterparty}{line.account}{line.text}{line.reference}"
    return re.sub(r"[\W_]+", "", said.upper())


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
    same = [
        one
        for one in around.typed
        if one.payment not in used and near(one, line) and one.amount == line.amount and _fits(one, line, customer)
    ]
    if len(same) == 1:
        return Became(line.key, LineStatus.POSTED, same[0].payment)
    return Became(line.key, LineStatus.POSTED, new=True, reference=line.said)


def _fits(one: Posted, line: BankLine, customer: str) -> bool:
    """Whether a payment that a person entered is this one: the same customer, payer or number."""
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
