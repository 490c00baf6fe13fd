"""Valid files, changed at random in the ways that files go wrong: as bytes, as zips, as XML, as text."""

from __future__ import annotations

import datetime as dt
import io
import random
import re
import struct
import zipfile
from collections.abc import Callable, Mapping
from functools import cache

from tests.faults.malformed_files import LINE, Raw, book, changed, csv_text, rows, sheet
from tests.workbook.files import made, parts_of, table_xml, zipped

_VALUES = (
    "",
    "0",
    "1",
    "-1",
    "2",
    "7",
    "99999999999999999999",
    "1e999",
    "NaN",
    "INF",
    "x",
    "A1",
    "XFD1048576",
    "XFE1",
    "A1:B2",
    "true",
    "s",
    "n",
    "b",
    "e",
    "str",
    "inlineStr",
    "d",
    "&amp;",
    "&#x41;",
    "_x000D_",
    "1.5",
    "1_000",
    "٣",
    " 5 ",
    "\t",
    "2026-11-02",
    "#N/A",
    "#SPILL!",
    "sheet1.xml",
    "../x.xml",
    "http://192.0.2.1/x",
    "rId1",
    "External",
    "hidden",
    "1048576",
    "9" * 400,
)
_INSERTS = (
    b"<!-- x -->",
    b"<![CDATA[5]]>",
    b"<?x y?>",
    b"<!DOCTYPE x>",
    b"<x/>",
    b"<v>1</v>",
    b"<c/>",
    b"<row/>",
    b"x",
    b"&",
    b"<",
    b">",
    b"\0",
    b"\xff",
    b"</v>",
    b"<f>1</f>",
    b"<is><t>x</t></is>",
    b'<c r="A1"/>',
    b'<c r="B3" t="s"><v>0</v></c>',
    b"]]>",
    b"&lt;",
    b'<row r="3"/>',
    b"<t>x</t>",
    b"<r/>",
    b"<sheetData/>",
    b"<rPh><t>x</t></rPh>",
    b"\xef\xbb\xbf",
    b"<extLst/>",
    b"\r\n ",
)
_ELEMENT = re.compile(rb"<([A-Za-z_][\w:.-]*)(?:\s[^<>]*)?(?:/>|>(?:(?!<\1[\s/>]).)*?</\1>)", re.DOTALL)
_ATTRIBUTE = re.compile(rb'\s([\w:]+)="([^"]*)"')
_TEXT = re.compile(rb">([^<>]+)<")
Change = Callable[[random.Random, bytes], bytes]


@cache
def seeds() -> tuple[tuple[str, bytes], ...]:
    """Valid files by name: lists and tables of each way of writing cells, a rich workbook, csv of several kinds."""
    strings = "<sst>" + "".join(f"<si><t>{text}</t></si>" for text in ("O1", "C1", "007", "a", "b c")) + "</sst>"
    shared = Raw('<c r="{}" t="s"><v>2</v></c>')
    formula = Raw('<c r="{}"><f>1+1</f><v>2</v></c>')
    texts = Raw('<c r="{}" t="str"><f>"x"</f><v>x</v></c>')
    error = Raw('<c r="{}" t="e"><v>#N/A</v></c>')
    truth = Raw('<c r="{}" t="b"><v>1</v></c>')
    many = [
        changed(Order=f"O{i}", Quantity=float(i % 9 + 1), Order_date=dt.date(2026, 1, 1 + i % 28)) for i in range(90)
    ]
    own = ["Customer ID", "Name"]
    table = table_xml("A1:B3", own).replace('"T"', '"Customers"')
    bom = csv_text(delimiter=";").encode("utf-16")
    return (
        ("list.xlsx", book(LINE, changed(Order="O2", Notes=None))),
        ("shared.xlsx", book(changed(SKU=shared), changed(Order="O2", SKU=shared, Notes=shared), strings=strings)),
        (
            "odd.xlsx",
            book(changed(Quantity=formula, Notes=texts), changed(Order="O2", Notes=error), changed(Notes=truth)),
        ),
        ("long.xlsx", book(*many)),
        ("table.xlsx", sheet(rows(("C1", "Alfreds"), ("C2", "Bólido"), headers=own), table=table)),
        ("1904.xlsx", book(properties='<workbookPr date1904="1"/>')),
        ("rich.xlsx", made(4)),
        ("comma.csv", csv_text(*[(f"O{i}", "C1", "2026-11-02", f'"0{i}"', "2") for i in range(9)]).encode()),
        ("utf16.csv", bom),
        (
            "west.csv",
            "Order;Customer ID;Order date;SKU;Quantity;Unit price\nÄ1;C1;31.12.2026;007;2;1,5\n".encode("cp1252"),
        ),
    )


