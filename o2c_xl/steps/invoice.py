"""Invoice what has shipped: once, at the order's prices, so that partial invoices add up to the order to the cent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from functools import partial
from typing import Protocol

from o2c_xl.domain.approvals import ApprovalStatus, Verdict, above_limit, content_hash
from o2c_xl.domain.einvoice.ahead import document_ahead
from o2c_xl.domain.einvoice.lacks import Lack, does_not_add_up, lacking, lacks_of, unset_lacks, untold_tax
from o2c_xl.domain.invoices.invoicing import FREIGHT, DocumentLine, TaxBy, line_net, partial_net
from o2c_xl.domain.invoices.order_totals import freight_tax_code, order_totals
from o2c_xl.domain.money import ZERO
from o2c_xl.domain.ordering.orders import Gates, LineQuantities, OrderStatus, derive_status
from o2c_xl.domain.paper import Party, company_party
from o2c_xl.domain.policy import Policy
from o2c_xl.domain.tax import NoRate, Rate, rate_for
from o2c_xl.domain.terms import due_dates, parse_terms

__all__ = [
    "MOVING", "BilledLine", "Draft", "Fate", "InvoiceBatch", "InvoiceDecided", "InvoicingBooks",
    "LineToInvoice", "OrderToInvoice", "invoice",
]  # fmt: skip

_NOBODY = Party(name="")
MOVING = (OrderStatus.SHIPPED, OrderStatus.PARTLY_SHIPPED)
"""Where shipping and invoicing say how an order stands; elsewhere a person or an earlier step has the word."""


@dataclass(frozen=True, slots=True)
class LineToInvoice:
    """An order line at the price (per unit), discount and tax rate (percent) it was taken at."""

    line: str
    sku: str
    name: str
    quantities: LineQuantities
    price: Decimal
    discount_percent: Decimal
    tax_code: str
    tax_rate: Decimal
    net: Decimal
    invoiced_net: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Draft:
    """An invoice that waits for its approval; `said` is what was decided last."""

    invoice: str
    said: Verdict | None = None


@dataclass(frozen=True, slots=True)
class OrderToInvoice:
    """An order with all its lines; `freight` is what is still to be invoiced of it, `buyer` who is charged."""

    order: str
    status: str
    account: str
    currency: str
    lines: Sequence[LineToInvoice]
    terms: str = ""
    tax_by: TaxBy = TaxBy.RATE
    tax_group: str = ""
    freight: Decimal = ZERO
    draft: Draft | None = None
    buyer: Party = _NOBODY
    ship_to_country: str = ""


@dataclass(frozen=True, slots=True)
class InvoiceBatch:
    """Orders to invoice and all tax rates."""

    orders: Sequence[OrderToInvoice]
    rates: Mapping[tuple[str, str], Rate]
    day: dt.date


class Fate(StrEnum):
    """What becomes of an order's invoice now."""

    POST = "post"
    ASK = "ask"
    DROP = "drop"  # the draft has nothing to bill any more
    WAIT = "wait"


@dataclass(frozen=True, slots=True)
class BilledLine:
    """A line of an invoice; freight has neither order line nor SKU. `net` in the invoice's currency."""

    order_line: str
    sku: str
    name: str
    quantity: Decimal
    unit_price: Decimal
    discount_percent: Decimal
    net: Decimal
    tax_code: str
    tax_rate: Decimal


@dataclass(frozen=True, slots=True)
class InvoiceDecided:
    """An invoice as it is to be: amounts in the order's currency, instalments with their due days."""

    order: OrderToInvoice
    fate: Fate
    lines: Sequence[BilledLine] = ()
    net: Decimal = ZERO
    tax: Decimal = ZERO
    dues: Sequence[tuple[dt.date, Decimal]] = ()
    content: str = ""
    status: OrderStatus | None = None
    waiting_for: str = ""
    after: Mapping[str, tuple[Decimal, Decimal]] = field(default_factory=dict)
    """Per order line what it was invoiced in all, quantity and net."""

    @property
    def total(self) -> Decimal:
        """What the customer is to pay."""
        return self.net + self.tax


_FaultOf = Callable[[InvoiceDecided, InvoiceBatch], str]


class InvoicingBooks(Protocol):
    """Where orders to invoice come from; each batch is decided and recorded in one transaction."""

    def work_off(self, decide: Callable[[InvoiceBatch], Iterable[InvoiceDecided]]) -> int:
        """Returns the number of invoices posted."""
        ...


def invoice(books: InvoicingBooks, policy: Policy, unset: Callable[[str], str] = lambda _: "") -> int:
    """Post an invoice for what shipped of each order, or ask for its approval; a second run finds nothing.

    Returns how many invoices were posted. `unset` gives the signs of a text that cannot be printed.
    """
    fault = partial(_fault, policy, company_party(policy.company), unset)
    return books.work_off(lambda batch: [_decide(order, batch, policy, fault) for order in batch.orders])


def _decide(order: OrderToInvoice, batch: InvoiceBatch, policy: Policy, fault_of: _FaultOf) -> InvoiceDecided:
    lines = [_bill(line, order.currency) for line in order.lines if line.quantities.to_invoice > ZERO]
    if not lines:
        return InvoiceDecided(order, Fate.DROP if order.draft else Fate.WAIT)
    if order.freight:
        try:
            lines.append(_freight(order, batch.rates, policy))
        except NoRate as missing:
            return InvoiceDecided(order, Fate.WAIT, waiting_for=f"Freight: {missing}")
    totals = order_totals([(line.net, Rate(line.tax_rate)) for line in lines], order.currency, order.tax_by)
    terms = parse_terms(order.terms or policy.default_terms)
    decided = InvoiceDecided(
        order,
        Fate.POST,
        lines,
        totals.net,
        totals.tax,
        due_dates(terms, batch.day, totals.total, order.currency),
        status=_status_after(order),
        after=_after(order, lines),
    )
    if fault := fault_of(decided, batch):
        return InvoiceDecided(order, Fate.WAIT, waiting_for=fault)
    return _gated(decided, policy)


