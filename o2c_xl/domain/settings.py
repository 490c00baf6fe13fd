"""How a company works: every setting with its default and meaning, and the typed policy made of them.

Gates are off until a company turns them on: an order runs through as far as it can, and stops only where
something is missing, credit is refused, stock is short, or the company asked to be asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from o2c_xl.domain.credit.score import ScorePolicy
from o2c_xl.domain.goods.layers import Valuation
from o2c_xl.domain.money import CURRENCIES, ZERO
from o2c_xl.domain.receivables.bad_debt import read_percents
from o2c_xl.domain.receivables.reminders import ReminderPolicy, levels_of
from o2c_xl.domain.telling import NOTICES, address_of, told_kinds
from o2c_xl.domain.terms import parse_terms

__all__ = [
    "BY_NAME",
    "GUARDED",
    "SETTINGS",
    "BadSetting",
    "Policy",
    "Setting",
    "SettingKind",
    "policy_of",
    "read_value",
]


class SettingKind(StrEnum):
    """What a setting's value may be."""

    YES_NO = "Yes or No"
    NUMBER = "a number, or empty for never"
    TEXT = "a text"
    CHOICE = "one of a list"


class BadSetting(ValueError):
    """A setting's value cannot be read; `setting` names it, the message says what was expected."""

    def __init__(self, setting: str, problem: str, fix: str) -> None:
        super().__init__(f"{setting}: {problem} {fix}")
        self.setting, self.problem, self.fix = setting, problem, fix


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as people see it; `default` is what an unset one means."""

    name: str
    default: str
    kind: SettingKind
    meaning: str
    choices: tuple[str, ...] = ()


def _yes_no(name: str, default: str, meaning: str) -> Setting:
    return Setting(name, default, SettingKind.YES_NO, meaning, ("Yes", "No"))


def _number(name: str, default: str, meaning: str) -> Setting:
    return Setting(name, default, SettingKind.NUMBER, meaning)


def _text(name: str, meaning: str, default: str = "") -> Setting:
    return Setting(name, default, SettingKind.TEXT, meaning)


def _choice(name: str, choices: tuple[str, ...], meaning: str) -> Setting:
    return Setting(name, choices[0], SettingKind.CHOICE, meaning, choices)


SETTINGS: tuple[Setting, ...] = (
    _text("Company name", "Your company's legal name, printed on documents."),
    _text("Company street", "Street and number, printed on documents."),
    _text("Company city", "Town, printed on documents."),
    _text("Company postal code", "Postal code, printed on documents."),
    _text(
        "Company country",
        "Two letters (ISO 3166); documents in a language of that country write numbers and dates as it does.",
        "DE",
    ),
    _text("Company currency", "Three letters (ISO 4217). Stock is kept in it; fixed once something is posted.", "EUR"),
    _text("Company tax ID", "VAT number such as DE136695976, else your number at the tax office; on invoices."),
    _text("Company IBAN", "Account that customers pay into, printed on invoices."),
    _text("Company BIC", "Bank code, printed on invoices."),
    _text("Company email", "Address printed on documents."),
    _text("Company phone", "Telephone number, printed on documents and in e-invoices."),
    _text("Company contact", "Whom customers may ask about an invoice; empty = the company's name."),
    _text("Company registration", "Register entry, printed on documents; a scheme may stand before it: 0106:12345678."),
    _text(
        "Company e-invoice address",
        "Where e-invoices reach you, with its scheme, such as 0088:4012345000009; empty = your VAT number or email.",
    ),
    _choice(
        "E-invoice",
        ("Factur-X and UBL", "Factur-X", "UBL", "None"),
        "Invoices as data: inside the PDF (Factur-X), as a UBL file beside it (Peppol), or both.",
    ),
    _yes_no(
        "E-invoice needed",
        "No",
        "Yes: an order waits while its invoice lacks what an e-invoice must say; No: it then goes out as plain PDF.",
    ),
    _choice(
        "Payment reference",
        ("Invoice number", "ISO 11649"),
        "What customers are asked to write when they pay: the invoice number, or RF with check digits before it.",
    ),
    _yes_no("Confirm by hand", "No", "Yes: an order waits until someone sets its Action to Confirm."),
    _yes_no("Pick by hand", "No", "Yes: the warehouse types what it picked; No: what is allocated counts as picked."),
    _yes_no("Ship by hand", "No", "Yes: a shipment waits for Action Ship; No: what is packed goes out at once."),
    _yes_no(
        "Send purchase orders by hand", "No", "Yes: a purchase order waits for Action Send; No: it goes out at once."
    ),
    _yes_no("Purchase by rule", "Yes", "Yes: Python proposes purchase orders for what is short; No: you type them."),
    _yes_no("Approve availability", "No", "Yes: what is promised when stock is short waits for the Inventory Manager."),
    _yes_no("Approve new ship-to", "No", "Yes: an address not seen before waits for the Operations Manager."),
    _yes_no(
        "Approve credit limits",
        "No",
        "Yes: a known customer's higher credit limit, longer terms or other bill-to waits for the Finance Manager.",
    ),
    _number(
        "Approve invoices above",
        "",
        "An invoice of more than this total waits for the Finance Manager; 0 = each one, empty = none.",
    ),
    _number(
        "Approve purchase orders above",
        "",
        "A purchase order of more than this net waits for the Operations Manager; 0 = each one, empty = none.",
    ),
    _number(
        "Approve write-offs above",
        "0",
        "A write-off of more than this waits for the Finance Manager; 0 = each one, empty = none.",
    ),
    _number(
        "Price tolerance %",
        "",
        "A typed price this far off the price list waits for the Operations Manager; 5 means 5 %, empty = never.",
    ),
    _yes_no(
        "Credit check",
        "Yes",
        "Yes: orders over the credit limit, of customers past due or first on credit may be held; No: none is.",
    ),
    _number(
        "First order credit up to",
        "",
        "A customer's first order on credit passes up to this total; 0 = each waits for Finance, empty = none.",
    ),
    _yes_no(
        "Score first orders",
        "No",
        "Yes: a first order on credit is approved, refused or referred to Finance by points; see Rating in Customers.",
    ),
    _number("Score to approve", "60", "From so many points a first order on credit is approved."),
    _number("Score to refuse", "30", "Below so many points it is refused: the customer pays in advance."),
    _text("Risk countries", "Countries that take points from the score, such as XX, YY (ISO 3166)."),
    _number(
        "Credit limit by rule", "", "Credit limit that an approval by score gives a customer without one; empty = none."
    ),
    _number("Credit decision days", "365", "So long a decision by score holds; then the next order is decided anew."),
    _number(
        "Past due tolerance amount",
        "0",
        "A customer may be past due with up to this amount before the next order is held.",
    ),
    _number(
        "Past due tolerance days",
        "0",
        "An invoice may be late by up to this many days before the customer's next order is held.",
    ),
    _number(
        "Over-delivery tolerance %",
        "0",
        "A supplier may deliver this much more than was ordered; 5 means 5 %. More than that is refused.",
    ),
    _number(
        "Bill tolerance %",
        "5",
        "A bill that differs by at most this from what came and is not billed settles it; a larger one waits.",
    ),
    _choice(
        "Stock valuation",
        tuple(map(str, Valuation)),
        "Goods leave at the average cost of what is there, or (FIFO) at that of the oldest; counts from the next run.",
    ),
    _text(
        "Books closed until", "Nothing is posted for a day up to this one, such as 2026-01-31; empty = all are open."
    ),
    _text("Books closing until", "For a day up to this one only a Finance Manager posts; empty = all open."),
    _text("Default payment terms", "Payment terms of customers without their own, such as Net 30.", "Net 30"),
    _text("Default tax group", "Tax group of customers without one."),
    _text("Default tax code", "Tax code of products without one, and of freight."),
    _choice(
        "Default short stock",
        ("Partial shipment", "Offer alternative products", "Delayed shipment", "Cancel"),
        "What happens to a line that stock cannot fill, where neither line nor customer says.",
    ),
    _choice(
        "Tax rounding",
        ("Per rate", "Per line"),
        "Tax is rounded once for all lines of a rate, or on each line. An order keeps what held when it was taken.",
    ),
    _number("Default lead days", "7", "Days from order to delivery, where neither the supplier nor its price says."),
    _number(
        "Payment tolerance amount",
        "0.50",
        "A payment that is short by up to this settles the invoice, if it is within Payment tolerance % too.",
    ),
    _number("Payment tolerance %", "1", "The same as a share of what is open: 1 means 1 %. Both must hold."),
    _number(
        "Bank line alarm days",
        "7",
        "Money on a bank line that belongs to no invoice for more days than this waits for the Finance Manager.",
    ),
    _yes_no("Reminders", "Yes", "Yes: customers who are past due are written to; No: nobody is."),
    _text(
        "Reminder days",
        "Days after the due date at which each level is reached, such as 7, 21, 35; -3 = three days before it.",
        "7, 21, 35",
    ),
    _number("Reminder gap days", "7", "At least so many days lie between two reminders to a customer; 0 = one."),
    _text(
        "Reminder fees", "What the letter of each level costs, such as 0, 5, 10; in the invoice's currency, as memo."
    ),
    _text("Reminder penalty %", "Penalty for an item that reaches each level, such as 0, 1, 2 (percent), as memo."),
    _text(
        "Bad debt %",
        "What may be lost of what is not due, 1-30, 31-60, 61-90 and over 90 days late; empty = no allowance is shown.",
        "0, 1, 5, 20, 50",
    ),
    _yes_no(
        "Statements monthly", "No", "Yes: the first run of a month sends statements of account for the one before."
    ),
    _yes_no(
        "All or nothing files", "Yes", "Yes: one fault refuses the whole dropped file; No: its sound rows are taken."
    ),
    _number(
        "Show closed for days",
        "30",
        "So long a closed row stays in its sheet; after that o2c show has it. Empty = it stays for ever.",
    ),
    _choice(
        "Documents",
        ("PDF and xlsx", "PDF", "xlsx", "None"),
        "Which files of each document are written to the folder outbox; packing slips and pick lists are PDF only.",
    ),
    _yes_no("Send mail", "No", "Yes: messages are mailed; No: they are only written to the folder outbox."),
    _text("Mail server", "Name of the mail server."),
    _number("Mail port", "587", "Port of the mail server."),
    _choice("Mail security", ("STARTTLS", "TLS", "None"), "How the connection to the mail server is protected."),
    _text("Mail from", "Sender address of messages."),
    _text("Mail user", "Account at the mail server; empty = Mail from. Its password is never kept in a file."),
    _text(
        "Tell customers of",
        "Messages that customers get of themselves, with commas between; documents go out in any case.",
        ", ".join(NOTICES),
    ),
    _number(
        "Send nothing older than days",
        "14",
        "What has waited longer in the outbox stays there until o2c send --again names it; empty = no limit.",
    ),
)
_PLAIN = re.compile(r"[0-9]{1,11}(\.[0-9]{1,4})?")
_LONE = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")  # 5.000, which is five or five thousand
_WHOLE = re.compile(r"[0-9]{1,5}")
_IN_DAYS = frozenset(
    {
        "Past due tolerance days",
        "Bank line alarm days",
        "Default lead days",
        "Show closed for days",
        "Mail port",
        "Send nothing older than days",
        "Reminder gap days",
    }
)
_COUNTRY = re.compile(r"[A-Za-z]{2}")
# Bank details, what asks for approval and what lets money pass unasked: changed only by who may decide on money.
GUARDED = frozenset(
    {
        "Company IBAN",
        "Company BIC",
        "Approve availability",
        "Approve new ship-to",
        "Approve credit limits",
        "Approve invoices above",
        "Approve purchase orders above",
        "Approve write-offs above",
        "Price tolerance %",
        "Credit check",
        "First order credit up to",
        "Score first orders",
        "Credit limit by rule",
        "Past due tolerance amount",
        "Past due tolerance days",
        "Payment tolerance amount",
        "Payment tolerance %",
        "Over-delivery tolerance %",
        "Bill tolerance %",
        "Books closed until",
        "Books closing until",
        "Mail server",
        "Mail from",
    }
)

BY_NAME: Mapping[str, Setting] = {setting.name.casefold(): setting for setting in SETTINGS}


@dataclass(frozen=True, slots=True)
class Policy:
    """All settings, read. Limits are amounts in the company's currency, `None` = never; tolerances are percent."""

    company: Mapping[str, str]
    currency: str
    country: str
    confirm_by_hand: bool
    pick_by_hand: bool
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


