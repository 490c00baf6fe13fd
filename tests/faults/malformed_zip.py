"""Odd zips: what lies around the parts of a workbook."""

from __future__ import annotations

import io
import os
import struct
import zipfile
from collections.abc import Callable, Iterator, Mapping

from tests.faults.malformed_files import SHEET, OddFile, Refused, Taken, book
from tests.workbook.files import parts_of, zipped

_CENTRAL, _LOCAL, _END = b"PK\1\2", b"PK\3\4", b"PK\5\6"


def files() -> Iterator[OddFile]:
    """All of the group."""
    for about, data, must in (*_cut(), *_names(), *_directories(), *_contents(), *_bombs(), *_harmless()):
        yield OddFile(f"zip: {about}", "orders.xlsx", data, must)


def _cut() -> Iterator[tuple[str, bytes, Refused]]:
    data = book()
    end = data.index(_END)
    for share in (1, 25, 50, 75, 99):
        at = len(data) * share // 100
        yield f"{share} percent of it", data[:at], Refused("end is missing", waits=True)
    yield "without its directory", data[: data.index(_CENTRAL)], Refused("end is missing", waits=True)
    yield "without its end record", data[:end], Refused("end is missing", waits=True)
    yield "half an end record", data[: end + 10], Refused("damaged")
    yield "filled up with zeros", data[: len(data) // 2] + bytes(len(data) // 2), Refused("end is missing", waits=True)
    yield "four bytes", data[:4], Refused("end is missing", waits=True)
    yield "one byte", data[:1], Refused("end is missing", waits=True)
    yield "a hole of zeros", data[:300] + bytes(200) + data[500:], Refused("damaged")
    yield "its first bytes lost", data[30:], Refused("")


def _names() -> Iterator[tuple[str, bytes, Refused]]:
    for name in ("../evil.xml", "/etc/passwd", "xl/../../x", "C:/x.xml", "\\\\host\\x", "..\\x", "xl/a:b"):
        yield f"part named {name}", zipped(parts_of(book()) | {name: b"x"}), Refused("unsafe name")
    twice = io.BytesIO(book())
    with zipfile.ZipFile(twice, "a") as archive:
        archive.writestr("XL/Worksheets/Sheet1.xml", "<worksheet/>")
    yield "two sheets that differ in case", twice.getvalue(), Refused("two parts named")
    raw = zipped(parts_of(book()) | {"xl/worksheets/sheet9.xml": b"<worksheet/>"})
    yield "a part twice", raw.replace(b"sheet9.xml", b"sheet1.xml"), Refused("two parts named")
    local = bytearray(book())
    at = local.index(_LOCAL)
    local[at + 30] ^= 0x20
    yield "another name in the local header", bytes(local), Refused("not where the directory says")


def _patched(offset: int, form: str, value: int | Callable[[int], int], mark: bytes = _CENTRAL) -> bytes:
    """The good workbook with a number of its first directory entry, local header or end record changed."""
    data = bytearray(book())
    at = data.index(mark) + offset
    old = struct.unpack_from(form, data, at)[0]
    struct.pack_into(form, data, at, value(old) if callable(value) else value)
    return bytes(data)


def _directories() -> Iterator[tuple[str, bytes, Refused]]:
    yield "an encrypted part", _patched(8, "<H", lambda flags: flags | 1), Refused("encrypted")
    for method in (1, 6, 9, 12, 14, 93, 95, 98, 99):
        yield f"packed by method {method}", _patched(10, "<H", method), Refused("packed in a way")
    yield "another method in the local header", _patched(8, "<H", 0, _LOCAL), Refused("not where the directory says")
    yield "a wrong checksum", _patched(16, "<L", lambda crc: crc ^ 1), Refused("damaged")
    yield "a part shorter than it says", _patched(24, "<L", lambda size: size + 9), Refused("damaged")
    yield "a part longer than it says", _patched(24, "<L", lambda size: size - 9), Refused("damaged")
    yield "a part of nearly 4 GB", _patched(24, "<L", 0xFFFFFFF0), Refused("unpacks to")
    yield "packed size beyond the file", _patched(20, "<L", 0x7FFFFFFF), Refused("overlap")
    yield "a part that starts elsewhere", _patched(42, "<L", 77), Refused("")
    yield "a part that starts beyond the end", _patched(42, "<L", 0x7FFFFFFF), Refused("")
    yield "the directory elsewhere", _patched(16, "<L", 3, _END), Refused("damaged")
    yield "the directory beyond the end", _patched(16, "<L", 0x7FFFFFFF, _END), Refused("damaged")
    yield "a directory of one byte", _patched(12, "<L", 1, _END), Refused("damaged")
    yield "nothing in the directory", zipped({}), Refused("an archive")
    yield "a part inside another", _inside(), Refused("overlap")


def _inside() -> bytes:
    """A stored part that holds a whole local entry, which the directory lists as a part of its own."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in parts_of(book()).items():
            archive.writestr(name, data)
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("xl/inner.xml", "<x/>")
    hidden = inner.getvalue()[: inner.getvalue().index(_CENTRAL)]
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("xl/outer.bin", hidden)
        outer = archive.getinfo("xl/outer.bin").header_offset
        archive.writestr("xl/inner.xml", "<x/>")
        archive.getinfo("xl/inner.xml").header_offset = outer + 30 + len("xl/outer.bin")
    return out.getvalue()


def _contents() -> Iterator[tuple[str, bytes, Refused]]:
    parts = parts_of(book())
    for name in ("xl/workbook.xml", SHEET, "_rels/.rels", "xl/_rels/workbook.xml.rels"):
        yield f"without {name}", zipped({n: d for n, d in parts.items() if n != name}), Refused("")
        yield f"{name} empty", zipped(parts | {name: b""}), Refused("damaged")
        yield f"{name} cut", zipped(parts | {name: parts[name][:-20]}), Refused("damaged")
        yield f"{name} of noise", zipped(parts | {name: bytes(range(256))}), Refused("damaged")
    for name in ("xl/workbook.xml", "xl/styles.xml", SHEET):
        yield f"{name} with a DOCTYPE", zipped(parts | {name: _doctype(parts[name])}), Refused("DOCTYPE")
        utf16 = _doctype(parts[name]).decode().replace("UTF-8", "UTF-16").encode("utf-16")
        yield f"{name} with a DOCTYPE in UTF-16", zipped(parts | {name: utf16}), Refused("DOCTYPE")
    laughs = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10 if i else "ha"}">' for i in range(10))
    yield "a billion laughs", zipped(parts | {SHEET: _doctype(parts[SHEET], f"[{laughs}]")}), Refused("DOCTYPE")
    outside = '[<!ENTITY x SYSTEM "file:///etc/passwd">]'
    yield "an entity from outside", zipped(parts | {SHEET: _doctype(parts[SHEET], outside)}), Refused("DOCTYPE")
    odd = parts[SHEET].replace(b"UTF-8", b"UTF-7")
    yield "a sheet in UTF-7", zipped(parts | {SHEET: odd}), Refused("unknown encoding")
    yield (
        "a sheet that is not UTF-8",
        zipped(parts | {SHEET: parts[SHEET].replace(b"door", b"d\xff\xfer")}),
        Refused(""),
    )
    root = parts["_rels/.rels"].replace(b'Target="xl/workbook.xml"', b'Target="../../../etc/passwd"')
    yield "a relation that leads outside", zipped(parts | {"_rels/.rels": root}), Refused("not an Excel workbook")
    two = parts["xl/workbook.xml"].replace(b"</sheets>", b'<sheet name="s" sheetId="2" r:id="rId1"/></sheets>')
    yield "two sheets of one name", zipped(parts | {"xl/workbook.xml": two}), Refused("two sheets named")
    lost = parts["xl/workbook.xml"].replace(b'r:id="rId1"', b'r:id="rId77"')
    yield "a sheet without a part", zipped(parts | {"xl/workbook.xml": lost}), Refused("is missing")


def _doctype(part: bytes, inside: str = "") -> bytes:
    text = part.decode()
    body = text.partition("?>")[2] if text.startswith("<?xml") else text
    return f'<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE x {inside}>{body}'.encode()


def _bombs() -> Iterator[tuple[str, bytes, Refused]]:
    parts: dict[str, bytes | str] = dict(parts_of(book()))
    yield "200 MB of spaces in the sheet", zipped(parts | {SHEET: b" " * (200 << 20)}), Refused("far more")
    noise = os.urandom(2 << 20)
    padded = zipped(parts | {"xl/media/image1.png": noise, SHEET: b" " * (100 << 20)})
    yield "100 MB of spaces beside a large picture", padded, Refused("far more")
    yield "2,100 parts", zipped(parts | {f"x/{i}": b"" for i in range(2100)}), Refused("2000")
    lying = bytearray(zipped(parts | {SHEET: b" " * (20 << 20)}))
    name = lying.rindex(SHEET.encode()) - 46
    struct.pack_into("<L", lying, name + 24, 500)
    yield "a bomb that lies about its size", bytes(lying), Refused("")
    deep = b'<worksheet xmlns="x"><sheetData/>' + b"<a>" * 300_000 + b"</a>" * 300_000 + b"</worksheet>"
    yield "300,000 elements in each other", zipped(parts | {SHEET: deep}), Refused("deeper")
    rows = b"<worksheet><sheetData><row>" + b"<c>" * 500 + b"</c>" * 500 + b"</row></sheetData></worksheet>"
    yield "500 cells in each other", zipped(parts | {SHEET: rows}), Refused("deeper")
    strings = f"<sst><si>{'<r>' * 100_000}{'</r>' * 100_000}</si></sst>"
    yield "a text of 100,000 runs in each other", book(strings=strings), Refused("deeper")
    nested = zipped({"orders.xlsx": book()})
    for _ in range(20):
        nested = zipped({"inner.zip": nested})
    yield "zips in each other", nested, Refused("an archive")
    yield "a workbook inside a zip", zipped({"orders.xlsx": book()}), Refused("an archive")


def _harmless() -> Iterator[tuple[str, bytes, Taken]]:
    parts: Mapping[str, bytes] = parts_of(book())
    yield "bytes before the zip", b"PK00" + book(), Taken()
    commented = io.BytesIO(book())
    with zipfile.ZipFile(commented, "a") as archive:
        archive.comment = b"made by a shop"
    yield "a comment", commented.getvalue(), Taken()
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    yield "nothing packed", stored.getvalue(), Taken()
    yield "parts in another order", zipped(dict(reversed(parts.items()))), Taken()
    yield "names in other case", zipped({n.replace("xl/w", "XL/W"): d for n, d in parts.items()}), Taken()
    yield "an embedded workbook", zipped(dict(parts) | {"xl/embeddings/b.xlsx": book()}), Taken()
    yield "folders as entries", zipped({"xl/": b"", "xl/worksheets/": b""} | dict(parts)), Taken()
    streamed = io.BytesIO()
    with zipfile.ZipFile(_Unseekable(streamed), "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    yield "sizes behind the parts", streamed.getvalue(), Taken()
    moved = {n.replace("xl/workbook", "book/main").replace("xl/", "book/"): d for n, d in parts.items()}
    moved["book/_rels/main.xml.rels"] = moved.pop("book/_rels/workbook.xml.rels")
    moved["_rels/.rels"] = moved["_rels/.rels"].replace(b"xl/workbook.xml", b"book/main.xml")
    yield "parts elsewhere than Excel has them", zipped(moved), Taken()
    decoy = dict(moved) | {n: d.replace(b"007", b"666") for n, d in parts.items() if n.startswith("xl/")}
    yield "other parts where Excel has its own", zipped(decoy), Taken(columns={"sku": ["007"]})
    outer = parts_of(book())
    rels = "xl/_rels/workbook.xml.rels"
    link = b'<Relationship Id="rId9" Type="x/externalLink" Target="http://192.0.2.1/x" TargetMode="External"/>'
    outer[rels] = outer[rels].replace(b"</Relationships>", link + b"</Relationships>")
    outer["xl/externalLinks/externalLink1.xml"] = b"<externalLink/>"
    yield "a link to another workbook", zipped(outer), Taken(note="links to other files were not followed")


class _Unseekable(io.RawIOBase):
    """A pipe: zipfile then writes sizes behind the parts."""

    def __init__(self, out: io.BytesIO) -> None:
        self.out = out

    def writable(self) -> bool:
        return True

    def write(self, data) -> int:
        return self.out.write(data)
