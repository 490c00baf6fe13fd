"""Files that are something else than their name says, or no file at all."""

from __future__ import annotations

import gzip
import io
import os
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.faults.malformed_files import OddFile, Refused, Taken, book, csv_text
from tests.workbook.files import parts_of, png, zipped

_FREE, _END = 0xFFFFFFFF, 0xFFFFFFFE


def files() -> Iterator[OddFile]:
    """All of the group."""
    for about, name, data, must in (*_disguised(), *_others(), *_places()):
        yield OddFile(f"kind: {about}", name, data, must)


Made = tuple[str, str, bytes | Callable[[Path], None], Taken | Refused]


def ole(*names: str) -> bytes:
    """The smallest OLE container with these streams: header, table of sectors, directory, one sector of data."""
    header = struct.pack(
        "<8s16sHHHHH6sLLLLLLLLL",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"",
        0x3E,
        3,
        0xFFFE,
        9,
        6,
        b"",
        0,
        1,
        1,
        0,
        4096,
        _END,
        0,
        _END,
        0,
    )
    header += struct.pack("<109L", 0, *[_FREE] * 108)
    table = struct.pack("<128L", 0xFFFFFFFD, _END, _END, *[_FREE] * 125)
    entries = b"".join(_entry(name, 5 if not i else 2) for i, name in enumerate(("Root Entry", *names)))
    return header + table + entries.ljust(512, b"\0") + bytes(512)


def _entry(name: str, kind: int) -> bytes:
    raw = name.encode("utf-16-le")
    fixed = raw.ljust(64, b"\0") + struct.pack("<HBB", len(raw) + 2, kind, 1) + struct.pack("<3L", _FREE, _FREE, _FREE)
    return fixed + bytes(36) + struct.pack("<LQ", 2, 100)


def _disguised() -> Iterator[Made]:
    text = csv_text().encode()
    yield "a csv named .xlsx", "orders.xlsx", text, Refused("named .xlsx but holds plain text")
    yield "a csv named .xls", "orders.xls", text, Refused("named .xls but holds plain text")
    yield "a csv named .xlsm", "orders.XLSM", text, Refused("holds plain text")
    yield "a workbook named .csv", "orders.csv", book(), Refused("named .csv but is an Excel workbook")
    yield "a workbook named .txt", "orders.txt", book(), Refused("named .txt but is an Excel workbook")
    yield "a workbook named .xls", "orders.xls", book(), Refused("named .xls but is an Excel workbook")
    yield "a workbook named .pdf", "orders.pdf", book(), Refused("Excel workbook")
    yield "a workbook named .XLSX", "ORDERS.XLSX", book(), Taken()
    yield "a workbook named .xlsm", "orders.xlsm", book(), Taken()
    yield "a workbook without an ending", "orders", book(), Taken()
    yield "a csv named .txt", "orders.txt", text, Taken()
    yield "a csv named .tsv", "orders.tsv", csv_text(delimiter="\t").encode(), Taken()
    yield "a csv without an ending", "orders", text, Taken()
    yield "html named .xls", "orders.xls", b"<html><table><tr><td>Order</td></tr></table></html>", Refused("web page")
    yield "html named .xlsx", "orders.xlsx", b"\xef\xbb\xbf\n<!DOCTYPE html><html></html>", Refused("web page")
    yield "html named .csv", "orders.csv", b"<table><tr><td>Order</td></tr></table>", Refused("web page")
    yield "html in UTF-16", "orders.xls", "<html></html>".encode("utf-16"), Refused("web page")
    yield "old Excel XML", "orders.xls", b'<?xml version="1.0"?><Workbook xmlns="x"/>', Refused("an XML file")
    yield "JSON named .csv", "orders.csv", b'[{"Order": "O1"}]', Refused("a JSON file")
    yield "a PDF named .xlsx", "orders.xlsx", b"%PDF-1.7\n%\xe2\xe3", Refused("a PDF")
    yield "a picture named .xlsx", "orders.xlsx", png(), Refused("a picture")
    yield "a photo named .csv", "orders.csv", b"\xff\xd8\xff\xe0" + bytes(90), Refused("a picture")


