"""What stands on reminders: plain values for whoever renders them, from the ledger only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, func, select

from o2c_xl.domain.money import ZERO
from o2c_xl.domain.paper import company_party
from o2c_xl.domain.receivables.letters import ReminderDocument, ReminderLine
from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.open_credits import open_credits
from o2c_xl.ledger.papers.slips import by_key, party_of

__all__ = ["memo_penalties", "reminder_documents"]


def reminder_documents(
    conn: Connection, reminders: Sequence[str], settings: Mapping[str, str]
) -> list[ReminderDocument]:
    """The letters of these reminders, in their sequence; unknown ones are left out."""
    heads = by_key(conn, schema.reminders, "reminder", reminders)
    items: dict[str, list[Any]] = {}
    for row in rows_by_key(conn, schema.reminder_items, schema.reminder_items.c.reminder, heads):
        items.setdefault(row.reminder, []).append(row)
    customers = by_key(conn, schema.customers, "customer_id", {head.customer_id for head in heads.values()})
    c = schema.invoices.c
    names = {row.invoice for rows in items.values() for row in rows}
    columns = [c.invoice, c.invoice_date, c.customer_reference]
    invoices = {row.invoice: row for row in rows_by_key(conn, columns, c.invoice, names)}
    seller = company_party(settings)
    credits_ = open_credits(conn, {head.customer_id for head in heads.values()})
    return [
        ReminderDocument(
            number=key,
            level=head.level,
            letter_date=head.date,
            seller=seller,
            buyer=party_of(customers.get(head.customer_id), head.customer_id),
            currency=head.currency,
            lines=tuple(
                _line(row, invoices[row.invoice])
                for row in sorted(items.get(key, ()), key=lambda row: (row.due_date, row.invoice, row.due_no))
            ),
            past_due=head.amount,
            fee=head.fee,
            earlier_penalties=memo_penalties(conn, head.customer_id, head.currency, before=key),
            credits=credits_.get((head.customer_id, head.currency), ZERO),
            iban=settings.get("Company IBAN", ""),
            bic=settings.get("Company BIC", ""),
        )
        for key in reminders
        if (head := heads.get(key)) is not None
    ]


def _line(row: Any, invoice: Any) -> ReminderLine:  # noqa: ANN401 -- rows
    return ReminderLine(
        invoice=row.invoice,
        invoice_date=invoice.invoice_date,
        due=row.due_date,
        open=row.open,
        days_late=row.days_late,
        level=row.level,
        reference=invoice.customer_reference,
        penalty=row.penalty,
    )


def memo_penalties(conn: Connection, account: str, currency: str, before: str = "") -> Decimal:
    """Penalties told to an account and neither charged nor waived, of reminders before that one or of all.

    They stay although what they were for is paid.
    """
    c = schema.reminders.c
    told = [c.customer_id == account, c.currency == currency, c.penalty_status == "Memo"]
    if before:
        told.append(c.reminder < before)
    found: Decimal | None = conn.execute(select(func.sum(c.penalty)).where(*told)).scalar()
    return found or ZERO
