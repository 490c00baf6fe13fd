"""Orders by the customer's own reference, in whichever case it is written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Column, Connection

from o2c_xl.domain.keys import fold
from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import rows_by_key

__all__ = ["orders_by_reference", "rows_by_reference"]

_ord = schema.orders.c
_CUSTOMERS = 50


def orders_by_reference(
    conn: Connection, wanted: Iterable[tuple[str | None, str | None]]
) -> dict[tuple[str, str], str]:
    """Orders of (customer, reference), also those whose reference differs only in case; by the reference they have."""
    asked: dict[str, set[str]] = defaultdict(set)
    for customer, reference in wanted:
        if customer and reference:
            asked[customer].add(reference)
    rows = rows_by_reference(conn, (_ord.customer_id, _ord.customer_reference, _ord.order), asked)
    return {(row.customer_id, row.customer_reference): row.order for row in rows}


def rows_by_reference(
    conn: Connection, columns: Sequence[Column[Any]], wanted: Mapping[str, set[str]]
) -> Iterator[Any]:
    """Columns of the orders with one of the references wanted of each customer, whatever their case.

    The customers of a query are asked for the references of all of them: whoever asks compares what is found.
    """
    customers = iter(sorted(customer for customer, references in wanted.items() if references))
    while part := list(islice(customers, _CUSTOMERS)):
        references = {fold(reference) for customer in part for reference in wanted[customer]}
        yield from rows_by_key(conn, columns, _ord.folded_reference, references, _ord.customer_id.in_(part))
