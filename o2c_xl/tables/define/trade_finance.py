"""Finance: invoices, what was owed before, bills, payments and bank statements."""

from __future__ import annotations

from o2c_xl.domain.accounts import METHOD_ACCOUNTS
from o2c_xl.domain.buying.billing import Settles
from o2c_xl.domain.goods.slips import NOT_POSTED
from o2c_xl.domain.receivables.disputes import DisputeCode, PromiseKept
from o2c_xl.domain.receivables.open_items import InvoiceStatus
from o2c_xl.tables.define.build import YES_NO, choice, choices_of, key, python, staff, table
from o2c_xl.tables.define.spec import Department, Kind

__all__ = [
    "BANK_LINES",
    "BILLS",
    "INVOICES",
    "INVOICE_LINES",
    "MATCHES",
    "OPENING_ITEMS",
    "PAYMENTS",
    "REMINDERS",
    "STATEMENTS",
]

INVOICES = table(
    "Invoices",
    Department.FINANCE,
    "Invoices and credit notes (negative), from what shipped.",
    python("Invoice", Kind.CODE, "Number, without gaps, given at posting.", key=True),
    python("Kind", Kind.CHOICE, "What it is.", choices=("Invoice", "Credit note"), width=12),
    python("Order", Kind.CODE, "Customer order."),
    python("Customer ID", Kind.CODE, "Who is billed."),
    python("Invoice date", Kind.DATE, "Date of the document."),
    python("Due date", Kind.DATE, "Last instalment's due date."),
    python("Currency", Kind.CURRENCY, "Currency of all amounts in the row."),
    python("Net", Kind.MONEY, "Without tax."),
    python("Tax", Kind.MONEY, "Tax."),
    python("Total", Kind.MONEY, "With tax."),
    python("Paid", Kind.MONEY, "Payments applied."),
    python("Credited", Kind.MONEY, "Set off by credit notes, discount taken included."),
    python("Written off", Kind.MONEY, "Given up."),
    python("Open", Kind.MONEY, "Still to be paid."),
    python("Days overdue", Kind.WHOLE, "Days since the earliest unpaid instalment was due."),
    python(
        "Reminder level",
        Kind.WHOLE,
        "Level of the last reminder sent or printed, or written while Send mail is No.",
    ),
    python("Sent by", Kind.TEXT, "Email, Mail or Online portal."),
    python("Sent on", Kind.DATE, "When the document was issued; empty while it could not leave."),
    choice(
        "Action",
        ("Send", "Dispute", "Resolve", "Write off", "Reopen", "Credit"),
        "What you want done; give a reason beside it.",
        decides=True,
        width=12,
    ),
    staff("Reason", Kind.TEXT, "Why."),
    choice("Dispute code", choices_of(DisputeCode), "What the customer disputes; beside Action Dispute.", width=16),
    python("Dispute", Kind.CODE, "The dispute in Requests, with its response times."),
    staff(
        "Promised for",
        Kind.DATE,
        "Day by which the customer promised to pay; no reminder until it has passed.",
        decides=True,
    ),
    python("Promise", Kind.CHOICE, "What came of the promise.", choices=choices_of(PromiseKept), width=11),
    choice("Block reminders", YES_NO, "Yes: no reminder lists this invoice.", decides=True, width=11),
    python(
        "Status",
        Kind.CHOICE,
        "Where it stands.",
        choices=choices_of(InvoiceStatus),
        width=14,
    ),
    late=("Due date",),
)

INVOICE_LINES = table(
    "InvoiceLines",
    Department.FINANCE,
    "What each invoice charges; freight is a row without SKU.",
    python("Invoice", Kind.CODE, "The invoice.", key=True),
    python("Line", Kind.LINE, "Line on the invoice.", key=True),
    python("Order", Kind.CODE, "Customer order."),
    python("Order line", Kind.LINE, "Line of the order."),
    python("SKU", Kind.CODE, "What."),
    python("Quantity", Kind.QUANTITY, "How many."),
    python("Unit price", Kind.PRICE, "Without tax."),
    python("Discount %", Kind.PERCENT, "Taken off."),
    python("Net", Kind.MONEY, "Without tax."),
    python("Tax code", Kind.CODE, "Code in Tax Rates."),
    python("Tax rate %", Kind.PERCENT, "Rate charged."),
)

