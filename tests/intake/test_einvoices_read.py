"""Electronic invoices of others: public ones recompute, a changed sum is named, what is built to harm is refused."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest

from o2c_xl.domain.einvoice.fields import gaps
from o2c_xl.domain.einvoice.sums import differences, line_net_of
from o2c_xl.domain.issue import CannotRun
from o2c_xl.intake.einvoice.read import invoice_in, read_einvoice

D = Decimal
CASES = 20
UBL = """<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
  xmlns:a="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2">%s</Invoice>"""

CII = (
    '<CrossIndustryInvoice xmlns="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100">'
    "<SupplyChainTradeTransaction><ApplicableHeaderTradeSettlement><InvoiceCurrencyCode>EUR</InvoiceCurrencyCode>"
    "<TaxCurrencyCode>SEK</TaxCurrencyCode><SpecifiedTradeSettlementHeaderMonetarySummation>%s"
    "</SpecifiedTradeSettlementHeaderMonetarySummation></ApplicableHeaderTradeSettlement>"
    "</SupplyChainTradeTransaction></CrossIndustryInvoice>"
)


def read(shared_data: Path, case: str) -> bytes:
    return (shared_data / "einvoice" / "xml" / f"{case}.xml").read_bytes()


def cases(shared_data: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((shared_data / "einvoice" / "cases.json").read_text(encoding="utf-8"))
    assert len(found) == CASES
    return found


def test_twenty_public_invoices_are_read_to_the_last_figure(shared_data: Path) -> None:
    for case in cases(shared_data):
        invoice = invoice_in(read(shared_data, case["case"]))
        head, said = case["header"], invoice.totals

        stated = {
            "BT-106": said.lines, "BT-107": said.allowances, "BT-108": said.charges, "BT-109": said.net,
            "BT-110": said.tax, "BT-111": said.accounting_tax, "BT-112": said.total, "BT-113": said.prepaid,
            "BT-114": said.rounding, "BT-115": said.payable,
        }  # fmt: skip
        assert (invoice.number, invoice.type_code, invoice.currency, str(invoice.issued)) == (
            head["number"], head["type_code"], head["currency"], head["issue_date"],
        )  # fmt: skip
        assert stated == {term: None if value is None else D(value) for term, value in case["stated_totals"].items()}
        assert [line_net_of(line, invoice.currency) for line in invoice.lines] == [
            D(line["calc_line_net"]) for line in case["lines"]
        ]
        assert [(tax.category, tax.percent, tax.net, tax.tax) for tax in invoice.taxes] == [
            (
                one["category"],
                None if one["rate"] is None else D(one["rate"]),
                D(one["taxable_BT116"]),
                D(one["tax_BT117"]),
            )
            for one in case["stated_vat_breakdown"]
        ]


def test_every_total_of_twenty_public_invoices_recomputes(shared_data: Path) -> None:
    found = {case["case"]: differences(invoice_in(read(shared_data, case["case"]))) for case in cases(shared_data)}

    assert {case: list(map(str, wrong)) for case, wrong in found.items() if wrong} == {}


def as_xml(document: dict[str, Any]) -> str:
    """A fragment of UBL from the rule tests' JSON."""
    return "".join(
        f"<{name}>{as_xml(one) if isinstance(one, dict) else escape(one)}</{name}>"
        for name, value in document.items()
        for one in (value if isinstance(value, list) else [value])
    )


def test_the_official_tests_of_the_sums_come_out_as_stated(shared_data: Path) -> None:
    tests = json.loads((shared_data / "einvoice" / "rule_tests.json").read_text(encoding="utf-8"))

    for test in tests:
        invoice = invoice_in((UBL % as_xml(test["document"]["Invoice"])).encode())
        broken = test["rule"] in {one.rule for one in differences(invoice)}
        assert ("fail" if broken else "pass") == test["expected"], test

    assert len(tests) == 36


CHANGES = [  # a total in UBL, one cent up; the rules that then do not hold
    ("LineExtensionAmount", {"BR-CO-10", "BR-CO-13"}),
    ("AllowanceTotalAmount", {"BR-CO-11", "BR-CO-13"}),
    ("ChargeTotalAmount", {"BR-CO-12", "BR-CO-13"}),
    ("TaxExclusiveAmount", {"BR-CO-13", "BR-CO-15"}),
    ("TaxInclusiveAmount", {"BR-CO-15", "BR-CO-16"}),
    ("PrepaidAmount", {"BR-CO-16"}),
    ("PayableAmount", {"BR-CO-16"}),
]


@pytest.mark.parametrize(("name", "rules"), CHANGES)
def test_a_cent_in_a_total_is_named_by_the_official_rule(shared_data: Path, name: str, rules: set[str]) -> None:
    xml = read(shared_data, "EI-062").decode()
    totals = xml.index("LegalMonetaryTotal>")
    found = re.compile(rf"(<cbc:{name}[^>]*>)([0-9.]+)<").search(xml, totals)
    assert found
    changed = xml[: found.start()] + f"{found[1]}{D(found[2]) + D('0.01')}<" + xml[found.end() :]

    assert {one.rule for one in differences(invoice_in(changed.encode()))} == rules


