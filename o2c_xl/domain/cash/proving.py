"""Which numbers prove themselves by how they are written: by letters, by many digits, or by a word such as `invoice`.

And whether the words say that money is paid in advance.

`Vej 5, 2100 Copenhagen` holds four digits that are anybody's; `Facture n° 2100` names an invoice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

__all__ = ["bare", "places_of", "plain_of", "said_before", "says_ahead"]

_RUN = re.compile(r"[^\W_]+")
_MANY = 8
"""So many digits are no house, telephone or customer number by accident."""
_COUNTING = frozenset("NR NRN NRO NO NOS N Nº NUM NUMMER NUMMERN NUMBER NUMBERS NUMERO NUMÉRO".split())
_INVOICES = frozenset(
    "INVOICE INVOICES INV RECHNUNG RECHNUNGEN RECHNUNGSNR RECHNUNGSNUMMER RECHN RECHNR RECH RG RGNR RE RENR "
    "FACTURE FACTURES FACTURA FACTURAS FACT FACTUUR FACTUURNR FAKTURA FAKTURANR FATTURA LASKU LASKUN BILL".split()
)
_ORDERS = frozenset("ORDER ORDERS PO BESTELLUNG BESTELLNR AUFTRAG AUFTRAGSNR COMMANDE ORDRE TILAUS ORDINE".split())
_AHEAD = (
    "ANZAHLUNG", "VORAUSZAHLUNG", "VORKASSE", "VORAUSKASSE", "PREPAYMENT", "DOWNPAYMENT", "ACOMPTE", "ACCONTO",
    "ANTICIPO", "AANBETALING", "VOORUITBETALING", "FORSKUD", "FORSKOTT", "ENNAKKO",
)  # fmt: skip
# with the endings that they take: a Vorkassenrabatt is no money in advance
_PAID_AHEAD = re.compile(f"(?:{'|'.join(_AHEAD)})(?:S|E?N|S?RECHNUNG|S?BETRAG|EN?R)?")
_MAYBE_AHEAD = frozenset("DEPOSIT ADVANCE DOWN".split())
"""Said of money in advance where an order is named; alone they may be the bank's words for any money that came in."""


def says_ahead(said: Sequence[str]) -> bool:
    """Whether a text (in pieces) says that it is money in advance."""
    words = frozenset(said)
    return any(_PAID_AHEAD.fullmatch(word) for word in said) or bool(words & _MAYBE_AHEAD and words & _ORDERS)


def bare(numbers: Iterable[str], said: Sequence[str], *, orders: bool = False) -> list[str]:
    """Those of `numbers` that are few digits in `said` (a text in pieces) without a word before that says what it is.

    They prove nothing unless the amount bears them out. `orders`: the numbers are of orders, not of invoices.
    """
    words = _INVOICES | _ORDERS if orders else _INVOICES
    return [number for number in numbers if not _proves_itself(plain_of(number), said, words)]


def plain_of(number: str) -> str:
    """A number in capitals without its signs."""
    return "".join(_RUN.findall(number.upper()))


def _proves_itself(plain: str, said: Sequence[str], words: frozenset[str]) -> bool:
    if not plain.isdigit() or len(plain) >= _MANY:
        return True
    if any(piece.startswith("RF") for piece in said) and re.search(f"RF[0-9]{{2}}0*{plain}", "".join(said)):
        return True  # the body of a creditor reference, whose check digits are right
    return any(said_before(said[:at], words) for at, _ in places_of(plain, said))


def places_of(plain: str, said: Sequence[str]) -> list[tuple[int, int]]:
    """From which piece to before which the number stands, in whatever pieces it is written."""
    ends = range(1, len(said) + 1)
    return [
        (at, end) for at in range(len(said)) for end in ends[at : at + len(plain)] if "".join(said[at:end]) == plain
    ]


def said_before(before: Sequence[str], words: frozenset[str] = _INVOICES | _ORDERS) -> bool:
    """Whether the last of these pieces, words such as *number* left out, is a word for an invoice or an order."""
    at = len(before) - 1
    while at >= 0 and before[at] in _COUNTING:
        at -= 1
    return before[at] in words if at >= 0 else bool(before)
