"""Customer orders, and what is picked, shipped and returned of them."""

from __future__ import annotations

from sqlalchemy import Column, Index, Text

from o2c_xl.ledger.schema.parts import amounts, counters, dates, flags, table, texts, wholes

__all__ = ["order_lines", "orders", "picks", "returns", "shipment_lines", "shipments"]

orders = table(
    "orders",
    "order",
    *texts("customer_id customer_reference"),
    *dates("order_date requested_date"),
    *texts("channel shipping ship_to_name ship_to_street ship_to_city ship_to_postal_code ship_to_country"),
    *texts("payment_terms"),
    *wholes("priority"),
    *amounts("freight"),
    *texts("notes action"),
    # what the program made of it: effective currency, terms and account charged; `total` includes tax
    *texts("currency terms bill_to tax_mode"),
    *dates("promise_date"),
    *counters("net tax total"),
    *texts("waiting_for waiting_who"),
    *dates("waiting_since"),
    Column("status", Text, nullable=False, server_default="Incomplete"),
    *dates("released_until"),
    # why the Action has no effect yet; said beside the row as long as the Action stands
    *texts("action_problem"),
    # credit: '', Approved, Hold, Review, Refused; `credit_terms` is the exposure sum as JSON, for the sheet
    *texts("credit_state credit_terms"),
    *flags("held approved_availability freight_invoiced"),
    # which content was last approved or priced; an edit changes it and voids an approval
    *texts("content_hash asked_by source sheet"),
    *wholes("row entry"),
    *dates("received_on closed_on"),
    Index("orders_by_status", "status", "order"),
    # the key without its case where it has letters, and the customer's reference without its: so that those are found
    # that differ only in case
    *texts("folded folded_reference"),
    Index("orders_by_customer", "customer_id", "folded_reference"),
)
order_lines = table(
    "order_lines",
    "order line",
    *wholes("position"),
    *texts("sku"),
    *amounts("quantity unit_price discount_percent"),
    *texts("customisation"),
    *dates("requested_date"),
    *texts("remedy"),
    # the price, tax code and rate (percent) the line was taken at; `net` in the order's currency
    *amounts("price"),
    *texts("tax_code"),
    *amounts("tax_rate"),
    *counters("net"),
    # allocated = set aside and not yet shipped, picked included; returned_uninvoiced = part of returned never billed
    *counters("allocated picked shipped invoiced invoiced_net returned returned_uninvoiced cancelled"),
    # `why` it got stock or did not; `promised_from` what its date rests on, `promise_firm` that these are goods, in
    # stock or owed by a supplier, and no mere lead time
    *texts("availability"),
    *dates("promise_date"),
    *texts("why promised_from"),
    *flags("promise_firm"),
)


picks = table(
    "picks",
    "pick",
    *texts("order line sku"),
    *counters("to_pick"),
    *amounts("picked packed"),
    *texts("status shipment"),
    *dates("made_on"),
    *wholes("walk"),
    Index("picks_by_status", "status"),
    Index("picks_by_order", "order"),
)
shipments = table(
    "shipments",
    "shipment",
    *texts("order carrier service"),
    *amounts("weight_kg"),
    *dates("expected"),
    *texts("ship_to_name ship_to_street ship_to_city ship_to_postal_code ship_to_country"),
    *texts("tracking"),
    *dates("shipped_on"),
    *texts("action status"),
    *dates("made_on"),
    *wholes("entry"),
    Index("shipments_by_status", "status"),
    Index("shipments_by_order", "order"),
)
# `cost` is what left the stock account for the line, in the company's currency
shipment_lines = table("shipment_lines", "shipment line", *texts("order sku"), *counters("quantity cost"))
returns = table(
    "returns",
    "return",
    *texts("order sku"),
    *amounts("quantity"),
    *dates("returned_on"),
    *texts("reason restock credit_note status problem source sheet letters"),
    *wholes("row entry"),
    Index("returns_by_status", "status"),
    Index("returns_by_order", "order"),
)
