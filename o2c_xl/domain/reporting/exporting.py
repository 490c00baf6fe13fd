"""The journal as other accounting programs read it: csv lines, and plain-text accounting in beancount's syntax.

Both say the same: each posting with its day, account, amount and currency, and what it was for. An amount above zero is
a debit. The balances of what is exported are those of the ledger in the same days.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from operator import attrgetter

from o2c_xl.domain.chart import CHART, Account, AccountKind, Charted
from o2c_xl.domain.money import places

__all__ = ["CSV_HEADERS", "Exported", "account_name", "beancount_lines", "csv_rows"]

CSV_HEADERS = (
    "Entry", "Date", "Event", "Subject", "Account", "Account name", "Debit", "Credit", "Currency", "Party", "Who",
)  # fmt: skip
_ROOTS: Mapping[AccountKind, str] = {
    AccountKind.ASSET: "Assets",
    AccountKind.LIABILITY: "Liabilities",
    AccountKind.EQUITY: "Equity",
    AccountKind.INCOME: "Income",
    AccountKind.EXPENSE: "Expenses",
}
_NOT_IN_NAME = re.compile(r"[^A-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class Exported:
    """One posting with the entry it belongs to; above zero a debit."""

    entry: int
    day: date
    event: str
    subject: str
    account: str
    amount: Decimal
    currency: str
    party: str = ""
    who: str = ""


def csv_rows(postings: Iterable[Exported]) -> Iterator[tuple[str, ...]]:
    """One row per posting, amounts with their currency's places, in one of the columns Debit and Credit."""
    for one in postings:
        amount = f"{abs(one.amount):.{_digits(one)}f}"
        debit, credit = (amount, "") if one.amount >= 0 else ("", amount)
        yield (
            str(one.entry), one.day.isoformat(), one.event, one.subject, one.account, _charted(one.account).name,
            debit, credit, one.currency, one.party, one.who,
        )  # fmt: skip


def account_name(code: str) -> str:
    """`1100` as `Assets:1100-Receivables`: beancount's roots, then the code and name of the chart."""
    charted = _charted(code)
    name = _NOT_IN_NAME.sub("-", charted.name.title()).strip("-")
    return f"{_ROOTS[charted.kind]}:{code}-{name}"


def beancount_lines(postings: Sequence[Exported], company: str, currency: str, first: date) -> Iterator[str]:
    """The file's lines: options, accounts opened on `first`, one transaction per entry in the journal's order."""
    yield f'option "title" "{_text(company)}"'
    yield f'option "operating_currency" "{currency}"'
    yield ""
    for code in sorted({one.account for one in postings}):
        yield f"{first} open {account_name(code)}"
    for _, group in groupby(postings, key=attrgetter("entry")):
        yield from _transaction(list(group))


def _transaction(postings: Sequence[Exported]) -> Iterator[str]:
    head = postings[0]
    yield ""
    yield f'{head.day} * "{_text(head.event)}" "{_text(head.subject)}"'
    yield f"  entry: {head.entry}"
    if head.who:
        yield f'  who: "{_text(head.who)}"'
    for one in postings:
        yield f"  {account_name(one.account)}  {one.amount:.{_digits(one)}f} {one.currency}"
        if one.party:
            yield f'    party: "{_text(one.party)}"'


def _digits(one: Exported) -> int:
    """The currency's places, or more where the posting has more: nothing is rounded on the way out."""
    exponent = one.amount.normalize().as_tuple().exponent
    return max(places(one.currency), -exponent if isinstance(exponent, int) else 0)


def _charted(code: str) -> Charted:
    return CHART[Account(code)]


def _text(text: str) -> str:
    """Text for a quoted string: nothing that would end or break it."""
    plain = "".join(" " if unicodedata.category(sign).startswith("C") else sign for sign in text)
    return plain.replace("\\", "/").replace('"', "'").strip()
