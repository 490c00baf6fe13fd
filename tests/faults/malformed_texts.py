"""Odd csv files: encodings, delimiters, quotes, line ends, decimal and date forms."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from decimal import Decimal

from tests.faults.malformed_files import CSV_LINE, Faults, Lacks, OddFile, Refused, Taken, csv_text

_H = ("Order", "Customer ID", "Order date", "SKU", "Quantity", "Unit price", "Notes")


def files() -> Iterator[OddFile]:
    """All of the group."""
    for about, data, must in (*_encodings(), *_shapes(), *_sizes(), *_forms()):
        yield OddFile(f"csv: {about}", "november.csv", data.encode() if isinstance(data, str) else data, must)


def _with_note(note: str, encoding: str) -> bytes:
    return csv_text((*CSV_LINE, "10.5", note), headers=_H).encode(encoding)


def _encodings() -> Iterator[tuple[str, bytes, Taken | Faults | Refused]]:
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"):
        yield (
            f"written in {encoding}",
            _with_note("Größe für Müller", encoding),
            Taken(columns={"": ["Größe für Müller"]}),
        )
    for mark, encoding in ((codecs.BOM_UTF16_BE, "utf-16-be"), (codecs.BOM_UTF32_BE, "utf-32-be")):
        yield f"written in {encoding}", mark + _with_note("Größe", encoding), Taken(columns={"": ["Größe"]})
    for text, encoding in (
        ("Käse", "cp850"),
        ("MÜLLER München", "mac_roman"),
        ("Москва", "cp1251"),
        ("Αθήνα", "cp1253"),
        ("東京", "shift_jis"),
        ("中文", "gb18030"),
        ("Łódź", "cp1250"),
    ):
        yield f"written in {encoding}", _with_note(text, encoding), Refused("CSV UTF-8")
    yield "UTF-16 without its mark", csv_text().encode("utf-16-le"), Refused("UTF-16 without the mark")
    yield "UTF-16 cut inside of a character", csv_text().encode("utf-16")[:-1], Refused("encoding")
    yield (
        "a broken byte in UTF-8",
        "Größe für München".join(csv_text().split("Quantity")).encode() + b"\xff",
        Refused(""),
    )
    yield (
        "a surrogate in UTF-8",
        csv_text((*CSV_LINE[:4], "2"), headers=_H[:5]).encode() + b"O2,\xed\xa0\x80",
        Refused(""),
    )
    yield "an overlong slash", csv_text().encode() + b"\xc0\xaf", Refused("CSV UTF-8")
    yield "NUL bytes", csv_text().replace("007", "0\x0007").encode(), Refused("not a text file")
    yield "NUL characters in UTF-16", csv_text().replace("007", "0\x0007").encode("utf-16"), Refused("NUL byte")
    yield "NUL bytes far down", (csv_text() + "x" * 9000 + "\0").encode(), Refused("NUL byte")
    for encoding in ("utf-8", "utf-16", "utf-16-be", "utf-32"):
        mark = {
            "utf-8": codecs.BOM_UTF8,
            "utf-16": codecs.BOM_UTF16_LE,
            "utf-16-be": codecs.BOM_UTF16_BE,
            "utf-32": codecs.BOM_UTF32_LE,
        }[encoding]
        yield f"only the mark of {encoding}", mark, Refused("empty", waits=True)


def _shapes() -> Iterator[tuple[str, str, Taken | Faults | Lacks | Refused]]:  # noqa: PLR0915
    for name, delimiter in (("commas", ","), ("semicolons", ";"), ("tabs", "\t"), ("bars", "|")):
        yield f"with {name}", csv_text(delimiter=delimiter), Taken(columns={"sku": ["007"]})
    for name, end in (("\\r\\n", "\r\n"), ("\\r", "\r")):
        yield f"lines ended by {name}", csv_text().replace("\n", end), Taken()
    mixed = csv_text(CSV_LINE, ("O2", *CSV_LINE[1:]), ("O3", *CSV_LINE[1:])).replace("007,2\nO2", "007,2\r\nO2")
    yield "lines ended in several ways", mixed, Taken(3)
    yield "without an end of its last line", csv_text().rstrip(), Taken()
    yield "sep= above", "sep=;\r\n" + csv_text(delimiter=";"), Taken()
    yield "sep= that lies", "sep=;\r\n" + csv_text(), Refused("")
    yield "a letterhead above", "November\n\nShop & Sons,,\n" + csv_text(), Taken(columns={"sku": ["007"]})
    yield "a lone quote", csv_text((*CSV_LINE[:3], '"007', "2")), Refused("never closed")
    yield "a quote inside", csv_text((*CSV_LINE[:3], '0"07', "2")), Taken(columns={"sku": ['0"07']})
    yield "something behind a quote", csv_text((*CSV_LINE[:3], '"007"x', "2")), Refused("line 2")
    yield "quotes doubled", csv_text((*CSV_LINE[:3], '"0""07"', "2")), Taken(columns={"sku": ['0"07']})
    yield (
        "all in quotes",
        "\n".join(",".join(f'"{x}"' for x in line.split(",")) for line in csv_text().split("\n")[:2]),
        Taken(),
    )
    yield "a line with more values", csv_text((*CSV_LINE, "9", "10")), Faults(("F2",), "more values than the header")
    yield "a line with fewer values", csv_text(CSV_LINE[:4]), Faults(("E2",))
    yield "a line with one value", csv_text(CSV_LINE, ("thank you",)), Faults(("B3", "C3", "D3", "E3"))
    yield "empty lines", csv_text().replace("\n", "\n\n\n"), Taken()
    yield "lines of delimiters", csv_text() + ",,,,\n" * 5, Taken()
    yield "a header twice", csv_text((*CSV_LINE, "3"), headers=(*_H[:5], "quantity")), Refused("two columns are named")
    yield "a needed header missing", csv_text(CSV_LINE[:3], headers=_H[:3]), Taken()
    yield (
        "a header misspelt",
        csv_text(headers=("Order", "Customer", "Order date", "SKU", "Qty")),
        Lacks(("customer_id", "quantity")),
    )
    yield "no header", ",".join(CSV_LINE), Refused("no header row")
    yield "prose", "Dear Sirs,\nplease send two of 007.\nYours,\nC1\n", Refused("no header row")
    yield "the header only", csv_text().splitlines()[0], Taken(0)
    yield "unknown columns", csv_text((*CSV_LINE, "red"), headers=(*_H[:5], "Colour")), Taken(note="Colour")
    yield (
        "text that looks like a formula",
        csv_text((*CSV_LINE, "1", "=1+1"), headers=_H),
        Taken(columns={"": ["=1+1"]}),
    )
    yield (
        "text that an apostrophe guards",
        csv_text((*CSV_LINE, "1", "'=1+1"), headers=_H),
        Taken(columns={"": ["=1+1"]}),
    )
    odd = csv_text((*CSV_LINE, "1", "one\u2028two\x85three\x0b"), headers=_H)
    yield "separators that end no line", odd, Faults(("G2",), "control character")
    yield "ends at Ctrl+Z", csv_text() + "\x1a", Faults(("A3", "B3", "C3", "D3", "E3"))
    yield "only spaces", "   \n  \n", Refused("no header row")
    yield "only delimiters", ",,,\n,,,\n", Refused("no header row")


def _sizes() -> Iterator[tuple[str, str, Taken | Faults | Refused]]:
    yield (
        "a field of 200,000 characters",
        csv_text((*CSV_LINE, "1", "x" * 200_000), headers=_H),
        Refused("far too long"),
    )
    yield "a field of 50,000 characters", csv_text((*CSV_LINE, "1", "x" * 50_000), headers=_H), Faults(("G2",))
    yield "10,000 columns", csv_text(headers=(*_H[:5], *(f"c{i}" for i in range(10_000)))), Refused("are the most")
    yield "10,000 delimiters", csv_text((*CSV_LINE, *[""] * 10_000)), Refused("are the most")
    yield "2 million empty lines", csv_text() + "\n" * 2_000_000, Taken()
    yield "2 million empty lines above", "\n" * 2_000_000 + csv_text(), Taken()
    yield "500,000 lines of delimiters", csv_text() + ",,,,\n" * 500_000, Taken()
    yield "3 million lines of a sign", "a\n" * 3_000_000, Refused("no header row")
    yield "a header and a million lines of a sign", csv_text() + "a\n" * 1_000_000, Refused("faulty lines among")
    yield "a million lines of words", csv_text() + "a,b,c,d,e\n" * 1_000_000, Refused("faulty lines among")
    yield "2,000 lines of 16,000 delimiters", ("," * 16_000 + "\n") * 2_000, Refused("are the most")
    yield "20,000 lines of 1,000 delimiters", csv_text() + ("a" + "," * 1_000 + "\n") * 20_000, Refused("faulty lines")
    yield "a field of 8 MB", csv_text((*CSV_LINE, "1", "x" * 8_000_000), headers=_H), Refused("far too long")
    lines = '"' + "xxxxxxx\n" * 1_000_000 + '"'
    yield "a field of a million lines", csv_text((*CSV_LINE, "1", lines), headers=_H), Refused("far too long")
    yield "one line of 5 MB", "x " * (5 << 19), Refused("")
    yield "5 MB of quotes", '"' * (5 << 20), Refused("")
    yield "an open quote and 5 MB", csv_text() + '"' + "x\n" * (5 << 19), Refused("")
    yield "5 MB of commas", "," * (5 << 20), Refused("")


def _forms() -> Iterator[tuple[str, str, Taken | Faults]]:
    def prices(*texts: str, delimiter: str = ";") -> str:
        lines = [(f"O{i}", *CSV_LINE[1:], text) for i, text in enumerate(texts, 1)]
        return csv_text(*lines, headers=_H[:6], delimiter=delimiter)

    def taken(*texts: str) -> Taken:
        return Taken(len(texts), {"unit_price": [Decimal(text) for text in texts]})

    yield "decimal commas", prices("1,5", "12,25"), taken("1.5", "12.25")
    yield "decimal commas with thousands", prices("1.234,50", "12,5"), taken("1234.50", "12.5")
    yield "decimal points", prices("1.5", "12.25"), taken("1.5", "12.25")
    yield "decimal points with thousands", prices("1,234.50", "12.5"), taken("1234.50", "12.5")
    yield "thousands in doubt", prices("1.234", "2"), Faults(("F2",), "two ways")
    yield "one comma among points", prices("1.5", "2,5"), Faults(("F2", "F3"))
    yield "thousands set apart by spaces", prices("1 234,50"), taken("1234.50")
    yield "prices with a currency sign", prices("€ 1.50", "2.5"), Faults(("F2",))
    for text in ("1_000", "٣", "NaN", "1e5", "0x1F", "½", "１", "--1"):
        yield f"the price {text}", prices(text, "2.5"), Faults(("F2",))

    def days(*texts: str) -> str:
        return csv_text(*[(f"O{i}", "C1", text, "007", "2") for i, text in enumerate(texts, 1)])

    yield "days first, proved", days("02.11.2026", "31.12.2026"), Taken(2)
    yield "months first, proved", days("11/02/2026", "12/31/2026"), Taken(2)
    yield "days in doubt", days("02.11.2026", "03.12.2026"), Faults(("C2", "C3"), "day from month")
    yield "days in both orders", days("31.12.2026", "12.31.2026"), Faults(("C2", "C3"))
    yield "days of two digits", days("02.11.26"), Faults(("C2",))
    yield "a day of 1899", days("1899-12-31"), Faults(("C2",), "1 March 1900")
    yield "a quantity of half", csv_text(("O1", "C1", "2026-11-02", "007", "0.00001")), Faults(("E2",))
    yield "a quantity below nothing", csv_text(("O1", "C1", "2026-11-02", "007", "-1")), Faults(("E2",), "less than 0")
