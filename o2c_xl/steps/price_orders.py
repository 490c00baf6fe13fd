"""Complete and price new and amended orders: what is missing is said, what needs a person waits, the rest goes on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Protocol

from o2c_xl.domain.approvals import ApprovalStatus, Verdict, content_hash
from o2c_xl.domain.invoices.invoicing import TaxBy, line_net
from o2c_xl.domain.invoices.order_totals import OrderTotals, freight_tax_code, order_totals
from o2c_xl.domain.money import ZERO, beyond_books, comes_to, plain_number, too_fine, trimmed
from o2c_xl.domain.ordering.completeness import Address, LineToCheck, OrderToCheck, ship_to_of, what_is_missing
from o2c_xl.domain.ordering.orders import OrderStatus, Request
from o2c_xl.domain.ordering.pricing import PriceIndex, beyond_tolerance, find_price
from o2c_xl.domain.policy import Policy
from o2c_xl.domain.tax import Rate, no_rate
from o2c_xl.domain.terms import parse_terms

__all__ = [
    "CustomerFacts",
    "LineToPrice",
    "OrderToPrice",
    "PriceBatch",
    "PricedLine",
    "PricedOrder",
    "PricingBooks",
    "ProductFacts",
    "Wish",
    "price_orders",
]

_ASKED = "Operations Manager"


@dataclass(frozen=True, slots=True)
class CustomerFacts:
    """What pricing needs of a customer; empty = the company's value. `address` is where their goods go by default."""

    customer: str
    address: Address = field(default_factory=Address)
    currency: str = ""
    terms: str = ""
    price_list: str = ""
    bill_to: str = ""
    tax_group: str = ""


@dataclass(frozen=True, slots=True)
class ProductFacts:
    """What pricing needs of a product; `price` is in the company's currency, per stock unit, without tax."""

    sku: str
    price: Decimal | None = None
    tax_code: str = ""


@dataclass(frozen=True, slots=True)
class LineToPrice:
    """A line as typed. `price` is what it was taken at before and keeps, None where it is to be found."""

    line: str
    sku: str
    quantity: Decimal | None
    unit_price: Decimal | None = None
    discount: Decimal = ZERO
    price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class OrderToPrice:
    """An order as typed; `ship_to` holds only what was typed. `verdicts` are by the step they were asked for."""

    order: str
    customer: str
    lines: tuple[LineToPrice, ...]
    ordered_on: dt.date
    ship_to: Address = field(default_factory=Address)
    shipping: str = ""
    terms: str = ""
    freight: Decimal = ZERO
    action: str = ""
    tax_by: TaxBy | None = None
    verdicts: Mapping[str, Verdict] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PriceBatch:
    """Orders to price and what is known of their customers and products; `seen` are addresses used before."""

    orders: Sequence[OrderToPrice]
    customers: Mapping[str, CustomerFacts]
    products: Mapping[str, ProductFacts]
    prices: PriceIndex
    rates: Mapping[tuple[str, str], Rate]
    seen: frozenset[tuple[str, Address]] = frozenset()


@dataclass(frozen=True, slots=True)
class PricedLine:
    """Price per unit, tax code and rate (percent) at which a line is taken; `net` in the order's currency."""

    line: str
    price: Decimal
    tax_code: str
    tax_rate: Decimal
    net: Decimal


@dataclass(frozen=True, slots=True)
class Wish:
    """An approval to be asked for: of which step, and what it is about."""

    step: str
    about: str


@dataclass(frozen=True, slots=True)
class PricedOrder:
    """What became of an order: where it stands, and what stops it and who can help, if anything."""

    order: str
    status: OrderStatus
    waiting_for: str = ""
    waiting_who: str = ""
    currency: str = ""
    terms: str = ""
    bill_to: str = ""
    tax_by: TaxBy = TaxBy.RATE
    totals: OrderTotals | None = None
    lines: tuple[PricedLine, ...] = ()
    wishes: tuple[Wish, ...] = ()
    content: str = ""


class PricingBooks(Protocol):
    """Where orders to price come from; `work_off` gives each batch to `decide` and records what it decided."""

    def work_off(self, decide: Callable[[PriceBatch], Sequence[PricedOrder]]) -> int:
        """Returns the number of orders that were priced; those found wanting do not count."""
        ...


