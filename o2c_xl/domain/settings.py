"""How a company works: every setting with its default and meaning; `policy.py` makes the typed policy of them.

Gates are off until a company turns them on: an order runs through as far as it can, and stops only where
something is missing, credit is refused, stock is short, or the company asked to be asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from o2c_xl.domain.goods.layers import Valuation
from o2c_xl.domain.setting import (
    Setting,
    SettingKind,
    a_country,
    a_currency,
    a_day,
    an_address,
    countries,
    levels,
    messages,
    payment_terms,
    per_level,
    percents,
)
from o2c_xl.domain.telling import NOTICES

__all__ = ["BY_NAME", "SETTINGS"]


def _yes_no(name: str, default: str, meaning: str, *, guarded: bool = False) -> Setting:
    return Setting(name, default, SettingKind.YES_NO, meaning, ("Yes", "No"), guarded)


def _number(name: str, default: str, meaning: str, *, guarded: bool = False) -> Setting:
    return Setting(name, default, SettingKind.NUMBER, meaning, guarded=guarded)


def _whole(
    name: str, default: str, meaning: str, *, guarded: bool = False, least: int = 0, most: int = 99_999
) -> Setting:
    return Setting(name, default, SettingKind.WHOLE, meaning, guarded=guarded, least=least, most=most)


def _text(
    name: str,
    meaning: str,
    default: str = "",
    *,
    guarded: bool = False,
    check: Callable[[Setting, str], str] | None = None,
) -> Setting:
    return Setting(name, default, SettingKind.TEXT, meaning, guarded=guarded, check=check)


def _choice(name: str, choices: tuple[str, ...], meaning: str, *, guarded: bool = False) -> Setting:
    return Setting(name, choices[0], SettingKind.CHOICE, meaning, choices, guarded)


SETTINGS: tuple[Setting, ...] = (
    _text("Company name", "Your company's legal name, printed on documents.", guarded=True),
    _text("Company street", "Street and number, printed on documents.", guarded=True),
    _text("Company city", "Town, printed on documents.", guarded=True),
    _text("Company postal code", "Postal code, printed on documents.", guarded=True),
    _text(
        "Company country",
        "Two letters (ISO 3166); documents in a language of that country write numbers and dates as it does.",
        "DE",
        check=a_country,
        guarded=True,
    ),
    _text(
        "Company currency",
        "Three letters (ISO 4217). Stock is kept in it; fixed once something is posted.",
        "EUR",
        check=a_currency,
        guarded=True,
    ),
    _text(
        "Company tax ID",
        "VAT number such as DE136695976, else your number at the tax office; on invoices.",
        guarded=True,
    ),
    _text("Company IBAN", "Account that customers pay into, printed on invoices.", guarded=True),
    _text("Company BIC", "Bank code, printed on invoices.", guarded=True),
    _text("Company email", "Address printed on documents.", guarded=True),
    _text("Company phone", "Telephone number, printed on documents and in e-invoices.", guarded=True),
    _text("Company contact", "Whom customers may ask about an invoice; empty = the company's name.", guarded=True),
    _text(
        "Company registration",
        "Register entry, printed on documents; a scheme may stand before it: 0106:12345678.",
        guarded=True,
    ),
    _text(
        "Company e-invoice address",
        "Where e-invoices reach you, with its scheme, such as 0088:4012345000009; empty = your VAT number or email.",
        guarded=True,
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
    _whole(
        "Pick days ahead",
        "",
        "Goods are picked at the earliest so many days before their Requested date; empty = as soon as they are there.",
    ),
    _yes_no("Ship by hand", "No", "Yes: a shipment waits for Action Ship; No: what is packed goes out at once."),
    _yes_no(
        "Send purchase orders by hand",
        "No",
        "Yes: a purchase order waits for Action Send; No: it goes out at once.",
        guarded=True,
    ),
    _yes_no(
        "Purchase by rule",
        "Yes",
        "Yes: Python proposes purchase orders for what is short; No: you type them.",
        guarded=True,
    ),
    _yes_no(
        "Approve availability",
        "No",
        "Yes: what is promised when stock is short waits for the Inventory Manager.",
        guarded=True,
    ),
    _yes_no(
        "Approve new ship-to", "No", "Yes: an address not seen before waits for the Operations Manager.", guarded=True
    ),
    _yes_no(
        "Approve credit limits",
        "No",
        "Yes: a known customer's higher credit limit, longer terms or other bill-to waits for the Finance Manager.",
        guarded=True,
    ),
    _number(
        "Approve invoices above",
        "",
        "An invoice of more than this total waits for the Finance Manager; 0 = each one, empty = none.",
        guarded=True,
    ),
    _number(
        "Approve purchase orders above",
        "",
        "A purchase order of more than this net waits for the Operations Manager; 0 = each one, empty = none.",
        guarded=True,
    ),
    _number(
        "Approve write-offs above",
        "0",
        "A write-off of more than this waits for the Finance Manager; 0 = each one, empty = none.",
        guarded=True,
    ),
    _number(
        "Price tolerance %",
        "",
        "A price this far off the price list, typed or by a discount, waits for the Operations Manager; 5 means 5 %, "
        "empty = never.",
        guarded=True,
    ),
    _yes_no(
        "Credit check",
        "Yes",
        "Yes: orders over the credit limit, of customers past due or first on credit may be held; No: none is.",
        guarded=True,
    ),
    _number(
        "First order credit up to",
        "",
        "A customer's first order on credit passes up to this total; 0 = each waits for Finance, empty = none.",
        guarded=True,
    ),
    _yes_no(
        "Score first orders",
        "No",
        "Yes: a first order on credit is approved, refused or referred to Finance by points; see Rating in Customers.",
        guarded=True,
    ),
    _whole(
        "Score to approve", "60", "From so many points a first order on credit is approved.", most=999, guarded=True
    ),
    _whole(
        "Score to refuse",
        "30",
        "Below so many points it is refused: the customer pays in advance.",
        most=999,
        guarded=True,
    ),
    _text(
        "Risk countries",
        "Countries that take points from the score, such as XX, YY (ISO 3166).",
        check=countries,
        guarded=True,
    ),
    _number(
        "Credit limit by rule",
        "",
        "Credit limit that an approval by score gives a customer without one; empty = none.",
        guarded=True,
    ),
    _whole(
        "Credit decision days",
        "365",
        "So long a decision by score holds; then the next order is decided anew.",
        guarded=True,
    ),
    _number(
        "Past due tolerance amount",
        "0",
        "A customer may be past due with up to this amount before the next order is held.",
        guarded=True,
    ),
    _whole(
        "Past due tolerance days",
        "0",
        "An invoice may be late by up to this many days before the customer's next order is held.",
        guarded=True,
    ),
    _number(
        "Over-delivery tolerance %",
        "0",
        "A supplier may deliver this much more than was ordered; 5 means 5 %. More than that is refused.",
        guarded=True,
    ),
    _number(
        "Bill tolerance %",
        "5",
        "A bill that differs by at most this from what came and is not billed settles it; a larger one waits.",
        guarded=True,
    ),
    _choice(
        "Stock valuation",
        tuple(map(str, Valuation)),
        "Goods leave at the average cost of what is there, or (FIFO) at that of the oldest; counts from the next run.",
        guarded=True,
    ),
    _text(
        "Books closed until",
        "Nothing is posted for a day up to this one, such as 2026-01-31; empty = all are open.",
        check=a_day,
        guarded=True,
    ),
    _text(
        "Books closing until",
        "For a day up to this one only a Finance Manager posts; empty = all open.",
        check=a_day,
        guarded=True,
    ),
    _text(
        "Default payment terms",
        "Payment terms of customers without their own, such as Net 30.",
        "Net 30",
        check=payment_terms,
        guarded=True,
    ),
    _text("Default tax group", "Tax group of customers without one.", guarded=True),
    _text("Default tax code", "Tax code of products without one, and of freight.", guarded=True),
    _choice(
        "Default short stock",
        ("Partial shipment", "Offer alternative products", "Delayed shipment", "Cancel"),
        "What happens to a line that stock cannot fill, where neither line nor customer says.",
    ),
    _choice(
        "Tax rounding",
        ("Per rate", "Per line"),
        "Tax is rounded once for all lines of a rate, or on each line. An order keeps what held when it was taken.",
        guarded=True,
    ),
    _whole("Default lead days", "7", "Days from order to delivery, where neither the supplier nor its price says."),
    _number(
        "Payment tolerance amount",
        "0.50",
        "A payment that is short by up to this settles the invoice, if it is within Payment tolerance % too.",
        guarded=True,
    ),
    _number(
        "Payment tolerance %", "1", "The same as a share of what is open: 1 means 1 %. Both must hold.", guarded=True
    ),
    _whole(
        "Bank line alarm days",
        "7",
        "Money on a bank line that belongs to no invoice for more days than this waits for the Finance Manager.",
        guarded=True,
    ),
    _yes_no("Reminders", "Yes", "Yes: customers who are past due are written to; No: nobody is.", guarded=True),
    _text(
        "Reminder days",
        "Days after the due date at which each level is reached, such as 7, 21, 35; -3 = three days before it.",
        "7, 21, 35",
        check=levels,
        guarded=True,
    ),
    _whole(
        "Reminder gap days",
        "7",
        "At least so many days lie between two reminders to a customer; 0 = one.",
        guarded=True,
    ),
    _text(
        "Reminder fees",
        "What the letter of each level costs, such as 0, 5, 10; in the invoice's currency, as memo.",
        check=per_level,
        guarded=True,
    ),
    _text(
        "Reminder penalty %",
        "Penalty for an item that reaches each level, such as 0, 1, 2 (percent), as memo.",
        check=per_level,
        guarded=True,
    ),
    _text(
        "Bad debt %",
        "What may be lost of what is not due, 1-30, 31-60, 61-90 and over 90 days late; empty = no allowance is shown.",
        "0, 1, 5, 20, 50",
        check=percents,
        guarded=True,
    ),
    _yes_no(
        "Statements monthly", "No", "Yes: the first run of a month sends statements of account for the one before."
    ),
    _yes_no(
        "All or nothing files", "Yes", "Yes: one fault refuses the whole dropped file; No: its sound rows are taken."
    ),
    _whole(
        "Show closed for days",
        "30",
        "So long a closed row stays in its sheet; after that o2c show has it. Empty = it stays for ever.",
    ),
    _choice(
        "Documents",
        ("PDF and xlsx", "PDF", "xlsx", "None"),
        "Which files of each document are written to the folder outbox; packing slips and pick lists are PDF only.",
    ),
    _yes_no(
        "Send mail", "No", "Yes: messages are mailed; No: they are only written to the folder outbox.", guarded=True
    ),
    _text("Mail server", "Name of the mail server.", guarded=True),
    _whole("Mail port", "587", "Port of the mail server.", least=1, most=65535, guarded=True),
    _choice(
        "Mail security",
        ("STARTTLS", "TLS", "None"),
        "How the connection to the mail server is protected.",
        guarded=True,
    ),
    _text("Mail from", "Sender address of messages.", check=an_address, guarded=True),
    _text(
        "Mail user",
        "Account at the mail server; empty = Mail from. Its password is never kept in a file.",
        guarded=True,
    ),
    _text(
        "Tell customers of",
        "Messages that customers get of themselves, with commas between; documents go out in any case.",
        ", ".join(NOTICES),
        check=messages,
    ),
    _whole(
        "Send nothing older than days",
        "14",
        "What has waited longer in the outbox stays there until o2c send --again names it; empty = no limit.",
    ),
)

BY_NAME: Mapping[str, Setting] = {setting.name.casefold(): setting for setting in SETTINGS}
