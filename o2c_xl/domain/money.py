"""Money and exact numbers: places of a currency, the one rounding, sharing a total without losing a cent.

Amounts are `Decimal`s in a currency named beside them; nothing here is ever a binary float.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from functools import cache, lru_cache

__all__ = [
    "AMOUNT_BELOW",
    "CURRENCIES",
    "PRICE_PLACES",
    "ZERO",
    "beyond_books",
    "comes_to",
    "minor_unit",
    "places",
    "plain_number",
    "quantity_places",
    "round_money",
    "share_out",
    "too_fine",
    "trimmed",
    "unit_of",
]

ZERO = Decimal(0)
PRICE_PLACES = 4
AMOUNT_BELOW = Decimal(10**11)
"""Every number of a cell, and every amount of a line or a document, is below this: eleven digits before the point.

With four places these are the 15 digits that a spreadsheet keeps. The ledger's whole numbers (ledger/types.py) hold
9,223 times as much, so that a sum over thousands of the largest documents there can be still fits.
"""

# ISO 4217 active codes; those whose minor unit is not 1/100 stand in _OTHER_PLACES (ISO 4217 table A.1).
_OTHER_PLACES = {
    **dict.fromkeys("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF UYI".split(), 0),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
    "CLF": 4,
    "UYW": 4,
}
CURRENCIES = frozenset(
    """AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF
    CHF CLF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD
    HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL
    LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR
    PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP
    TRY TTD TWD TZS UAH UGX USD UYI UYU UYW UZS VED VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG""".split()
)
_WHOLE_UNITS = frozenset({"pcs", "each", "box", "set", "pair", "unit"})


def places(currency: str) -> int:
    """Decimal places of the currency's minor unit (ISO 4217)."""
    return _OTHER_PLACES.get(currency, 2)


def quantity_places(unit: str) -> int:
    """Decimal places of a quantity in `unit`: none for counted things, three for measured ones."""
    return 0 if unit.strip().lower() in _WHOLE_UNITS else 3


def plain_number(number: Decimal) -> str:
    """A number as a person writes it: 5 and not 5.00, 10 and not 1E+1."""
    return f"{number.normalize():f}" if number else "0"


@lru_cache(maxsize=1 << 12)  # quantities come back again and again
def trimmed(number: Decimal) -> Decimal:
    """The same number without idle zeros, so that a sentence reads 8 and not 8.00, 10 and not 1E+1."""
    whole = int(number)
    return Decimal(whole) if whole == number else number.normalize()


@cache
def unit_of(decimals: int) -> Decimal:
    """The smallest step with that many decimals: 2 gives 0.01."""
    return Decimal(1).scaleb(-decimals)


@cache
def minor_unit(currency: str) -> Decimal:
    """The smallest amount of the currency: 0.01 for EUR, 1 for JPY."""
    return unit_of(places(currency))


def round_money(amount: Decimal, currency: str) -> Decimal:
    """`amount` rounded half-up to the currency's minor unit: the only rounding of money there is."""
    return amount.quantize(minor_unit(currency), ROUND_HALF_UP)


def beyond_books(amount: Decimal) -> bool:
    """Whether an amount has more digits before the point than the books take."""
    return not -AMOUNT_BELOW < amount < AMOUNT_BELOW


def comes_to(quantity: Decimal, each: Decimal) -> str:
    """What is wrong with a quantity at a price or cost whose amount the books do not take, '' where nothing is."""
    if not beyond_books(quantity * each):
        return ""
    sum_ = f"{plain_number(quantity)} at {plain_number(each)} comes to {plain_number(round(quantity * each, 0))}"
    return f"{sum_}; an amount has at most eleven digits before the point."


def too_fine(amount: Decimal, currency: str) -> str:
    """What is wrong with an amount that the currency has no coins for, '' where nothing is."""
    decimals = places(currency)
    if amount == round(amount, decimals):
        return ""
    most = f"at most {decimals} decimal places" if decimals else "no decimal places"
    return f"{plain_number(amount)} has more decimal places than {currency} ({decimals}). Enter it with {most}."


def share_out(total: Decimal, weights: Sequence[Decimal], currency: str) -> list[Decimal]:
    """Split `total` by `weights` so that the parts add up to it to the cent (largest remainder).

    Ties go to the earlier part. Without any positive weight the whole goes to the first part.
    """
    if not weights:
        return []
    whole = sum(weights, ZERO)
    step = minor_unit(currency)
    if whole == ZERO:
        return [total, *[ZERO * step] * (len(weights) - 1)]
    exact = [total * weight / whole for weight in weights]
    parts = [value.quantize(step, ROUND_DOWN) for value in exact]
    missing = int((total - sum(parts, ZERO)) / step)
    sign = 1 if missing >= 0 else -1
    order = sorted(range(len(parts)), key=lambda i: (-abs(exact[i] - parts[i]), i))
    for i in order[: abs(missing)]:
        parts[i] += sign * step
    return parts
