"""Shipments and their picks as the ledger keeps them: new, sent, cancelled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import bindparam, or_, update

from o2c_xl.domain.money import ZERO
from o2c_xl.domain.ordering.completeness import Address
from o2c_xl.ledger import schema
from o2c_xl.ledger.messages.outbox import Outgoing, put_in_outbox
from o2c_xl.ledger.store import Txn
from o2c_xl.steps.ship import OrderShipped, Parcel

__all__ = ["Numbered", "change_shipments", "insert_shipments", "mark_picks"]

Numbered = tuple[OrderShipped, Parcel, str, int | None]
"""What became of an order, one of its shipments, that one's number, and the entry with which it left, if it did."""

_ADDRESS = tuple(one.name for one in fields(Address))


def insert_shipments(txn: Txn, new: Sequence[Numbered]) -> None:
    """New shipments with what lies in them and where they go, and a packing slip for each."""
    if not new:
        return
    txn.insert_columns(
        schema.shipments,
        {
            "shipment": [number for _, _, number, _ in new],
            "order": [one.order for one, _, _, _ in new],
            "carrier": [parcel.dispatch.carrier if parcel.dispatch else "" for _, parcel, _, _ in new],
            "service": [parcel.dispatch.service if parcel.dispatch else "" for _, parcel, _, _ in new],
            "expected": [parcel.dispatch.expected if parcel.dispatch else None for _, parcel, _, _ in new],
            **{f"ship_to_{part}": [getattr(parcel.ship_to, part) for _, parcel, _, _ in new] for part in _ADDRESS},
            "weight_kg": [parcel.weight_kg for _, parcel, _, _ in new],
            "shipped_on": [parcel.shipped_on for _, parcel, _, _ in new],
            "status": ["Packed" if entry is None else "Shipped" for _, _, _, entry in new],
            "made_on": [txn.day] * len(new),
            "entry": [entry for _, _, _, entry in new],
        },
    )
    lines = [(one.order, number, line) for one, parcel, number, _ in new for line in parcel.lines]
    txn.insert_columns(
        schema.shipment_lines,
        {
            "shipment": [number for _, number, _ in lines],
            "line": [line.line for _, _, line in lines],
            "order": [order for order, _, _ in lines],
            "sku": [line.sku for _, _, line in lines],
            "quantity": [line.quantity for _, _, line in lines],
            "cost": [line.cost for _, _, line in lines],
        },
    )
    put_in_outbox(txn, [Outgoing("Packing slip", number) for _, _, number, _ in new])


def change_shipments(txn: Txn, known: Sequence[Numbered]) -> None:
    """Shipments that stood packed: sent now, or taken apart again."""
    sent = [one for one in known if one[3] is not None]
    txn.update(
        schema.shipments,
        [
            {
                "shipment": number,
                "status": "Shipped",
                "shipped_on": parcel.shipped_on,
                "expected": parcel.dispatch.expected if parcel.dispatch else None,
                "entry": entry,
            }
            for _, parcel, number, entry in sent
        ],
    )
    txn.update(
        schema.shipment_lines,
        [
            {"shipment": number, "line": line.line, "cost": line.cost}
            for _, parcel, number, _ in sent
            for line in parcel.lines
        ],
    )
    txn.update(
        schema.shipments,
        [{"shipment": number, "status": "Cancelled"} for _, parcel, number, _ in known if parcel.cancelled],
    )


_picks = schema.picks.c
_TAKE_ALONG = (
    update(schema.picks)
    .where(
        _picks.order == bindparam("of_order"),
        _picks.shipment == "",
        or_(_picks.status == "Packed", _picks.status == "Short"),
        _picks.picked > ZERO,
    )
    .values(status=bindparam("to_status"), shipment=bindparam("in_shipment"))
)
_FOLLOW = (
    update(schema.picks)
    .where(_picks.order == bindparam("of_order"), _picks.shipment == bindparam("in_shipment"))
    .values(status=bindparam("to_status"))
)


def mark_picks(txn: Txn, done: Sequence[Numbered]) -> None:
    """Picks go with their shipment: into a new one, out of the door, or back to their bins."""
    new: list[dict[str, Any]] = []
    known: list[dict[str, Any]] = []
    for one, parcel, number, entry in done:
        status = "Shipped" if entry is not None else "Cancelled" if parcel.cancelled else "Packed"
        row = {"of_order": one.order, "in_shipment": number, "to_status": status}
        (known if parcel.shipment else new).append(row)
    for statement, rows in ((_TAKE_ALONG, new), (_FOLLOW, known)):
        if rows:
            txn.conn.execute(statement, rows)