def _fault(
    policy: Policy, seller: Party, unset: Callable[[str], str], decided: InvoiceDecided, batch: InvoiceBatch
) -> str:
    """What keeps the invoice from its number: sums that do not add up, or what the law or an e-invoice wants of it."""
    order = decided.order
    nets = [(line.net, line.tax_rate) for line in decided.lines]
    if wrong := does_not_add_up(nets, decided.net, decided.tax, order.currency, order.tax_by):
        return f"Invoice: {wrong} Ask your support; nothing was posted."
    group = order.tax_group or policy.default_tax_group
    lines = [_as_line(line, group, batch.rates) for line in decided.lines]
    categories = frozenset(line.tax_category for line in lines)
    parties = seller, order.buyer, order.ship_to_country
    lacks: Sequence[Lack] = lacking(*parties, order.currency, categories)
    if policy.e_invoice_needed:
        draft = document_ahead(lines, order.currency, order.tax_by, parties, batch.day)
        lacks = [*lacks_of(draft), *untold_tax(order.currency, policy.currency, decided.tax)]
        lacks += unset_lacks(draft, unset) if policy.data_in_pdf else ()
    return " ".join(lack.sentence for lack in lacks if lack.always or policy.e_invoice_needed)


def _as_line(line: BilledLine, group: str, rates: Mapping[tuple[str, str], Rate]) -> DocumentLine:
    """A line at the rate it was taken at; why it is untaxed stands with the rate of today."""
    now = rates.get((group, line.tax_code))
    rate = Rate(line.tax_rate, now.reason if now and now.percent == line.tax_rate else "")
    return DocumentLine(
        line=line.order_line,
        order_line=line.order_line,
        quantity=line.quantity,
        price=line.unit_price,
        name=line.name,
        sku=line.sku,
        discount_percent=line.discount_percent,
        tax_category=rate.category,
        tax_percent=rate.percent,
        tax_reason=rate.reason,
        net=line.net,
    )


def _bill(line: LineToInvoice, currency: str) -> BilledLine:
    done, now = line.quantities, line.quantities.to_invoice
    # by the line as it was ordered, so that cancelling the rest later changes nothing of what was billed
    full = line_net(done.ordered, line.price, line.discount_percent, currency)
    net = partial_net(done.ordered, done.invoiced, line.invoiced_net, now, full, currency)
    return BilledLine(
        line.line, line.sku, line.name, now, line.price, line.discount_percent, net, line.tax_code, line.tax_rate
    )


def _freight(order: OrderToInvoice, rates: Mapping[tuple[str, str], Rate], policy: Policy) -> BilledLine:
    code = freight_tax_code([(line.net, line.tax_code) for line in order.lines], policy.default_tax_code)
    alike = next((line.tax_rate for line in order.lines if line.tax_code == code), None)
    # goods and freight with one code take one rate
    rate = rate_for(rates, order.tax_group or policy.default_tax_group, code).percent if alike is None else alike
    return BilledLine("", "", FREIGHT, Decimal(1), order.freight, ZERO, order.freight, code, rate)


def _after(order: OrderToInvoice, lines: Sequence[BilledLine]) -> dict[str, tuple[Decimal, Decimal]]:
    billed = {line.order_line: line for line in lines}
    return {
        line.line: (line.quantities.invoiced + now.quantity, line.invoiced_net + now.net)
        for line in order.lines
        if (now := billed.get(line.line)) is not None
    }


def _status_after(order: OrderToInvoice) -> OrderStatus | None:
    """Where the order stands once all that shipped is invoiced; one that is held or checked stays where it is."""
    if order.status not in MOVING:
        return None
    return derive_status([line.quantities.after_invoicing() for line in order.lines], Gates())


def _gated(decided: InvoiceDecided, policy: Policy) -> InvoiceDecided:
    """The same invoice, stopped where a manager has to approve it first."""
    draft = decided.order.draft
    if not above_limit(decided.total, policy.approve_invoices_above):
        return decided
    content = _content(decided)
    said = draft.said if draft else None
    verdict = said.of(content) if said else None
    if verdict is ApprovalStatus.APPROVED:
        return replace(decided, content=content)
    fate = Fate.WAIT if verdict else Fate.ASK
    why = ""
    if draft and said and verdict is ApprovalStatus.REJECTED:
        why = (
            f"Invoice {draft.invoice} was rejected: {said.reason or 'no reason given'}."
            " Enter what comes back in Returns, or raise the setting Approve invoices above."
        )
    return replace(decided, fate=fate, content=content, status=None, waiting_for=why)


def _content(decided: InvoiceDecided) -> str:
    """A hash of what a manager agrees to: any change of it voids the approval."""
    order = decided.order
    return content_hash(
        {
            "order": order.order,
            "account": order.account,
            "currency": order.currency,
            "terms": order.terms,
            "tax": decided.tax,
            "lines": [
                [line.order_line, line.sku, line.quantity, line.unit_price, line.discount_percent, line.net]
                for line in decided.lines
            ],
        }
    )