def _others() -> Iterator[Made]:  # noqa: PLR0915 - one kind after the other
    yield (
        "encrypted",
        "orders.xlsx",
        ole("EncryptionInfo", "EncryptedPackage"),
        Refused("is encrypted. Remove the password"),
    )
    yield "an old .xls", "orders.xls", ole("Workbook"), Refused("old Excel file (.xls). Save it as .xlsx")
    yield "an older .xls", "orders.xls", ole("Book"), Refused("old Excel file")
    yield "an .xls of 1990", "orders.xls", b"\x09\x04\x06\x00\x00\x04\x10\x00" + bytes(50), Refused("old Excel file")
    yield "an .xls named .xlsx", "orders.xlsx", ole("Workbook"), Refused("named .xlsx but is an old Excel file")
    yield "a Word document", "orders.doc", ole("WordDocument", "1Table"), Refused("a Word document")
    yield "an Outlook message", "order.msg", ole("__properties_version1.0"), Refused("an Outlook message")
    yield "another OLE file", "orders.xls", ole("Something"), Refused("another kind")
    yield "an OLE header alone", "orders.xls", ole("Workbook")[:600], Refused("another kind")
    yield "eight bytes of OLE", "orders.xls", ole("Workbook")[:8], Refused("another kind")
    circle = bytearray(ole("Something"))
    struct.pack_into("<L", circle, 512 + 4, 1)
    yield "an OLE directory in a circle", "orders.xls", bytes(circle), Refused("another kind")
    ods = {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<x/>"}
    yield "an OpenDocument spreadsheet", "orders.ods", zipped(ods), Refused("OpenDocument spreadsheet (.ods). Save it")
    binary = parts_of(book())
    binary["xl/workbook.bin"] = binary.pop("xl/workbook.xml")
    binary["_rels/.rels"] = binary["_rels/.rels"].replace(b"workbook.xml", b"workbook.bin")
    yield "a binary workbook", "orders.xlsb", zipped(binary), Refused("binary workbook (.xlsb). Save it")
    word = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<x/>"}
    yield "a docx", "orders.docx", zipped(word), Refused("a Word document")
    slides = {"[Content_Types].xml": b"<Types/>", "ppt/presentation.xml": b"<x/>"}
    yield "a pptx", "orders.xlsx", zipped(slides), Refused("a PowerPoint presentation")
    yield "a zip of csv files", "orders.zip", zipped({"orders.csv": b"x"}), Refused("an archive. Unpack it")
    yield "gzip", "orders.csv.gz", gzip.compress(b"x"), Refused("an archive")
    yield "noise", "orders.csv", bytes(range(256)) * 20, Refused("not a text file")
    yield "noise named .xlsx", "orders.xlsx", b"\1\2\0\3" * 900, Refused("not a text file")
    yield "a database", "orders.csv", b"SQLite format 3\0" + bytes(100), Refused("not a text file")
    yield "nothing", "orders.xlsx", b"", Refused("is empty", waits=True)
    yield "nothing in a csv", "orders.csv", b"", Refused("is empty", waits=True)
    yield "one byte of text", "orders.csv", b"x", Refused("no header row")
    yield "10 MB of zeros", "orders.xlsx", bytes(10 << 20), Refused("not a text file")


def _places() -> Iterator[Made]:
    yield "a folder", "orders.xlsx", _folder, Refused("is a folder")
    yield "nothing there", "orders.xlsx", lambda path: None, Refused("cannot be read")
    if os.name == "posix":
        yield "a link", "orders.csv", _link, Refused("is a link")
        yield "a link to nowhere", "orders.csv", lambda path: path.symlink_to("nowhere"), Refused("is a link")
        yield "a pipe", "orders.csv", os.mkfifo, Refused("not a file that can be read")
    if hasattr(os, "geteuid") and os.geteuid():
        yield "a file that may not be read", "orders.csv", _locked, Refused("cannot be read")
    yield "larger than is read", "orders.csv", _sparse, Refused("larger than")


def _folder(path: Path) -> None:
    path.mkdir()


def _link(path: Path) -> None:
    target = path.with_name("target.csv")
    target.write_text(csv_text())
    path.symlink_to(target)


def _locked(path: Path) -> None:
    path.write_text(csv_text())
    path.chmod(0)


def _sparse(path: Path) -> None:
    with io.FileIO(path, "w") as file:
        file.truncate((256 << 20) + 1)
