"""What money that went out becomes: a payment that came back, a refund, or no customer's business.

What has to do with a customer is never left out in silence: it is the return or the refund of the one payment or credit
note that fits, else it waits for a person.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from o2c_xl.domain.cash.bank_line import DAYS, BankLine, Became, LineStatus, Payee, Posted, Surroundings, near
from o2c_xl.domain.cash.payers import plain_account
from o2c_xl.domain.money import ZERO, round_money

__all__ = ["went_out"]

_CODE = re.compile(r"RRTN|RTRN|UPDD|UPCT|ARET|RETOURE|R(?:UE|Ü)CKLASTSCHRIFT|CHARGEBACK|RETURNED", re.IGNORECASE)
_BOUNCED = re.compile(
    r"R(?:UE|U|Ü)CK(?:LAST|L(?:AE|A|Ä)UFER|GABE|BUCHUNG)|LASTSCHRIFTR|RETOURE|CHARGE ?BACK|BOUNCED|UNPAID|REJET"
    r"|IMPAY[EÉ]|RETURN(?:ED)? (?:PAYMENT|DIRECT|DEBIT|DD|ITEM)|(?:PAYMENT|DEBIT) RETURN|INSOLUT|DEVOLUCI",
    re.IGNORECASE,
)
_RETURNED = re.compile(r"\bRETURN|\bR-?TRANSA|STORNO|REVERSAL|REJECT|WIDERSPR", re.IGNORECASE)
_REFUND = re.compile(
    r"ERSTATT|REFUND|R(?:UE|U|Ü)CKZAHL|REPAY|REIMBURS|REMBOURS|RIMBORS|REEMBOLS|TERUGBETAL|DOPPEL|(?:UE|U|Ü)BERZAHL"
    r"|OVERP(?:AID|AYMENT)|PAID TWICE|GUTSCHRIFT|CREDIT NOTE",
    re.IGNORECASE,
)
_FEE = re.compile(r"ENTGELT|GEB(?:UE|U|Ü)HR|SPESEN|\bFEES?\b|COMMISSION|FRAIS", re.IGNORECASE)


def went_out(line: BankLine, around: Surroundings, used: AbstractSet[str]) -> Became:
    """What a line with money that went out becomes; `used` belongs to lines before it.

    A bank may take its charges together with a payment that came back: those that it tells, or what the line is more
    than the payment that a person named for it.
    """
    became = _went_out(line, around, used)
    if became.status is not LineStatus.WAITS:
        return became
    named = [one for one in around.typed if one.payment not in used and one.of_line == line.key and near(one, line)]
    if len(named) == 1 and line.amount < named[0].amount < ZERO:
        return Became(line.key, LineStatus.POSTED, named[0].payment, fee=named[0].amount - line.amount)
    fee = line.charges or ZERO
    if ZERO < fee < -line.amount:
        without = _went_out(replace(line, amount=line.amount + fee), around, used)
        if without.new and without.back:
            return replace(without, fee=fee)
    return became


def _went_out(line: BankLine, around: Surroundings, used: AbstractSet[str]) -> Became:
    typed = [one for one in around.typed if one.payment not in used and near(one, line) and one.amount == line.amount]
    if len(typed) == 1:
        return Became(line.key, LineStatus.POSTED, typed[0].payment)
    payee = around.payees.get(line.key, Payee())
    coded = line.reversal or _CODE.search(line.code) is not None
    if coded and (found := _by_the_bank(line, around, used)):
        return _back(line, found)
    if not coded and (note := _named_note(line, around, used)):
        return Became(line.key, LineStatus.POSTED, new=True, reference=line.said, back=note)
    said = unicodedata.normalize("NFC", line.said)
    bounced, refund = coded or _BOUNCED.search(said) is not None, _REFUND.search(said) is not None
    fitting = _fitting(line, payee, around, used, returns=bounced or _RETURNED.search(said) is not None, refund=refund)
    if len(fitting) == 1:
        return _back(line, fitting[0])
    if coded or fitting or _of_customer(payee, said, bounced=bounced, refund=refund):
        return Became(line.key, LineStatus.WAITS, problem=_problem(line, fitting))
    return Became(line.key, LineStatus.OUTGOING)


def _of_customer(payee: Payee, said: str, *, bounced: bool, refund: bool) -> bool:
    """Whether the line has to do with a customer, as far as it tells; a supplier's number may look like ours."""
    if payee.supplier and not (bounced or refund):
        return False
    if payee.customer or payee.accounts:
        return True
    return bool(bounced or payee.invoices or payee.payments) and _FEE.search(said) is None


