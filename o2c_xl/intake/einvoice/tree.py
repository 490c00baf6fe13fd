"""XML from a stranger as a tree of local names: no DOCTYPE, no entities, bounded in depth and size.

Prefixes differ from sender to sender, local names do not; so elements are found by these. The name space that counts is
the root's: it says which standard, and which version, the file follows.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from o2c_xl.domain.issue import CannotRun
from o2c_xl.domain.money import beyond_books

__all__ = ["Node", "read_tree", "tax_totals"]

_MOST_DEPTH = 60
_MOST_ELEMENTS = 2_000_000
_OF_OTHERS = "UBLExtensions"  # what is agreed outside the standard
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)  # xs:decimal knows no other digits
_DAY = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?:[Z+T-].*)?", re.ASCII)


class _Refused(Exception):
    """What stops the reading, in words."""


class Node:
    """An element of the invoice with what people would ask it; `place` says where it is, `space` the root's name space.

    What is asked for as one is there once: two would be two invoices in one, and nobody can tell which one holds.
    Only `all` and `first_text` let there be more.
    """

    __slots__ = ("element", "place", "space")

    def __init__(self, element: Element, place: str, space: str = "") -> None:
        self.element, self.place, self.space = element, place, space

    def all(self, path: str) -> list[Node]:
        """The elements at a path of local names, `A/B`."""
        return [Node(found, f"{self.place}/{path}") for found in self.element.findall(path)]

    def one(self, path: str = "") -> Node | None:
        """The one element there; None where there is none. Raises CannotRun where there are more."""
        if not path:
            return self
        found = self.all(path)
        if len(found) > 1:
            raise CannotRun(f"{self.place}/{path} occurs twice. Ask the supplier for a corrected invoice.")
        return found[0] if found else None

    def text(self, path: str = "") -> str:
        """The text there, empty where there is none. Raises CannotRun where there are more."""
        found = self.one(path)
        return "" if found is None else found.said()

    def first_text(self, path: str) -> str:
        """The first text there, where the standard lets there be several."""
        return next((one.said() for one in self.all(path)), "")

    def said(self) -> str:
        """Its text on one line."""
        return " ".join("".join(self.element.itertext()).split())

    def attribute(self, path: str, name: str) -> str:
        """An attribute of the element there."""
        found = self.one(path)
        return "" if found is None else found.element.get(name, "").strip()

    def amounts_not_in(self, currency: str, accounting: tuple[str, str]) -> tuple[tuple[str, str], ...]:
        """Where amounts are in another currency, and in which; `accounting` is the one place and currency let be."""
        found: dict[tuple[str, str], None] = {}
        waiting = [(self.element, "")]
        while waiting:
            element, path = waiting.pop()
            said = (path, element.get("currencyID", "").strip() or currency)
            if said[1] != currency and said != accounting:
                found[said] = None
            below = [(one, f"{path}/{one.tag}".lstrip("/")) for one in element if one.tag != _OF_OTHERS]
            waiting += reversed(below)
        return tuple(found) if currency else ()

    def number(self, path: str = "") -> Decimal | None:
        """The number there; None where there is none. Raises CannotRun where it is none."""
        text = self.text(path)
        if not text:
            return None
        try:
            number = Decimal(text) if _NUMBER.fullmatch(text) else None
            if number is not None and beyond_books(number):
                problem = f"'{text[:40]}' is too large; at most eleven digits stand before the point."
                raise CannotRun(f"{self.place}/{path}: {problem} Ask the supplier for a corrected invoice.")
            if number is not None:
                return number
        except InvalidOperation:  # pragma: no cover -- the pattern lets no such text through
            pass
        raise CannotRun(f"{self.place}/{path}: '{text[:40]}' is not a number.")

    def day(self, path: str = "") -> date | None:
        """The day there, `2026-03-05` or `20260305`; raises CannotRun where it is none."""
        text = self.text(path)
        if not text:
            return None
        found = _DAY.fullmatch(text)
        try:
            if found:
                return date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            pass
        raise CannotRun(f"{self.place}/{path}: '{text[:40]}' is not a date.")


def tax_totals(node: Node, path: str, currency: str) -> tuple[Decimal | None, Decimal | None]:
    """The tax in the invoice's currency (BT-110) and the seller's (BT-111), told apart by their currency."""
    own: list[Node] = []
    other: list[Node] = []
    for one in node.all(path):
        (own if not currency or one.attribute("", "currencyID") in {"", currency} else other).append(one)
    if len(own) > 1 or len(other) > 1:
        raise CannotRun(f"{node.place}/{path} occurs twice. Ask the supplier for a corrected invoice.")
    return own[0].number() if own else None, other[0].number() if other else None


class _Growing:
    """What the parser tells of becomes a tree; `space` is the name space of its root."""

    def __init__(self) -> None:
        self.builder = TreeBuilder()
        self.depth = self.count = 0
        self.space = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if not self.count:
            self.space = tag.rpartition(" ")[0]
        self.depth, self.count = self.depth + 1, self.count + 1
        if self.depth > _MOST_DEPTH or self.count > _MOST_ELEMENTS:
            raise _Refused("its elements lie too deep in each other, or are too many")
        self.builder.start(_local(tag), {_local(name): value for name, value in attributes.items()})

    def end(self, tag: str) -> None:
        self.depth -= 1
        self.builder.end(_local(tag))

    def refuse(self, *_: object) -> None:
        raise _Refused("it holds a DOCTYPE, which no invoice may have")


def read_tree(data: bytes) -> Node:
    """The document's root; raises CannotRun in one sentence."""
    parser, growing = expat.ParserCreate(namespace_separator=" "), _Growing()
    parser.StartElementHandler, parser.EndElementHandler = growing.start, growing.end
    parser.CharacterDataHandler = growing.builder.data
    parser.StartDoctypeDeclHandler = growing.refuse
    parser.buffer_text = True
    try:
        parser.Parse(data, True)
    except _Refused as refused:
        raise CannotRun(f"The invoice is not read: {refused}.") from refused
    except expat.ExpatError as error:
        raise CannotRun(f"The invoice is no well-formed XML: {error}.") from error
    except (LookupError, ValueError) as error:
        raise CannotRun(f"The invoice has an unknown encoding: {error}.") from error
    root = growing.builder.close()
    return Node(root, root.tag, growing.space)


def _local(name: str) -> str:
    return name.rpartition(" ")[2]
