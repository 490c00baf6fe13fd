"""The states that every slip shares: receipts, counts, returns, bills, opening items, payments."""

from __future__ import annotations

__all__ = ["NOT_POSTED", "PENDING"]

NOT_POSTED = "Not posted"  # a step could not post it; `Check` says why
PENDING = ("", NOT_POSTED)
