"""What customers and suppliers are told: the kinds of messages, who gets each, and what a customer is asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

__all__ = [
    "ALTERNATIVES", "CONFIRMATION", "DELAY", "HELD", "KINDS", "MESSAGE_ACTIONS", "MISSING", "NOTICES", "SENDABLE",
    "SEND_AGAIN", "SHIPMENT", "TAKE_AS_SENT", "Audience", "Kind", "Way", "address_of", "asked_of_customer", "kind_of",
    "told_kinds",
]  # fmt: skip


class Audience(StrEnum):
    """Who gets a message."""

    CUSTOMER = "customer"
    SUPPLIER = "supplier"
    SENDER = "sender of a file"


class Way(StrEnum):
    """How a customer gets papers."""

    EMAIL = "Email"
    MAIL = "Mail"
    PORTAL = "Online portal"


CONFIRMATION = "Order confirmation"
MISSING = "Missing data"
ALTERNATIVES = "Alternatives"
DELAY = "Delay"
HELD = "Order on hold"
SHIPMENT = "Shipment"

SEND_AGAIN, TAKE_AS_SENT = "Send again", "Sent"
MESSAGE_ACTIONS = (SEND_AGAIN, TAKE_AS_SENT)
"""What a person may decide of a message that is uncertain or failed."""

NOTICES = (CONFIRMATION, MISSING, ALTERNATIVES, DELAY, HELD, SHIPMENT)
"""Messages that are only text and that a company may do without (setting `Tell customers of`)."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of message; `document`: it goes with the file that was made of it."""

    name: str
    audience: Audience
    document: bool = False

    @property
    def template(self) -> str:
        """The name of its template, without the ending."""
        return self.name.casefold().replace(" ", "-")


KINDS: Mapping[str, Kind] = {
    kind.name.casefold(): kind
    for kind in (
        *(Kind(name, Audience.CUSTOMER) for name in NOTICES),
        *(Kind(name, Audience.CUSTOMER, document=True) for name in ("Invoice", "Credit note")),
        *(Kind(name, Audience.CUSTOMER, document=True) for name in ("Reminder", "Statement of account")),
        Kind("Purchase order", Audience.SUPPLIER, document=True),
        *(Kind(name, Audience.SUPPLIER) for name in ("Purchase order cancelled", "Claim", "Goods returned")),
        Kind("File set aside", Audience.SENDER),
    )
}
"""All that leaves the house, by name in lower case; pick lists and packing slips stay in it."""

SENDABLE = tuple(kind.name for kind in KINDS.values())


def kind_of(name: str) -> Kind:
    """The kind of that name, however its letters are written."""
    return KINDS[name.casefold()]


def told_kinds(setting: str) -> frozenset[str]:
    """The kinds named in the setting `Tell customers of`; raises ValueError naming the one that there is not."""
    known = {name.casefold(): name for name in NOTICES}
    names = [part.strip() for part in setting.replace(";", ",").split(",") if part.strip()]
    wrong = next((name for name in names if name.casefold() not in known), None)
    if wrong is not None:
        raise ValueError(f"'{wrong}' is no message.")
    return frozenset(known[name.casefold()] for name in names)


_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_ADDRESS = re.compile(rf"({_ATOM}(?:\.{_ATOM})*)@([^@\s]+)")
_DOMAIN = re.compile(
    r"(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*"
)
_LONGEST_NAME = 64  # bytes before the @ (RFC 5321, 4.5.3.1.1)


def address_of(text: str) -> str | None:
    """The one email address in `text`, its domain as mail servers know it; None where it is none.

    A line break or a second address in it makes it none: what stands in a header must not begin another.
    """
    found = _ADDRESS.fullmatch(text.strip(" "))
    if found is None or len(found[1]) > _LONGEST_NAME:
        return None
    try:
        domain = found[2].encode("idna").decode().casefold()
    except UnicodeError:
        return None
    return f"{found[1]}@{domain}" if _DOMAIN.fullmatch(domain) else None


# The sentences of domain/ordering/completeness.py that a customer can answer; prices and taxes are ours to know.
_ASKED: Mapping[str, re.Pattern[str]] = {
    "address": re.compile(r"The ship-to address has no (?P<detail>[^.]+)\."),
    "lines": re.compile(r"The order has no lines\."),
    "product": re.compile(r"Line (?P<line>\S+): no product\."),
    "unknown product": re.compile(r"Line (?P<line>\S+): product (?P<detail>.+?) is not known\."),
    "quantity": re.compile(r"Line (?P<line>\S+): no quantity\."),
}


def asked_of_customer(waiting_for: str) -> list[dict[str, str]]:
    """What a customer is asked for, of all that an order lacks: `what`, and where it applies `line` and `detail`."""
    found: Iterable[tuple[int, dict[str, str]]] = (
        (match.start(), {"what": what, **match.groupdict()})
        for what, pattern in _ASKED.items()
        for match in pattern.finditer(waiting_for)
    )
    return [one for _, one in sorted(found, key=lambda pair: pair[0])]
