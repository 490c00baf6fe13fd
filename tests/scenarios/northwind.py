"""Northwind's own files, turned into the tables that a user would load."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

COUNTRIES = {
    "Argentina": "AR", "Australia": "AU", "Austria": "AT", "Belgium": "BE", "Brazil": "BR", "Canada": "CA",
    "Denmark": "DK", "Finland": "FI", "France": "FR", "Germany": "DE", "Ireland": "IE", "Italy": "IT", "Japan": "JP",
    "Mexico": "MX", "Netherlands": "NL", "Norway": "NO", "Poland": "PL", "Portugal": "PT", "Singapore": "SG",
    "Spain": "ES", "Sweden": "SE", "Switzerland": "CH", "UK": "GB", "USA": "US", "Venezuela": "VE",
}  # fmt: skip
YES_NO = {"0": "No", "1": "Yes"}


def read(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, rows: Iterable[Mapping[str, Any]]) -> Path:
    rows = list(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def master_files(source: Path, out: Path) -> list[Path]:
    """Tax rates, suppliers, customers, products and opening stock."""
    taxes = [
        {"Tax group": "Domestic", "Tax code": "Food", "Rate %": "7", "Reason": ""},
        {"Tax group": "Abroad", "Tax code": "Food", "Rate %": "0", "Reason": "Export"},
    ]
    suppliers = [
        {"Supplier ID": f"S{r['supplier_id']}", "Name": r["company_name"], "Street": r["address"], "City": r["city"],
         "Postal code": r["postal_code"], "Country": COUNTRIES[r["country"]], "Lead days": "5"}
        for r in read(source, "suppliers")
    ]  # fmt: skip
    customers = [
        {"Customer ID": r["customer_id"], "Name": r["company_name"], "Phone": r["phone"], "Street": r["address"],
         "City": r["city"], "Postal code": r["postal_code"], "Country": COUNTRIES[r["country"]], "Currency": "USD",
         "Payment terms": "Net 30", "Short stock": "Partial shipment",
         "Tax group": "Domestic" if r["country"] == "USA" else "Abroad"}
        for r in read(source, "customers")
    ]  # fmt: skip
    products = [
        {"SKU": f"P{int(r['product_id']):03d}", "Name": r["product_name"], "Unit": "pcs", "Price": r["unit_price"],
         "Cost": str(Decimal(r["unit_price"]) * Decimal("0.6")), "Tax code": "Food", "Zone": "Zone A",
         "Reorder point": r["reorder_level"], "Reorder quantity": "20", "Preferred supplier": f"S{r['supplier_id']}",
         "Discontinued": YES_NO[r["discontinued"]]}
        for r in read(source, "products")
    ]  # fmt: skip
    counts = [
        {"Count": f"OPEN-{int(r['product_id']):03d}", "SKU": f"P{int(r['product_id']):03d}",
         "Counted": r["units_in_stock"], "Counted on": "2026-01-02", "Reason": "Opening"}
        for r in read(source, "products")
    ]  # fmt: skip
    tables = {
        "TaxRates": taxes, "Suppliers": suppliers, "Customers": customers, "Products": products, "StockCounts": counts,
    }  # fmt: skip
    return [write(out / f"{name}.csv", rows) for name, rows in tables.items()]


def order_file(source: Path, out: Path) -> Path:
    """All orders as one flat list, one row per line."""
    heads = {r["order_id"]: r for r in read(source, "orders")}
    rows = []
    for line in read(source, "order_details"):
        head = heads[line["order_id"]]
        rows.append(
            {
                "Order": head["order_id"],
                "Customer ID": head["customer_id"],
                "Order date": head["order_date"],
                "Requested date": head["required_date"],
                "Ship to name": head["ship_name"],
                "Ship to street": head["ship_address"],
                "Ship to city": head["ship_city"],
                "Ship to postal code": head["ship_postal_code"],
                "Ship to country": COUNTRIES[head["ship_country"]],
                "Freight": head["freight"],
                "SKU": f"P{int(line['product_id']):03d}",
                "Quantity": line["quantity"],
                "Unit price": line["unit_price"],
                "Discount %": str(Decimal(line["discount"]) * 100),
            }
        )
    return write(out / "northwind-orders.csv", rows)