def read_value(setting: Setting, text: str) -> str:
    """`text` as the setting keeps it; raises BadSetting with what was expected."""
    value = text.strip()
    if setting.choices and value:
        for allowed in setting.choices:
            if value.casefold() == allowed.casefold():
                return allowed
        raise BadSetting(setting.name, f"'{value}' is not known.", f"Write {' or '.join(setting.choices)}.")
    if setting.kind is SettingKind.NUMBER and value:
        return _plain_number(setting, value)
    check = _CHECKED.get(setting.name)
    return check(setting, value) if check is not None and value else value


def _terms(setting: Setting, value: str) -> str:
    try:
        return parse_terms(value).text
    except ValueError as error:
        raise BadSetting(setting.name, str(error), "Write terms such as Net 30.") from error


def _levels(setting: Setting, value: str) -> str:
    try:
        levels_of(value)
    except ValueError as error:
        raise BadSetting(setting.name, str(error), "Write days such as 7, 21, 35.") from error
    return _with_commas(value)


def _per_level(setting: Setting, value: str) -> str:
    try:
        levels_of("1", value)
    except ValueError as error:
        raise BadSetting(setting.name, str(error), "Write one number for each level, such as 0, 5, 10.") from error
    return _with_commas(value)


def _percents(setting: Setting, value: str) -> str:
    try:
        read_percents(value)
    except ValueError as error:
        raise BadSetting(setting.name, str(error), "Write five percents such as 0, 1, 5, 20, 50.") from error
    return _with_commas(value)


