"""Order rows as the ledger keeps them: keys given where they are empty, old rows found, values made comparable."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Table, Text

from o2c_xl.domain.keys import fold
from o2c_xl.ledger import schema
from o2c_xl.ledger.bulk import driver_columns, raw_rows
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.ordering.references import orders_by_reference
from o2c_xl.ledger.store import Txn
from o2c_xl.tables.known.lines import match_lines, whole
from o2c_xl.tables.parse.batch import Batch
from o2c_xl.tables.parse.rowset import RowSet

__all__ = ["Known", "OrderBook", "Side", "known_orders", "open_book"]


@dataclass
class Side:
    """The rows of `Orders` or of `OrderLines`: `typed` are the columns that staff fill, keys left out.

    An empty text cell is '' in `typed`, as in the ledger. `orders` names the order of each row.
    """

    rows: RowSet
    kept_in: Table
    typed: dict[str, Sequence[Any]]
    orders: list[Any]

    @property
    def names(self) -> tuple[str, ...]:
        """The typed fields present."""
        return tuple(self.typed)

    def values(self, index: int) -> tuple[Any, ...]:
        """A row's typed values, in the order of `names`."""
        return tuple(column[index] for column in self.typed.values())

    def columns(self, indexes: Sequence[int]) -> dict[str, Sequence[Any]]:
        """The typed values of these rows, column by column."""
        if len(indexes) == len(self.rows) and all(at == i for at, i in enumerate(indexes)):
            return dict(self.typed)
        return {name: [values[i] for i in indexes] for name, values in self.typed.items()}

    def lines(self, indexes: Sequence[int], positions: Sequence[int]) -> dict[str, Sequence[Any]]:
        """Rows of lines as columns of the ledger, keys and positions included."""
        numbers = self.rows.columns["line"]
        return {
            "order": [self.orders[i] for i in indexes],
            "line": [numbers[i] for i in indexes],
            "position": positions,
            **self.columns(indexes),
        }


@dataclass(slots=True)
class OrderBook:
    """What came in: heads and lines, either may be missing; `lines_of` are the rows of lines per order.

    `meant` are the orders of lines that name them in another case.
    """

    heads: Side | None
    lines: Side | None
    head_of: dict[str, int] = field(default_factory=dict)
    lines_of: dict[str, list[int]] = field(default_factory=dict)
    meant: dict[str, str] = field(default_factory=dict)

    @property
    def keys(self) -> list[str]:
        """Every order that is spoken of, heads first."""
        return list(dict.fromkeys([*self.head_of, *self.lines_of]))


@dataclass(slots=True)
class Known:
    """What the ledger holds of these orders, and what differs in the rows that came in.

    `heads` are the orders known, `lines` the lines by order and number; True where a typed value differs.
    """

    heads: dict[str, bool]
    lines: dict[tuple[str, str], bool]


def open_book(txn: Txn, orders: RowSet | None, lines: RowSet | None) -> OrderBook:
    """The rows joined into orders. Empty keys are filled in place: from the series, or by the sender's reference."""
    if orders is not None:
        _give_orders(txn, orders, lines)
        _name_parents(orders, lines)
    if lines is not None:
        _give_lines(txn, lines)
    book = OrderBook(_side(orders, schema.orders), _side(lines, schema.order_lines))
    if book.heads:
        book.head_of = {key: i for i, key in enumerate(book.heads.orders) if key is not None}
    if book.lines:
        for i, key in enumerate(book.lines.orders):
            if key is not None:
                book.lines_of.setdefault(key, []).append(i)
    return book


def known_orders(txn: Txn, book: OrderBook) -> Known:
    """What is known already of the orders in the book; one small query per 500 of them.

    Values are compared as the driver gives them, so that a file taken again costs little.
    """
    stored = _stored(txn, book.heads, schema.orders, book.keys)
    heads = _differing(stored, _ready(txn, book.heads), lambda row: book.head_of.get(row[0]))
    if not book.lines or not heads:
        return Known({row[0]: differs for row, differs in heads.items()}, {})
    with_lines = [key for key in book.lines_of if (key,) in heads]
    stored = _stored(txn, book.lines, schema.order_lines, with_lines)
    ready = _ready(txn, book.lines)
    _find_lines(book, stored, ready, with_lines)
    numbers = book.lines.rows.columns["line"]
    at = {(key, numbers[i]): i for key, indexes in book.lines_of.items() for i in indexes}
    lines = _differing(stored, ready, at.get)
    return Known({row[0]: differs for row, differs in heads.items()}, lines)


_Stored = dict[Any, tuple[Any, ...]]


def _stored(txn: Txn, side: Side | None, kept_in: Table, keys: Iterable[str]) -> _Stored:
    """Rows of the ledger by their key, with the values of the columns that came in."""
    names = side.names if side else ()
    key_names = [column.name for column in kept_in.primary_key]
    width = len(key_names)
    found = raw_rows(txn.conn, kept_in, [*key_names, *names], "order", keys)
    return {tuple(row[:width]): tuple(row[width:]) for row in found}


def _ready(txn: Txn, side: Side | None) -> Sequence[tuple[Any, ...]]:
    """The rows that came in, as the driver gives values."""
    return list(zip(*driver_columns(txn.conn, side.kept_in, side.typed).values(), strict=True)) if side else ()


def _differing(
    stored: _Stored, ready: Sequence[tuple[Any, ...]], place: Callable[[Any], int | None]
) -> dict[Any, bool]:
    """Per row of the ledger its key, and whether the row that came in at `place` of that key differs."""
    if not ready:
        return dict.fromkeys(stored, False)
    found = {}
    for key, values in stored.items():
        index = place(key)
        found[key] = index is not None and values != ready[index]
    return found


