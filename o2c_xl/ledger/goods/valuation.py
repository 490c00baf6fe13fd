"""How stock is valued, in the ledger: the method in force, and what a change makes of the stock there is."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import delete, insert, literal, select

from o2c_xl.domain.goods.layers import Valuation
from o2c_xl.domain.money import ZERO
from o2c_xl.ledger import schema
from o2c_xl.ledger.layers import valuation_in_force
from o2c_xl.ledger.store import Ledger, Txn

__all__ = ["ValuationBooks"]


class ValuationBooks:
    """What `steps.value_stock` needs, on the ledger."""

    def __init__(self, ledger: Ledger, day: dt.date) -> None:
        self._ledger, self._day = ledger, day

    def in_force(self) -> Valuation:
        """How stock is valued now."""
        with self._ledger.reading() as conn:
            return valuation_in_force(conn)

    def change(self, method: Valuation) -> bool:
        """Value stock by `method` from now on; False when another program did so meanwhile."""
        with self._ledger.transaction(self._day) as txn:
            if valuation_in_force(txn.conn) is method:
                return False
            entry = txn.record("stock valuation changed", str(method))
            txn.insert(schema.valuations, [{"entry": entry, "method": str(method)}])
            txn.conn.execute(delete(schema.layers))
            if method is Valuation.FIFO:
                _lay_first(txn, entry)
            return True


def _lay_first(txn: Txn, entry: int) -> None:
    """What is there of each product becomes its first layer, at the value it has."""
    at = schema.stock.c
    there = select(at.sku, literal(1), at.on_hand, at.value, literal(entry)).where(at.on_hand > ZERO)
    txn.conn.execute(insert(schema.layers).from_select(["sku", "layer", "quantity", "value", "entry"], there))