def mutated(number: int) -> tuple[str, bytes]:
    """The file of that number: always the same one."""
    choose = random.Random(number)
    name, data = choose.choice(seeds())
    for _ in range(choose.choice((1, 1, 1, 2, 3))):
        data = _changed(choose, name, data)
    return name, data


def _changed(choose: random.Random, name: str, data: bytes) -> bytes:
    if name.endswith(".csv"):
        return choose.choice(_AS_TEXT)(choose, data)
    if choose.random() < 0.25:
        return choose.choice(_AS_BYTES)(choose, data)
    parts = _parts(data)
    if not parts:
        return choose.choice(_AS_BYTES)(choose, data)
    if choose.random() < 0.15:
        return _repacked(choose, parts)
    part = choose.choice([name for name in parts if name.endswith((".xml", ".rels"))] or list(parts))
    if "sheet1.xml" not in part and choose.random() < 0.5:
        part = next((name for name in parts if name.endswith("sheet1.xml")), part)
    return zipped(parts | {part: choose.choice(_AS_XML)(choose, parts[part])})


def _parts(data: bytes) -> dict[str, bytes]:
    """The parts, none where an earlier change broke the zip."""
    try:
        return parts_of(data)
    except Exception:  # noqa: BLE001 - a zip breaks in many ways
        return {}


# --- bytes ------------------------------------------------------------------------------------------------------


def _flip(choose: random.Random, data: bytes) -> bytes:
    out = bytearray(data)
    for _ in range(choose.choice((1, 1, 2, 8))):
        if out:
            out[choose.randrange(len(out))] ^= 1 << choose.randrange(8)
    return bytes(out)


def _cut(choose: random.Random, data: bytes) -> bytes:
    return data[: choose.randrange(len(data) + 1)]


def _lose(choose: random.Random, data: bytes) -> bytes:
    at = choose.randrange(len(data) + 1)
    return data[:at] + data[at + choose.choice((1, 4, 50, 500)) :]


def _twice(choose: random.Random, data: bytes) -> bytes:
    at = choose.randrange(len(data) + 1)
    return data[:at] + data[max(at - choose.choice((1, 4, 50, 500)), 0) : at] + data[at:]


def _zeros(choose: random.Random, data: bytes) -> bytes:
    at, length = choose.randrange(len(data) + 1), choose.choice((1, 16, 300))
    return data[:at] + bytes(length) + data[at + length :]


def _header(choose: random.Random, data: bytes) -> bytes:
    """A number in a header of the zip."""
    marks = [m.start() for m in re.finditer(b"PK(?:\x01\x02|\x03\x04|\x05\x06)", data)]
    if not marks:
        return data
    out, at = bytearray(data), choose.choice(marks) + choose.randrange(4, 46)
    if at + 4 <= len(out):
        struct.pack_into("<L", out, at, choose.choice((0, 1, 8, 0xFFFF, 0xFFFFFFFF, choose.randrange(1 << 32))))
    return bytes(out)


_AS_BYTES: tuple[Change, ...] = (_flip, _cut, _lose, _twice, _zeros, _header, _header)


# --- zip --------------------------------------------------------------------------------------------------------


def _repacked(choose: random.Random, parts: Mapping[str, bytes]) -> bytes:
    """The same parts packed otherwise, in another order, one lost, one renamed, one twice, or two exchanged."""
    entries = list(parts.items())
    one, other = choose.randrange(len(entries) or 1), choose.randrange(len(entries) or 1)
    what = choose.randrange(6)
    if what == 0:
        choose.shuffle(entries)
    elif what == 1 and entries:
        entries.pop(one)
    elif what == 2 and entries:
        entries[one] = (choose.choice(("xl/x.xml", entries[one][0].upper(), entries[one][0] + " ")), entries[one][1])
    elif what == 3 and entries:
        entries.append((entries[one][0].swapcase(), entries[other][1]))
    elif what == 4 and entries:
        (a, x), (b, y) = entries[one], entries[other]
        entries[one], entries[other] = (a, y), (b, x)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", choose.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return out.getvalue()


# --- XML --------------------------------------------------------------------------------------------------------


def _splice(
    choose: random.Random, pattern: re.Pattern[bytes], data: bytes, new: Callable[[re.Match[bytes]], bytes]
) -> bytes:
    found = list(pattern.finditer(data, 0, 200_000))
    if not found:
        return data
    match = choose.choice(found)
    return data[: match.start()] + new(match) + data[match.end() :]


