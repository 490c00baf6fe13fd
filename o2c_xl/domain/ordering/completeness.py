"""What an order still lacks before it can go on: said in sentences that a clerk or a customer can act on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from o2c_xl.domain.ordering.orders import Shipping

__all__ = ["Address", "LineToCheck", "OrderToCheck", "missing_in_address", "ship_to_of", "what_is_missing"]


@dataclass(frozen=True, slots=True)
class Address:
    """Where goods go. A postal code is not asked for: some countries have none."""

    name: str = ""
    street: str = ""
    city: str = ""
    postal_code: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class LineToCheck:
    """What one line has got so far; None or False = not there or not to be found."""

    line: str
    sku: str
    quantity: Decimal | None
    price: Decimal | None
    known_sku: bool = True
    no_rate: str = ""
    tax_code: str = ""


@dataclass(frozen=True, slots=True)
class OrderToCheck:
    """What the head of an order has got so far; `ship_to` with the customer's values already filled in."""

    customer: str
    known_customer: bool
    ship_to: Address
    shipping: str = Shipping.STANDARD
    price_list: str = ""
    tax_group: str = ""


def what_is_missing(order: OrderToCheck, lines: Sequence[LineToCheck]) -> list[str]:
    """What keeps the order incomplete, one sentence each, for the clerk and for the customer; empty = complete."""
    found: list[str] = []
    if not order.known_customer:
        found.append(_unknown_customer(order.customer))
    if order.shipping != Shipping.PICKUP:
        found += missing_in_address(order.ship_to)
    if not lines:
        found.append("The order has no lines. Enter at least one product and its quantity.")
    for line in lines:
        found += _missing_in_line(line, order)
    return list(dict.fromkeys(found))


def ship_to_of(typed: Address, customer: Address) -> Address:
    """Where an order goes: each part that was not typed is the customer's.

    But where another town was typed, neither the customer's street nor postal code belongs to it.
    """
    elsewhere = bool(typed.city.strip()) and typed.city.strip().casefold() != customer.city.strip().casefold()
    return Address(
        name=typed.name or customer.name,
        street=typed.street or ("" if elsewhere else customer.street),
        city=typed.city or customer.city,
        postal_code=typed.postal_code or ("" if elsewhere else customer.postal_code),
        country=typed.country or customer.country,
    )


def missing_in_address(address: Address) -> list[str]:
    """What a carrier would miss in this address; one sentence, or none."""
    parts = (("street", address.street), ("city", address.city), ("country", address.country))
    missing = [name for name, text in parts if not text.strip()]
    if not missing:
        return []
    names = " and ".join(filter(None, [", ".join(missing[:-1]), missing[-1]]))
    return [f"The ship-to address has no {names}. Enter it on the order or at the customer."]


def _unknown_customer(customer: str) -> str:
    if not customer:
        return "The order has no customer. Enter the Customer ID."
    return f"Customer {customer} is not known. Add the customer, or correct the Customer ID."


def _missing_in_line(line: LineToCheck, order: OrderToCheck) -> list[str]:
    where = f"Line {line.line}:"
    if not line.sku:
        return [f"{where} no product. Enter the SKU."]
    if not line.known_sku:
        return [f"{where} product {line.sku} is not known. Add the product, or correct the SKU."]
    found = []
    if line.quantity is None:
        found.append(f"{where} no quantity. Enter how many you want.")
    if line.price is None:
        at = f" in price list {order.price_list}" if order.price_list else ""
        found.append(f"{where} no price for {line.sku}{at}. Enter a unit price, or add it to the list.")
    if line.no_rate:
        found += _missing_rate(line, order)
    return found


def _missing_rate(line: LineToCheck, order: OrderToCheck) -> list[str]:
    """Why no tax rate was found: where the customer's or the product's part of it is to be typed."""
    if order.tax_group and line.tax_code:
        return [f"Line {line.line}: {line.no_rate}"]
    found = []
    if not order.tax_group:
        default = "Default tax group in Settings"
        found.append(f"Customer {order.customer} has no tax group. Enter Tax group in Customers, or {default}.")
    if not line.tax_code:
        default = "Default tax code in Settings"
        found.append(f"Product {line.sku} has no tax code. Enter Tax code in Products, or {default}.")
    return found
