"""Reminders: letters, what each of them listed."""

from __future__ import annotations

from sqlalchemy import Index

from o2c_xl.ledger.schema.parts import counters, dates, flags, table, texts, wholes

__all__ = ["reminder_items", "reminders"]

# `customer_id` is the account charged; `amount` what was past due; `penalty` the fee and all penalties, which are memo
# until `penalty_status` (Memo, Charged, Waived; empty without any) says otherwise; `charged_by` the invoice that did.
reminders = table(
    "reminders",
    "reminder",
    *texts("customer_id"),
    *wholes("level"),
    *dates("date"),
    *texts("invoices currency"),
    *counters("amount fee penalty"),
    *texts("penalty_status charged_by action"),
    # messages were sent by the program when it was written; else its day is the day on which it went
    *flags("mailed"),
    # the day on which a letter that had reached nobody was withdrawn: it counts for no level
    *dates("withdrawn_on"),
    *wholes("entry"),
    Index("reminders_by_customer", "customer_id"),
)
# What a letter listed; `level` is the item's after the letter, `rose` that it had not reached it before.
reminder_items = table(
    "reminder_items",
    "reminder invoice due_no:int",
    *dates("due_date"),
    *counters("open penalty"),
    *wholes("days_late level"),
    *flags("rose"),
    Index("reminder_items_by_invoice", "invoice"),
)
