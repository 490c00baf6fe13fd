"""The lines of a supplier's e-invoice held against those of the order: article, unit, quantity and price.

Only what both sides name is compared: a line without any number of an article that we know says nothing. The amounts
are compared by `billing.settle`, also with what came.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from o2c_xl.domain.einvoice.model import EInvoice, InvoiceLine
from o2c_xl.domain.einvoice.units import other_unit
from o2c_xl.domain.money import ZERO, plain_number

__all__ = ["OrderedArticle", "against_order"]

_HUNDRED = Decimal(100)
_CENT, _PLACES = Decimal("0.01"), 4
_MOST_TOLD = 3
_ASK = "Ask the supplier, or enter the bill by hand in Bills."


@dataclass(frozen=True, slots=True)
class OrderedArticle:
    """A line of the purchase order: `quantity` is what was ordered, or came if that is more, in the stock `unit`.

    `unit_cost` is in the order's currency; `packed`: the supplier sells it in packs, which have units of their own.
    """

    line: str
    sku: str
    supplier_sku: str
    quantity: Decimal
    unit_cost: Decimal | None
    unit: str = ""
    packed: bool = False


def against_order(invoice: EInvoice, po: str, ordered: Sequence[OrderedArticle], tolerance: Decimal | None) -> str:
    """One sentence on lines that contradict the order; '' where none does, or where larger bills are never stopped.

    `tolerance` (percent) is that of prices, and of what lines of other articles, such as freight, come to.
    """
    if tolerance is None or invoice.is_credit or not ordered:
        return ""
    share = tolerance / _HUNDRED
    told: list[str] = []
    billed: dict[str, Decimal] = {}
    strange: list[InvoiceLine] = []
    for line in invoice.lines:
        article = _meant(line, ordered)
        if article is None:
            strange += [line] if _is_none_of(line, ordered) else []
            continue
        told += _contradictions(line, article, share)
        billed[article.line] = billed.get(article.line, ZERO) + (line.quantity or ZERO)
    told += [
        f"{plain_number(billed[one.line])} of {one.sku} are billed and {plain_number(one.quantity)} were ordered"
        for one in ordered
        if billed.get(one.line, ZERO) > one.quantity and not one.packed
    ]
    if sum((abs(line.net or ZERO) for line in strange), ZERO) > abs(invoice.totals.net or ZERO) * share:
        told += [f"{_article(line)} was not ordered" for line in strange]
    return f"Of {po} {'; '.join(told[:_MOST_TOLD])}. {_ASK}" if told else ""


def _meant(line: InvoiceLine, ordered: Sequence[OrderedArticle]) -> OrderedArticle | None:
    """The order line that an invoice line is for: by our article number, the supplier's, else the line's number."""
    buyer, seller = line.buyer_sku.strip().casefold(), line.seller_sku.strip().casefold()
    named = (
        [one for one in ordered if buyer and one.sku.casefold() == buyer],
        [one for one in ordered if seller and one.supplier_sku.casefold() == seller],
        [one for one in ordered if seller and one.sku.casefold() == seller],
    )
    found = next(filter(None, named), [])
    return next((one for one in found if one.line == line.order_line.strip()), found[0] if found else None)


def _is_none_of(line: InvoiceLine, ordered: Sequence[OrderedArticle]) -> bool:
    """Whether it is surely another article: named by our number, or by the supplier's where all of theirs are known."""
    theirs = bool(line.seller_sku.strip()) and all(one.supplier_sku for one in ordered)
    return bool(line.buyer_sku.strip()) or theirs


def _contradictions(line: InvoiceLine, article: OrderedArticle, share: Decimal) -> Iterator[str]:
    if article.packed:
        return
    if other_unit(line.unit, article.unit):
        yield f"{article.sku} is billed by the unit {line.unit}, and was ordered by {article.unit}"
        return
    if not line.quantity or line.net is None or article.unit_cost is None:
        return
    price = line.net / line.quantity  # with what was let off the line or added to it
    if abs(price - article.unit_cost) > abs(article.unit_cost) * share + _CENT / abs(line.quantity):
        asked, agreed = plain_number(round(price, _PLACES)), plain_number(article.unit_cost)
        yield f"{article.sku} is billed at {asked}, and was ordered at {agreed}"


def _article(line: InvoiceLine) -> str:
    return line.buyer_sku.strip() or line.seller_sku.strip()
