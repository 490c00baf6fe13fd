"""Control: approvals, what waits, requests, discrepancies, surveys, issues, files, messages and the log."""

from __future__ import annotations

from o2c_xl.domain.approvals import ApprovalStatus
from o2c_xl.domain.telling import MESSAGE_ACTIONS
from o2c_xl.tables.define.build import choice, key, python, staff, table
from o2c_xl.tables.define.spec import Department, Kind

__all__ = ["TABLES"]

APPROVALS = table(
    "Approvals",
    Department.MANAGEMENT,
    "What waits for a manager. A decision counts by the account that makes it, never by a name typed here.",
    python("Approval", Kind.CODE, "Number of the approval.", key=True),
    python(
        "Role",
        Kind.CHOICE,
        "Who decides.",
        choices=("Inventory Manager", "Finance Manager", "Operations Manager"),
        width=20,
    ),
    python("Step", Kind.TEXT, "What is to be approved.", width=18),
    python("Subject", Kind.CODE, "Order, purchase order or invoice.", width=18),
    python("Amount", Kind.MONEY, "How much it is about."),
    python("Asked by", Kind.CODE, "Account that asked."),
    python("Asked on", Kind.DATE, "Since when it waits."),
    choice(
        "Decision",
        ("Approve", "Reject"),
        "What you would decide; it counts when your account confirms it (o2c approve).",
        decides=True,
        width=11,
    ),
    staff("Reason", Kind.TEXT, "Why; needed to reject."),
    python("Decided by", Kind.CODE, "Account that decided."),
    python("Decided on", Kind.DATE, "When."),
    python(
        "Status",
        Kind.CHOICE,
        "Where it stands; of several for one step and subject the newest holds.",
        choices=tuple(map(str, ApprovalStatus)),
        width=12,
    ),
)

WAITING = table(
    "Waiting",
    Department.MANAGEMENT,
    "What stops, for whom, and since when.",
    python("Subject", Kind.CODE, "Order, purchase order, invoice, payment or file.", key=True, width=20),
    python("What stops it", Kind.TEXT, "The gate.", key=True, width=34),
    python("For", Kind.TEXT, "Who can move it on.", width=20),
    python("Since", Kind.DATE, "Since when it waits."),
    python("What to do", Kind.LONG_TEXT, "How it goes on.", width=110),
)

REQUESTS = table(
    "Requests",
    Department.SALES,
    "Questions and complaints of customers, with response times.",
    key("Request", "Number; leave it empty and Python gives one.", example="RQ-000001"),
    staff("Customer ID", Kind.CODE, "From Customers.", feeds="Customers.Customer ID", needed=True),
    staff("Order or invoice", Kind.CODE, "What it is about.", width=18),
    staff("Kind", Kind.TEXT, "Question, complaint, change …", width=14),
    staff("Text", Kind.LONG_TEXT, "What the customer said."),
    staff("Received on", Kind.DATE, "When it came.", needed=True, happened=True),
    staff("First reply on", Kind.DATE, "When we answered first.", happened=True),
    staff("Closed on", Kind.DATE, "When it was done.", happened=True),
    staff("Owner", Kind.TEXT, "Who looks after it.", width=16),
    python("Status", Kind.CHOICE, "Where it stands.", choices=("Open", "Answered", "Closed"), width=12),
    gives_key="RQ-",
)

DISCREPANCIES = table(
    "Discrepancies",
    Department.MANAGEMENT,
    "What does not agree when an order is closed, and who owns it.",
    python("Discrepancy", Kind.CODE, "Number.", key=True),
    python("Kind", Kind.TEXT, "What does not agree.", width=24),
    python("Subject", Kind.CODE, "Order, receipt or invoice.", width=18),
    python("Expected", Kind.TEXT, "What should be.", width=16),
    python("Found", Kind.TEXT, "What is.", width=16),
    staff("Owner", Kind.TEXT, "Who looks after it.", width=16),
    staff("Resolution", Kind.LONG_TEXT, "How it was settled; filled = resolved."),
    python("Since", Kind.DATE, "Since when."),
    python("Status", Kind.CHOICE, "Where it stands.", choices=("Open", "Resolved"), width=12),
)

SURVEYS = table(
    "Surveys",
    Department.MANAGEMENT,
    "How satisfied customers are.",
    key("Survey", "Number; leave it empty and Python gives one.", example="SV-000001"),
    staff("Order", Kind.CODE, "Order asked about.", feeds="Orders.Order"),
    staff("Customer ID", Kind.CODE, "Who answered.", feeds="Customers.Customer ID"),
    staff("Score", Kind.WHOLE, "1 Very dissatisfied … 5 Very satisfied.", least=1, most=5, example="4"),
    choice(
        "Factor",
        ("Order accuracy", "Delivery speed", "Customer support"),
        "What the score is about.",
        width=18,
    ),
    staff("Comment", Kind.LONG_TEXT, "What the customer wrote."),
    staff("Answered on", Kind.DATE, "When.", happened=True),
    python(
        "Issue",
        Kind.CHOICE,
        "What went wrong.",
        choices=("Delivery delays", "Order accuracy", "Product quality"),
        width=18,
    ),
    python("Status", Kind.TEXT, "Where it stands.", width=12),
    gives_key="SV-",
)

