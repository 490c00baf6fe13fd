"""Finance: what customers owe by age, and how much credit each uses; sheets that Python fills."""

from __future__ import annotations

from o2c_xl.tables.define.build import python, table
from o2c_xl.tables.define.spec import Department, Kind

__all__ = ["AGING", "CREDIT_EXPOSURE"]

AGING = table(
    "Aging",
    Department.FINANCE,
    "What customers owe by how late it is; o2c show Aging --on DATE has it as of any day.",
    python("Customer ID", Kind.CODE, "Who is charged.", key=True),
    python("Currency", Kind.CURRENCY, "Currency of the row.", key=True),
    python("Name", Kind.TEXT, "The customer's name.", width=26),
    python("Not due", Kind.MONEY, "Open and not late."),
    python("1-30 days", Kind.MONEY, "1 to 30 days late."),
    python("31-60 days", Kind.MONEY, "31 to 60 days late."),
    python("61-90 days", Kind.MONEY, "61 to 90 days late."),
    python("Over 90 days", Kind.MONEY, "More than 90 days late."),
    python("Credits", Kind.MONEY, "Payments and credit notes not applied yet."),
    python("Total", Kind.MONEY, "All of it less credits: the customer's balance on receivables."),
    python("Prepaid", Kind.MONEY, "Paid in advance for orders; no part of the total."),
    python("Allowance", Kind.MONEY, "What may be lost, by the setting Bad debt % of each age."),
)

CREDIT_EXPOSURE = table(
    "CreditExposure",
    Department.FINANCE,
    "What each customer would owe with all that is confirmed, term by term.",
    python("Customer ID", Kind.CODE, "Who is charged; all who are billed to it count.", key=True),
    python("Name", Kind.TEXT, "The customer's name.", width=26),
    python("Currency", Kind.CURRENCY, "The customer's currency; all amounts are in it, tax included."),
    python("Open receivables", Kind.MONEY, "Invoices less credit notes that are open."),
    python("Confirmed not invoiced", Kind.MONEY, "Orders that passed the credit check and are still to be invoiced."),
    python("Credits", Kind.MONEY, "Unapplied payments and usable prepayments."),
    python("Exposure", Kind.MONEY, "Open receivables + confirmed not invoiced - credits."),
    python("Credit limit", Kind.MONEY, "Empty = none set, 0 = prepaid only."),
    python("Available", Kind.MONEY, "Limit less exposure; below zero = over the limit."),
    python("Overdue", Kind.MONEY, "Past due and not disputed."),
    python("Days overdue", Kind.WHOLE, "Days since the oldest of it was due."),
    python(
        "Credit status",
        Kind.CHOICE,
        "How credit stands.",
        choices=("New", "Approved", "Refused", "Review", "Hold"),
    ),
    python("Why", Kind.LONG_TEXT, "What was decided last."),
)