def _with_commas(value: str) -> str:
    """A list as its meaning shows it, whichever sign stood between its parts."""
    return ", ".join(part.strip() for part in value.replace(";", ",").split(","))


def _countries(setting: Setting, value: str) -> str:
    codes = _with_commas(value).upper()
    wrong = next((code for code in codes.split(", ") if not _COUNTRY.fullmatch(code)), None)
    if wrong is not None:
        raise BadSetting(setting.name, f"'{wrong}' is no country code.", "Write codes such as XX, YY (ISO 3166).")
    return codes


def _score(known: Mapping[str, str]) -> ScorePolicy | None:
    if known["Score first orders"] != "Yes":
        return None
    limit, days, up_to = (
        known[n] for n in ("Credit limit by rule", "Credit decision days", "First order credit up to")
    )
    return ScorePolicy(
        int(known["Score to approve"] or 0),
        int(known["Score to refuse"] or 0),
        frozenset(code.strip().upper() for code in known["Risk countries"].split(",") if code.strip()),
        known["Company country"] or "DE",
        Decimal(limit) if limit else None,
        int(days) if days else None,
        Decimal(up_to) if up_to else None,
    )


def _reminders(known: Mapping[str, str]) -> ReminderPolicy:
    levels = levels_of(known["Reminder days"], known["Reminder fees"], known["Reminder penalty %"])
    gap = int(known["Reminder gap days"] or 0)
    return ReminderPolicy(known["Reminders"] == "Yes", levels, gap, known["Send mail"] == "Yes")