IMPROVEMENTS = table(
    "Improvements",
    Department.MANAGEMENT,
    "What we change, and what came of it.",
    key("Improvement", "Number; leave it empty and Python gives one.", example="IM-000001"),
    staff("Finding", Kind.LONG_TEXT, "What was found."),
    choice(
        "Kind",
        ("Process optimization", "Training program", "Technology upgrade"),
        "What kind of change.",
        width=22,
    ),
    staff("Timeline", Kind.TEXT, "By when.", width=16),
    staff("Responsible", Kind.TEXT, "Who.", width=16),
    staff("Metric", Kind.TEXT, "How success is measured."),
    staff("Target", Kind.TEXT, "Value to reach.", width=12),
    python("Baseline", Kind.TEXT, "Value before.", width=12),
    python("Now", Kind.TEXT, "Value today.", width=12),
    python("Status", Kind.TEXT, "Where it stands.", width=12),
    gives_key="IM-",
)

ISSUES = table(
    "Issues",
    Department.MANAGEMENT,
    "Every open fault of every sheet and file.",
    python("Source", Kind.TEXT, "Workbook or file, as dropped.", key=True, width=26),
    python("Sheet", Kind.TEXT, "Sheet.", key=True, width=16),
    python("Cell", Kind.CODE, "Address, such as M2.", key=True, width=8),
    python("Value", Kind.TEXT, "What was found."),
    python("Problem", Kind.LONG_TEXT, "What is wrong.", width=80),
    python("How to mend", Kind.LONG_TEXT, "What to do.", width=70),
    python("Since", Kind.DATE, "Since when."),
)

FILES = table(
    "Files",
    Department.MANAGEMENT,
    "Every file ever seen, and what became of it.",
    python("File", Kind.TEXT, "Its name as dropped.", key=True, width=30),
    python("Hash", Kind.CODE, "SHA-256 of its bytes.", key=True, width=20),
    python("Kind", Kind.TEXT, "What it brought.", width=14),
    python("From", Kind.TEXT, "Who or where it came from."),
    python("Seen", Kind.MOMENT, "When."),
    python("Rows", Kind.WHOLE, "Rows it brought."),
    python("Times", Kind.WHOLE, "How often the same file was dropped; a repeat changes nothing."),
    python(
        "Fate",
        Kind.CHOICE,
        "What became of it.",
        choices=("Done", "Set aside", "Repeat", "Waiting", "Mended", "Withdrawn"),
        width=11,
    ),
    python("Stored as", Kind.TEXT, "Where it lies now.", width=30),
    python("Why", Kind.LONG_TEXT, "Why."),
)

OUTBOX = table(
    "Outbox",
    Department.MANAGEMENT,
    "Every message and document; one file each in the folder outbox.",
    python("Message", Kind.CODE, "Number.", key=True),
    python("Kind", Kind.TEXT, "What it is.", width=20),
    python("To", Kind.TEXT, "Who gets it.", width=26),
    python("Subject", Kind.TEXT, "What it says.", width=34),
    python("About", Kind.CODE, "Order, invoice, purchase order …", width=18),
    python("Written", Kind.MOMENT, "When it was written."),
    python("Sent", Kind.MOMENT, "When it went out."),
    choice(
        "Action",
        MESSAGE_ACTIONS,
        "Of one that is uncertain or failed: let it go once more, or take it as sent.",
        decides=True,
    ),
    python(
        "Status",
        Kind.CHOICE,
        "Where it stands.",
        choices=("Waiting", "Sent", "Uncertain", "Failed", "Withdrawn"),
        width=11,
    ),
)

LOG = table(
    "Log",
    Department.MANAGEMENT,
    "The last events, newest first.",
    python("Entry", Kind.WHOLE, "Number in the journal.", key=True),
    python("When", Kind.MOMENT, "UTC."),
    python("Who", Kind.CODE, "Account of the process."),
    python("What", Kind.TEXT, "What happened.", width=28),
    python("Subject", Kind.CODE, "To what.", width=18),
    python("Source", Kind.TEXT, "File, sheet and row.", width=36),
)

TABLES = (APPROVALS, WAITING, REQUESTS, DISCREPANCIES, SURVEYS, IMPROVEMENTS, ISSUES, FILES, OUTBOX, LOG)
