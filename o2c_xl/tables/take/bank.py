"""Taking bank statements that a file brought: each whole or not at all, bookings that are known left out.

A dropped statement of an account that is not the company's is set aside to be asked about; one that a person loads is
taken, and its account is one of the company's from then on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from o2c_xl.domain.cash.banking import own_account_fits
from o2c_xl.domain.cash.payers import plain_account
from o2c_xl.domain.issue import Issue
from o2c_xl.domain.policy import Policy
from o2c_xl.ledger.cash.bank_statements import NewStatement, doubt_about, own_accounts, take_statement
from o2c_xl.ledger.cash.missing_statements import note_missing
from o2c_xl.ledger.store import Source, Txn
from o2c_xl.tables.parse.batch import Batch
from o2c_xl.tables.parse.cells import check_money_places

__all__ = ["refuse_other_accounts", "take_statements"]


def take_statements(txn: Txn, heads: Batch | None, lines: Batch | None, policy: Policy) -> tuple[int, int]:
    """Take the statements of a file; how many statements and lines are new. A file with a fault is not taken."""
    if heads is None or heads.issues:
        return 0, 0
    iban = plain_account(policy.company.get("Company IBAN", ""))
    own = own_accounts(txn.conn, iban)
    for index, told in enumerate(heads.columns["account"]):
        if not told and not iban and len(own) > 1:
            problem = f"The file names no account, and {', '.join(own)} are known as ours."
            heads.fault(index, "account", problem, "Put the account into the file's name, or enter Company IBAN.")
    if heads.issues:
        return 0, 0
    statements = booked = 0
    found = _each(heads, lines, policy.currency, iban or "".join(own[:1]))
    _refuse_odd_places(heads, found)
    _refuse_doubtful(txn, heads, found)
    if heads.issues:
        return 0, 0
    for new in found:
        taken = take_statement(txn, new, Source(heads.source))
        statements += bool(taken.number)
        booked += taken.new
        if taken.said:
            heads.remarks.append(_remark(heads.source, taken.number, taken.said))
        heads.notes += taken.notes
        _note(heads, new, taken.new, iban)
    _note_missing(txn, heads, found)
    return statements, booked


def refuse_other_accounts(txn: Txn, sets: Iterable[Batch], policy: Policy) -> None:
    """Mark statements of accounts of which no person ever loaded one; all go where Company IBAN is empty."""
    iban = plain_account(policy.company.get("Company IBAN", ""))
    own = own_accounts(txn.conn, iban)
    for heads in sets if iban else ():
        if heads.table.name != "Statements" or heads.issues:
            continue
        for index, told in enumerate(heads.columns["account"]):
            if not own_account_fits(told, iban) and plain_account(told) not in own:
                heads.fault(
                    index,
                    "account",
                    f"{told} is not the account in Settings (Company IBAN); nothing of the file was taken.",
                    "Where it is the company's too, bring this file with o2c load; its next statements are then taken.",
                )


def _each(heads: Batch, lines: Batch | None, currency: str, iban: str) -> list[NewStatement]:
    """The statements with their lines; account and currency as the ledger keeps them."""
    columns = lines.columns if lines is not None else {}  # a statement without bookings has balances alone
    of = columns.get("statement", [])
    places = {key: at for at, key in reversed(list(enumerate(of)))}
    found = []
    for index, key in enumerate(heads.columns["statement"]):
        head: dict[str, Any] = {name: values[index] for name, values in heads.columns.items()}
        told = head["account"]
        head["untold"] = not told
        head["account"] = iban if iban and own_account_fits(told, iban) else plain_account(told)
        head["currency"] = head["currency"] or currency
        start = places.get(key, 0)
        size = of.count(key) if key in places else 0
        own = defaultdict(list, {name: values[start : start + size] for name, values in columns.items()})
        own["currency"] = [one or head["currency"] for one in own["currency"]]
        found.append(NewStatement(head, own))
    return found


def _refuse_odd_places(heads: Batch, found: Sequence[NewStatement]) -> None:
    """Mark statements with an amount of more places than its currency has: the company's where the file tells none."""
    for index, one in enumerate(found):
        balances = [one.head["opening"], one.head["closing"]]
        told = check_money_places(balances, [one.head["currency"]] * 2)
        told += check_money_places(one.lines["amount"], one.lines["currency"])
        for cell in told[:1]:
            heads.fault(
                index, "currency", cell.fault.problem, "Ask the bank for the file, or enter its bookings by hand."
            )


def _refuse_doubtful(txn: Txn, heads: Batch, found: Sequence[NewStatement]) -> None:
    """Mark lists that may be known, told otherwise: money must not be posted twice, nor left out in silence."""
    for index, one in enumerate(found):
        if why := doubt_about(txn.conn, one):
            heads.fault(
                index,
                "account",
                f"{why} Nothing of the file was taken.",
                "Bring it in the other one's encoding; where it is other money, enter it in Payments.",
            )


def _remark(source: str, number: str, problem: str) -> Issue:
    """What a person must see of a statement that was taken."""
    fix = "Load what is missing, or ask the bank; then say in Discrepancies how it was settled."
    return Issue(source, "", "", "", 0, "", problem, fix, "Statements", number)


def _note_missing(txn: Txn, heads: Batch, found: Sequence[NewStatement]) -> None:
    for account, currency in dict.fromkeys((new.head["account"], new.head["currency"]) for new in found):
        missing = note_missing(txn, account, currency)
        heads.remarks += [_remark(heads.source, number, sentence) for number, sentence in missing.items()]


def _note(heads: Batch, new: NewStatement, count: int, iban: str) -> None:
    account, about = new.head["account"], f"{heads.source}: {new.head['account']}"
    if iban and account != iban:
        heads.notes.append(f"{about} is not the account in Settings (Company IBAN); it was taken all the same.")
    if iban and new.head["untold"]:
        heads.notes.append(f"{about}: the file names no account; it was taken for the one in Settings (Company IBAN).")
    if new.size > count:
        heads.notes.append(f"{about}: {new.size - count} of {new.size} bookings were known already.")