def _currency(setting: Setting, value: str) -> str:
    if value.upper() not in CURRENCIES:
        raise BadSetting(setting.name, f"'{value}' is no currency.", "Write three letters such as EUR.")
    return value.upper()


def _country(setting: Setting, value: str) -> str:
    if not _COUNTRY.fullmatch(value):
        raise BadSetting(setting.name, f"'{value}' is no country code.", "Write two letters such as DE (ISO 3166).")
    return value.upper()


def _messages(setting: Setting, value: str) -> str:
    try:
        return ", ".join(name for name in NOTICES if name in told_kinds(value))
    except ValueError as error:
        raise BadSetting(setting.name, str(error), f"Write some of: {', '.join(NOTICES)}.") from error


def _address(setting: Setting, value: str) -> str:
    if address_of(value) is None:
        raise BadSetting(setting.name, f"'{value}' is no email address.", "Write one such as office@acme.example.")
    return value


def _day(setting: Setting, value: str) -> str:
    try:
        return date.fromisoformat(value[:10]).isoformat()
    except ValueError as error:
        raise BadSetting(setting.name, f"'{value}' is no date.", "Write a day such as 2026-01-31.") from error


_CHECKED: Mapping[str, Callable[[Setting, str], str]] = {
    "Books closed until": _day,
    "Books closing until": _day,
    "Tell customers of": _messages,
    "Mail from": _address,
    "Default payment terms": _terms,
    "Reminder days": _levels,
    "Bad debt %": _percents,
    "Reminder fees": _per_level,
    "Reminder penalty %": _per_level,
    "Company currency": _currency,
    "Company country": _country,
    "Risk countries": _countries,
}


