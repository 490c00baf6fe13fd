"""Odd cells in sound workbooks: each wrong value is a fault at its own cell, each odd but clear one is taken."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

from tests.faults.malformed_files import DAY, Faults, OddFile, Raw, Taken, book, changed, rows
from tests.workbook.files import bare, sheet_xml

_STRINGS = (
    "<sst><si><r><t>rich</t></r><r><rPr><b/></rPr><t xml:space='preserve'> text</t></r></si>"
    "<si><t>東京</t><rPh sb='0' eb='2'><t>トウキョウ</t></rPh><phoneticPr fontId='1'/></si>"
    "<si><t>  spaces  </t></si><si><t>a_x000D_b</t></si><si/></sst>"
)


def files() -> Iterator[OddFile]:
    """All of the group."""
    for about, data, must in (*_results(), *_numbers(), *_dates(), *_identifiers(), *_texts()):
        yield OddFile(f"cell: {about}", "november.xlsx", data, must)


def _value(xml: str, kind: str = "", inside: str = "") -> Raw:
    told = f' t="{kind}"' if kind else ""
    return Raw(f'<c r="{{}}"{told}>{inside}<v>{xml}</v></c>')


def _results() -> Iterator[tuple[str, bytes, Taken | Faults]]:
    errors = ("#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA")
    for code in errors:
        bad = _value(code, "e", "<f>x</f>")
        yield f"the error {code}", book(changed(Quantity=bad)), Faults(("E2",), code)
    yield "an error in a text", book(changed(Notes=_value("#N/A", "e"))), Faults(("G2",), "#N/A")
    yield "an error typed as text", book(changed(SKU="#N/A")), Faults(("D2",), "#N/A")
    yield (
        "an error of two columns",
        book(changed(SKU=_value("#N/A", "e"), Notes=_value("#REF!", "e"))),
        Faults(("D2", "G2")),
    )
    bare_formula = Raw('<c r="{}"><f>1+1</f></c>')
    yield "a formula without a result", book(changed(Quantity=bare_formula)), Faults(("E2",), "no stored result")
    empty_result = Raw('<c r="{}"><f>1+1</f><v></v></c>')
    yield "a formula with an empty result", book(changed(Quantity=empty_result)), Faults(("E2",), "no stored result")
    in_notes = Raw('<c r="{}"><f>A1</f><v/></c>')
    yield "a text formula without a result", book(changed(Notes=in_notes)), Faults(("G2",), "no stored result")
    yield (
        "a formula with a result",
        book(changed(Quantity=_value("4", "", "<f>2*2</f>"))),
        Taken(columns={"quantity": [4]}),
    )
    yield (
        "a text formula",
        book(changed(SKU=_value("007", "str", '<f>TEXT(7,"000")</f>'))),
        Taken(columns={"sku": ["007"]}),
    )
    nothing = Raw('<c r="{}" t="str"><f>""</f><v></v></c>')
    yield "a formula that shows nothing", book(changed(Quantity=nothing)), Faults(("E2",))
    one = Raw('<c r="{}"><f t="shared" ref="E2:E3" si="0">1+1</f><v>2</v></c>')
    two = Raw('<c r="{}"><f t="shared" si="0"/><v>3</v></c>')
    shared = book(changed(Quantity=one), changed(Order="O2", Quantity=two))
    yield "a shared formula", shared, Taken(2, {"quantity": [2, 3]})
    array = Raw('<c r="{}"><f t="array" ref="E2">1+1</f><v>2</v></c>')
    yield "an array formula", book(changed(Quantity=array)), Taken(columns={"quantity": [2]})
    table = Raw('<c r="{}"><f t="dataTable" ref="E2" dt2D="1" r1="A1" r2="B1"/><v>2</v></c>')
    yield "a data table", book(changed(Quantity=table)), Taken(columns={"quantity": [2]})

    spaced = Raw('<c r="{}" t="s"><v> 2 </v></c>')
    yield "a text number with spaces", book(changed(SKU=spaced), strings=_STRINGS), Taken(columns={"sku": ["spaces"]})


def _numbers() -> Iterator[tuple[str, bytes, Taken | Faults]]:
    for xml, number in (
        ("2.0", 2),
        ("2.000", 2),
        ("2E0", 2),
        ("2e+00", 2),
        ("+2", 2),
        ("0.2E1", 2),
        ("20E-1", 2),
        ("1.9999999999999998", 2),
        ("12345678901", 12345678901),
        (" 2 ", 2),
    ):
        yield f"the number {xml!r}", book(changed(Quantity=_value(xml))), Taken(columns={"quantity": [number]})
    for xml in ("NaN", "INF", "-inf", "Infinity", "1e999", "-1e999", "nan"):
        yield f"the number {xml}", book(changed(Quantity=_value(xml))), Faults(("E2",))
        yield f"the price {xml}", book(changed(Unit_price=_value(xml))), Faults(("F2",))
        yield f"the remark {xml}", book(changed(Notes=_value(xml))), Faults(("G2",))
    for xml in ("1e300", "1e15", "123456789012", "0.00001", "-1", "1e-300"):
        yield f"the quantity {xml}", book(changed(Quantity=_value(xml))), Faults(("E2",))
    for text in (
        "1_000",
        "٣",
        "１２",
        "2,5",
        "1.234,50",
        "1 000",
        "1'000",
        "two",
        "2 pcs",
        "0x10",
        "1e3",
        "NaN",
        "∞",
        "½",
        "--2",
        "2-",
        "(2)",
        "2%",
        "€2",
        "2\xa0000",
        "TRUE",
    ):
        yield f"the text {text} as quantity", book(changed(Quantity=text)), Faults(("E2",))
    for text, number in (("2", 2), (" 2 ", 2), ("2.0", 2), ("+2", 2), ("002", 2)):
        yield f"the text {text!r} as quantity", book(changed(Quantity=text)), Taken(columns={"quantity": [number]})
    for value in (True, False, DAY, dt.date(1900, 3, 1)):
        yield f"{value} as quantity", book(changed(Quantity=value)), Faults(("E2",))
    yield "the noise of 0.1 + 0.2", book(changed(Unit_price=0.1 + 0.2)), Taken(columns={"unit_price": [Decimal("0.3")]})
    yield "a price of 0.145", book(changed(Unit_price=0.145)), Taken(columns={"unit_price": [Decimal("0.145")]})
    yield "a price of five places", book(changed(Unit_price=0.12345)), Faults(("F2",), "four decimal places")
    yield (
        "a price as large as it goes",
        book(changed(Unit_price=99999999999.99)),
        Taken(columns={"unit_price": [Decimal("99999999999.99")]}),
    )
    yield "a price too large", book(changed(Unit_price=1e11)), Faults(("F2",), "too large")
    yield "a price below nothing", book(changed(Unit_price=-1)), Faults(("F2",))
    yield "minus nothing as a price", book(changed(Unit_price=_value("-0"))), Taken(columns={"unit_price": [0]})


def _serial(xml: str, style: str = "1") -> Raw:
    return Raw(f'<c r="{{}}" s="{style}"><v>{xml}</v></c>')


def _dates() -> Iterator[tuple[str, bytes, Taken | Faults]]:
    for xml in ("0", "1", "59", "60", "-1", "2958466", "1e10", "0.5", "46328.5", "NaN"):
        yield f"day {xml}", book(changed(Order_date=_serial(xml))), Faults(("C2",))
    yield "a day as a bare number", book(changed(Order_date=46328)), Faults(("C2",), "a number, not a date")
    for text in (
        "02.11.2026",
        "11/02/2026",
        "2 Nov 2026",
        "2026-02-30",
        "2026-13-01",
        "20261102",
        "today",
        "2026-11-02 10:30",
        "٢٠٢٦-١١-٠٢",
    ):
        yield f"the day {text}", book(changed(Order_date=text)), Faults(("C2",))
    for text in ("2026-11-02", " 2026-11-02 ", "2026-11-02T00:00:00"):
        yield f"the day {text!r}", book(changed(Order_date=text)), Taken()
    proved = book(changed(Order_date="02.11.2026"), changed(Order="O2", Order_date="31.12.2026"))
    yield "days in an order that another proves", proved, Taken(2)
    both = book(changed(Order_date="13.11.2026"), changed(Order="O2", Order_date="11.13.2026"))
    yield "days in two orders", both, Faults(("C2", "C3"))
    iso = Raw('<c r="{}" t="d"><v>2026-11-02</v></c>')
    yield "a day in ISO form", book(changed(Order_date=iso)), Taken()
    yield "a truth as a day", book(changed(Order_date=True)), Faults(("C2",), "logical value")
    day_1904 = (DAY - dt.date(1904, 1, 1)).days
    late = book(changed(Order_date=_serial(str(day_1904))), properties='<workbookPr date1904="1"/>')
    yield "days counted from 1904", late, Taken()
    first = book(changed(Order_date=_serial("0")), properties='<workbookPr date1904="true"/>')
    yield "the first day of 1904", first, Faults(("C2",))
    yield "a format that is not there", book(changed(Order_date=_serial("46328", "99"))), Faults(("C2",))


def _identifiers() -> Iterator[tuple[str, bytes, Taken | Faults]]:
    for text in (
        "007",
        "0",
        "1234567890123456",
        "1E5",
        "00-1",
        "=A1",
        "+49",
        "-5",
        "@SUM(A1)",
        "a'b",
        'a"b',
        "ÄÖÜ",
        "東",
    ):
        yield f"the SKU {text}", book(changed(SKU=text)), Taken(columns={"sku": [text]})
    for value in (7, 7.5, 1234567890123456.0, True, DAY):
        yield f"the SKU {value} as {type(value).__name__}", book(changed(SKU=value)), Faults(("D2",))
    yield "a customer as a number", book(changed(Customer_ID=4711)), Faults(("B2",), "zeros in front")
    yield "an order as a number", book(changed(Order=1)), Faults(("A2",), "zeros in front")
    for name, sign in (
        ("zero-width space", "\u200b"),
        ("line break", "\n"),
        ("tab", "\t"),
        ("no-break space", "\xa0"),
        ("soft hyphen", "\xad"),
        ("right-to-left mark", "\u202e"),
        ("byte order mark", "\ufeff"),
    ):
        yield f"a {name} inside an SKU", book(changed(SKU=f"A{sign}1")), Faults(("D2",), "cannot be seen")
    yield "no-break spaces around an SKU", book(changed(SKU="\xa0A1\xa0")), Taken(columns={"sku": ["A1"]})
    yield "an SKU in parts (NFD)", book(changed(SKU="A\u0308")), Taken(columns={"sku": ["Ä"]})
    same = book(changed(SKU="A\u0308"), changed(Order="O2", SKU="Ä"))
    yield "an SKU in both forms", same, Taken(2, {"sku": ["Ä", "Ä"]})
    yield "an SKU of 200 characters", book(changed(SKU="x" * 200)), Faults(("D2",), "more than 100")
    yield "an empty SKU", book(changed(SKU="  ")), Faults(("D2",))
    yield "orders that differ in case", book(changed(Order="so1"), changed(Order="SO1")), Faults(("A3",))
    yield (
        "an order that contradicts itself",
        book(changed(), changed(Customer_ID="C2")),
        Faults(("B3",), "differs from"),
    )


def _texts() -> Iterator[tuple[str, bytes, Taken | Faults]]:
    def shared(index: int) -> bytes:
        return book(changed(Notes=_value(str(index), "s")), strings=_STRINGS)

    def note(text: str | None) -> Taken:
        return Taken(columns={}, lines=1) if text is None else Taken(columns={"": [text]})

    for about, index, text in (
        ("rich", 0, "rich text"),
        ("with its reading beside it", 1, "東京"),
        ("with spaces", 2, "spaces"),
        ("with an escaped return", 3, "a\nb"),
        ("that is empty", 4, None),
    ):
        yield f"a shared text {about}", shared(index), note(text)
    for text in ("=1+1", "+1", "-1", "@x", "=cmd|' /C calc'!A0", "'quoted", "<b>&amp;</b>", "]]>", "\t=1"):
        yield f"the remark {text!r}", book(changed(Notes=text)), note(text.strip())
    inline = Raw('<c r="{}" t="inlineStr"><is><r><t>in</t></r><r><t>line</t></r></is></c>')
    yield "a rich inline text", book(changed(Notes=inline)), note("inline")
    yield "a remark of 5,000 characters", book(changed(Notes="x" * 5000)), Faults(("G2",), "more than 4000")
    yield "a remark of two lines", book(changed(Notes="a\nb")), note("a\nb")
    yield "a sign without meaning in Unicode", book(changed(Notes="a\U000e0fff")), Faults(("G2",))
    yield "a number as a remark", book(changed(Notes=7)), note("7")
    whole = rows(changed(Notes="x"))
    yield "a huge text", bare(sheet_xml(whole.replace(">x<", f">{'x' * (1 << 20)}<"))), Faults(("G2",))