@pytest.mark.parametrize(
    ("pattern", "rule", "field"),
    [
        (r"(<cac:TaxSubtotal>\s*<cbc:TaxableAmount[^>]*>)([0-9.]+)<", "BR-S-08", "BT-116 (S 25 %)"),
        (r"(<cac:TaxSubtotal>.*?<cbc:TaxAmount[^>]*>)([0-9.]+)<", "BR-CO-17", "BT-117 (S 25 %)"),
        (r"(<cac:TaxTotal>\s*<cbc:TaxAmount[^>]*>)([0-9.]+)<", "BR-CO-14", "BT-110"),
        (r"(<cac:InvoiceLine>.*?<cbc:LineExtensionAmount[^>]*>)([0-9.]+)<", "PEPPOL-EN16931-R120", "BT-131 (line 1)"),
        (r"(<cac:Price>\s*<cbc:PriceAmount[^>]*>)([0-9.]+)<", "PEPPOL-EN16931-R046", "BT-146 (line 1)"),
    ],
)
def test_a_cent_in_a_line_or_the_tax_is_named_with_its_place(
    shared_data: Path, pattern: str, rule: str, field: str
) -> None:
    xml = read(shared_data, "EI-062").decode()
    found = re.search(pattern, xml, re.DOTALL)
    assert found
    changed = xml[: found.start()] + f"{found[1]}{D(found[2]) + D('0.01')}<" + xml[found.end() :]

    wrong = differences(invoice_in(changed.encode()))

    assert (rule, field) in {(one.rule, one.field) for one in wrong}
    first = next(one for one in wrong if one.rule == rule)
    assert first.stated != first.computed


def test_what_is_missing_is_a_gap_and_no_difference(shared_data: Path) -> None:
    xml = read(shared_data, "EI-063").decode()
    xml = re.sub(r"<cbc:TaxInclusiveAmount.*?</cbc:TaxInclusiveAmount>", "", xml)

    invoice = invoice_in(xml.encode())

    assert differences(invoice) == []
    assert ("BR-14", "BT-112") in {(one.rule, one.field) for one in gaps(invoice)}


def test_tax_rounded_on_each_line_is_no_difference_and_a_gap_from_one_unit_on() -> None:
    line = (
        "<a:InvoiceLine><ID>{}</ID><InvoicedQuantity>1</InvoicedQuantity><LineExtensionAmount>0.03</LineExtensionAmount>"
        "<Item><ClassifiedTaxCategory><ID>S</ID><Percent>19</Percent></ClassifiedTaxCategory></Item>"
        "<Price><PriceAmount>0.03</PriceAmount></Price></a:InvoiceLine>"
    )
    tax = (
        "<TaxTotal><TaxAmount>{0}</TaxAmount><TaxSubtotal><TaxableAmount>0.09</TaxableAmount><TaxAmount>{0}</TaxAmount>"
        "<TaxCategory><ID>S</ID><Percent>19</Percent></TaxCategory></TaxSubtotal></TaxTotal>"
    )
    lines = "".join(line.format(n) for n in (1, 2, 3))
    by_line, wrong = (invoice_in((UBL % (tax.format(said) + lines)).encode()) for said in ("0.03", "0.04"))
    many = "".join(line.format(n) for n in range(1, 234))
    far = invoice_in((UBL % (tax.format("2.33").replace(">0.09<", ">6.99<") + many)).encode())

    assert differences(by_line) == []
    assert differences(far) == []
    assert "BR-CO-17" not in {one.rule for one in gaps(by_line)}
    assert "BR-CO-17" in {one.rule for one in gaps(far)}
    assert [one.rule for one in differences(wrong)] == ["BR-CO-17"]


@pytest.mark.parametrize("stated", ["", "<LineExtensionAmount>100</LineExtensionAmount>"])
def test_a_basic_without_lines_has_sums_that_nothing_there_adds_up(stated: str) -> None:
    totals = (
        f"<LegalMonetaryTotal>{stated}<TaxExclusiveAmount>100</TaxExclusiveAmount>"
        "<TaxInclusiveAmount>119</TaxInclusiveAmount><PayableAmount>119</PayableAmount></LegalMonetaryTotal>"
    )
    found = invoice_in((UBL % f"<TaxTotal><TaxAmount>19</TaxAmount></TaxTotal>{totals}").encode())
    wrong = invoice_in((UBL % f"<TaxTotal><TaxAmount>18</TaxAmount></TaxTotal>{totals}").encode())

    assert differences(found) == []
    assert [one.rule for one in differences(wrong)] == ["BR-CO-15"]


def told(xml: str) -> list[tuple[str, str, bool]]:
    return [(one.rule, one.field, one.stops) for one in gaps(invoice_in(xml.encode()))]


