"""Whether a change of a customer's master data gives more credit than before."""

from __future__ import annotations

from decimal import Decimal

from o2c_xl.domain.terms import parse_terms

__all__ = ["days_of_credit", "widens"]

_MONTH = 31


def widens(field: str, old: object, new: object, default_terms: str) -> bool:
    """A higher limit or none, later terms, another account to charge; `default_terms` hold where none are given."""
    if field == "credit_limit":
        return _limit(new) > _limit(old)
    if field == "payment_terms":
        return days_of_credit(str(new or default_terms)) > days_of_credit(str(old or default_terms))
    return (new or "") != (old or "")


def _limit(value: object) -> Decimal:
    return Decimal("Infinity") if value is None else Decimal(str(value))


def days_of_credit(terms: str) -> int:
    """The days until the last instalment of payment terms is due; less than none for those who pay in advance."""
    parsed = parse_terms(terms)
    if parsed.prepaid:
        return -1
    return max(share.days + (_MONTH if share.end_of_month else 0) for share in parsed.instalments)