def price_orders(books: PricingBooks, policy: Policy) -> int:
    """Price what is complete and say what is missing of the rest; a second run changes nothing.

    Returns how many orders were priced since the last run.
    """
    return books.work_off(lambda batch: [_price(order, batch, policy) for order in batch.orders])


def _price(order: OrderToPrice, batch: PriceBatch, policy: Policy) -> PricedOrder:
    customer = batch.customers.get(order.customer, CustomerFacts(order.customer))
    currency = customer.currency or policy.currency
    group = customer.tax_group or policy.default_tax_group
    found = [_find(line, order, batch, policy) for line in order.lines]
    missing = _missing(order, batch, found, group)
    terms = order.terms or customer.terms or policy.default_terms
    missing += _terms_fault(terms)
    lines = tuple(
        _priced(line, price, code, batch.rates[group, code], currency)
        for line, price, code in found
        if not missing and price is not None
    )
    parts = [(line.net, batch.rates[group, line.tax_code]) for line in lines]
    if not missing and order.freight:
        code = freight_tax_code([(line.net, line.tax_code) for line in lines], policy.default_tax_code)
        missing += _freight_fault(order, currency, group, code, batch)
        parts += [(order.freight, batch.rates[group, code])] if not missing else []
    if missing:
        return PricedOrder(order.order, OrderStatus.INCOMPLETE, " ".join(missing), "Sales")
    tax_by = order.tax_by or (TaxBy.LINE if policy.tax_per_line else TaxBy.RATE)
    totals = order_totals(parts, currency, tax_by)
    if large := _too_large(order, lines, totals, currency):
        return PricedOrder(order.order, OrderStatus.INCOMPLETE, large, "Sales")
    priced = PricedOrder(
        order.order,
        OrderStatus.CREDIT_CHECK,
        currency=currency,
        terms=terms,
        bill_to=customer.bill_to or order.customer,
        tax_by=tax_by,
        totals=totals,
        lines=lines,
    )
    return _gated(order, priced, batch, policy)


def _too_large(order: OrderToPrice, lines: Sequence[PricedLine], totals: OrderTotals, currency: str) -> str:
    """Which line, or the order as a whole, has an amount that the books do not take; '' where none has."""
    for line, priced in zip(order.lines, lines, strict=True):
        if found := comes_to(line.quantity or ZERO, priced.price):
            return f"Line {line.line}: {found} Correct the quantity or the price."
    if not beyond_books(totals.total):
        return ""
    whole = f"The order comes to {plain_number(totals.total)} {currency} with freight and tax"
    return f"{whole}; an amount has at most eleven digits before the point. Split it into several orders."


_Found = tuple[LineToPrice, Decimal | None, str]


def _find(line: LineToPrice, order: OrderToPrice, batch: PriceBatch, policy: Policy) -> _Found:
    """A line with its price, None when there is none to be found, and its tax code."""
    product = batch.products.get(line.sku)
    code = (product.tax_code if product else "") or policy.default_tax_code
    if line.unit_price is not None or line.price is not None:
        return line, line.unit_price if line.unit_price is not None else line.price, code
    return line, _listed(line, order, batch, policy), code


def _listed(line: LineToPrice, order: OrderToPrice, batch: PriceBatch, policy: Policy) -> Decimal | None:
    """The price of the customer's list, else the product's where the customer pays in the company's currency."""
    customer, product = batch.customers.get(order.customer), batch.products.get(line.sku)
    own = customer is not None and (customer.currency or policy.currency) == policy.currency
    fallback = product.price if product and own else None
    price_list = customer.price_list if customer else ""
    return find_price(batch.prices, price_list, line.sku, line.quantity or ZERO, order.ordered_on, fallback)


def _missing(order: OrderToPrice, batch: PriceBatch, found: Sequence[_Found], group: str) -> list[str]:
    customer = batch.customers.get(order.customer)
    lines = [
        LineToCheck(
            line=line.line,
            sku=line.sku,
            quantity=line.quantity,
            price=price,
            known_sku=line.sku in batch.products,
            no_rate="" if (group, code) in batch.rates else no_rate(batch.rates, group, code),
            tax_code=code,
        )
        for line, price, code in found
    ]
    head = OrderToCheck(
        customer=order.customer,
        known_customer=customer is not None,
        ship_to=ship_to_of(order.ship_to, customer.address) if customer else order.ship_to,
        shipping=order.shipping,
        price_list=customer.price_list if customer else "",
        tax_group=group,
    )
    sentences = what_is_missing(head, lines)
    # without a customer there is neither a tax group nor an address: saying so once is enough
    return sentences if customer else sentences[:1]