def _element_gone(choose: random.Random, data: bytes) -> bytes:
    return _splice(choose, _ELEMENT, data, lambda _: b"")


def _element_twice(choose: random.Random, data: bytes) -> bytes:
    return _splice(choose, _ELEMENT, data, lambda m: m[0] * choose.choice((2, 2, 3, 40)))


def _element_nested(choose: random.Random, data: bytes) -> bytes:
    return _splice(choose, _ELEMENT, data, lambda m: b"<%b>%b</%b>" % (m[1], m[0], m[1]))


def _elements_swapped(choose: random.Random, data: bytes) -> bytes:
    found = list(_ELEMENT.finditer(data, 0, 200_000))
    if len(found) < 2:
        return data
    a, b = sorted(choose.sample(found, 2), key=re.Match.start)
    if a.end() > b.start():
        return data
    return data[: a.start()] + b[0] + data[a.end() : b.start()] + a[0] + data[b.end() :]


def _attribute_changed(choose: random.Random, data: bytes) -> bytes:
    values = [*_VALUES, *(m[2].decode("utf-8", "replace") for m in _ATTRIBUTE.finditer(data, 0, 5_000))]
    return _splice(choose, _ATTRIBUTE, data, lambda m: b' %b="%b"' % (m[1], choose.choice(values).encode()))


def _attribute_gone(choose: random.Random, data: bytes) -> bytes:
    return _splice(choose, _ATTRIBUTE, data, lambda m: choose.choice((b"", m[0] * 2, b" t" + m[0].lstrip())))


def _attribute_new(choose: random.Random, data: bytes) -> bytes:
    name = choose.choice(("t", "r", "s", "ref", "xml:space", "hidden", "spans", "count", "cm"))
    new = f' {name}="{choose.choice(_VALUES)}"'.encode()
    return _splice(choose, re.compile(rb"<[A-Za-z:]+"), data, lambda m: m[0] + new)


def _text_changed(choose: random.Random, data: bytes) -> bytes:
    return _splice(choose, _TEXT, data, lambda _: b">%b<" % choose.choice(_VALUES).encode())


def _inserted(choose: random.Random, data: bytes) -> bytes:
    return _splice(choose, re.compile(rb"(?<=>)|(?=<)"), data, lambda _: choose.choice(_INSERTS))


def _inserted_anywhere(choose: random.Random, data: bytes) -> bytes:
    at = choose.randrange(len(data) + 1)
    return data[:at] + choose.choice(_INSERTS) + data[at:]


def _encoded(choose: random.Random, data: bytes) -> bytes:
    text = data.decode("utf-8", "replace")
    told = choose.choice(("UTF-8", "UTF-16", "ISO-8859-1", "windows-1252", "UTF-7"))
    text = re.sub(r'encoding="[^"]*"', f'encoding="{told}"', text, count=1)
    return text.encode(choose.choice(("utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32")))


_AS_XML: tuple[Change, ...] = (
    _element_gone,
    _element_twice,
    _element_nested,
    _elements_swapped,
    _attribute_changed,
    _attribute_changed,
    _attribute_gone,
    _attribute_new,
    _text_changed,
    _text_changed,
    _inserted,
    _inserted,
    _inserted_anywhere,
    _encoded,
    _flip,
    _cut,
    _lose,
)


# --- text -------------------------------------------------------------------------------------------------------


def _put(choose: random.Random, data: bytes) -> bytes:
    at = choose.randrange(len(data) + 1)
    odd = (
        '"',
        '""',
        ",",
        ";",
        "\t",
        "\r",
        "\n",
        "\r\n",
        "\0",
        "'",
        "=",
        "é",
        "٣",
        "\ufeff",
        "x" * 9000,
        "\u2028",
        "sep=;",
    )
    new = choose.choice(odd).encode(choose.choice(("utf-8", "cp1252", "utf-16-le")), "replace")
    return data[:at] + new + data[at:]


def _lines(choose: random.Random, data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    choose.shuffle(lines)
    return b"".join(lines * choose.choice((1, 1, 2, 50)))


def _recoded(choose: random.Random, data: bytes) -> bytes:
    codes = ("utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32", "cp1252", "cp850")
    return data.decode("utf-8", "replace").encode(choose.choice(codes), "replace")


def _worded(choose: random.Random, data: bytes) -> bytes:
    return _splice(choose, re.compile(rb"[^,;\n]+"), data, lambda _: choose.choice(_VALUES).encode())


_AS_TEXT: tuple[Change, ...] = (
    _flip,
    _cut,
    _lose,
    _twice,
    _zeros,
    _put,
    _put,
    _lines,
    _recoded,
    _worded,
    _worded,
    _worded,
)
