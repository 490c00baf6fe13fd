"""Master data: customers, suppliers, products, prices, tax rates, roles and settings."""

from __future__ import annotations

from sqlalchemy import Column, Text

from o2c_xl.ledger.schema.parts import amounts, dates, table, texts, wholes

__all__ = [
    "carriers",
    "customers",
    "prices",
    "products",
    "roles",
    "settings",
    "supplier_prices",
    "suppliers",
    "tax_rates",
]

customers = table(
    "customers",
    "customer_id",
    *texts("name email phone street city postal_code country tax_id currency payment_terms price_list"),
    *amounts("credit_limit"),
    *texts("bill_to invoice_by short_stock tax_group e_invoice_address buyer_reference"),
    *wholes("shipments_at_most"),
    # a person's release of all orders: its last day and reason, whose account gave it, and up to which exposure
    *dates("credit_released_until"),
    *texts("release_reason released_by"),
    *amounts("release_up_to"),
    # New, Approved, Refused, Review or Hold
    Column("credit_status", Text, nullable=False, server_default="New"),
    *texts("credit_why"),
    *texts("block_reminders"),
    # Finance's rating (A to D); the score of the first order on credit, when that was decided and until when it holds
    *texts("rating"),
    *wholes("credit_score"),
    *dates("credit_decided_on credit_expires"),
    # what widens credit and waits for an approval: its fields and values, as JSON
    *texts("credit_asked"),
)
suppliers = table(
    "suppliers",
    "supplier_id",
    *texts("name email phone street city postal_code country currency payment_terms tax_id iban"),
    *wholes("lead_days"),
    *amounts("minimum_order"),
)
products = table(
    "products",
    "sku",
    *texts("name category unit"),
    *amounts("price cost"),
    *texts("tax_code zone bin fragile"),
    *amounts("weight_kg"),
    *texts("alternative_sku"),
    *amounts("reorder_point reorder_quantity"),
    *texts("preferred_supplier discontinued"),
)
supplier_prices = table(
    "supplier_prices",
    "supplier_id sku minimum_quantity:exact",
    *texts("supplier_sku"),
    *amounts("price pack_size"),
    *wholes("lead_days"),
    *dates("valid_from valid_to"),
)
prices = table("prices", "price_list sku minimum_quantity:exact", *amounts("price"), *dates("valid_from valid_to"))
tax_rates = table("tax_rates", "tax_group tax_code", *amounts("rate_percent"), *texts("reason"))
carriers = table(
    "carriers",
    "carrier service",
    *texts("shipping"),
    *amounts("least_kg most_kg"),
    *texts("cut_off"),
    *wholes("days"),
    *amounts("cost"),
    *texts("discontinued"),
)
roles = table("roles", "user role", *amounts("limit"), *dates("from to"))
settings = table("settings", "setting", *texts("value"))
