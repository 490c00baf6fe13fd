"""How keys compare: order numbers, customers, the customers' own references."""

from __future__ import annotations

import unicodedata

__all__ = ["fold"]


def fold(text: str) -> str:
    """How keys compare when only case differs."""
    return unicodedata.normalize("NFC", text).strip().casefold()
