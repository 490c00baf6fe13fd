"""The ledger's tables. Names follow the headers people see (`Ship to city` is `ship_to_city`).

Three kinds of tables: what people typed and how far it has got (orders, products …), the books (journal, postings,
movements, settlements), and what the program remembers of the outside (seen rows, files, outbox, issues).
Amounts, prices, quantities and percentages are `Exact`. Every change here is an Alembic migration too; a test
compares both.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, Column, Date, Index, Integer, MetaData, Table, Text, text

from o2c_xl.ledger.types import Exact

__all__ = ["metadata"]

metadata = MetaData()


def _table(name: str, key: str, *columns: Column[Any] | Index) -> Table:
    """A table whose key columns are text; a key column named `x:int` is a whole number."""
    keys: list[Column[Any]] = []
    for part in key.split():
        name_, _, kind = part.partition(":")
        keys.append(Column(name_, {"": Text, "int": Integer, "exact": Exact}[kind], primary_key=True))
    return Table(name, metadata, *keys, *columns)


def _texts(names: str) -> list[Column[Any]]:
    """Text columns; empty text stands for an empty cell, so that comparing needs no NULL logic."""
    return [Column(name, Text, nullable=False, server_default="") for name in names.split()]


def _amounts(names: str) -> list[Column[Any]]:
    """Exact columns that may be empty (a typed cell left blank)."""
    return [Column(name, Exact) for name in names.split()]


def _counters(names: str) -> list[Column[Any]]:
    """Exact columns that start at nothing and are kept by the program."""
    return [Column(name, Exact, nullable=False, server_default="0") for name in names.split()]


def _dates(names: str) -> list[Column[Any]]:
    return [Column(name, Date) for name in names.split()]


def _wholes(names: str) -> list[Column[Any]]:
    return [Column(name, Integer) for name in names.split()]


def _flags(names: str) -> list[Column[Any]]:
    return [Column(name, Boolean, nullable=False, server_default=text("false")) for name in names.split()]


# --- master data -----------------------------------------------------------------------------------------------

customers = _table(
    "customers",
    "customer_id",
    *_texts("name email phone street city postal_code country tax_id currency payment_terms price_list"),
    *_amounts("credit_limit"),
    *_texts("bill_to invoice_by short_stock tax_group"),
    *_wholes("shipments_at_most"),
    # a person's release of all orders: its last day and reason, whose account gave it, and up to which exposure
    *_dates("credit_released_until"),
    *_texts("release_reason released_by"),
    *_amounts("release_up_to"),
    # New, Approved, Refused, Review or Hold
    Column("credit_status", Text, nullable=False, server_default="New"),
    *_texts("credit_why"),
    # what widens credit and waits for an approval: its fields and values, as JSON
    *_texts("credit_asked"),
    Index(
        "customers_by_credit_asked",
        "credit_asked",
        sqlite_where=text("credit_asked <> ''"),
        postgresql_where=text("credit_asked <> ''"),
    ),
)
suppliers = _table(
    "suppliers",
    "supplier_id",
    *_texts("name email phone street city postal_code country currency payment_terms"),
    *_wholes("lead_days"),
    *_amounts("minimum_order"),
)
products = _table(
    "products",
    "sku",
    *_texts("name category unit"),
    *_amounts("price cost"),
    *_texts("tax_code zone bin fragile"),
    *_amounts("weight_kg"),
    *_texts("alternative_sku"),
    *_amounts("reorder_point reorder_quantity"),
    *_texts("preferred_supplier discontinued"),
)
supplier_prices = _table(
    "supplier_prices",
    "supplier_id sku minimum_quantity:exact",
    *_texts("supplier_sku"),
    *_amounts("price pack_size"),
    *_wholes("lead_days"),
    *_dates("valid_from valid_to"),
)
prices = _table("prices", "price_list sku minimum_quantity:exact", *_amounts("price"), *_dates("valid_from valid_to"))
tax_rates = _table("tax_rates", "tax_group tax_code", *_amounts("rate_percent"), *_texts("reason"))
roles = _table("roles", "user role", *_amounts("limit"), *_dates("from to"))
settings = _table("settings", "setting", *_texts("value"))

# --- sales -----------------------------------------------------------------------------------------------------

orders = _table(
    "orders",
    "order",
    *_texts("customer_id customer_reference"),
    *_dates("order_date requested_date"),
    *_texts("channel shipping ship_to_name ship_to_street ship_to_city ship_to_postal_code ship_to_country"),
    *_texts("payment_terms"),
    *_wholes("priority"),
    *_amounts("freight"),
    *_texts("notes action"),
    # what the program made of it: effective currency, terms and account charged; `total` includes tax
    *_texts("currency terms bill_to tax_mode"),
    *_dates("promise_date"),
    *_counters("net tax total"),
    *_texts("waiting_for waiting_who"),
    *_dates("waiting_since"),
    Column("status", Text, nullable=False, server_default="Incomplete"),
    *_dates("released_until"),
    # why the Action has no effect yet; said beside the row as long as the Action stands
    *_texts("action_problem"),
    # credit: '', Approved, Hold, Review, Refused; `credit_terms` is the exposure sum as JSON, for the sheet
    *_texts("credit_state credit_terms"),
    *_flags("held approved_availability freight_invoiced"),
    # which content was last approved or priced; an edit changes it and voids an approval
    *_texts("content_hash asked_by source sheet"),
    *_wholes("row entry"),
    *_dates("received_on closed_on"),
    Index("orders_by_status", "status", "order"),
    # the key without its case where it has letters, so that a key that differs only in case is found
    *_texts("folded"),
    Index("orders_by_customer", "customer_id", "customer_reference"),
    Index(
        "orders_by_folded",
        "folded",
        sqlite_where=text("folded <> ''"),
        postgresql_where=text("folded <> ''"),
    ),
    Index(
        "orders_by_action",
        "action",
        sqlite_where=text("action <> '' AND status NOT IN ('Shipped', 'Invoiced', 'Closed', 'Cancelled')"),
        postgresql_where=text("action <> '' AND status NOT IN ('Shipped', 'Invoiced', 'Closed', 'Cancelled')"),
    ),
    Index(
        "orders_open",
        "bill_to",
        sqlite_where=text("status NOT IN ('Closed', 'Cancelled', 'Invoiced')"),
        postgresql_where=text("status NOT IN ('Closed', 'Cancelled', 'Invoiced')"),
    ),
)
order_lines = _table(
    "order_lines",
    "order line",
    *_wholes("position"),
    *_texts("sku"),
    *_amounts("quantity unit_price discount_percent"),
    *_texts("customisation"),
    *_dates("requested_date"),
    *_texts("remedy"),
    # the price, tax code and rate (percent) the line was taken at; `net` in the order's currency
    *_amounts("price"),
    *_texts("tax_code"),
    *_amounts("tax_rate"),
    *_counters("net"),
    # allocated = set aside and not yet shipped, picked included; returned_uninvoiced = part of returned never billed
    *_counters("allocated picked shipped invoiced invoiced_net returned returned_uninvoiced cancelled"),
    *_texts("availability"),
    *_dates("promise_date"),
    *_texts("why"),
    Index(
        "order_lines_short",
        "sku",
        # only lines whose availability was looked at: a line served at once never enters the index
        sqlite_where=text("availability <> '' AND quantity > allocated + shipped + cancelled"),
        postgresql_where=text("availability <> '' AND quantity > allocated + shipped + cancelled"),
    ),
)

# --- purchasing and stock --------------------------------------------------------------------------------------

purchase_orders = _table(
    "purchase_orders",
    "po",
    *_texts("supplier_id"),
    *_dates("po_date expected"),
    *_texts("action currency"),
    *_counters("net"),
    Column("status", Text, nullable=False, server_default="Draft"),
    # `proposed` drafts are Python's own and rebuilt by each run until someone changes them
    *_flags("proposed"),
    *_texts("content_hash asked_by source sheet"),
    *_wholes("row entry"),
    *_dates("made_on"),
    Index("purchase_orders_by_status", "status"),
)
purchase_order_lines = _table(
    "purchase_order_lines",
    "po line",
    *_wholes("position"),
    *_texts("sku"),
    *_amounts("quantity unit_cost"),
    *_counters("received refused cancelled billed"),
    *_texts("for_orders why"),
    Index("purchase_order_lines_by_sku", "sku"),
)
receipts = _table(
    "receipts",
    "receipt",
    *_texts("po po_line sku"),
    *_amounts("quantity"),
    *_texts("quality"),
    *_dates("received_on"),
    *_texts("notes refused_goods"),
    *_counters("accepted refused"),
    *_wholes("days_late"),
    *_texts("status problem source sheet letters"),
    *_wholes("row entry"),
    Index("receipts_by_status", "status"),
    Index("receipts_by_po", "po"),
)
receipt_lines = _table(
    "receipt_lines", "receipt po line", *_texts("sku"), *_counters("quantity refused unit_cost value")
)
stock_counts = _table(
    "stock_counts",
    "count",
    *_texts("sku"),
    *_amounts("counted"),
    *_dates("counted_on"),
    *_texts("reason"),
    *_amounts("expected difference value"),
    *_texts("status problem source sheet letters"),
    *_wholes("row entry"),
    Index("stock_counts_by_status", "status"),
)
# The running balance per SKU; equal to the sum of its movements. `value` in the company's currency.
stock = _table("stock", "sku", *_counters("on_hand allocated quarantined value"))
bills = _table(
    "bills",
    "bill",
    *_texts("supplier_id po settles"),
    *_dates("bill_date due_date"),
    *_amounts("net tax total"),
    *_dates("paid_on"),
    *_amounts("difference"),
    *_texts("status problem source sheet letters"),
    *_wholes("row entry"),
    Index("bills_by_status", "status"),
)

# --- picking, shipping, returns --------------------------------------------------------------------------------

picks = _table(
    "picks",
    "pick",
    *_texts("order line sku"),
    *_counters("to_pick"),
    *_amounts("picked packed"),
    *_texts("status shipment"),
    *_dates("made_on"),
    *_wholes("walk"),
    Index("picks_by_status", "status"),
    Index("picks_by_order", "order"),
)
shipments = _table(
    "shipments",
    "shipment",
    *_texts("order carrier service"),
    *_amounts("weight_kg"),
    *_texts("tracking"),
    *_dates("shipped_on"),
    *_texts("action status"),
    *_dates("made_on"),
    *_wholes("entry"),
    Index("shipments_by_status", "status"),
    Index("shipments_by_order", "order"),
)
# `cost` is what left the stock account for the line, in the company's currency
shipment_lines = _table("shipment_lines", "shipment line", *_texts("order sku"), *_counters("quantity cost"))
returns = _table(
    "returns",
    "return",
    *_texts("order sku"),
    *_amounts("quantity"),
    *_dates("returned_on"),
    *_texts("reason restock credit_note status problem source sheet letters"),
    *_wholes("row entry"),
    Index("returns_by_status", "status"),
    Index("returns_by_order", "order"),
)

# --- invoices and payments -------------------------------------------------------------------------------------

# Credit notes carry negative amounts. total = paid + credited + written_off + open, always.
# `account` is the customer charged (bill-to); `corrects` the invoice a credit note belongs to; `opening` an item
# brought along. A draft that waits for approval has a key of the series DRAFT- until it is posted.
invoices = _table(
    "invoices",
    "invoice",
    *_texts("kind order customer_id account customer_reference"),
    *_dates("invoice_date due_date"),
    *_texts("currency terms"),
    *_counters("net tax total paid credited written_off open"),
    *_wholes("reminder_level"),
    *_texts("sent_by"),
    *_dates("sent_on"),
    *_texts("action reason status corrects"),
    *_flags("disputed opening"),
    *_texts("content_hash asked_by"),
    *_wholes("entry"),
    Index("invoices_by_status", "status"),
    Index("invoices_by_order", "order"),
    Index("invoices_by_corrects", "corrects"),
    Index(
        "invoices_by_action",
        "action",
        sqlite_where=text("action <> ''"),
        postgresql_where=text("action <> ''"),
    ),
    Index(
        "invoices_open",
        "account",
        sqlite_where=text("open <> 0"),
        postgresql_where=text("open <> 0"),
    ),
)
invoice_lines = _table(
    "invoice_lines",
    "invoice line",
    *_wholes("position"),
    *_texts("order order_line sku name"),
    *_counters("quantity unit_price discount_percent net"),
    *_texts("tax_code"),
    *_counters("tax_rate_percent"),
    *_texts("shipment"),
    Index("invoice_lines_by_order", "order"),
)
invoice_dues = _table("invoice_dues", "invoice due_no:int", *_dates("due_date"), *_counters("amount"))
opening_items = _table(
    "opening_items",
    "invoice",
    *_texts("customer_id"),
    *_dates("invoice_date due_date"),
    *_amounts("total open"),
    *_texts("order customer_reference status problem source sheet letters"),
    *_wholes("row entry"),
    Index("opening_items_by_status", "status"),
)
# `held_on` is the account its unapplied part stands on: receivables, customer prepayments, unidentified receipts.
payments = _table(
    "payments",
    "payment",
    *_texts("customer_id payer"),
    *_dates("paid_on"),
    *_amounts("amount"),
    *_texts("currency method reference"),
    *_counters("applied unapplied"),
    *_texts("account order held_on reverses status problem source sheet letters"),
    *_wholes("row entry"),
    Index("payments_by_status", "status"),
    Index(
        "payments_unapplied",
        "account",
        sqlite_where=text("unapplied <> 0"),
        postgresql_where=text("unapplied <> 0"),
    ),
)
matches = _table(
    "matches",
    "match",
    *_texts("payment invoice"),
    *_amounts("amount discount"),
    *_texts("rule"),
    *_amounts("confidence"),
    *_texts("decision reason status"),
    *_dates("made_on"),
    Index("matches_by_status", "status"),
    Index("matches_by_payment", "payment"),
    Index("matches_by_invoice", "invoice"),
)
# How each invoice was settled: kind payment, credit, discount or write-off; `by` is the payment, credit note or
# approval behind it; signed like the invoice's total.
settlements = _table(
    "settlements",
    "settlement:int",
    *_texts("invoice kind by"),
    *_counters("amount"),
    *_dates("day"),
    *_wholes("entry"),
    Index("settlements_by_invoice", "invoice"),
    Index("settlements_by_by", "by"),
)

# --- control ---------------------------------------------------------------------------------------------------

approvals = _table(
    "approvals",
    "approval",
    *_texts("role step subject"),
    *_amounts("amount"),
    *_texts("currency asked_by"),
    *_dates("asked_on"),
    # what someone would decide, typed in the sheet by the account `wished_by`: it counts only once it is confirmed
    *_texts("decision reason wished_by decided_by"),
    *_dates("decided_on"),
    # what was asked for, as a hash: an edit voids the approval; `editors` as JSON list of accounts
    *_texts("status content_hash editors"),
    Index("approvals_by_status", "status"),
    Index("approvals_by_subject", "subject"),
)
discrepancies = _table(
    "discrepancies",
    "discrepancy",
    *_texts("kind subject expected found owner resolution status"),
    *_dates("since"),
    Index("discrepancies_by_subject", "subject"),
)
# A staff cell that was changed in a workbook and in the ledger since it was last seen; said beside its row until a
# person who had it before them has saved the workbook.
clashes = _table("clashes", "table key column", *_texts("book value said"), *_dates("since"))
requests = _table(
    "requests",
    "request",
    *_texts("customer_id order_or_invoice kind text"),
    *_dates("received_on first_reply_on closed_on"),
    *_texts("owner"),
)
surveys = _table(
    "surveys",
    "survey",
    *_texts("order customer_id"),
    *_wholes("score"),
    *_texts("factor comment"),
    *_dates("answered_on"),
    *_texts("issue status"),
)
improvements = _table(
    "improvements",
    "improvement",
    *_texts("finding kind timeline responsible metric target baseline now status"),
)

# --- the books -------------------------------------------------------------------------------------------------

# `at` is UTC, ISO; `day` the business date; `digest` covers the postings and movements of the entry; `hash` covers
# the entry and the hash before it.
journal = _table(
    "journal",
    "seq:int",
    *_texts("at"),
    *_dates("day"),
    *_texts("who event subject source sheet"),
    *_wholes("row"),
    *_texts("data digest prev_hash hash"),
    Index("journal_by_subject", "subject"),
)
postings = _table(
    "postings",
    "posting:int",
    Column("entry", Integer, nullable=False),
    *_dates("day"),
    *_texts("account"),
    *_counters("amount"),
    *_texts("currency party"),
    Index("postings_by_entry", "entry"),
    Index("postings_by_account", "account", "party"),
)
movements = _table(
    "movements",
    "movement:int",
    Column("entry", Integer, nullable=False),
    *_dates("day"),
    *_texts("sku"),
    *_counters("quantity value quarantined"),
    *_texts("kind"),
    Index("movements_by_entry", "entry"),
    Index("movements_by_sku", "sku"),
)
# Rows as they were recorded: the hash and key of each row of a table that a transaction wrote (see seals.py).
seals = _table(
    "seals",
    "seal:int",
    Column("entry", Integer, nullable=False),
    *_texts("table rows"),
    Index("seals_by_table", "table"),
)
# Where the journal ends, kept beside it: the number and hash of its last entry.
heads = _table("heads", "of", *_wholes("seq"), *_texts("hash"))
# How stock is valued since which entry; none yet = at the moving average. The last one is in force.
valuations = _table("valuations", "entry:int", *_texts("method"))
# What there is of each receipt, lowest number first, while stock is valued first in, first out; `entry` brought it.
layers = _table("layers", "sku layer:int", *_counters("quantity value"), Column("entry", Integer, nullable=False))
# Gap-free series: the last number given and the day it was given on.
numbers = _table("numbers", "series", *_wholes("last"), *_dates("last_day"))

# --- what the program remembers of the outside -----------------------------------------------------------------

# A row as it was last seen or written in its workbook: all cells as canonical texts joined by U+001F, in the
# table's column order. `row` is the Excel row; a row whose key Python gave but could not write yet has an empty key.
seen = _table("seen", "table key", *_wholes("row"), *_texts("cells"))
# Where a table was last seen: its workbook, sheet, first column (1 = A) and headers joined by U+001F.
sheets = _table("sheets", "table", *_texts("book sheet headers"), *_wholes("first_col"))
# A workbook as it was last left: its hash, the journal's head and the business day it was written from.
books = _table("books", "name", *_texts("sha256"), *_wholes("head"), *_dates("day"), *_texts("synced_at"))
files = _table(
    "files",
    "file hash",
    *_texts("kind from seen"),
    *_wholes("rows times"),
    *_texts("fate stored_as why"),
    Index("files_by_hash", "hash"),
    Index("files_by_fate", "fate"),
)
# Mails of known senders: each once. `Landing` until its attachments lie in their drop folder under their names.
mails = _table("mails", "mail", *_texts("from subject seen fate why"), Index("mails_by_fate", "fate"))
mail_files = _table("mail_files", "mail part:int", *_texts("kind name sha256"), Index("mail_files_by_name", "name"))
# `data` is what the document or message is made from, as JSON; `path` where it was written below outbox/.
outbox = _table(
    "outbox",
    "message",
    *_texts("kind to subject about written sent status path data"),
    Index("outbox_by_status", "status"),
    Index("outbox_by_about", "about"),
)
issues = _table(
    "issues",
    "source sheet cell column",
    *_texts("table key value problem fix"),
    *_wholes("row"),
    *_dates("since"),
)
