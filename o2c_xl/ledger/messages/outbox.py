"""Messages and documents that are to go out: put down in the transaction of the fact they tell of, sent once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from o2c_xl.ledger import schema
from o2c_xl.ledger.store import Txn

__all__ = ["Outgoing", "put_in_outbox"]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What goes out; `to` is an address, empty for paper; `about` the key of its invoice, shipment, order …

    `party` is the customer or supplier it goes to: where that is told, the address that holds when it is sent counts.
    """

    kind: str
    about: str
    to: str = ""
    subject: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    party: str = ""


def put_in_outbox(txn: Txn, messages: Sequence[Outgoing]) -> None:
    """Give each its number and let it wait; what writes and sends them comes after the commit."""
    if not messages:
        return
    count = len(messages)
    txn.insert_columns(
        schema.outbox,
        {
            "message": [txn.number("DOC-") for _ in messages],
            "kind": [one.kind for one in messages],
            "to": [one.to for one in messages],
            "subject": [one.subject for one in messages],
            "about": [one.about for one in messages],
            "party": [one.party for one in messages],
            "made_on": [txn.day] * count,
            "status": ["Waiting"] * count,
            "data": [json.dumps(one.data, ensure_ascii=False) if one.data else "" for one in messages],
        },
    )
