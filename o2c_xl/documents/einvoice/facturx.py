"""What makes a PDF/A-3 with CII attached a Factur-X invoice: its XMP metadata say so (Factur-X 1.0, chapter 6.2.2).

typst attaches the file, as an alternative of the whole document, but has no word for further metadata. They are put
in where they belong; what stands behind them moves, so the table of objects is written anew. No other object changes.
"""

from __future__ import annotations

import re

__all__ = ["ATTACHED", "mark_as_factur_x"]

ATTACHED = "factur-x.xml"

_NAMESPACE = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
_SAID = {
    "DocumentType": ("INVOICE", "The type of the hybrid document"),
    "DocumentFileName": (ATTACHED, "The name of the embedded XML document"),
    "Version": ("1.0", "The version of the standard that the embedded XML follows"),
    "ConformanceLevel": ("EN 16931", "The conformance level of the embedded XML"),
}
_PROPERTIES = "".join(f"<fx:{name}>{value}</fx:{name}>" for name, (value, _) in _SAID.items())
_DESCRIBED = f'<rdf:Description rdf:about="" xmlns:fx="{_NAMESPACE}">{_PROPERTIES}</rdf:Description></rdf:RDF>'.encode()
_SCHEMA = (
    '<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>'
    f"<pdfaSchema:namespaceURI>{_NAMESPACE}</pdfaSchema:namespaceURI><pdfaSchema:prefix>fx</pdfaSchema:prefix>"
    "<pdfaSchema:property><rdf:Seq>"
    + "".join(
        f'<rdf:li rdf:parseType="Resource"><pdfaProperty:name>{name}</pdfaProperty:name>'
        "<pdfaProperty:valueType>Text</pdfaProperty:valueType><pdfaProperty:category>external</pdfaProperty:category>"
        f"<pdfaProperty:description>{meaning}</pdfaProperty:description></rdf:li>"
        for name, (_, meaning) in _SAID.items()
    )
    + "</rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas>"
).encode()
_METADATA = re.compile(rb"<</Length (\d+)/Type/Metadata/Subtype/XML>>\nstream\n")
_TAIL = re.compile(
    rb"xref\n0 (\d+)\n((?:\d{10} \d{5} [fn]\r\n)+)trailer\n(.*)\nstartxref\n(\d+)\n%%EOF\s*\Z", re.DOTALL
)
_ENTRY = re.compile(rb"(\d{10}) (\d{5} n\r\n)")


def mark_as_factur_x(pdf: bytes) -> bytes:
    """The PDF, its metadata saying that it carries a Factur-X invoice.

    Raises ValueError where the PDF is not laid out as typst does it.
    """
    found = _METADATA.search(pdf)
    start = pdf.rfind(b"\nstartxref\n")
    table = int(pdf[start + 11 :].split(b"\n", 1)[0]) if start >= 0 else -1
    tail = _TAIL.match(pdf, table) if table >= 0 else None
    if found is None or tail is None:
        raise ValueError("The PDF is not laid out as expected; its metadata were not found.")
    length = int(found[1])
    told = pdf[found.end() : found.end() + length]
    told = told.replace(b"</rdf:Bag></pdfaExtension:schemas>", _SCHEMA, 1).replace(b"</rdf:RDF>", _DESCRIBED, 1)
    head = b"<</Length %d/Type/Metadata/Subtype/XML>>\nstream\n" % len(told)
    moved = len(head) + len(told) - (found.end() - found.start()) - length

    def entry(one: re.Match[bytes]) -> bytes:
        offset = int(one[1])
        return b"%010d %s" % (offset + moved if offset > found.start() else offset, one[2])

    entries = _ENTRY.sub(entry, tail[2])
    body = b"".join([pdf[: found.start()], head, told, pdf[found.end() + length : tail.start()]])
    end = b"xref\n0 %s\n%strailer\n%s\nstartxref\n%d\n%%%%EOF" % (tail[1], entries, tail[3], table + moved)
    return body + end