def test_an_amount_in_another_currency_than_the_invoice_is_named_and_only_the_tax_may_be_in_the_sellers() -> None:
    tax = '<TaxTotalAmount currencyID="SEK">5</TaxTotalAmount>'
    sound = CII % f'<TaxTotalAmount currencyID="EUR">1</TaxTotalAmount>{tax}'
    other = CII % f'{tax.replace("SEK", "NOK")}<DuePayableAmount currencyID="SEK">1</DuePayableAmount>'

    wrong = [str(one) for one in gaps(invoice_in(other.encode())) if one.stops]

    assert all(rule != "PEPPOL-EN16931-R051" for rule, _, _ in told(sound))
    assert ["is in NOK" in wrong[0], "DuePayableAmount is in SEK, and the invoice in EUR" in wrong[1]] == [True, True]
    assert len(wrong) == len(other.split("currencyID")) - 1


@pytest.mark.parametrize(
    ("old", "new", "gap"),
    [
        ('currencyID="EUR">8550<', 'currencyID="USD">8550<', ("PEPPOL-EN16931-R051", "BT-5", True)),
        (">380<", ">999<", ("BR-CL-01", "BT-3", True)),
        (">380<", ">325<", ("", "BT-3", True)),
        ('unitCode="C62"', 'unitCode="ZZZZ"', ("BR-CL-23", "BT-130 (line 1)", False)),
        (">GB</cbc:IdentificationCode>", ">QQ</cbc:IdentificationCode>", ("BR-CL-14", "BT-40", False)),
        ("EUR</cbc:Doc", "XYZ</cbc:Doc", ("BR-CL-04", "BT-5", False)),
        ("<cbc:RegistrationName>SupplierOfficialName Ltd</cbc:RegistrationName>", "", ("BR-06", "BT-27", False)),
        ("</cbc:PriceAmount>", "</cbc:PriceAmount><cbc:BaseQuantity>0</cbc:BaseQuantity>",
         ("PEPPOL-EN16931-R121", "BT-149", True)),
    ],
)  # fmt: skip
def test_a_code_in_no_list_is_told_and_what_leaves_open_what_to_pay_stops(
    shared_data: Path, old: str, new: str, gap: tuple[str, str, bool]
) -> None:
    xml = read(shared_data, "EI-063").decode()
    assert old in xml

    assert gap in told(xml.replace(old, new, 1))
    assert gap not in told(xml)


BOMB = b"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "aaaaaaaaaa"><!ENTITY c "&b;&b;&b;&b;">]>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"><ID>&c;</ID></Invoice>"""


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (BOMB, "DOCTYPE"),
        (b"<Invoice>" + b"<a>" * 100 + b"</a>" * 100 + b"</Invoice>", "too deep"),
        (b"<Invoice><ID>1</Invoice>", "well-formed"),
        (b"", "well-formed"),
        (b"\x00\x01\x02", "well-formed"),
        (b"<Order><ID>1</ID></Order>", "'Order'"),
        (b"<CrossIndustryDocument/>", "ZUGFeRD 1"),
        (
            (UBL % "<LegalMonetaryTotal><PayableAmount>1,00</PayableAmount></LegalMonetaryTotal>").encode(),
            "'1,00' is not a",
        ),
        (
            (UBL % "<LegalMonetaryTotal><PayableAmount>100000000000.00</PayableAmount></LegalMonetaryTotal>").encode(),
            "PayableAmount: '100000000000.00' is too large; at most eleven digits",
        ),
        ((UBL % "<IssueDate>2026-02-30</IssueDate>").encode(), "IssueDate: '2026-02-30' is not a date"),
        ((UBL % "<IssueDate>٢٠٢٦-02-03</IssueDate>").encode(), "'٢٠٢٦-02-03' is not a date"),
        (b"<Invoice><ID>1</ID></Invoice>", "no UBL or CII invoice, but 'Invoice' of the name space ''"),
        ((UBL % "<ID>1</ID><ID>2</ID>").encode(), "Invoice/ID occurs twice"),
        ((UBL % ("<LegalMonetaryTotal/>" * 2)).encode(), "Invoice/LegalMonetaryTotal occurs twice"),
        ((UBL % ("<TaxTotal><TaxAmount>1</TaxAmount></TaxTotal>" * 2)).encode(), "TaxTotal/TaxAmount occurs twice"),
        ((CII % ("<DuePayableAmount>1</DuePayableAmount>" * 2)).encode(), "DuePayableAmount occurs twice"),
        ((CII % ("<TaxTotalAmount>1</TaxTotalAmount>" * 2)).encode(), "TaxTotalAmount occurs twice"),
        (b"%PDF-1.7 nothing", "damaged"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(tmp_path: Path, data: bytes, said: str) -> None:
    path = tmp_path / "bill.xml"
    path.write_bytes(data)

    with pytest.raises(CannotRun, match=r"bill\.xml") as refused:
        read_einvoice(path, "bill.xml")

    assert said in str(refused.value)
