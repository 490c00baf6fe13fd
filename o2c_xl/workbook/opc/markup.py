"""XML as bytes: tags found and rewritten in place, so that everything not meant stays the byte it was.

Sheet parts are too large for a tree, and a tree would rewrite what it does not know. The tag pattern below is exact
on well-formed XML: in it a `<` opens a tag, a comment, a CDATA section or a processing instruction, nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from o2c_xl.workbook.errors import Damaged

__all__ = [
    "TAG",
    "attribute",
    "attributes",
    "check_pieces",
    "check_well_formed",
    "escaped",
    "find_mark",
    "in_utf8",
    "local_name",
    "plain",
    "tags",
    "tree",
    "with_attribute",
]

TAG = re.compile(
    rb"<(?:!--.*?--|!\[CDATA\[.*?\]\]|\?.*?\?"
    rb"|[^<>\"']*+(?:\"[^\"]*+\"[^<>\"']*+|'[^']*+'[^<>\"']*+)*+)>",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(rb"\s([^\s=<>\"'/]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_NAME = re.compile(rb"</?(?:[^\s<>/:]+:)?([^\s<>/:]+)")
_DECLARED = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
_ASIDE = re.compile(rb"<!--.*?-->|<\?.*?\?>|<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
MAX_DEPTH = 100
_TOO_DEEP = "The workbook is damaged: its elements lie deeper in each other than in any Excel file."
_FEW_TAGS = 10_000
_ONLY_OPENING = re.compile(rb"(?:<[A-Za-z_][^<>/]*+>[^<]*+){%d}" % (MAX_DEPTH + 1))
_RARE = 1_000  # so many a text may hold before the plain search is quicker
_DECLARATION = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
# What expat reads by itself; any other encoding has no place in a workbook (ECMA-376 part 2 allows UTF-8 and UTF-16).
_ENCODINGS = {"utf-8": "utf-8", "utf8": "utf-8", "us-ascii": "ascii", "ascii": "ascii", "iso-8859-1": "latin-1"}


def _refuse_doctype(*_: object) -> None:
    raise Damaged("The workbook holds a DOCTYPE, which no Excel file has; it is not read.")


def _parser(namespace_separator: str | None = None) -> expat.XMLParserType:
    """With a separator the names of elements must have declared prefixes."""
    parser = expat.ParserCreate(namespace_separator=namespace_separator)
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.buffer_text = True
    return parser


class _Depth:
    """Counts how deep elements lie in each other; no part of a workbook goes anywhere near the bound."""

    def __init__(self, parser: expat.XMLParserType) -> None:
        self.now = 0
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end

    def start(self, _tag: str, _attrs: dict[str, str]) -> None:
        self.now += 1
        if self.now > MAX_DEPTH:
            raise Damaged(_TOO_DEEP)

    def end(self, _tag: str) -> None:
        self.now -= 1


def _run(parser: expat.XMLParserType, pieces: Sequence[bytes | memoryview], name: str) -> None:
    try:
        for piece in pieces:
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        reason = expat.ErrorString(error.code)  # not the column: of a part that is one line nobody counts it
        raise Damaged(f"The workbook is damaged: its part {name} is not well-formed ({reason}).") from error
    except (LookupError, ValueError) as error:
        raise Damaged(f"The workbook is damaged: its part {name} has an unknown encoding.") from error


def check_well_formed(data: bytes, name: str) -> None:
    """Raise `Damaged` unless the part is well-formed XML without a DOCTYPE, not too deep.

    A large part costs no Python call per element; its depth shows only where elements do nothing but open.
    """
    parser = _parser(namespace_separator="}")
    if data.count(b"<") <= _FEW_TAGS:
        _Depth(parser)
    elif _ONLY_OPENING.search(data):
        raise Damaged(_TOO_DEEP)
    _run(parser, [data], name)


def check_pieces(pieces: Sequence[bytes | memoryview], name: str) -> None:
    """As `check_well_formed`, for XML in UTF-8 that lies in pieces."""
    _run(_parser(), pieces, name)


def tree(data: bytes, name: str) -> Element:
    """A small part, or a piece of one, as a tree of local names.

    They serve the transitional and the strict dialect and any prefix alike, and need no declared namespace.
    """
    builder = TreeBuilder()
    parser = _parser()

    depth = 0

    def start(tag: str, attrs: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_DEPTH:
            raise Damaged(_TOO_DEEP)
        builder.start(tag.rpartition(":")[2], {k.rpartition(":")[2]: v for k, v in attrs.items()})

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(tag.rpartition(":")[2])

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = builder.data
    _run(parser, [data], name)
    return builder.close()


def in_utf8(data: bytes, name: str) -> bytes:
    """The part as UTF-8 without a byte order mark; the very same bytes where it is that already."""
    encoding = _encoding(data, name)
    if data.startswith(b"\xef\xbb\xbf"):
        return data[3:]
    if encoding == "utf-8":
        return data
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise Damaged(f"The workbook is damaged: its part {name} is not the text it says.") from error
    said = _DECLARED.match(text.lstrip("\ufeff")[:200].encode("utf-8"))
    if encoding.startswith("utf-16") and said and not said[1].lower().startswith(b"utf-16"):
        raise Damaged(f"The workbook is damaged: its part {name} has an unknown encoding.")
    body = re.sub(r"^\s*<\?xml.*?\?>\s*", "", text.lstrip("\ufeff"), count=1, flags=re.DOTALL)
    return _DECLARATION + body.encode("utf-8")


def _encoding(data: bytes, name: str) -> str:
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return "utf-16"
    if data[:2] in {b"<\0", b"\0<"}:
        return "utf-16-le" if data[:1] == b"<" else "utf-16-be"
    marked = data.startswith(b"\xef\xbb\xbf")
    declared = _DECLARED.match(data[3 if marked else 0 : 200])
    if declared and marked and declared[1].lower() != b"utf-8":
        raise Damaged(f"The workbook is damaged: its part {name} has an unknown encoding.")
    known = _ENCODINGS.get(declared[1].decode().lower()) if declared else "utf-8"
    if known is None:
        raise Damaged(f"The workbook is damaged: its part {name} has an unknown encoding.")
    return known


def plain(data: bytes, name: str) -> bytes:
    """The part in UTF-8 without comments, processing instructions and CDATA sections, its text unchanged.

    python-calamine stops reading a sheet at its first comment, in silence; so it is given this.
    """
    data = in_utf8(data, name)
    if data.find(b"<!") < 0 and data.find(b"<?", 2) < 0:
        return data
    check_well_formed(data, name)
    body = _ASIDE.sub(lambda aside: escaped_bytes(aside[1] or b""), data)
    return _DECLARATION + body.lstrip()


def find_mark(data: bytes, mark: bytes, start: int, end: int) -> int:
    """Where `<!` or `<?` first stands, -1 where it does not.

    Its second byte is rare and a single byte is found ten times faster than two.
    """
    at = start
    for _ in range(_RARE):
        at = data.find(mark[1:], at + 1, end)
        if at < 0 or data[at - 1 : at] == mark[:1]:
            return max(at - 1, -1)
    return data.find(mark, at - 1, end)


def tags(data: bytes, start: int, end: int) -> Iterator[re.Match[bytes]]:
    """The tags between two offsets, comments and their like left out."""
    for found in TAG.finditer(data, start, end):
        if data[found.start() + 1] not in b"!?":
            yield found


def local_name(tag: bytes) -> bytes:
    """`row` of `<x:row r="1">` and of `</row>`."""
    found = _NAME.match(tag)
    return found[1] if found else b""


def attributes(tag: bytes) -> dict[bytes, bytes]:
    """The tag's attributes as they are written, entities unresolved."""
    return {name: double or single for name, double, single in _ATTRIBUTE.findall(tag)}


def attribute(tag: bytes, name: bytes) -> bytes | None:
    """One attribute of the tag, None when it has none of this name."""
    return attributes(tag).get(name)


def with_attribute(tag: bytes, name: bytes, value: bytes | None) -> bytes:
    """The start tag with the attribute set, or without it when `value` is None; the rest as it was."""
    for found in _ATTRIBUTE.finditer(tag):
        if found[1] == name:
            new = b"" if value is None else b" %s=%s" % (name, _quoted(value))
            return tag[: found.start()] + new + tag[found.end() :]
    if value is None:
        return tag
    close = -2 if tag.endswith(b"/>") else -1
    return tag[:close].rstrip() + b" %s=%s" % (name, _quoted(value)) + tag[close:]


def _quoted(value: bytes) -> bytes:
    return b'"%s"' % value.replace(b'"', b"&quot;")


def escaped(text: str) -> bytes:
    """Text as it stands between tags."""
    return escaped_bytes(text.encode("utf-8"))


def escaped_bytes(text: bytes) -> bytes:
    """As `escaped`, for text that is UTF-8 already."""
    return text.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")
