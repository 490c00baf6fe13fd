"""Where a purchase order stands, and the states that rules speak of together.

The groups are plain texts, as the ledger keeps them: PostgreSQL's driver would write an enumeration by its name.
"""

from __future__ import annotations

from enum import StrEnum

__all__ = ["DRAFTS", "ENDED", "ORDERED", "UNDER_WAY", "PurchaseStatus"]


class PurchaseStatus(StrEnum):
    """The one word of the `Status` column."""

    DRAFT = "Draft"
    APPROVAL = "Approval"
    SENT = "Sent"
    PARTLY_RECEIVED = "Partly received"
    RECEIVED = "Received"
    CLOSED = "Closed"
    CANCELLED = "Cancelled"


DRAFTS: tuple[str, ...] = (PurchaseStatus.DRAFT.value, PurchaseStatus.APPROVAL.value)
"""The supplier does not know of it."""
UNDER_WAY: tuple[str, ...] = (PurchaseStatus.SENT.value, PurchaseStatus.PARTLY_RECEIVED.value)
"""Goods are still to come."""
ORDERED: tuple[str, ...] = (*UNDER_WAY, PurchaseStatus.RECEIVED.value)
"""The supplier has it, and nobody ended it."""
ENDED: tuple[str, ...] = (PurchaseStatus.CLOSED.value, PurchaseStatus.CANCELLED.value)
"""Somebody ended it: nothing more comes."""
