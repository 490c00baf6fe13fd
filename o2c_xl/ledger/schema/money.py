"""Invoices, payments and what settles what."""

from __future__ import annotations

from sqlalchemy import Index

from o2c_xl.ledger.schema.parts import amounts, counters, dates, flags, table, texts, wholes

__all__ = ["invoice_dues", "invoice_lines", "invoices", "matches", "opening_items", "payments", "settlements"]

# Credit notes carry negative amounts. total = paid + credited + written_off + open, always.
# `account` is the customer charged (bill-to); `corrects` the invoice a credit note belongs to; `opening` an item
# brought along. A draft that waits for approval has a key of the series DRAFT- until it is posted.
invoices = table(
    "invoices",
    "invoice",
    *texts("kind order customer_id account customer_reference"),
    *dates("invoice_date due_date"),
    *texts("currency terms"),
    *counters("net tax total paid credited written_off open"),
    *texts("sent_by"),
    *dates("sent_on"),
    *texts("action reason status corrects"),
    # what stops reminders: the customer's promise to pay up to that day, or a block (Yes); the dispute's code and row
    *dates("promised_for"),
    *texts("block_reminders dispute_code dispute"),
    *flags("disputed opening"),
    *texts("content_hash asked_by"),
    *wholes("entry"),
    Index("invoices_by_status", "status"),
    Index("invoices_by_order", "order"),
    Index("invoices_by_corrects", "corrects"),
)
invoice_lines = table(
    "invoice_lines",
    "invoice line",
    *wholes("position"),
    *texts("order order_line sku name"),
    *counters("quantity unit_price discount_percent net"),
    *texts("tax_code"),
    *counters("tax_rate_percent"),
    *texts("shipment"),
    Index("invoice_lines_by_order", "order"),
)
invoice_dues = table("invoice_dues", "invoice due_no:int", *dates("due_date"), *counters("amount"))
opening_items = table(
    "opening_items",
    "invoice",
    *texts("customer_id"),
    *dates("invoice_date due_date"),
    *amounts("total open"),
    *texts("order customer_reference status problem source sheet letters"),
    *wholes("row entry"),
    Index("opening_items_by_status", "status"),
)
# `held_on` is the account its unapplied part stands on: receivables, customer prepayments, unidentified receipts.
payments = table(
    "payments",
    "payment",
    *texts("customer_id payer payer_account"),
    *dates("paid_on"),
    *amounts("amount"),
    *texts("currency method reference"),
    *counters("applied unapplied"),
    *texts("account order held_on reverses status problem source sheet letters"),
    *wholes("row entry"),
    Index("payments_by_status", "status"),
)
matches = table(
    "matches",
    "match",
    *texts("payment invoice"),
    *amounts("amount discount"),
    *texts("rule"),
    *amounts("confidence"),
    *texts("decision reason status"),
    *dates("made_on"),
    Index("matches_by_status", "status"),
    Index("matches_by_payment", "payment"),
    Index("matches_by_invoice", "invoice"),
)
# How each invoice was settled: kind payment, credit, discount or write-off; `by` is the payment, credit note or
# approval behind it; signed like the invoice's total.
settlements = table(
    "settlements",
    "settlement:int",
    *texts("invoice kind by"),
    *counters("amount"),
    *dates("day"),
    *wholes("entry"),
    Index("settlements_by_invoice", "invoice"),
    Index("settlements_by_by", "by"),
)
