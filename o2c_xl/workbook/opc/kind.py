"""What a file is, told by its content: its name proves nothing.

Old Excel files and encrypted new ones share one container (OLE, [MS-CFB]); which it is says its directory.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Sequence
from enum import Enum
from typing import BinaryIO

__all__ = ["Kind", "kind_of", "kind_of_zip", "refusal"]

_HEAD = 4096
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MOST_SECTORS = 4096
_NO_SECTOR = 0xFFFFFFFA  # and above: marks, not places
_LISTED = 109  # sectors of the table of sectors that the header itself lists


class Kind(Enum):
    """What a file can be; the value names it in a sentence."""

    ZIP = "a zip file"
    TEXT = "a text file"
    EMPTY = "empty"
    ENCRYPTED = "encrypted"
    XLS = "an old Excel file (.xls)"
    XLSB = "a binary workbook (.xlsb)"
    ODS = "an OpenDocument spreadsheet (.ods)"
    WORD = "a Word document"
    SLIDES = "a PowerPoint presentation"
    MAIL = "an Outlook message"
    OLE = "an Office file of another kind"
    HTML = "a web page (HTML)"
    XML = "an XML file"
    JSON = "a JSON file"
    PDF = "a PDF"
    IMAGE = "a picture"
    RTF = "a text document (RTF)"
    ARCHIVE = "an archive"
    UTF16 = "a text in UTF-16 without the mark that says so"
    SHIFTED = "a workbook or zip file with other bytes in front of it"
    BINARY = "not a text file: it holds NUL bytes, which no text has"


_SIGNS = (
    (b"%PDF", Kind.PDF),
    (b"\x89PNG", Kind.IMAGE),
    (b"\xff\xd8\xff", Kind.IMAGE),
    (b"GIF8", Kind.IMAGE),
    (b"II*\0", Kind.IMAGE),
    (b"MM\0*", Kind.IMAGE),
    (b"{\\rtf", Kind.RTF),
    (b"\x1f\x8b", Kind.ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", Kind.ARCHIVE),
    (b"Rar!\x1a", Kind.ARCHIVE),
    (b"\xfd7zXZ", Kind.ARCHIVE),
    # Excel 2 to 4 wrote its records bare; each begins with BOF ([MS-XLS] 2.4.21 and its predecessors).
    (b"\x09\x00\x04\x00", Kind.XLS),
    (b"\x09\x02\x06\x00", Kind.XLS),
    (b"\x09\x04\x06\x00", Kind.XLS),
    (b"\x09\x08\x10\x00", Kind.XLS),
)
_HTML = re.compile(r"\s*<(?:!doctype\s+html|html|head|body|table|meta)[\s>/]", re.IGNORECASE)
_XML = re.compile(r"\s*<(?:\?xml\s|[A-Za-z_][\w:.-]*[\s/>])")
_JSON = re.compile(r"\s*(?:\{\s*[\"}]|\[\s*[\[{\"\]])")
_NAMED = {
    "EncryptedPackage": Kind.ENCRYPTED,
    "EncryptionInfo": Kind.ENCRYPTED,
    "Workbook": Kind.XLS,
    "Book": Kind.XLS,
    "WordDocument": Kind.WORD,
    "PowerPoint Document": Kind.SLIDES,
    "__properties_version1.0": Kind.MAIL,
}


def kind_of(file: BinaryIO) -> Kind:
    """The kind of the file by its first bytes, and for OLE by its directory."""
    head = file.read(_HEAD)
    if head.startswith(b"PK"):
        return Kind.ZIP
    if head.startswith(_OLE):
        return _kind_of_ole(file, head)
    for sign, kind in _SIGNS:
        if head.startswith(sign):
            return kind
    return _kind_of_text(head)


def _kind_of_text(head: bytes) -> Kind:
    encoding = _encoding(head)
    if encoding is None:
        return _kind_with_nul(head) if b"\0" in head else _shape(head.decode("latin-1"))
    return _shape(head.decode(encoding, "ignore"))


def _kind_with_nul(head: bytes) -> Kind:
    """What bytes with NUL among them are: Latin letters in UTF-16 have one in every second byte."""
    if b"PK\3\4" in head:
        return Kind.SHIFTED
    halves = head[::2].count(0), head[1::2].count(0)
    return Kind.UTF16 if max(halves) * 4 > len(head) and not min(halves) else Kind.BINARY


def _encoding(head: bytes) -> str | None:
    """The encoding that a byte order mark tells."""
    marks = ((b"\xff\xfe\0\0", "utf-32"), (b"\0\0\xfe\xff", "utf-32"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
    found = next((encoding for mark, encoding in marks if head.startswith(mark)), None)
    return found or ("utf-8-sig" if head.startswith(b"\xef\xbb\xbf") else None)


def _shape(text: str) -> Kind:
    if not text:
        return Kind.EMPTY
    shapes = ((_HTML, Kind.HTML), (_XML, Kind.XML), (_JSON, Kind.JSON))
    return next((kind for shape, kind in shapes if shape.match(text)), Kind.TEXT)


def _kind_of_ole(file: BinaryIO, head: bytes) -> Kind:
    """What an OLE container holds, by the names in its directory; a broken one is just that."""
    names = set()
    try:
        for sector in _directory(file, head):
            names |= set(_names(sector))
    except (struct.error, ValueError):
        return Kind.OLE
    return next((kind for name, kind in _NAMED.items() if name in names), Kind.OLE)


def _directory(file: BinaryIO, head: bytes) -> Iterator[bytes]:
    """The sectors of the directory, each once."""
    shift = struct.unpack_from("<H", head, 30)[0]
    if shift not in {9, 12}:
        return
    size = 1 << shift
    listed = struct.unpack_from(f"<{_LISTED}L", head, 76)
    sector = struct.unpack_from("<L", head, 48)[0]
    seen: set[int] = set()
    while sector < _NO_SECTOR and sector not in seen and len(seen) < _MOST_SECTORS:
        seen.add(sector)
        file.seek((sector + 1) << shift)
        yield file.read(size)
        table, place = divmod(sector, size // 4)
        if table >= _LISTED or listed[table] >= _NO_SECTOR:
            return
        file.seek(((listed[table] + 1) << shift) + 4 * place)
        sector = struct.unpack("<L", file.read(4))[0]


def _names(sector: bytes) -> Iterator[str]:
    """The names of a directory sector's entries of 128 bytes, in UTF-16."""
    for at in range(0, len(sector) - 127, 128):
        length = struct.unpack_from("<H", sector, at + 64)[0]
        if 2 <= length <= 64:  # noqa: PLR2004 - a name has at most 32 units, its zero among them
            yield sector[at : at + length - 2].decode("utf-16-le", "ignore")