def _find_lines(book: OrderBook, stored: _Stored, ready: Sequence[tuple[Any, ...]], orders: Iterable[str]) -> None:
    """Rows of known orders that brought no line number get, in place, the number of the line that they mean."""
    side = book.lines
    if side is None or not ready or not isinstance(side.rows, Batch) or not side.rows.unnumbered:
        return
    numbers, unnumbered = side.rows.columns["line"], side.rows.unnumbered
    astray = [key for key in orders if any(stored.get((key, numbers[i])) != ready[i] for i in book.lines_of[key])]
    lines: dict[str, dict[str, tuple[Any, ...]]] = {key: {} for key in astray}
    for (key, number), values in stored.items() if astray else ():
        if key in lines:
            lines[key][number] = values
    sku = side.names.index("sku") if "sku" in side.names else None
    for key in astray:
        open_ = [i for i in book.lines_of[key] if i in unnumbered]
        taken = [numbers[i] for i in book.lines_of[key] if i not in unnumbered]
        meant = match_lines(lines[key], [(numbers[i], ready[i]) for i in open_], taken, sku)
        for i, number in zip(open_, meant, strict=True):
            numbers[i] = number


def _side(rows: RowSet | None, kept_in: Table) -> Side | None:
    if rows is None:
        return None
    keys = {column.field for column in rows.table.keys}
    names = [column.field for column in rows.table.typed if column.field not in keys]
    typed = {name: _kept(rows.columns[name], kept_in, name) for name in names if name in rows.columns}
    return Side(rows, kept_in, typed, rows.columns["order"])


def _kept(values: list[Any], kept_in: Table, name: str) -> Sequence[Any]:
    if isinstance(kept_in.c[name].type, Text) and None in values:
        return ["" if value is None else value for value in values]
    return values


def _give_orders(txn: Txn, orders: RowSet, lines: RowSet | None) -> None:
    """An empty key: in a dropped file the order with the sender's own reference, else the next number.

    Never a number that another row names: its lines would come to an order that they do not mean.
    """
    keys = orders.columns["order"]
    if None not in keys:
        return
    empty = [i for i, key in enumerate(keys) if key is None and i not in orders.bad]
    named = {*keys, *(lines.columns["order"] if lines is not None else ())}
    known = {} if orders.shared else orders_by_reference(txn.conn, (_reference(orders, i) for i in empty))
    for i in empty if orders.shared else _once_each(orders, _in_one_case(orders, empty, known), known):
        keys[i] = known.get(_reference(orders, i)) or txn.number(orders.table.gives_key, named)


def _reference(orders: RowSet, index: int) -> tuple[Any, Any]:
    customers, references = orders.columns.get("customer_id"), orders.columns.get("customer_reference")
    return (customers[index] if customers else None, references[index] if references else None)


def _in_one_case(orders: RowSet, empty: Iterable[int], known: Mapping[tuple[Any, Any], str]) -> list[int]:
    """The rows without those whose reference differs only in case from a known one or an earlier row's: marked."""
    first = {(customer, fold(reference)): reference for customer, reference in known}
    kept = []
    for i in empty:
        customer, reference = _reference(orders, i)
        twin = first.setdefault((customer, fold(reference)), reference) if customer and reference else reference
        if twin == reference or (customer, reference) in known:
            kept.append(i)
        else:
            order = f", the reference of {known[customer, twin]}," if (customer, twin) in known else ""
            problem = f"'{reference}' differs from {twin}{order} only in case."
            orders.fault(i, "customer_reference", problem, f"Write {twin}, or enter the order's own number in Order.")
    return kept


def _once_each(orders: RowSet, empty: Iterable[int], known: Mapping[tuple[Any, Any], str]) -> list[int]:
    """The rows without those whose reference names the order of another row, which are marked."""
    keys = orders.columns["order"]
    at = {key: i for i, key in enumerate(keys) if key is not None}
    first = {reference: at[key] for reference, key in known.items() if key in at}
    kept = []
    for i in empty:
        reference = _reference(orders, i)
        if not all(reference) or first.setdefault(reference, i) == i:
            kept.append(i)
        else:
            problem = f"it is empty, and the order of row {orders.rows[first[reference]]} has the same reference."
            orders.fault(i, "order", problem, "Give each order its own number, or delete one of the two rows.")
    return kept


def _name_parents(orders: RowSet, lines: RowSet | None) -> None:
    """Lines of a flat list belong to the order of their row, whose number may only now be known."""
    if isinstance(lines, Batch) and lines.parents is not None:
        keys = orders.columns["order"]
        lines.columns["order"] = [keys[parent] for parent in lines.parents]


def _give_lines(txn: Txn, lines: RowSet) -> None:
    """A line without a number gets the next free one of its order, past those in the ledger."""
    numbers = lines.columns.get("line")
    if numbers is None:
        numbers = lines.columns["line"] = [None] * len(lines)
    orders = lines.columns["order"]
    if None not in numbers:
        return
    empty = [i for i, number in enumerate(numbers) if number is None and orders[i] is not None]
    used: dict[str, int] = {}
    if lines.shared:
        table = schema.order_lines.c
        for row in rows_by_key(txn.conn, [table.order, table.line], table.order, [orders[i] for i in empty]):
            used[row[0]] = max(used.get(row[0], 0), whole(row[1]))
    for order, number in zip(orders, numbers, strict=True):
        used[order] = max(used.get(order, 0), whole(number))
    for i in empty:
        used[orders[i]] += 1
        numbers[i] = str(used[orders[i]])
