"""Purchase orders, receipts, counts and stock."""

from __future__ import annotations

from sqlalchemy import Column, Index, Text

from o2c_xl.ledger.schema.parts import amounts, counters, dates, flags, table, texts, wholes

__all__ = ["bills", "purchase_order_lines", "purchase_orders", "receipt_lines", "receipts", "stock", "stock_counts"]

purchase_orders = table(
    "purchase_orders",
    "po",
    # `proposed_supplier` is whom Python would buy from; `reason` says why somebody else was chosen
    *texts("supplier_id proposed_supplier reason"),
    *dates("po_date expected"),
    *texts("action currency"),
    *counters("net"),
    Column("status", Text, nullable=False, server_default="Draft"),
    # `proposed` drafts are Python's own and rebuilt by each run until someone changes them
    *flags("proposed"),
    *texts("content_hash asked_by source sheet"),
    *wholes("row entry"),
    *dates("made_on"),
    Index("purchase_orders_by_status", "status"),
)
purchase_order_lines = table(
    "purchase_order_lines",
    "po line",
    *wholes("position"),
    *texts("sku"),
    *amounts("quantity unit_cost"),
    *counters("received refused cancelled billed"),
    *texts("for_orders why"),
    Index("purchase_order_lines_by_sku", "sku"),
)
receipts = table(
    "receipts",
    "receipt",
    *texts("po po_line sku"),
    *amounts("quantity"),
    *texts("quality"),
    *dates("received_on"),
    *texts("notes refused_goods"),
    *counters("accepted refused"),
    *wholes("days_late"),
    *texts("status problem source sheet letters"),
    *wholes("row entry"),
    Index("receipts_by_status", "status"),
    Index("receipts_by_po", "po"),
)
receipt_lines = table("receipt_lines", "receipt po line", *texts("sku"), *counters("quantity refused unit_cost value"))
stock_counts = table(
    "stock_counts",
    "count",
    *texts("sku"),
    *amounts("counted"),
    *dates("counted_on"),
    *texts("reason"),
    *amounts("expected difference value"),
    *texts("status problem source sheet letters"),
    *wholes("row entry"),
    Index("stock_counts_by_status", "status"),
)
# The running balance per SKU; equal to the sum of its movements. `value` in the company's currency.
stock = table("stock", "sku", *counters("on_hand allocated quarantined value"))
bills = table(
    "bills",
    "bill",
    *texts("supplier_id po settles"),
    *dates("bill_date due_date"),
    *amounts("net tax rounding total"),
    *dates("paid_on"),
    *amounts("difference"),
    *texts("status problem source sheet letters"),
    *wholes("row entry"),
    Index("bills_by_status", "status"),
)