OPENING_ITEMS = table(
    "OpeningItems",
    Department.FINANCE,
    "Receivables brought along from the books before.",
    key("Invoice", "Number of the old invoice.", example="2025-0817"),
    staff(
        "Customer ID",
        Kind.CODE,
        "From Customers.",
        feeds="Customers.Customer ID",
        example="ALFKI",
        needed=True,
    ),
    staff("Invoice date", Kind.DATE, "Date of the invoice.", example="2025-10-01", needed=True, happened=True),
    staff("Due date", Kind.DATE, "When it is due.", example="2025-10-31", needed=True),
    staff("Total", Kind.MONEY, "What it came to, tax included.", example="119.00", needed=True),
    staff("Open", Kind.MONEY, "What is still to be paid.", example="119.00", needed=True),
    staff("Order", Kind.CODE, "Order it belonged to."),
    staff("Customer reference", Kind.CODE, "The customer's order number.", width=18),
    python("Status", Kind.CHOICE, "Posted, or not: Check says why.", choices=("Posted", NOT_POSTED)),
)

BILLS = table(
    "Bills",
    Department.FINANCE,
    "Suppliers' invoices, held against purchase order and receipts.",
    key("Bill", "The supplier's invoice number.", example="R-55810"),
    staff(
        "Supplier ID",
        Kind.CODE,
        "From Suppliers.",
        feeds="Suppliers.Supplier ID",
        example="EXOTIC",
        needed=True,
    ),
    staff(
        "PO",
        Kind.CODE,
        "Purchase order; empty = found where only one of the supplier's fits.",
        feeds="PurchaseOrders.PO",
    ),
    choice(
        "Settles",
        choices_of(Settles),
        "Empty = by rule. All: all that came of the order, the difference being price variance; No goods: an expense.",
        width=10,
    ),
    staff("Bill date", Kind.DATE, "Date of the bill.", needed=True, happened=True),
    staff("Due date", Kind.DATE, "When we pay; empty = by the supplier's terms."),
    staff("Net", Kind.MONEY, "Without tax.", needed=True),
    staff("Tax", Kind.MONEY, "Tax.", needed=True),
    staff("Rounding", Kind.MONEY, "What the supplier rounded the amount to pay by, -0.40 or 0.40; price variance."),
    staff("Total", Kind.MONEY, "To be paid: net plus tax, and rounding.", needed=True),
    staff("Paid on", Kind.DATE, "When it was paid.", happened=True),
    python("Difference", Kind.MONEY, "Price variance: net less what it settles of what came."),
    python("Status", Kind.CHOICE, "Where it stands.", choices=("Posted", "Paid", "Set aside", NOT_POSTED)),
)

PAYMENTS = table(
    "Payments",
    Department.FINANCE,
    "What customers paid; a refund or a payment that bounced is negative.",
    key("Payment", "Payment number; leave it empty and Python gives one.", example="PM-000001"),
    staff(
        "Customer ID",
        Kind.CODE,
        "From Customers; empty = found by the reference.",
        feeds="Customers.Customer ID",
        example="ALFKI",
    ),
    staff("Payer", Kind.TEXT, "As the bank names it.", width=26),
    staff("Payer account", Kind.CODE, "IBAN or number of the account it came from.", width=26),
    staff("Paid on", Kind.DATE, "When.", example="2026-11-20", needed=True, happened=True),
    staff("Amount", Kind.MONEY, "How much came in; negative = went back.", example="119.00", needed=True),
    staff("Currency", Kind.CURRENCY, "Empty = the customer's.", example="EUR"),
    choice(
        "Method",
        tuple(METHOD_ACCOUNTS),
        "How it was paid.",
        example="Bank transfer",
        needed=True,
    ),
    staff(
        "Reference",
        Kind.TEXT,
        "Text of the payment: invoice numbers, order; Return of PM-000001 for one that bounced.",
        example="INV-000012",
        width=30,
    ),
    python("Belongs to", Kind.CODE, "Customer ID of whom it counts for, as far as is known."),
    python("Applied", Kind.MONEY, "Set off against invoices."),
    python("Unapplied", Kind.MONEY, "Not yet set off."),
    python(
        "Status",
        Kind.CHOICE,
        "Where it stands.",
        choices=("Applied", "Partly applied", "Unapplied", "Returned"),
        width=15,
    ),
    gives_key="PM-",
)

