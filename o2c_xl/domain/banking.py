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
from enum import StrEnum

from o2c_xl.domain.money import ZERO
from o2c_xl.domain.payers import plain_account

__all__ = [
    "Again",
    "BankLine",
    "Became",
    "LineStatus",
    "Surroundings",
    "become",
    "own_account_fits",
    "repeats",
]

_DAYS = 5
"""So far apart may be the day on which a person says money came and the day of its booking."""
_RETURN = re.compile(r"RRTN|RTRN|UPDD|UPCT|ARET|RETOURE|R(?:UE|Ü)CKLASTSCHRIFT|CHARGEBACK|RETURNED", re.IGNORECASE)


class LineStatus(StrEnum):
    """What became of a bank line; one that waits is looked at again by each run."""

    POSTED = "Posted"
    OUTGOING = "Outgoing"
    WAITS = "Waits"


@dataclass(frozen=True, slots=True)
class BankLine:
    """A booking; `amount` above zero came in. `proved_by` as the ledger keeps it, empty for a new one."""

    key: str
    booked_on: date
    amount: Decimal
    currency: str
    counterparty: str = ""
    account: str = ""
    text: str = ""
    reference: str = ""
    end_to_end: str = ""
    bank_reference: str = ""
    entry_reference: str = ""
    code: str = ""
    reversal: bool = False
    proved_by: str = ""

    @property
    def said(self) -> str:
        """All that may name an invoice."""
        return " ".join(part for part in (self.reference, self.text) if part) or self.end_to_end


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
    if abs((new.booked_on - known.booked_on).days) > _DAYS:
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


@dataclass(frozen=True, slots=True)
class Posted:
    """A payment that a line may belong to: typed by a person (`line` empty) or made from an earlier line."""

    payment: str
    amount: Decimal
    currency: str
    paid_on: date
    customer: str = ""
    payer: str = ""
    reference: str = ""
    line: BankLine | None = None
    back: bool = False


@dataclass(slots=True)
class Surroundings:
    """What else is known: payments near in time, and numbers of credit notes still to be paid out."""

    typed: list[Posted] = field(default_factory=list)
    made: list[Posted] = field(default_factory=list)
    credit_notes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Became:
    """What a line becomes: a new payment (`new`), one that is there already (`payment`), or nothing."""

    key: str
    status: LineStatus
    payment: str = ""
    new: bool = False
    reference: str = ""
    problem: str = ""


def become(lines: Sequence[BankLine], around: Surroundings, customers: Mapping[str, str]) -> list[Became]:
    """What each line becomes; `customers` gives who pays by the line's key, where that is known.

    Money that came in is a payment, unless a person entered that very payment before. Money that went out is one where
    it takes a payment back or pays a credit note out.
    """
    used: set[str] = set()
    result = []
    for line in lines:
        if line.amount > ZERO:
            became = _came_in(line, around, customers.get(line.key, ""), used)
        else:
            became = _went_out(line, around, used)
        used.add(became.payment)
        result.append(became)
    return result


def _came_in(line: BankLine, around: Surroundings, customer: str, used: set[str]) -> Became:
    if line.reversal:
        return Became(line.key, LineStatus.OUTGOING, problem="A payment of ours came back; it is no customer's.")
    same = [
        one
        for one in around.typed
        if one.payment not in used and _near(one, line) and one.amount == line.amount and _fits(one, line, customer)
    ]
    if len(same) == 1:
        return Became(line.key, LineStatus.POSTED, same[0].payment)
    return Became(line.key, LineStatus.POSTED, new=True, reference=line.said)


def _near(one: Posted, line: BankLine) -> bool:
    return one.currency == line.currency and abs((one.paid_on - line.booked_on).days) <= _DAYS


def _fits(one: Posted, line: BankLine, customer: str) -> bool:
    """Whether a payment that a person entered is this one: the same customer, payer or number."""
    if customer and one.customer:
        return customer == one.customer
    numbers = set(re.findall(r"[A-Z0-9-]*[0-9]{3,}", one.reference.upper()))
    said = line.said.upper()
    return bool(one.payer and one.payer.casefold() == line.counterparty.casefold()) or any(
        number in said for number in numbers
    )


def _went_out(line: BankLine, around: Surroundings, used: set[str]) -> Became:
    typed = [one for one in around.typed if one.payment not in used and _near(one, line) and one.amount == line.amount]
    if len(typed) == 1:
        return Became(line.key, LineStatus.POSTED, typed[0].payment)
    if line.reversal or _RETURN.search(line.code):
        return _came_back(line, around)
    said = re.sub(r"[\W_]+", "", line.said.upper())
    notes = [note for note in around.credit_notes if re.sub(r"[\W_]+", "", note.upper()) in said]
    if len(notes) == 1:
        return Became(line.key, LineStatus.POSTED, new=True, reference=line.said)
    return Became(line.key, LineStatus.OUTGOING)


def _came_back(line: BankLine, around: Surroundings) -> Became:
    """Which payment is taken back: by a number of the payer's or the bank's, else the only one of that amount."""
    fitting = [
        one for one in around.made if one.amount == -line.amount and one.currency == line.currency and not one.back
    ]
    named = [one for one in fitting if one.line is not None and _names(line, one.line)]
    from_there = [
        one
        for one in fitting
        if one.line is not None and line.account and plain_account(one.line.account) == plain_account(line.account)
    ]
    for found in (named, from_there):
        if len(found) == 1:
            return Became(line.key, LineStatus.POSTED, new=True, reference=f"Return of {found[0].payment}")
        if found:
            break
    return Became(
        line.key,
        LineStatus.WAITS,
        problem="A payment went back, and it is not clear which: enter it in Payments with a minus and the Reference "
        "Return of PM-000001.",
    )


def _names(line: BankLine, earlier: BankLine) -> bool:
    numbers = {earlier.end_to_end, earlier.bank_reference, earlier.entry_reference} - {""}
    return bool(numbers & {line.end_to_end, line.bank_reference, line.entry_reference}) or any(
        len(number) >= 6 and number in line.text  # noqa: PLR2004 - shorter ones stand in a text by accident
        for number in numbers
    )


def own_account_fits(account: str, iban: str) -> bool:
    """Whether a statement's account is that of the IBAN; banks write it with or without bank code and zeros."""
    one, two = plain_account(account), plain_account(iban)
    if not one or not two or one == two:
        return True
    digits = plain_account(account.rpartition("/")[2]).lstrip("0")
    return len(digits) >= 5 and digits.isdigit() and digits in two  # noqa: PLR2004
