"""An electronic invoice as EN 16931 sees it, whoever wrote it and in whatever syntax: UBL, CII or Factur-X.

Each field bears its business term (BT) or group (BG). `None` or an empty text: the sender said nothing. What it says
of sums is kept as said, so that `sums.py` can recompute it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from o2c_xl.domain.einvoice.code_lists import CREDIT_TYPES
from o2c_xl.domain.invoices.invoicing import Adjustment
from o2c_xl.domain.paper import Party

__all__ = ["EInvoice", "InvoiceLine", "PaymentMeans", "Preceding", "StatedTotals", "TaxLine"]


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceLine:
    """An invoice line (BG-25); `price` is net, for `price_base` units.

    `tax_percent` None: none is said. `order_line` is the buyer's order line (BT-132).
    """

    line: str = ""
    quantity: Decimal | None = None
    unit: str = ""
    net: Decimal | None = None
    price: Decimal | None = None
    price_base: Decimal | None = None
    gross_price: Decimal | None = None
    price_discount: Decimal | None = None
    allowances: tuple[Adjustment, ...] = ()
    charges: tuple[Adjustment, ...] = ()
    tax_category: str = ""
    tax_percent: Decimal | None = None
    name: str = ""
    description: str = ""
    seller_sku: str = ""
    buyer_sku: str = ""
    order_line: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxLine:
    """One group of the tax breakdown (BG-23): a category and rate, what is taxed and the tax."""

    category: str = ""
    percent: Decimal | None = None
    net: Decimal | None = None
    tax: Decimal | None = None
    reason: str = ""
    reason_code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedTotals:
    """The sums as they are stated, BT-106 to BT-115."""

    lines: Decimal | None = None
    allowances: Decimal | None = None
    charges: Decimal | None = None
    net: Decimal | None = None
    tax: Decimal | None = None
    accounting_tax: Decimal | None = None
    total: Decimal | None = None
    prepaid: Decimal | None = None
    rounding: Decimal | None = None
    payable: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Preceding:
    """An invoice that this one corrects or follows (BG-3)."""

    number: str
    issued: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentMeans:
    """How to pay (BG-16): UNTDID 4461 code, what to write, and the account to pay into."""

    code: str = ""
    reference: str = ""
    account: str = ""
    holder: str = ""
    bic: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EInvoice:
    """An invoice or credit note; amounts positive on both, in `currency`."""

    customization: str = ""
    """Specification identifier (BT-24)."""
    number: str = ""
    issued: date | None = None
    type_code: str = ""
    currency: str = ""
    tax_currency: str = ""
    due: date | None = None
    buyer_reference: str = ""
    """What the buyer routes by (BT-10)."""
    purchase_reference: str = ""
    """The buyer's order (BT-13)."""
    sales_reference: str = ""
    """The seller's order (BT-14)."""
    despatch_reference: str = ""
    terms: str = ""
    notes: tuple[str, ...] = ()
    preceding: tuple[Preceding, ...] = ()
    seller: Party = field(default_factory=lambda: Party(name=""))
    buyer: Party = field(default_factory=lambda: Party(name=""))
    representative: Party | None = None
    """The seller's tax representative (BG-11)."""
    deliver_to: Party | None = None
    delivered: date | None = None
    period: tuple[date | None, date | None] = (None, None)
    means: tuple[PaymentMeans, ...] = ()
    allowances: tuple[Adjustment, ...] = ()
    charges: tuple[Adjustment, ...] = ()
    lines: tuple[InvoiceLine, ...] = ()
    taxes: tuple[TaxLine, ...] = ()
    totals: StatedTotals = field(default_factory=StatedTotals)
    foreign_amounts: tuple[tuple[str, str], ...] = ()
    """Where amounts stand in another currency than BT-5, and in which; BT-111 apart."""

    @property
    def is_credit(self) -> bool:
        """Whether it takes money back."""
        return self.type_code in CREDIT_TYPES
