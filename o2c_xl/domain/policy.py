"""The settings that hold as one typed policy, which every step is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from o2c_xl.domain.credit.score import ScorePolicy
from o2c_xl.domain.goods.layers import Valuation
from o2c_xl.domain.money import ZERO
from o2c_xl.domain.receivables.bad_debt import read_percents
from o2c_xl.domain.receivables.reminders import ReminderPolicy, levels_of
from o2c_xl.domain.setting import BadSetting, read_value
from o2c_xl.domain.settings import BY_NAME, SETTINGS
from o2c_xl.domain.telling import told_kinds

__all__ = ["Policy", "policy_of", "unreadable"]


@dataclass(frozen=True, slots=True)
class Policy:
    """All settings, read. Limits are amounts in the company's currency, `None` = never; tolerances are percent."""

    company: Mapping[str, str]
    currency: str
    country: str
    confirm_by_hand: bool
    pick_by_hand: bool
    pick_days_ahead: int | None
    ship_by_hand: bool
    send_by_hand: bool
    purchase_by_rule: bool
    approve_availability: bool
    approve_new_ship_to: bool
    approve_credit_limits: bool
    approve_invoices_above: Decimal | None
    approve_purchase_orders_above: Decimal | None
    approve_write_offs_above: Decimal | None
    price_tolerance_percent: Decimal | None
    credit_check: bool
    first_order_credit_up_to: Decimal | None
    past_due_amount: Decimal
    past_due_days: int
    over_delivery_percent: Decimal
    bill_tolerance_percent: Decimal | None
    stock_valuation: Valuation
    closed_until: date | None
    closing_until: date | None
    default_terms: str
    default_tax_group: str
    default_tax_code: str
    default_short_stock: str
    tax_per_line: bool
    default_lead_days: int
    payment_tolerance_amount: Decimal
    payment_tolerance_percent: Decimal
    all_or_nothing: bool
    show_closed_days: int | None
    tell: frozenset[str]
    reminders: ReminderPolicy
    statements_monthly: bool
    bad_debt_percents: tuple[Decimal, ...]
    credit_score: ScorePolicy | None
    e_invoice_needed: bool
    data_in_pdf: bool
    """Whether an invoice's PDF is to carry it as data (Factur-X)."""
    values: Mapping[str, str]
    """Every setting as it was read, by name."""

    def picked_until(self, day: date) -> date:
        """The last day for which goods are picked on `day`: what is wanted later stays set aside."""
        return date.max if self.pick_days_ahead is None else day + timedelta(days=self.pick_days_ahead)


def _score(known: Mapping[str, str]) -> ScorePolicy | None:
    if known["Score first orders"] != "Yes":
        return None
    limit, days, up_to = (
        known[n] for n in ("Credit limit by rule", "Credit decision days", "First order credit up to")
    )
    return ScorePolicy(
        _points(known, "Score to approve"),
        _points(known, "Score to refuse"),
        frozenset(code.strip().upper() for code in known["Risk countries"].split(",") if code.strip()),
        known["Company country"] or "DE",
        Decimal(limit) if limit else None,
        int(days) if days else None,
        Decimal(up_to) if up_to else None,
    )


def _points(known: Mapping[str, str], name: str) -> int:
    """Emptied, the points are those of the default: of none at all every order would be approved."""
    return int(known[name] or BY_NAME[name.casefold()].default)


def _reminders(known: Mapping[str, str]) -> ReminderPolicy:
    levels = levels_of(known["Reminder days"], known["Reminder fees"], known["Reminder penalty %"])
    gap = int(known["Reminder gap days"] or 0)
    return ReminderPolicy(known["Reminders"] == "Yes", levels, gap, known["Send mail"] == "Yes")


def unreadable(values: Mapping[str, str]) -> dict[str, BadSetting]:
    """What cannot be read of set values, by name: a ledger may hold what a later program refuses."""
    found = {}
    for name, value in values.items():
        if setting := BY_NAME.get(name.casefold()):
            try:
                read_value(setting, value)
            except BadSetting as bad:
                found[name] = bad
    return found


def policy_of(values: Mapping[str, str]) -> Policy:
    """The policy from set values by name; unset ones take their default. Raises BadSetting."""
    known = {setting.name: read_value(setting, values.get(setting.name, setting.default)) for setting in SETTINGS}

    def yes(name: str) -> bool:
        return known[name] == "Yes"

    def number(name: str) -> Decimal | None:
        return Decimal(known[name]) if known[name] else None

    def whole(name: str) -> int | None:
        return int(known[name]) if known[name] else None

    def day(name: str) -> date | None:
        return date.fromisoformat(known[name]) if known[name] else None

    return Policy(
        company={name: value for name, value in known.items() if name.startswith("Company ")},
        currency=known["Company currency"] or "EUR",
        country=known["Company country"] or "DE",
        confirm_by_hand=yes("Confirm by hand"),
        pick_by_hand=yes("Pick by hand"),
        pick_days_ahead=whole("Pick days ahead"),
        ship_by_hand=yes("Ship by hand"),
        send_by_hand=yes("Send purchase orders by hand"),
        purchase_by_rule=yes("Purchase by rule"),
        approve_availability=yes("Approve availability"),
        approve_new_ship_to=yes("Approve new ship-to"),
        approve_credit_limits=yes("Approve credit limits"),
        approve_invoices_above=number("Approve invoices above"),
        approve_purchase_orders_above=number("Approve purchase orders above"),
        approve_write_offs_above=number("Approve write-offs above"),
        price_tolerance_percent=number("Price tolerance %"),
        credit_check=yes("Credit check"),
        first_order_credit_up_to=number("First order credit up to"),
        past_due_amount=number("Past due tolerance amount") or ZERO,
        past_due_days=whole("Past due tolerance days") or 0,
        over_delivery_percent=number("Over-delivery tolerance %") or ZERO,
        bill_tolerance_percent=number("Bill tolerance %"),
        stock_valuation=Valuation(known["Stock valuation"] or Valuation.MOVING_AVERAGE),
        closed_until=day("Books closed until"),
        closing_until=day("Books closing until"),
        default_terms=known["Default payment terms"] or "Net 30",
        default_tax_group=known["Default tax group"],
        default_tax_code=known["Default tax code"],
        default_short_stock=known["Default short stock"] or "Partial shipment",
        tax_per_line=known["Tax rounding"] == "Per line",
        default_lead_days=whole("Default lead days") or 0,
        payment_tolerance_amount=number("Payment tolerance amount") or ZERO,
        payment_tolerance_percent=number("Payment tolerance %") or ZERO,
        all_or_nothing=yes("All or nothing files"),
        reminders=_reminders(known),
        statements_monthly=yes("Statements monthly"),
        bad_debt_percents=read_percents(known["Bad debt %"]),
        credit_score=_score(known),
        show_closed_days=whole("Show closed for days"),
        tell=told_kinds(known["Tell customers of"]),
        e_invoice_needed=yes("E-invoice needed") and known["E-invoice"] != "None",
        data_in_pdf="Factur-X" in known["E-invoice"] and "PDF" in known["Documents"],
        values=known,
    )