def kind_of_zip(names: Sequence[str], mimetype: bytes) -> Kind:
    """What a zip without a workbook's parts is, by the names in it and its part `mimetype`."""
    if b"opendocument.spreadsheet" in mimetype:
        return Kind.ODS
    starts = (("xl/workbook.bin", Kind.XLSB), ("word/", Kind.WORD), ("ppt/", Kind.SLIDES))
    return next((kind for start, kind in starts if any(n.startswith(start) for n in names)), Kind.ARCHIVE)


_MEND = {
    Kind.ENCRYPTED: "Remove the password and try again.",
    Kind.XLS: "Save it as .xlsx and try again.",
    Kind.XLSB: "Save it as .xlsx or .xlsm and try again.",
    Kind.ODS: "Save it as .xlsx and try again.",
    Kind.UTF16: "Save it as CSV UTF-8 or as .xlsx.",
    Kind.SHIFTED: "Send the file itself again, as Excel saved it.",
    Kind.BINARY: "Save it as CSV UTF-8 or as .xlsx.",
    Kind.ARCHIVE: "Unpack it and send the workbooks or csv files in it one by one.",
}
_OTHERWISE = "Send the rows as an Excel workbook (.xlsx) or as CSV UTF-8."


def refusal(kind: Kind) -> str:
    """Why a file of this kind is not read, and what to do: `is a PDF. Send …`."""
    return f"is {kind.value}. {_MEND.get(kind, _OTHERWISE)}"
