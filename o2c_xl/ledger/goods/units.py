"""The stock units of products."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import rows_by_key

__all__ = ["units_of"]


def units_of(conn: Connection, skus: Iterable[str]) -> dict[str, str]:
    """The unit that each of these products is counted in; unknown products are left out."""
    p = schema.products.c
    return {row.sku: row.unit for row in rows_by_key(conn, [p.sku, p.unit], p.sku, skus)}
