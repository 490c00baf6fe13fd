"""What a supplier's bill is for, matched three ways: ordered, received and not billed yet, billed now.

An order may be billed in any number of bills. What came of it and is not billed yet is open; a bill settles all of
that or a part, so that in the end goods received not invoiced is cleared to the cent and the rest is price variance.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from o2c_xl.domain.money import ZERO, plain_number

__all__ = ["Settled", "Settles", "find_goods", "settle"]

_HUNDRED = Decimal(100)
_NO_CREDIT = (
    "went back or was billed beyond what came, that is not credited yet. "
    "Enter what went back, or set Settles to No goods if the credit is for something else."
)


class Settles(StrEnum):
    """What a person says a bill is for, where the rule shall not decide."""

    ALL = "All"
    PART = "Part"
    NO_GOODS = "No goods"


@dataclass(frozen=True, slots=True)
class Settled:
    """The order a bill is for, empty = none, and what of its goods the bill clears."""

    po: str
    received: Decimal


def settle(po: str, net: Decimal, left: Decimal, tolerance: Decimal | None, said: str = "") -> Settled | str:
    """What a bill of `net` clears of the `left` that came of an order and is not billed; else what stops it.

    Within the tolerance (percent of what is left) it settles all of it, below that a part; above it waits, as goods
    or a price may be wrong. `tolerance` None: a larger bill is never stopped. Credits have negative signs on both.
    """
    if said == Settles.ALL:
        return Settled(po, left)
    if not left or net * left < ZERO:
        return _nothing_open(po, net)
    if said != Settles.PART and _near(net, left, tolerance):
        return Settled(po, left)
    if abs(net) <= abs(left):
        return Settled(po, net)
    if tolerance is None and said != Settles.PART:
        return Settled(po, left)
    return (
        f"Net: {net} is more than the {left} that came of {po} and is not billed yet. "
        "It waits for the rest to come; correct it, ask the supplier, or set Settles to All."
    )


def _nothing_open(po: str, net: Decimal) -> str:
    if net < ZERO:
        return f"PO: nothing of {po} {_NO_CREDIT}"
    problem = f"PO: nothing of {po} has come that is not billed yet."
    return f"{problem} Enter the receipt, or see whether the bill was entered twice."


def _near(net: Decimal, left: Decimal, tolerance: Decimal | None) -> bool:
    return abs(net - left) <= abs(left) * (tolerance or ZERO) / _HUNDRED


def find_goods(
    supplier: str, net: Decimal, left: Mapping[str, Decimal], tolerance: Decimal | None, said: str = ""
) -> Settled | str:
    """Which of the supplier's orders a bill without one is for; `left` is what of each is not billed yet.

    Only what is certain: the one order whose open goods are exactly the bill, else within the tolerance. That there is
    but one order proves nothing, unless a person has said that the bill settles goods. A tie is left to a person.
    """
    open_ = {po: amount for po, amount in left.items() if amount}
    for fitting in (
        [po for po, amount in open_.items() if amount == net and said != Settles.ALL],
        [po for po, amount in open_.items() if _near(net, amount, tolerance) and said != Settles.ALL],
        list(open_) if said else [],
    ):
        if len(fitting) == 1:
            return settle(fitting[0], net, open_[fitting[0]], tolerance, said)
        if fitting:
            break
    if net < ZERO and min(open_.values(), default=ZERO) >= ZERO:
        return f"PO: it is empty, and nothing of {supplier} {_NO_CREDIT}"
    if not open_:
        return (
            f"PO: it is empty, and nothing came from {supplier} that is not billed yet. "
            "Enter the receipt, or set Settles to No goods if none belong to it."
        )
    if len(open_) == 1:
        po, amount = next(iter(open_.items()))
        return (
            f"PO: it is empty, and {plain_number(net)} is not what came of {po} ({plain_number(amount)}), "
            f"all that is not billed yet of {supplier}. "
            f"Enter {po} if the bill is for it, or set Settles to No goods if none belong to it."
        )
    orders = ", ".join(f"{po} ({plain_number(amount)})" for po, amount in sorted(open_.items()))
    return f"PO: it is empty, and {orders} of {supplier} are not billed yet. Enter the one that the bill is for."