MATCHES = table(
    "Matches",
    Department.FINANCE,
    "Which payment pays which invoice: posted ones, and proposals that wait for you.",
    python("Match", Kind.CODE, "Number of the match.", key=True),
    python("Payment", Kind.CODE, "The payment."),
    python("Invoice", Kind.CODE, "The invoice."),
    staff("Amount", Kind.MONEY, "How much; you may lower it before accepting.", least=0),
    python("Rule", Kind.TEXT, "By which rule it was found."),
    python("Confidence", Kind.PERCENT, "How sure."),
    python("Reason", Kind.LONG_TEXT, "Why, in words."),
    choice("Decision", ("Accept", "Reject"), "Your decision.", decides=True, width=11),
    python("Status", Kind.CHOICE, "Where it stands.", choices=("Proposed", "Posted", "Rejected"), width=11),
)

STATEMENTS = table(
    "Statements",
    Department.FINANCE,
    "Bank statements taken in.",
    python("Statement", Kind.CODE, "Number of the statement.", key=True),
    python("Account", Kind.CODE, "IBAN or account number.", width=26),
    python("Number", Kind.TEXT, "The bank's own number of the statement.", width=18),
    python("Kind", Kind.TEXT, "Format of the file it came in.", width=12),
    python("Currency", Kind.CURRENCY, "Currency of the account."),
    python("From", Kind.DATE, "First day."),
    python("To", Kind.DATE, "Last day."),
    python("Opening", Kind.MONEY, "Balance before."),
    python("Closing", Kind.MONEY, "Balance after."),
    python("Lines", Kind.WHOLE, "Number of bank lines."),
    python("Difference", Kind.MONEY, "Closing less opening less lines; not zero = something is missing."),
    python("Status", Kind.TEXT, "Where it stands.", width=12),
)

BANK_LINES = table(
    "BankLines",
    Department.FINANCE,
    "Every line of the bank statements.",
    python("Statement", Kind.CODE, "The statement.", key=True),
    python("Line", Kind.LINE, "Line of the statement.", key=True),
    python("Booked on", Kind.DATE, "When the bank booked it."),
    python("Amount", Kind.MONEY, "In is positive."),
    python("Currency", Kind.CURRENCY, "Currency."),
    python("Counterparty", Kind.TEXT, "Who.", width=26),
    python("Account", Kind.CODE, "The counterparty's account.", width=26),
    python("Text", Kind.LONG_TEXT, "What the bank says."),
    python("Reference", Kind.TEXT, "Structured reference, such as RF18 of ISO 11649."),
    python(
        "Remitted",
        Kind.TEXT,
        "What the payer says that it pays of each document, where the bank's file tells it.",
        width=26,
    ),
    python("Payment", Kind.CODE, "The payment made from it."),
    python(
        "Status",
        Kind.TEXT,
        "Posted, Outgoing (no customer's), Itemised (by other lines), Waits, Withdrawn (with its statement).",
        width=12,
    ),
)

REMINDERS = table(
    "Reminders",
    Department.FINANCE,
    "Reminders sent for invoices past due.",
    python("Reminder", Kind.CODE, "Number of the reminder.", key=True),
    python("Customer ID", Kind.CODE, "Who was reminded."),
    python("Level", Kind.WHOLE, "Dunning level."),
    python("Date", Kind.DATE, "When."),
    python("Invoices", Kind.TEXT, "Which invoices.", width=30),
    python("Currency", Kind.CURRENCY, "Currency of the amounts."),
    python("Amount", Kind.MONEY, "How much is past due."),
    python("Penalty", Kind.MONEY, "Fee and penalty for late payment; memo until it is charged."),
    choice(
        "Action",
        ("Charge", "Waive"),
        "Charge: the penalty becomes an invoice; Waive: it is given up.",
        decides=True,
        width=11,
    ),
    python(
        "Penalty status",
        Kind.CHOICE,
        "What became of the penalty.",
        choices=("Memo", "Charged", "Waived"),
        width=11,
    ),
    python("Charged by", Kind.CODE, "The invoice that charges the penalty."),
    python(
        "Status",
        Kind.CHOICE,
        "Whether it went out; Written = its letter lies in outbox, as nothing is sent while Send mail is No.",
        choices=("Waiting", "Written", "Sent", "Uncertain", "Failed", "Withdrawn"),
        width=11,
    ),
)
