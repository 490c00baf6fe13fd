"""How invoices that waited for approval ended: each got its number, or was given up.

A draft leaves the ledger with its key; the journal keeps which invoice it became.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from sqlalchemy import Connection

from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.store import Txn
from o2c_xl.steps.invoice import InvoiceDecided

__all__ = ["end_drafts", "invoices_of_drafts"]

_POSTED = "draft posted"
_c = schema.journal.c


def end_drafts(txn: Txn, posted: Mapping[str, InvoiceDecided], dropped: Iterable[InvoiceDecided]) -> None:
    """Keep the number that each draft got, and which were given up since nothing is left to bill."""
    for number, one in posted.items():
        if one.order.draft:
            txn.record(_POSTED, one.order.draft.invoice, {"invoice": number})
    for one in dropped:
        if one.order.draft:
            txn.record("draft given up", one.order.draft.invoice, {"order": one.order.order})


def invoices_of_drafts(conn: Connection, drafts: Iterable[str]) -> dict[str, str]:
    """The invoices that these drafts became, as far as they were posted."""
    rows = rows_by_key(conn, (_c.subject, _c.data), _c.subject, drafts, _c.event == _POSTED)
    return {row.subject: str(json.loads(row.data)["invoice"]) for row in rows}
