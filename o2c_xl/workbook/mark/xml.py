"""Small parts of a workbook as bytes: their elements side by side, what they relate to, and parts that are new.

As everywhere in write-back, nothing is rewritten that is not meant: elements are found by their offsets and new ones
are spliced in between.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from o2c_xl.workbook.opc.deflate import Packed
from o2c_xl.workbook.opc.markup import attributes, check_well_formed, in_utf8, local_name, tags, tree
from o2c_xl.workbook.opc.package import Package
from o2c_xl.workbook.opc.records import CENTRAL, END, LOCAL
from o2c_xl.workbook.opc.sheet import Splice, spliced
from o2c_xl.workbook.values import MAX_TEXT

__all__ = [
    "DECLARATION",
    "Child",
    "Part",
    "Related",
    "attribute_text",
    "children",
    "free_name",
    "inside",
    "join",
    "storable",
    "with_content_types",
    "with_new_parts",
]

DECLARATION = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_RELATIONS = b"http://schemas.openxmlformats.org/package/2006/relationships"
_DAY = 1 << 5 | 1  # 1 January 1980, as zip counts: new parts carry no clock
_NAMES_UTF8 = 0x800
_UNSTORABLE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Child:
    """An element: its local name, its start tag from `start` to `open_end`, its content up to `close`, all to `end`."""

    name: bytes
    start: int
    open_end: int
    close: int
    end: int


def children(xml: bytes, start: int, end: int) -> Iterator[Child]:
    """The elements that stand side by side from `start` on, up to the end of the one they are in."""
    depth = 0
    opened: tuple[bytes, int, int] = (b"", 0, 0)
    for tag in tags(xml, start, end):
        text = tag[0]
        if text.startswith(b"</"):
            depth -= 1
            if depth < 0:
                return
            if depth == 0:
                yield Child(*opened, tag.start(), tag.end())
        elif depth == 0 and text.endswith(b"/>"):
            yield Child(local_name(text), tag.start(), tag.end(), tag.end(), tag.end())
        elif not text.endswith(b"/>"):
            if depth == 0:
                opened = (local_name(text), tag.start(), tag.end())
            depth += 1


def inside(xml: bytes, child: Child, new: bytes) -> Splice:
    """`new` as the last content of the element, which is opened where it is `<so/>`."""
    if child.open_end < child.end:
        return Splice(child.close, child.close, new)
    tag = xml[child.start : child.end]
    name = tag[1:-2].split(None, 1)[0]
    return Splice(child.start, child.end, tag[:-2].rstrip() + b">" + new + b"</" + name + b">")


def join(xml: bytes, splices: list[Splice]) -> bytes:
    """`xml` with the splices made."""
    return b"".join(spliced(xml, splices))


class Part:
    """A small part in UTF-8, well-formed: its root and the elements in it."""

    def __init__(self, data: bytes, name: str) -> None:
        check_well_formed(data, name)
        self.xml = in_utf8(data, name)
        first = next(tags(self.xml, 0, len(self.xml)))
        if first[0].endswith(b"/>"):  # an empty root: open it
            root = Child(local_name(first[0]), first.start(), first.end(), first.end(), first.end())
            self.xml = join(self.xml, [inside(self.xml, root, b"")])
            first = next(tags(self.xml, 0, len(self.xml)))
        self.tag: bytes = first[0]
        self.start, self.close = first.end(), self.xml.rfind(b"</")
        self.prefix = self.tag[1:].split(None, 1)[0].rstrip(b">").rpartition(local_name(self.tag))[0]
        self.children = list(children(self.xml, self.start, len(self.xml)))

    def child(self, name: bytes) -> Child | None:
        """The first element of that name."""
        return next((child for child in self.children if child.name == name), None)

    def within(self, child: Child | None) -> list[Child]:
        """The elements in an element."""
        return [] if child is None else list(children(self.xml, child.open_end, child.close))

    def bytes_of(self, child: Child) -> bytes:
        """The element as it stands."""
        return self.xml[child.start : child.end]


class Related:
    """The relations of one part, which can be added to."""

    def __init__(self, package: Package, part: str, base: bytes) -> None:
        folder, name = posixpath.split(part)
        wanted = posixpath.join(folder, "_rels", f"{name}.rels")
        self.name = package.find(wanted) or wanted
        self.exists = package.find(wanted) is not None
        self._folder, self._base = folder, base
        empty = DECLARATION + b'<Relationships xmlns="%s"></Relationships>' % _RELATIONS
        data = package.read(self.name) if self.exists else empty
        self._part = Part(data, self.name)
        self._new: list[bytes] = []
        self._entries = {entry.get("Id", ""): entry for entry in tree(data, self.name)}

    def targets(self, kind: str) -> dict[str, str]:
        """The parts of that kind by the relation's id, as paths in the package."""
        return {
            key: posixpath.normpath(posixpath.join("/", self._folder, unquote(entry.get("Target", "")))).lstrip("/")
            for key, entry in self._entries.items()
            if entry.get("Type", "").rpartition("/")[2] == kind and entry.get("TargetMode") != "External"
        }

    def add(self, kind: str, target: str) -> str:
        """Relate to a part; the new relation's id."""
        used = {key.casefold() for key in self._entries}
        number = len(used) + len(self._new) + 1
        while f"rid{number}" in used:
            number += 1
        key = f"rId{number}"
        self._entries[key] = tree(b"<taken/>", self.name)
        path = posixpath.relpath("/" + target, "/" + self._folder)
        self._new.append(
            b'<%sRelationship Id="%s" Type="%s/%s" Target="%s"/>'
            % (self._part.prefix, key.encode(), self._base, kind.encode(), attribute_text(path))
        )
        return key

    @property
    def changed(self) -> bytes | None:
        """The part with what was added; None when nothing was."""
        if not self._new:
            return None
        part = self._part
        return part.xml[: part.close] + b"".join(self._new) + part.xml[part.close :]


