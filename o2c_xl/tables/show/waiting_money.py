"""What waits in finance: money that belongs to no invoice yet, write-offs that lack a reason or were rejected."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, func, select

from o2c_xl.domain.approvals import ApprovalStatus
from o2c_xl.domain.cash.payers import may_be
from o2c_xl.domain.cash.placing import HeldOn
from o2c_xl.domain.cash.spellings import spellings
from o2c_xl.domain.money import ZERO, round_money
from o2c_xl.ledger import schema as s
from o2c_xl.ledger.approvals import verdicts
from o2c_xl.ledger.cash.payers_known import payers_of
from o2c_xl.ledger.cash.perhaps_twice import perhaps_twice
from o2c_xl.ledger.invoices.written_off import write_offs_of
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.receivables.invoice_actions import credits_held
from o2c_xl.ledger.receivables.penalties import settled_penalties
from o2c_xl.ledger.receivables.writeoffs import WRITE_OFF
from o2c_xl.ledger.schema.partial import OPEN_INVOICES, UNAPPLIED

__all__ = ["NOT_APPLIED", "credit_notes", "no_account", "waiting_money"]

NOT_APPLIED = "Payment is not applied"
"""What stops a payment with money that belongs to nothing yet."""

_Waiting = tuple[Any, ...]
_FINANCE = "Finance"


def waiting_money(conn: Connection) -> list[_Waiting]:
    """Rows of the table Waiting: subject, what stops it, for whom, since, what to do."""
    return [*_payments(conn), *_write_offs(conn), *_penalties(conn)]


def no_account(conn: Connection, settings: Mapping[str, str]) -> list[_Waiting]:
    """A row where invoices that went out ask for money and name no account to pay it into."""
    if settings.get("Company IBAN", "") or settings.get("Documents", "None") == "None":
        return []
    inv = s.invoices.c
    asks = (OPEN_INVOICES, inv.kind == "Invoice", inv.open > ZERO, inv.opening.is_(False), inv.entry.is_not(None))
    since = conn.execute(select(func.min(inv.invoice_date)).where(*asks)).scalar_one()
    todo = "Invoices name no account to pay into: enter Company IBAN in Settings."
    return [("Company IBAN", "No bank account", _FINANCE, since, todo)] if since else []


def credit_notes(conn: Connection, settings: Mapping[str, str]) -> list[_Waiting]:
    """Credit notes that were asked for and lack what no invoice may go out without."""
    return [
        (invoice, "Credit note", _FINANCE, None, f"It gets no number yet. {lacks}")
        for invoice, lacks in credits_held(conn, settings).items()
    ]


def _penalties(conn: Connection) -> Iterator[_Waiting]:
    """Penalties that were told and are still neither charged nor waived once what they are for is paid."""
    for row in settled_penalties(conn):
        amount = f"{round_money(row.penalty, row.currency)} {row.currency}"
        todo = f"{amount} were told to {row.customer_id}, and the invoices are settled: set Action to Charge or Waive."
        yield row.reminder, "Late-payment penalty", _FINANCE, row.date, todo


_PAYMENT = tuple(
    s.payments.c[name]
    for name in (
        "payment", "account", "paid_on", "amount", "unapplied", "currency", "reference", "problem", "payer",
        "payer_account",
    )
)  # fmt: skip


def _payments(conn: Connection) -> Iterator[_Waiting]:
    pay, mat = s.payments.c, s.matches.c
    proposals = set(conn.execute(select(mat.payment).where(mat.status == "Proposed")).scalars())
    rows = conn.execute(select(*_PAYMENT).where(UNAPPLIED, pay.held_on != HeldOn.PREPAYMENTS)).all()
    named = _named(conn, rows)
    lost = write_offs_of(conn, {one.invoice for each in named.values() for one in each if one.written_off})
    twice = perhaps_twice(conn, rows)
    payers = payers_of(conn, ((row.payer, row.payer_account) for row in rows if not row.account))
    for row in rows:
        amount = f"{round_money(abs(row.unapplied), row.currency)} {row.currency}"
        if row.unapplied < ZERO:
            todo = f"{amount} went back for no credit note or payment yet: {_back_for(row, rows, named)}"
        elif not row.account:
            whose = may_be(row.payer, payers.namesakes(row.payer)) or "it is from nobody known"
            todo = f"{amount} came, and {whose}: fill in Customer ID, or name an invoice in Reference."
        elif row.payment in proposals:
            todo = f"{amount} may belong to an invoice: accept or reject the proposals in Matches."
        else:
            todo = f"{amount} {_left_over(row, named.get(row.payment, ()), lost)}, or refund it."
        if row.payment in twice:
            todo += _same_money(row, *twice[row.payment])
        yield row.payment, NOT_APPLIED, _FINANCE, row.paid_on, todo


def _back_for(row: Any, rows: Sequence[Any], named: Mapping[str, Sequence[Any]]) -> str:  # noqa: ANN401 -- a row
    """What to do with money that went back: as much may be left of one payment of theirs, who paid too much."""
    left = [one.payment for one in rows if (one.account, one.currency, one.unapplied) == _other_way(row)]
    if row.account and len(left) == 1:
        return f"as much is left of {left[0]}: type Return of {left[0]} in Reference, if it is that."
    mentioned = named.get(row.payment, ())
    if mentioned and not any(one.open for one in mentioned):
        return f"nothing is open on {mentioned[0].invoice} any more. Name another in Reference."
    return str(row.problem or "name one in Reference.")


def _other_way(row: Any) -> tuple[Any, ...]:  # noqa: ANN401 -- a row
    return row.account, row.currency, -row.unapplied


def _left_over(row: Any, named: Sequence[Any], lost: Container[str]) -> str:  # noqa: ANN401 -- a row
    """Why money of a known customer lies, and what to do but for refunding it."""
    if paid := _paid_already(row, named):
        return f"is left, and {_over(paid.invoice, lost)}"
    if other := next((one for one in named if one.currency != row.currency), None):
        return (
            f"names {other.invoice}, which is in {other.currency}: there are no exchange rates. Take it back "
            f"({_back(row.payment, row.unapplied)}) and enter it in {other.currency} as the bank exchanged it; or name "
            "another in Reference"
        )
    return "belongs to no invoice yet: name one in Reference"


def _same_money(row: Any, other: Any, typed: str) -> str:  # noqa: ANN401 -- rows
    back = _back(typed, row.amount)
    return (
        f" {other.payment} of {other.paid_on} has the same amount: if it is the same money, take {typed} back ({back})."
    )


def _back(payment: str, amount: Decimal) -> str:
    """What a row of Payments says that takes a payment back."""
    return f"a row with Amount {-amount:f} and Reference Return of {payment}"


def _named(conn: Connection, rows: Sequence[Any]) -> dict[str, list[Any]]:
    """By payment the posted invoices that it names."""
    inv = s.invoices.c
    words = {row.payment: spellings(row.reference) for row in rows if row.reference}
    every = {word for each in words.values() for word in each}
    columns = [inv.invoice, inv.account, inv.open, inv.currency, inv.written_off]
    known = {row.invoice: row for row in rows_by_key(conn, columns, inv.invoice, every, inv.entry.is_not(None))}
    return {payment: [known[word] for word in each if word in known] for payment, each in words.items()}


def _paid_already(row: Any, named: Sequence[Any]) -> Any:  # noqa: ANN401 -- rows
    """The invoice that a payment names, where none of those that it names is open."""
    over = named and all(one.account == row.account and not one.open for one in named)
    return named[0] if over else None


def _over(invoice: str, written_off: Container[str]) -> str:
    if invoice in written_off:
        return f"{invoice} was written off: set its Action to Reopen"
    return f"{invoice} is paid already: name another in Reference"


def _write_offs(conn: Connection) -> Iterator[_Waiting]:
    inv = s.invoices.c
    columns = (inv.invoice, inv.reason, inv.due_date)
    rows = conn.execute(select(*columns).where(OPEN_INVOICES, inv.action == "Write off").order_by(inv.invoice)).all()
    decided = verdicts(conn, WRITE_OFF, [row.invoice for row in rows]) if rows else {}
    for row in rows:
        verdict = decided.get(row.invoice)
        if not row.reason.strip():
            todo = "Write in Reason why it is to be written off, or empty Action."
        elif verdict and verdict.status is ApprovalStatus.REJECTED:
            todo = f"{verdict.decided_by} rejected it: {verdict.reason} Empty Action, or give another Reason."
        else:
            continue
        yield row.invoice, "Write-off", _FINANCE, row.due_date, todo