def _terms_fault(terms: str) -> list[str]:
    try:
        parse_terms(terms)
    except ValueError as error:
        return [f"Payment terms: {error}"]
    return []


def _freight_fault(order: OrderToPrice, currency: str, group: str, code: str, batch: PriceBatch) -> list[str]:
    if odd := too_fine(order.freight, currency):
        return [f"Freight: {odd}"]
    if (group, code) not in batch.rates:
        if not code:
            return ["Freight has no tax code. Enter Default tax code in Settings."]
        return [f"Freight: {no_rate(batch.rates, group, code)}"]
    return []


def _priced(line: LineToPrice, price: Decimal, code: str, rate: Rate, currency: str) -> PricedLine:
    net = line_net(line.quantity or ZERO, price, line.discount, currency)
    return PricedLine(line.line, price, code, rate.percent, net)


def _gated(order: OrderToPrice, priced: PricedOrder, batch: PriceBatch, policy: Policy) -> PricedOrder:
    """The order after the gates a company may set: prices beyond tolerance, new addresses, confirming by hand."""
    wishes = [*_price_wishes(order, batch, policy), *_ship_to_wishes(order, batch, policy)]
    content = _content(order, priced) if wishes else ""
    open_ = [(wish, order.verdicts.get(wish.step)) for wish in wishes]
    waiting = [_waits(wish, verdict, content) for wish, verdict in open_]
    stops = " ".join(sentence for sentence in waiting if sentence)
    if stops:
        return _stopped(priced, OrderStatus.APPROVAL, stops, _ASKED, tuple(wishes), content)
    if policy.confirm_by_hand and order.action not in (Request.CONFIRM, Request.RELEASE):
        return _stopped(priced, OrderStatus.ON_HOLD, "Not confirmed yet. Set Action to Confirm.", "Sales", (), content)
    return priced


def _waits(wish: Wish, verdict: Verdict | None, content: str) -> str:
    status = verdict.of(content) if verdict else None
    if status is ApprovalStatus.APPROVED:
        return ""
    if verdict and status is ApprovalStatus.REJECTED:
        return f"{wish.about} Rejected: {verdict.reason or 'no reason given'}. Change the order or cancel it."
    return f"{wish.about} The {_ASKED} decides."


def _stopped(
    priced: PricedOrder, status: OrderStatus, why: str, who: str, wishes: tuple[Wish, ...], content: str
) -> PricedOrder:
    return replace(priced, status=status, waiting_for=why, waiting_who=who, wishes=wishes, content=content)


def _price_wishes(order: OrderToPrice, batch: PriceBatch, policy: Policy) -> list[Wish]:
    """One wish for all prices that stray too far from the list's: as typed, or by the discount on them."""
    tolerance = policy.price_tolerance_percent
    if tolerance is None:
        return []
    found = []
    for line in order.lines:
        listed = _listed(line, order, batch, policy) if line.unit_price is not None or line.discount else None
        typed = listed if line.unit_price is None else line.unit_price
        if typed is not None and beyond_tolerance(typed * (100 - line.discount) / 100, listed, tolerance):
            less = f" less {trimmed(line.discount)} %" if line.discount else ""
            found.append(f"Line {line.line}: price {typed}{less} instead of {listed}.")
    return [Wish("Price", " ".join(found))] if found else []


def _ship_to_wishes(order: OrderToPrice, batch: PriceBatch, policy: Policy) -> list[Wish]:
    if not policy.approve_new_ship_to:
        return []
    known = batch.customers[order.customer].address
    address = ship_to_of(order.ship_to, known)
    same = replace(address, name=known.name) == known
    if same or (order.customer, order.ship_to) in batch.seen:
        return []
    return [Wish("New ship-to", f"Ship-to {address.street}, {address.city} was not used before.")]


def _content(order: OrderToPrice, priced: PricedOrder) -> str:
    """A hash of what a manager agrees to: any change of it voids the approval."""
    to = order.ship_to
    return content_hash(
        {
            "customer": order.customer,
            "ship_to": [to.name, to.street, to.city, to.postal_code, to.country],
            "terms": priced.terms,
            "freight": order.freight,
            "lines": [
                [line.line, line.sku, line.quantity, priced_line.price, line.discount]
                for line, priced_line in zip(order.lines, priced.lines, strict=True)
            ],
        }
    )
