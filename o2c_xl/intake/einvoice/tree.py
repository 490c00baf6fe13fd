"""XML from a stranger as a tree of local names: no DOCTYPE, no entities, bounded in depth and size.

Prefixes and name spaces differ from sender to sender, local names do not; so elements are found by these.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from o2c_xl.domain.issue import CannotRun

__all__ = ["Node", "read_tree"]

_MOST_DEPTH = 60
_MOST_ELEMENTS = 2_000_000
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")
_DAY = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?:[Z+T-].*)?")


class _Refused(Exception):
    """What stops the reading, in words."""


class Node:
    """An element of the invoice with what people would ask it; `place` says where it is."""

    __slots__ = ("element", "place")

    def __init__(self, element: Element, place: str) -> None:
        self.element, self.place = element, place

    def all(self, path: str) -> list[Node]:
        """The elements at a path of local names, `A/B`."""
        return [Node(found, f"{self.place}/{path}") for found in self.element.findall(path)]

    def first(self, path: str) -> Node | None:
        """The first of them."""
        found = self.element.find(path)
        return None if found is None else Node(found, f"{self.place}/{path}")

    def text(self, path: str = "") -> str:
        """The text there, empty where there is none."""
        found = self.element.find(path) if path else self.element
        return "" if found is None else " ".join("".join(found.itertext()).split())

    def attribute(self, path: str, name: str) -> str:
        """An attribute of the element there."""
        found = self.element.find(path) if path else self.element
        return "" if found is None else found.get(name, "").strip()

    def number(self, path: str = "") -> Decimal | None:
        """The number there; None where there is none. Raises CannotRun where it is none."""
        text = self.text(path)
        if not text:
            return None
        try:
            if _NUMBER.fullmatch(text):
                return Decimal(text)
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


def read_tree(data: bytes) -> Node:
    """The document's root; raises CannotRun in one sentence."""
    parser, builder = expat.ParserCreate(namespace_separator=" "), TreeBuilder()
    depth = count = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth, count
        depth, count = depth + 1, count + 1
        if depth > _MOST_DEPTH or count > _MOST_ELEMENTS:
            raise _Refused("its elements lie too deep in each other, or are too many")
        builder.start(_local(tag), {_local(name): value for name, value in attributes.items()})

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(_local(tag))

    def refuse(*_: object) -> None:
        raise _Refused("it holds a DOCTYPE, which no invoice may have")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = refuse
    parser.buffer_text = True
    try:
        parser.Parse(data, True)
    except _Refused as refused:
        raise CannotRun(f"The invoice is not read: {refused}.") from refused
    except expat.ExpatError as error:
        raise CannotRun(f"The invoice is no well-formed XML: {error}.") from error
    except (LookupError, ValueError) as error:
        raise CannotRun(f"The invoice has an unknown encoding: {error}.") from error
    root = builder.close()
    return Node(root, root.tag)


def _local(name: str) -> str:
    return name.rpartition(" ")[2]
