"""The credit decision of an order as its story tells it: the exposure term by term, and what was decided."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

__all__ = ["credit_story"]

_TERMS = ("open", "confirmed", "this order", "credits", "exposure")


def credit_story(kept: str, decision: str, told: Callable[[Decimal], str | None]) -> dict[str, Any] | None:
    """The sum of the last credit check from what the order keeps of it as JSON; None before the first check."""
    if not kept:
        return None
    terms = json.loads(kept)
    found: dict[str, Any] = {name: told(Decimal(terms[name])) for name in _TERMS if name in terms}
    return {**found, "decision": decision or None, "why": terms.get("why") or None}