def _back(line: BankLine, found: Posted) -> Became:
    """A new payment that takes `found` back, or pays it out where it is a credit note."""
    what = "Return" if found.amount else "Refund"
    return Became(line.key, LineStatus.POSTED, new=True, reference=f"{what} of {found.payment}", back=found.payment)


def _named_note(line: BankLine, around: Surroundings, used: AbstractSet[str]) -> str:
    """The one open credit note that the line names."""
    said = _plain(line.said)
    notes = [one.payment for one in around.credit_notes if one.payment not in used and _plain(one.payment) in said]
    return notes[0] if len(notes) == 1 else ""


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.upper())


# --- which payment ---------------------------------------------------------------------------------------------------


def _by_the_bank(line: BankLine, around: Surroundings, used: AbstractSet[str]) -> Posted | None:
    """The payment that a number of the payer's or the bank's names, else the only one from that account."""
    whole = [one for one in around.made if _whole(one, line, used)]
    named = [one for one in whole if one.line is not None and _names(line, one.line)]
    for found in (named, [one for one in whole if _same_account(one, line)]):
        if found:
            return found[0] if len(found) == 1 else None
    return None


def _whole(one: Posted, line: BankLine, used: AbstractSet[str]) -> bool:
    """Whether all of a payment may have come back by this line."""
    early = (one.paid_on - line.booked_on).days <= DAYS
    free = not one.back and one.payment not in used
    return free and early and one.amount == -line.amount and one.currency == line.currency


def _same_account(one: Posted, line: BankLine) -> bool:
    account = one.payer_account or (one.line.account if one.line is not None else "")
    return bool(line.account) and plain_account(account) == plain_account(line.account)


def _names(line: BankLine, earlier: BankLine) -> bool:
    numbers = {earlier.end_to_end, earlier.bank_reference, earlier.entry_reference} - {""}
    return bool(numbers & {line.end_to_end, line.bank_reference, line.entry_reference}) or any(
        len(number) >= 6 and number in line.text  # noqa: PLR2004 - shorter ones stand in a text by accident
        for number in numbers
    )


def _fitting(
    line: BankLine, payee: Payee, around: Surroundings, used: AbstractSet[str], *, returns: bool, refund: bool
) -> list[Posted]:
    """Payments and credit notes of the customer that the line may take back or pay out, each once."""
    found: dict[str, Posted] = {}
    if returns:
        found |= {one.payment: one for one in around.made if _whole(one, line, used)}
    if refund or (not returns and not payee.supplier):
        lying = [*around.made, *around.credit_notes]
        found |= {
            one.payment: one
            for one in lying
            if one.payment not in used and one.unapplied == -line.amount and one.currency == line.currency
        }
    mine = [one for one in found.values() if _of_payee(one, line, payee)]
    return _named_by(mine, payee)


def _of_payee(one: Posted, line: BankLine, payee: Payee) -> bool:
    if payee.accounts:
        return one.customer in payee.accounts or (not one.customer and _same_account(one, line))
    return _same_account(one, line) or one.payment in payee.payments or one.customer in payee.invoices.values()


def _named_by(found: Sequence[Posted], payee: Payee) -> list[Posted]:
    """Those that the line names, or whose invoices; else those that are not known to be for others."""
    named = payee.invoices.keys()
    for fits in (
        [one for one in found if one.payment in payee.payments],
        [one for one in found if one.invoices & named or one.payment in named],
    ):
        if fits:
            return fits
    return [one for one in found if not named or not one.invoices]


def _problem(line: BankLine, fitting: Sequence[Posted]) -> str:
    """What to type, in no more than a cell of Waiting shows."""
    amount = round_money(line.amount, line.currency)
    to = f" to {line.counterparty[:25]}" if line.counterparty else ""
    which = f" ({', '.join(one.payment for one in fitting[:2])}, …)" if len(fitting) > 1 else ""
    example = fitting[0].payment if fitting else "PM-… (the payment's number)"
    last = "Is it no customer's: type the payee in Suppliers."
    if not fitting and (line.reversal or _CODE.search(line.code)):
        last = f"With a fee in it: the payment's own amount, and {line.key} behind the number."
    return (
        f"{-amount} {line.currency} went back{to}: for which payment{which}? Type it in Payments: Paid on "
        f"{line.booked_on}, Amount {amount}, Bank transfer, Reference Return of {example} or a credit note's number. "
        f"{last}"
    )
