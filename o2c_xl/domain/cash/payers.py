"""Who pays, as banks name them: accounts and names in a plain form that two spellings share.

`Müller & Söhne GmbH`, `MUELLER UND SOEHNE` and `Muller & Sohne GmbH & Co. KG` are one name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

__all__ = ["Payers", "plain_account", "plain_name"]

_LEGAL = frozenset(
    "gmbh ag kg ohg gbr ug mbh ek ev eg se co cokg comp company corp corporation inc incorporated llc llp ltd limited "
    "plc pty bv nv vof sa sas sarl srl spa snc sl sc as asa ab oy oyj aps kft zrt doo sro spzoo sp z zo oo und and et "
    "the".split()
)
_SAME = (("ae", "a"), ("oe", "o"), ("ue", "u"))
_CUT = 20
"""Characters from which on a name may have been cut off by the bank."""


def plain_account(text: str) -> str:
    """An account number without blanks and signs, in capitals."""
    return re.sub(r"[^A-Z0-9]", "", text.upper())


def plain_name(text: str) -> str:
    """A name without case, accents, signs and legal form."""
    flat = unicodedata.normalize("NFKD", text.casefold().replace("ß", "ss").replace("ø", "o").replace("ł", "l"))
    flat = "".join(char for char in flat if not unicodedata.combining(char)).replace("æ", "a")
    flat = re.sub(r"(?<=\b\w)[.](?=\w\b)", "", flat)
    words = re.findall(r"[^\W_]+", flat)
    kept = [word for word in words if word not in _LEGAL] or words
    plain = "".join(kept)
    for two, one in _SAME:
        plain = plain.replace(two, one)
    return plain


@dataclass(slots=True)
class Payers:
    """What is known of who pays: customers by account and by name; '' where several share it."""

    accounts: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    taught_names: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, names: Iterable[tuple[str, str]], taught: Iterable[tuple[str, str, str]] = ()) -> Payers:
        """From customers (id, name) and what people taught (kind, value, customer)."""
        known = cls()
        for customer, name in names:
            _put(known.names, plain_name(name), customer)
        for kind, value, customer in taught:
            _put(known.accounts if kind == "IBAN" else known.taught_names, value, customer)
        return known

    def customer(self, name: str, account: str) -> str:
        """The customer that pays from this account or under this name; '' when nobody or several do.

        The account says more than the name. A name of 20 characters and more may have been cut off by the bank.
        """
        if account and (found := self.accounts.get(plain_account(account))) is not None:
            return found
        plain = plain_name(name)
        if not plain:
            return ""
        for known in (self.taught_names, self.names):
            if (found := known.get(plain)) is not None:
                return found
        return self._begun(plain) if len(plain) >= _CUT else ""

    def _begun(self, plain: str) -> str:
        fitting = {customer for name, customer in self.names.items() if name.startswith(plain)}
        return fitting.pop() if len(fitting) == 1 else ""


def _put(known: dict[str, str], value: str, customer: str) -> None:
    if value:
        known[value] = customer if known.get(value, customer) == customer else ""
