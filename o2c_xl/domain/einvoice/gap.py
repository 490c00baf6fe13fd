"""A rule of e-invoices that does not hold."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Gap"]


@dataclass(frozen=True, slots=True)
class Gap:
    """A rule that does not hold: its official number, the business term or group, and what lacks in words.

    `rule` is empty where no rule of the standard says so: check digits of a VAT number. What `stops` a bill leaves open
    what is to be paid, or whether anything is.
    """

    rule: str
    field: str
    text: str
    stops: bool = False

    def __str__(self) -> str:
        return f"{self.text} ({', '.join(filter(None, (self.rule, self.field)))})"