def _plain_number(setting: Setting, value: str) -> str:
    pattern = _WHOLE if setting.name in _IN_DAYS else _PLAIN
    if _LONE.fullmatch(value):
        problem = f"'{value}' can be read in two ways: nothing shows what its point or comma means."
        raise BadSetting(setting.name, problem, "Write it without thousands signs, such as 5000 or 5.5.")
    if not pattern.fullmatch(value):
        kind = "whole number" if setting.name in _IN_DAYS else "number of 0 or more"
        raise BadSetting(setting.name, f"'{value}' is not a {kind}.", "Write a number such as 30, or leave it empty.")
    return value


def policy_of(values: Mapping[str, str]) -> Policy:
    """The policy from set values by name; unset ones take their default. Raises BadSetting."""
    known = {setting.name: read_value(setting, values.get(setting.name, setting.default)) for setting in SETTINGS}

    def yes(name: str) -> bool:
        return known[name] == "Yes"

    def number(name: str) -> Decimal | None:
        return Decimal(known[name]) if known[name] else None

    def day(name: str) -> date | None:
        return date.fromisoformat(known[name]) if known[name] else None

    return Policy(
        company={name: value for name, value in known.items() if name.startswith("Company ")},
        currency=known["Company currency"] or "EUR",
        country=known["Company country"] or "DE",
        confirm_by_hand=yes("Confirm by hand"),
        pick_by_hand=yes("Pick by hand"),
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
        past_due_days=int(number("Past due tolerance days") or 0),
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
        default_lead_days=int(number("Default lead days") or 0),
        payment_tolerance_amount=number("Payment tolerance amount") or ZERO,
        payment_tolerance_percent=number("Payment tolerance %") or ZERO,
        all_or_nothing=yes("All or nothing files"),
        reminders=_reminders(known),
        statements_monthly=yes("Statements monthly"),
        bad_debt_percents=read_percents(known["Bad debt %"]),
        credit_score=_score(known),
        show_closed_days=None if (days := number("Show closed for days")) is None else int(days),
        tell=told_kinds(known["Tell customers of"]),
        e_invoice_needed=yes("E-invoice needed") and known["E-invoice"] != "None",
        data_in_pdf="Factur-X" in known["E-invoice"] and "PDF" in known["Documents"],
    )
