"""What verify proves about cost layers: they are the stock there is, and what the movements made of them.

On the moving average there are none. First in, first out the movements since that came into force are gone through
again, a page at a time, and must give the layers as they stand.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from sqlalchemy import Connection

from o2c_xl.domain.goods.layers import Layer, NotEnoughStock, NotTheLayersCost, Valuation
from o2c_xl.ledger.layers import Pile, valuation_in_force
from o2c_xl.ledger.proof.journal import Broken, stream
from o2c_xl.ledger.types import from_units

__all__ = ["LAYER_CHECKS"]

_number = lru_cache(maxsize=4_096)(from_units)
_CHANGES = """
    SELECT entry, MAX(told), MAX(kept) FROM (
        SELECT seq AS entry, subject AS told, '' AS kept FROM journal WHERE event = 'stock valuation changed'
        UNION ALL SELECT entry, '', method FROM valuations) AS both_sides
    GROUP BY entry HAVING MAX(told) <> MAX(kept) ORDER BY entry LIMIT 1"""
_SUMS = """
    SELECT sku, SUM(wanted), SUM(there) FROM (
        SELECT sku, {column} AS wanted, 0 AS there FROM stock WHERE {fifo}
        UNION ALL SELECT sku, 0, {layers} FROM layers) AS both_sides
    GROUP BY sku HAVING SUM(wanted) <> SUM(there) ORDER BY sku LIMIT 1"""
_FIRST = "SELECT sku, SUM(quantity), SUM(value) FROM movements WHERE entry <= {since} GROUP BY sku"
_MOVED = "SELECT sku, quantity, value, entry FROM movements WHERE entry > {since} ORDER BY movement"
_KEPT = "SELECT sku, quantity, value, entry FROM layers ORDER BY sku, layer"
_Rows = list[tuple[Layer, int]]


def changes(conn: Connection) -> Broken | None:
    """Each change of the valuation stands in the journal, and the other way round."""
    row = conn.exec_driver_sql(_CHANGES).first()
    return None if row is None else Broken(row[1] or "no change", row[2] or "no change", f"entry {row[0]}")


def quantities(conn: Connection) -> Broken | None:
    """Per product the layers' quantities are what is on hand; without FIFO there are none."""
    return _sums(conn, "on_hand", "quantity")


def values(conn: Connection) -> Broken | None:
    """Per product the layers' values are the stock's, to the cent; without FIFO there are none."""
    return _sums(conn, "value", "value")


def _sums(conn: Connection, column: str, layers: str) -> Broken | None:
    fifo = "1 = 1" if valuation_in_force(conn) is Valuation.FIFO else "1 = 0"
    row = conn.exec_driver_sql(_SUMS.format(column=column, layers=layers, fifo=fifo)).first()
    return None if row is None else Broken(str(_number(int(row[1]))), str(_number(int(row[2]))), str(row[0]))


def made_by_movements(conn: Connection) -> Broken | None:
    """The movements since first in, first out came into force give the layers there are."""
    if valuation_in_force(conn) is not Valuation.FIFO:
        return None
    since = int(conn.exec_driver_sql("SELECT MAX(entry) FROM valuations").scalar_one())
    wanted = _replayed(conn, since)
    if isinstance(wanted, Broken):
        return wanted
    there: dict[str, _Rows] = {}
    for sku, quantity, value, entry in stream(conn, _KEPT):
        there.setdefault(sku, []).append((Layer(_number(quantity), _number(value)), entry))
    for sku in sorted(wanted.keys() | there.keys()):
        if wanted.get(sku, []) != there.get(sku, []):
            return Broken(_shown(wanted.get(sku, [])), _shown(there.get(sku, [])), sku)
    return None


def _replayed(conn: Connection, since: int) -> dict[str, _Rows] | Broken:
    piles: dict[str, Pile] = {}
    for sku, quantity, value in conn.exec_driver_sql(_FIRST.format(since=since)):
        if quantity:
            piles[sku] = Pile(layers=(Layer(_number(int(quantity)), _number(int(value))),))
    for sku, quantity, value, entry in stream(conn, _MOVED.format(since=since)):
        try:
            piles.setdefault(sku, Pile()).move(entry, _number(quantity), _number(value))
        except (NotEnoughStock, NotTheLayersCost) as fault:
            return Broken("the cost of the oldest layers", str(fault), f"entry {entry}, {sku}")
    return {
        sku: [(layer, pile.brought_by.get(number, since)) for number, layer in pile.numbered()]
        for sku, pile in piles.items()
        if pile.layers
    }


def _shown(rows: _Rows) -> str:
    return ", ".join(f"{one.quantity} at {one.value} of entry {entry}" for one, entry in rows[:5]) or "no layer"


LAYER_CHECKS: tuple[tuple[str, Callable[[Connection], Broken | None]], ...] = (
    ("Each change of how stock is valued is in the journal", changes),
    ("Cost layers add up to what is on hand of each product", quantities),
    ("Cost layers add up to the stock value of each product", values),
    ("Cost layers are what the movements made of them", made_by_movements),
)
