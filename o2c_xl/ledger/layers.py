"""The cost layers of what is in stock, kept while stock is valued first in, first out; none on the moving average.

They follow from the movements: a transaction reads the layers of the products that it moves, lets the movements
recorded so far work on them, and writes what changed, all in a handful of statements. A product's layers are numbered
without a gap from the oldest that is left, so what was used up is removed by one comparison.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, bindparam, delete

from o2c_xl.domain.layers import Layer, NotTheLayersCost, Valuation, add_layer, take_layers
from o2c_xl.domain.money import ZERO
from o2c_xl.domain.stock import Move
from o2c_xl.ledger import schema
from o2c_xl.ledger.bulk import insert_columns, update_columns
from o2c_xl.ledger.lookups import rows_by_key

__all__ = ["LayerBook", "Pile", "valuation_in_force"]

_layers = schema.layers.c
_USED_UP = delete(schema.layers).where(_layers.sku == bindparam("of_sku"), _layers.layer < bindparam("first"))
_IN_FORCE = "SELECT method FROM valuations ORDER BY entry DESC LIMIT 1"
Moved = tuple[int, Move]


def valuation_in_force(conn: Connection) -> Valuation:
    """How the ledger values stock now: what the last change said."""
    return Valuation(conn.exec_driver_sql(_IN_FORCE).scalar() or Valuation.MOVING_AVERAGE)


@dataclass(slots=True)
class Pile:
    """One product's layers: the number of the oldest, and the entries that brought those put on since it was read."""

    first: int = 1
    layers: tuple[Layer, ...] = ()
    brought_by: dict[int, int] = field(default_factory=dict)

    def move(self, entry: int, quantity: Decimal, value: Decimal) -> None:
        """Let one movement work on the layers; raises NotTheLayersCost, NotEnoughStock."""
        before = len(self.layers)
        if quantity > ZERO:
            self.layers = add_layer(self.layers, quantity, value)
            if len(self.layers) > before:
                self.brought_by[self.first + before] = entry
        elif quantity:
            self.layers = take_layers(self.layers, -quantity, -value)
            for _used_up in range(before - len(self.layers)):
                self.brought_by.pop(self.first, None)
                self.first += 1
        elif value:
            raise NotTheLayersCost(f"entry {entry} moves a value of {value} without goods")

    def numbered(self) -> Iterator[tuple[int, Layer]]:
        """The layers with their numbers."""
        return enumerate(self.layers, self.first)


@dataclass(slots=True)
class LayerBook:
    """The layers that one transaction reads and changes."""

    _fifo: bool | None = None
    _done: int = 0
    _piles: dict[str, Pile] = field(default_factory=dict)
    _read: dict[str, dict[int, Layer]] = field(default_factory=dict)

    def of(self, conn: Connection, skus: Iterable[str], moves: Sequence[Moved]) -> Mapping[str, tuple[Layer, ...]]:
        """The layers of these products after these movements, oldest first; no product on the moving average."""
        if not self._kept(conn):
            return {}
        wanted = list(skus)
        self._follow(conn, moves, wanted)
        return {sku: self._piles[sku].layers for sku in wanted}

    def flush(self, conn: Connection, moves: Sequence[Moved]) -> None:
        """Write what these movements, all of the transaction, made of the layers."""
        if not moves or not self._kept(conn):
            return
        self._follow(conn, moves, ())
        used = [{"of_sku": sku, "first": self._piles[sku].first} for sku in self._read if self._begins_later(sku)]
        if used:
            conn.execute(_USED_UP, used)
        update_columns(conn, schema.layers, _columns(self._changed(), ("sku", "layer", "quantity", "value")))
        insert_columns(conn, schema.layers, _columns(self._new(), ("sku", "layer", "quantity", "value", "entry")))

    def _kept(self, conn: Connection) -> bool:
        if self._fifo is None:
            self._fifo = valuation_in_force(conn) is Valuation.FIFO
        return self._fifo

    def _follow(self, conn: Connection, moves: Sequence[Moved], also: Sequence[str]) -> None:
        new = moves[self._done :]
        self._load(conn, {*also, *(move.sku for _, move in new)} - self._piles.keys())
        for entry, move in new:
            self._piles[move.sku].move(entry, move.quantity, move.value)
        self._done = len(moves)

    def _load(self, conn: Connection, skus: Iterable[str]) -> None:
        missing = sorted(skus)
        self._read |= {sku: {} for sku in missing}
        columns = [_layers.sku, _layers.layer, _layers.quantity, _layers.value]
        for sku, number, quantity, value in rows_by_key(conn, columns, _layers.sku, missing):
            self._read[sku][number] = Layer(quantity, value)
        for sku in missing:
            read = self._read[sku]
            self._piles[sku] = Pile(min(read, default=1), tuple(read[number] for number in sorted(read)))

    def _begins_later(self, sku: str) -> bool:
        return min(self._read[sku], default=self._piles[sku].first) < self._piles[sku].first

    def _changed(self) -> Iterator[tuple[Any, ...]]:
        for sku, number, layer in self._all():
            if self._read[sku].get(number, layer) != layer:
                yield sku, number, layer.quantity, layer.value

    def _new(self) -> Iterator[tuple[Any, ...]]:
        for sku, number, layer in self._all():
            if number not in self._read[sku]:
                yield sku, number, layer.quantity, layer.value, self._piles[sku].brought_by[number]

    def _all(self) -> Iterator[tuple[str, int, Layer]]:
        return ((sku, number, layer) for sku, pile in self._piles.items() for number, layer in pile.numbered())


def _columns(rows: Iterable[tuple[Any, ...]], names: Sequence[str]) -> dict[str, Sequence[Any]]:
    return dict(zip(names, zip(*rows, strict=True), strict=False)) or dict.fromkeys(names, ())
