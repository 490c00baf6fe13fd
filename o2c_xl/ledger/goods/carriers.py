"""The carriers that a company has entered."""

from __future__ import annotations

from sqlalchemy import Connection, select

from o2c_xl.domain.goods.shipping import Service, cut_off_of, services_in_use
from o2c_xl.domain.money import ZERO
from o2c_xl.domain.ordering.orders import Shipping
from o2c_xl.ledger import schema

__all__ = ["services_of"]


def services_of(conn: Connection) -> tuple[Service, ...]:
    """Who carries goods and how fast, in the sequence of their keys; what stands for them where nobody is entered."""
    c = schema.carriers.c
    rows = conn.execute(select(schema.carriers).where(c.discontinued != "Yes").order_by(c.carrier, c.service))
    return services_in_use(
        Service(
            row.carrier,
            row.service,
            Shipping(row.shipping),
            most_kg=row.most_kg,
            least_kg=row.least_kg or ZERO,
            cut_off=cut_off_of(row.cut_off),
            days=row.days or 0,
            cost=row.cost or ZERO,
        )
        for row in rows
    )