def attribute_text(text: str) -> bytes:
    """Text as it stands in an attribute."""
    for sign, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("\n", "&#10;")):
        text = text.replace(sign, entity)
    return text.encode("utf-8")


def storable(text: str) -> str:
    """The text as any workbook can show it: no longer than a cell holds, a sign in place of each control character."""
    return _UNSTORABLE.sub("\ufffd", text.replace("\r\n", "\n")[:MAX_TEXT])


def with_content_types(
    data: bytes, name: str, overrides: Mapping[str, bytes], defaults: Mapping[bytes, bytes]
) -> bytes:
    """`[Content_Types].xml` that knows the new parts, and the endings that it lacks."""
    part = Part(data, name)
    known = {
        attributes(part.xml[child.start : child.open_end]).get(b"Extension", b"").lower()
        for child in part.children
        if child.name == b"Default"
    }
    p = part.prefix
    first = b"".join(
        b'<%sDefault Extension="%s" ContentType="%s"/>' % (p, ending, kind)
        for ending, kind in defaults.items()
        if ending not in known
    )
    last = b"".join(
        b'<%sOverride PartName="/%s" ContentType="%s"/>' % (p, attribute_text(path), kind)
        for path, kind in overrides.items()
    )
    return part.xml[: part.start] + first + part.xml[part.start : part.close] + last + part.xml[part.close :]


def free_name(taken: Callable[[str], object], pattern: str) -> str:
    """The first part name of the pattern (`{}` is a number) that is not taken."""
    number = 1
    while taken(pattern.format(number)):
        number += 1
    return pattern.format(number)


def with_new_parts(data: bytes, new: Mapping[str, Packed]) -> bytes:
    """The zip with more parts behind the ones it has, whose bytes stay where they are."""
    at = data.rfind(b"PK\5\6")
    _, _, _, _, count, length, offset, comment = END.unpack_from(data, at)
    locals_, central = [data[:offset]], [data[offset : offset + length]]
    place = offset
    for name, (packed, crc, size) in new.items():
        raw = name.encode("utf-8")
        flags = 0 if name.isascii() else _NAMES_UTF8
        sizes = (crc, len(packed), size, len(raw))
        locals_ += [LOCAL.pack(b"PK\3\4", 20, flags, 8, 0, _DAY, *sizes, 0), raw, packed]
        central += [CENTRAL.pack(b"PK\1\2", 20, 20, flags, 8, 0, _DAY, *sizes, 0, 0, 0, 0, 0, place), raw]
        place += LOCAL.size + len(raw) + len(packed)
    table = b"".join(central)
    number = count + len(new)
    end = END.pack(b"PK\5\6", 0, 0, number, number, len(table), place, comment)
    return b"".join([*locals_, table, end, data[at + END.size :]])
