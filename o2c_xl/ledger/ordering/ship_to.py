"""Where orders go, as rows of the ledger tell it: what was typed on an order, and where a customer is at home."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column

from o2c_xl.domain.ordering.completeness import Address
from o2c_xl.ledger import schema

__all__ = ["HOME", "TYPED", "home_of", "typed_ship_to"]

_o, _c = schema.orders.c, schema.customers.c
TYPED: tuple[Column[Any], ...] = (
    _o.ship_to_name, _o.ship_to_street, _o.ship_to_city, _o.ship_to_postal_code, _o.ship_to_country
)  # fmt: skip
"""The columns of orders that `typed_ship_to` reads."""
HOME: tuple[Column[Any], ...] = (_c.name, _c.street, _c.city, _c.postal_code, _c.country)
"""The columns of customers that `home_of` reads."""


def typed_ship_to(order: Any) -> Address:  # noqa: ANN401 -- a row
    """What was typed on an order; what is empty there is the customer's."""
    return Address(*(getattr(order, column.key) for column in TYPED))


def home_of(customer: Any) -> Address:  # noqa: ANN401 -- a row
    """Where a customer's goods go by default."""
    return Address(*(getattr(customer, column.key) for column in HOME))
