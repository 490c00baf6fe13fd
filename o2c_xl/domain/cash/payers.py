"""Who pays, as banks name them: names that are one but for the way of writing, and names that are only alike.

`Müller & Söhne GmbH`, `MUELLER U. SOEHNE` and `Muller & Sohne GmbH` are one name, so that they say who pays. `Brix AG`
and `Brix GmbH`, or `Bauer` and `Baur`, are alike and two: they give a proposal at most.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

__all__ = ["Payers", "may_be", "plain_account", "plain_name"]

_LEGAL = frozenset(
    "gmbh ag kg ohg gbr ug mbh ek ev eg se co cokg comp company corp corporation inc incorporated llc llp ltd limited "
    "plc pty bv nv vof sa sas sarl srl spa snc sl sc as asa ab oy oyj aps kft zrt doo sro spzoo sp z zo oo".split()
)
_JOINING = frozenset("und u and et og och the".split())
_ONE_FORM = {
    "limited": "ltd",
    "corporation": "corp",
    "incorporated": "inc",
    "company": "co",
    "aktiengesellschaft": "ag",
}
_SAME = (("ae", "a"), ("oe", "o"), ("ue", "u"))
_PLAIN = str.maketrans({"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d"})
_IN_TWO = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
_ALIKE_CUT = 20
"""Characters from which on a name may be the beginning of a longer one."""
_FIELDS = (27, 35, 70, 140)
"""How long banks' fields for a name are (MT940, SEPA): a name as long as that may have been cut off there."""


def plain_account(text: str) -> str:
    """An account number without blanks and signs, in capitals."""
    return re.sub(r"[^A-Z0-9]", "", text.upper())


def may_be(payer: str, customers: Iterable[str]) -> str:
    """Which of several customers a payer may be, for a sentence; '' where it is no more than one."""
    several = sorted(customers)
    return f"{payer} may be {', '.join(several[:-1])} or {several[-1]}" if len(several) > 1 else ""


def plain_name(name: str) -> str:
    """A name without case, accents, signs and legal form, umlauts as plain vowels however they are written."""
    plain = "".join(_bare(_words(name)))
    for two, one in _SAME:
        plain = plain.replace(two, one)
    return plain


def _spellings(name: str) -> tuple[frozenset[str], frozenset[str]]:
    """How a name may be written, umlauts as plain vowels or as two: with its legal form, and without."""
    both = (_words(name), _words(unicodedata.normalize("NFC", name.casefold()).translate(_IN_TWO)))
    return frozenset(map("".join, both)), frozenset("".join(_bare(words)) for words in both)


def _words(text: str) -> list[str]:
    flat = unicodedata.normalize("NFKD", unicodedata.normalize("NFC", text.casefold()).translate(_PLAIN))
    flat = "".join(char for char in flat if not unicodedata.combining(char))
    flat = re.sub(r"(?<=\b\w)[.](?=\w\b)", "", flat)
    words = [_ONE_FORM.get(word, word) for word in re.findall(r"[^\W_]+", flat)]
    return [word for word in words if word not in _JOINING] or words


def _bare(words: list[str]) -> list[str]:
    return [word for word in words if word not in _LEGAL] or words


@dataclass(slots=True)
class Payers:
    """What is known of who pays: customers by account and by name, as people taught it ('' where several share it).

    `full` and `names` are all that are so named, with their legal form (where they have one) and without it, in each
    way to write it; `alike` are those of one `plain_name`, `formed` all that bear a legal form. `billed` are customers
    whose invoices another one gets, by that one.
    """

    accounts: dict[str, str] = field(default_factory=dict)
    taught_names: dict[str, str] = field(default_factory=dict)
    full: dict[str, set[str]] = field(default_factory=dict)
    names: dict[str, set[str]] = field(default_factory=dict)
    alike: dict[str, set[str]] = field(default_factory=dict)
    formed: set[str] = field(default_factory=set)
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
            whole, bare = _spellings(name)
            known.formed |= {customer} if whole != bare else set()
            for written, spelled in (
                (known.full, whole - bare),
                (known.names, bare),
                (known.alike, {plain_name(name)}),
            ):
                for one in filter(None, spelled):
                    written.setdefault(one, set()).add(customer)
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
        if taught is not None and len(_of(self.full, _spellings(name)[0])) != 1:
            return taught
        named = self._so_named(name) | self._cut_off(name)
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
        """The customers that are so named: to the letter, else but for a legal form that only one of the two has."""
        whole, bare = _spellings(name)
        if found := _of(self.full, whole):
            return found
        return _of(self.names, bare) - (self.formed if whole != bare else set())

    def namesakes(self, name: str) -> frozenset[str]:
        """The customers that are so named, else those alike, else those whose names begin like it."""
        plain = plain_name(name)
        if not plain:
            return frozenset()
        found = self._so_named(name) | self._cut_off(name) or frozenset(self.alike.get(plain, ()))
        return found or (self._beginning(plain) if len(plain) >= _ALIKE_CUT else frozenset())

    def _cut_off(self, name: str) -> frozenset[str]:
        """The customers whose names begin so, where the bank cut it off: what ends in a legal form is whole."""
        words = _words(name)
        cut = any(field - 1 <= len(name.strip()) <= field for field in _FIELDS) and words[-1] not in _LEGAL
        return self._beginning(plain_name(name)) if cut else frozenset()

    def _beginning(self, plain: str) -> frozenset[str]:
        return frozenset(one for known, owners in self.alike.items() if known.startswith(plain) for one in owners)


def _of(known: Mapping[str, set[str]], spellings: Iterable[str]) -> frozenset[str]:
    return frozenset(one for spelled in spellings for one in known.get(spelled, ()))


def _put(known: dict[str, str], value: str, customer: str) -> None:
    if value:
        known[value] = customer if known.get(value, customer) == customer else ""
