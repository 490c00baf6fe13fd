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

from o2c_xl.domain.goods.layers import Layer, NotTheLayersCost, Valuation, add_layer, take_layers
from o2c_xl.domain.goods.stock import Move
from o2c_xl.domain.money import ZERO
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

    @property
    def end(self) -> int:
        """The number that the next layer gets."""
        return self.first + len(self.layers)

    def numbered(self) -> Iterator[tuple[int, Layer]]:
        """The layers with their numbers."""
        return enumerate(self.layers, self.first)


@dataclass(slots=True)
class LayerBook:
    """The layers that one transaction reads and changes."""

    _fifo: bool | None = None
    _done: int = 0
    _piles: dict[str, Pile] = field(default_factory=dict)
    _read: dict[str, Pile] = field(default_factory=dict)

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
        now = {sku: self._piles[sku].first for sku, read in self._read.items() if read.layers}
        used = [{"of_sku": sku, "first": first} for sku, first in now.items() if first > self._read[sku].first]
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
        found: dict[str, dict[int, Layer]] = {sku: {} for sku in sorted(skus)}
        columns = [_layers.sku, _layers.layer, _layers.quantity, _layers.value]
        for sku, number, quantity, value in rows_by_key(conn, columns, _layers.sku, found):
            found[sku][number] = Layer(quantity, value)
        for sku, layers in found.items():
            first, rows = min(layers, default=1), tuple(layers[number] for number in sorted(layers))
            self._read[sku], self._piles[sku] = Pile(first, rows), Pile(first, rows)

    def _changed(self) -> Iterator[tuple[Any, ...]]:
        """Only the oldest layer left can have been broken into, and only the newest there was have grown."""
        for sku, read in self._read.items():
            pile = self._piles[sku]
            for number in {pile.first, read.end - 1}:
                if pile.first <= number < min(read.end, pile.end):
                    layer = pile.layers[number - pile.first]
                    if layer != read.layers[number - read.first]:
                        yield sku, number, layer.quantity, layer.value

    def _new(self) -> Iterator[tuple[Any, ...]]:
        for sku, read in self._read.items():
            pile = self._piles[sku]
            for number in range(max(read.end, pile.first), pile.end):
                layer = pile.layers[number - pile.first]
                yield sku, number, layer.quantity, layer.value, pile.brought_by[number]


def _columns(rows: Iterable[tuple[Any, ...]], names: Sequence[str]) -> dict[str, Sequence[Any]]:
    return dict(zip(names, zip(*rows, strict=True), strict=False)) or dict.fromkeys(names, ())
