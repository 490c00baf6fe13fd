"""What a supplier still owes of an order line: refused goods are to be delivered again."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import ColumnElement

from o2c_xl.ledger import schema

__all__ = ["OWED"]

_line = schema.purchase_order_lines.c
OWED: ColumnElement[Decimal] = _line.quantity - _line.cancelled - _line.received + _line.refused
"""In the product's stock unit; an empty quantity gives none. Only an order under way still brings it."""
