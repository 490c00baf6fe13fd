"""What the columns of a bank's list mean where their headers leave it open: as all their cells together prove it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import pairwise

from o2c_xl.domain.cash.banking import own_account_fits
from o2c_xl.domain.cash.payers import plain_account, plain_name
from o2c_xl.intake.statements.model import Line

__all__ = ["account_in", "chains", "minus_gives_back", "whose_accounts"]

_DIGITS = 5
_IBAN = re.compile(r"(?<![A-Z0-9])[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}(?![A-Z0-9])")


def chains(lines: Sequence[Line]) -> bool:
    """Whether each balance is the one before it and the amount."""
    return _chained([(line.amount, line.balance) for line in lines])


def _chained(rows: Sequence[tuple[Decimal, Decimal | None]]) -> bool:
    return all((before or 0) + amount == balance for (_, before), (amount, balance) in pairwise(rows))


def minus_gives_back(rows: Sequence[tuple[Decimal, Decimal, Decimal | None]]) -> bool | None:
    """Whether a debit with a minus is money that came back, of rows of debit, credit and balance.

    Banks that write every debit with a minus mean money going out. None where some have a minus and some have none,
    and the balances do not tell.
    """
    debits = [debit for debit, _, _ in rows if debit]
    if all(debit > 0 for debit in debits):
        return False
    if all(balance is not None for _, _, balance in rows):
        back, out = ([(sign(debit, credit), balance) for debit, credit, balance in rows] for sign in (_back, _out))
        proved = [_chained(each) or _chained(each[::-1]) for each in (back, out)]
        if proved[0] != proved[1]:
            return proved[0]
    return None if any(debit > 0 for debit in debits) else False


def _back(debit: Decimal, credit: Decimal) -> Decimal:
    return credit - debit


def _out(debit: Decimal, credit: Decimal) -> Decimal:
    return credit - abs(debit)


def whose_accounts(rows: Iterable[tuple[str, str]], own: Sequence[str], *, named: bool) -> bool | None:
    """Whether a column of accounts is ours: True, False = the payers', None = it may be either.

    `rows` are the counterparty's name and the account of each booking, `named` whether the list has such names, `own`
    the accounts that are known as ours. What is no account number is a bank's own name for one of ours.
    """
    names: dict[str, set[str]] = {}
    for name, account in rows:
        if plain_account(account):
            names.setdefault(plain_account(account), set()).add(plain_name(name))
    ours = [account for account in names if any(_same_account(account, one) for one in own)]
    if len(ours) == len(names) or not any(sum(map(str.isdigit, account)) >= _DIGITS for account in names):
        return True
    if ours or not named:
        return None if own or len(names) > 1 else True
    if all(len(there - {""}) > 1 for there in names.values()):  # strangers do not share an account
        return None if own else True
    return False if own or len(names) > 1 else None


def _same_account(one: str, other: str) -> bool:
    return own_account_fits(one, other) or own_account_fits(other, one)


def account_in(name: str) -> str:
    """The IBAN in a file's name; '' where there is none whose check digits are right."""
    for found in _IBAN.findall(name.upper()):
        if int("".join(str(int(sign, 36)) for sign in found[4:] + found[:4])) % 97 == 1:
            return str(found)
    return ""
