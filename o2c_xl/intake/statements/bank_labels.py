"""Rows of a bank's list that tell a balance of the whole list, above its header or among its bookings."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from o2c_xl.intake.statements.bank_cells import number
from o2c_xl.intake.statements.bank_words import BALANCES, BEGINNINGS, ENDINGS, plain

__all__ = ["Labels"]


class Labels:
    """The opening and the closing balance as such rows tell them."""

    def __init__(self, decimal: str | None) -> None:
        self._decimal = decimal
        self.opening: Decimal | None = None
        self.closing: Decimal | None = None

    def take(self, row: Sequence[object], *, empty: bool = False) -> bool:
        """Whether a row tells a balance instead of a booking; that of an `empty` one may stand behind its day."""
        texts = [plain(str(cell)) for cell in row if cell not in (None, "")]
        if texts and row[0] not in (None, "") and texts[0] in BALANCES:
            self._keep(BALANCES[texts[0]], row)
            return True
        for text in texts if empty else texts[:1]:
            for name, words in (("opening", BEGINNINGS), ("closing", ENDINGS)):
                if text.startswith(words):
                    self._keep(name, row)
                    return True
        return False

    def _keep(self, name: str, row: Sequence[object]) -> None:
        amounts = [amount for cell in row[1:] if (amount := number(cell, self._decimal)) is not None]
        if name and amounts:
            setattr(self, name, amounts[-1])
