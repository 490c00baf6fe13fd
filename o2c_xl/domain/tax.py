"""Tax rates by tax group and tax code; where no rate is known, that is an error and never zero."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from functools import lru_cache

__all__ = ["EXEMPTION", "NoRate", "Rate", "no_rate", "rate_for"]

EXEMPTION = {
    "AE": "Reverse charge: the customer accounts for the tax.",
    "E": "Exempt from tax.",
    "G": "Export outside the EU, exempt from tax.",
    "K": "Intra-Community supply, exempt from tax.",
    "O": "Not subject to tax.",
    "Z": "Zero-rated.",
}
"""What an invoice says where it shows no tax (Directive 2006/112/EC art. 226 points 11 and 11a) and gives
no reason of its own; by UNTDID 5305 category."""

# What people write as the reason of a rate of 0 %, and the category it means; the first that is found counts.
_WORDS = (
    ("AE", ("reverse charge", "steuerschuldnerschaft", "autoliquidation", "vatex-eu-ae")),
    (
        "K",
        (
            "intra-community",
            "intracommunity",
            "intra community",
            "innergemeinschaft",
            "intracommunautaire",
            "vatex-eu-ic",
        ),
    ),
    ("G", ("export", "ausfuhr", "vatex-eu-g")),
    ("O", ("not subject", "outside scope", "outside the scope", "nicht steuerbar", "vatex-eu-o")),
    ("Z", ("zero-rated", "zero rated")),
)


_EMPTY = "(empty)"


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate in percent (19 means 19 %) and why it is zero or reduced, where the law wants a reason."""

    percent: Decimal
    reason: str = ""

    @property
    def category(self) -> str:
        """UNTDID 5305 letter: S standard or reduced, Z zero; with a reason AE, K, G or O as its words say, else E."""
        if self.percent:
            return "S"
        return _category(self.reason) if self.reason else "Z"


@lru_cache(maxsize=256)
def _category(reason: str) -> str:
    said = reason.casefold()
    return next((category for category, words in _WORDS if any(word in said for word in words)), "E")


def no_rate(rates: Mapping[tuple[str, str], Rate], group: str, code: str) -> str:
    """That no rate is known for a group and a code, both told, and how that is mended."""
    wrong = [
        f"or correct {header}{_nearest(value, known)}"
        for header, value, known in (
            ("Tax group in Customers", group, {one for one, _ in rates}),
            ("Tax code in Products", code, {one for _, one in rates}),
        )
        if value not in known
    ]
    fix = ", ".join(["Add the rate in Tax Rates", *wrong])
    return f"no tax rate for tax group {group or _EMPTY} and tax code {code or _EMPTY}. {fix}."


def _nearest(value: str, known: Collection[str]) -> str:
    folded = {one.casefold(): one for one in sorted(known)}
    near = get_close_matches(value.casefold(), folded, n=1)
    return f" (the nearest is {folded[near[0]]})" if near else ""


class NoRate(LookupError):
    """No tax rate is known for a group and code; the message is that of `no_rate`."""


def rate_for(rates: Mapping[tuple[str, str], Rate], group: str, code: str) -> Rate:
    """The rate of a tax group and tax code. Raises NoRate when there is none."""
    rate = rates.get((group, code))
    if rate is None:
        raise NoRate(no_rate(rates, group, code))
    return rate
