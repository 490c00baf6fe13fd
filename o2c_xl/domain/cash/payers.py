"""Who pays, as banks name them: accounts and names in a plain form that two spellings share.

`Müller & Söhne GmbH`, `MUELLER UND SOEHNE` and `Muller & Sohne GmbH & Co. KG` are one name. Customers `Brix AG` and
`Brix GmbH` are told apart by their legal form.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

__all__ = ["Payers", "full_name", "plain_account", "plain_name"]

_LEGAL = frozenset(
    "gmbh ag kg ohg gbr ug mbh ek ev eg se co cokg comp company corp corporation inc incorporated llc llp ltd limited "
    "plc pty bv nv vof sa sas sarl srl spa snc sl sc as asa ab oy oyj aps kft zrt doo sro spzoo sp z zo oo".split()
)
_JOINING = frozenset("und and et the".split())
_SAME = (("ae", "a"), ("oe", "o"), ("ue", "u"))
_CUT = 20
"""Characters from which on a name may have been cut off by the bank."""


def plain_account(text: str) -> str:
    """An account number without blanks and signs, in capitals."""
    return re.sub(r"[^A-Z0-9]", "", text.upper())


def plain_name(name: str) -> str:
    """A name without case, accents, signs and legal form."""
    return _together(_bare(_words(name)))


def full_name(name: str) -> str:
    """A name without case, accents and signs, with its legal form."""
    return _together(_words(name))


def _words(text: str) -> list[str]:
    flat = unicodedata.normalize("NFKD", text.casefold().replace("ß", "ss").replace("ø", "o").replace("ł", "l"))
    flat = "".join(char for char in flat if not unicodedata.combining(char)).replace("æ", "a")
    flat = re.sub(r"(?<=\b\w)[.](?=\w\b)", "", flat)
    words = re.findall(r"[^\W_]+", flat)
    return [word for word in words if word not in _JOINING] or words


def _bare(words: list[str]) -> list[str]:
    return [word for word in words if word not in _LEGAL] or words


def _together(words: Iterable[str]) -> str:
    plain = "".join(words)
    for two, one in _SAME:
        plain = plain.replace(two, one)
    return plain


@dataclass(slots=True)
class Payers:
    """What is known of who pays: customers by account and by name, as people taught it ('' where several share it).

    `full` and `names` are all that are so named, with their legal form (where they have one) and without it; `billed`
    are customers whose invoices another one gets, by that one.
    """

    accounts: dict[str, str] = field(default_factory=dict)
    taught_names: dict[str, str] = field(default_factory=dict)
    full: dict[str, set[str]] = field(default_factory=dict)
    names: dict[str, set[str]] = field(default_factory=dict)
    billed: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        names: Iterable[tuple[str, str]],
        taught: Iterable[tuple[str, str, str]] = (),
        billed: Mapping[str, str] | None = None,
    ) -> Payers:
        """From customers (id, name), what people taught (kind, value, customer), and who is billed to whom."""
        known = cls(billed=billed or {})
        for customer, name in names:
            words = _words(name)
            bare = _bare(words)
            if bare != words:
                known.full.setdefault(_together(words), set()).add(customer)
            if words:
                known.names.setdefault(_together(bare), set()).add(customer)
        for kind, value, customer in taught:
            _put(known.accounts if kind == "IBAN" else known.taught_names, value, customer)
        return known

    def customer(self, name: str, account: str) -> str:
        """The customer that pays from this account or under this name; '' when nobody or several do.

        The account says more than the name, and the very name of one customer more than what it was taught without
        its legal form. An account that is known as one customer's says nothing where the name is to the letter
        another's, unless it was taught so too.
        """
        taught = self.taught_names.get(plain_name(name))
        if found := self.accounts.get(plain_account(account)) if account else "":
            return found if taught == found or self._may_be(name, found) else ""
        if taught is not None and len(self.full.get(full_name(name), ())) != 1:
            return taught
        named = self.namesakes(name)
        return next(iter(named)) if len(named) == 1 else ""

    def taught(self, name: str, account: str) -> bool:
        """Whether the customer is known only by what people taught, and not by its own name."""
        customer = self.customer(name, account)
        return bool(customer) and customer not in self._so_named(name)

    def _may_be(self, name: str, customer: str) -> bool:
        """Whether this name is not that of other customers only, who are not billed with this one."""
        named = self._so_named(name)
        return not named or customer in named or customer in {self.billed.get(one) for one in named}

    def _so_named(self, name: str) -> frozenset[str]:
        """The customers that are so named: to the letter, else but for the legal form."""
        return frozenset(self.full.get(full_name(name)) or self.names.get(plain_name(name)) or ())

    def namesakes(self, name: str) -> frozenset[str]:
        """The customers that are so named: to the letter, else but for the legal form, else as far as the name goes.

        A name of 20 characters and more may have been cut off by the bank.
        """
        plain = plain_name(name)
        if not plain:
            return frozenset()
        found = self._so_named(name)
        if not found and len(plain) >= _CUT:
            found = frozenset(one for known, owners in self.names.items() if known.startswith(plain) for one in owners)
        return found


def _put(known: dict[str, str], value: str, customer: str) -> None:
    if value:
        known[value] = customer if known.get(value, customer) == customer else ""
