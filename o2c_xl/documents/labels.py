"""The words on the documents, in one place, so that another language is one more dictionary.

A template asks for `words.due` and never holds a sentence of its own.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["EXEMPTION", "WORDS", "words_for"]

_ENGLISH = {
    "account_holder": "Account holder",
    "article": "Article",
    "bic": "BIC",
    "bin": "Bin",
    "by": "By",
    "carrier": "Carrier",
    "checked_by": "Checked by",
    "contents": "In this parcel",
    "contents_pick": "To pick",
    "corrects": "Corrects invoice",
    "credited": "Credited to you",
    "credit_note": "Credit note",
    "credit_note_date": "Credit note date",
    "customer": "Customer",
    "deliver_by": "Deliver by",
    "deliver_to": "Deliver to",
    "delivery_date": "Date of supply",
    "discount": "Discount",
    "due": "Due",
    "due_date": "Due date",
    "expected": "Expected",
    "first_instalment": "First instalment by",
    "fragile": "FRAGILE",
    "iban": "IBAN",
    "instalments": "Instalments",
    "invoice": "Invoice",
    "invoice_date": "Invoice date",
    "line": "Line",
    "line_net": "Net",
    "line_total": "Sum of lines",
    "one_line": "1 line",
    "some_lines": "{count} lines",
    "made_on": "Made on",
    "net": "Total without tax",
    "no_backorder": "Complete: nothing is to come",
    "no_zone": "No zone",
    "nothing_due": "Nothing is to be paid",
    "order": "Order",
    "order_value": "Order value without tax",
    "ordered": "Ordered",
    "our_number": "Our order",
    "our_sku": "ours",
    "packed_by": "Packed by",
    "packing_slip": "Packing slip",
    "page": "Page",
    "page_of": "of",
    "parcel": "In parcel",
    "payable": "Amount due",
    "payment": "Payment",
    "payment_terms": "Payment terms",
    "pick": "Pick",
    "pick_list": "Pick list",
    "picked": "Picked",
    "picked_by": "Picked by",
    "prepaid": "Already paid",
    "price": "Unit price",
    "promise": "Promised for",
    "purchase_order": "Purchase order",
    "purchase_reference": "Your reference",
    "quantity": "Quantity",
    "quote_po": "Please quote this number on your confirmation, delivery note and invoice:",
    "rate": "Tax rate",
    "reference": "Reference",
    "rounding": "Rounding",
    "scan": "Scan to pay",
    "scan_first": "Scan to pay the first instalment",
    "service": "Service",
    "ship_date": "Shipped on",
    "ship_to": "Delivered to",
    "shipment": "Shipment",
    "sku": "SKU",
    "supplier": "Supplier",
    "supplier_sku": "Your SKU",
    "tax": "Tax",
    "tax_id": "Tax ID",
    "taxable": "Taxable",
    "to_pay": "To pay",
    "to_come": "Still to come",
    "total": "Total with tax",
    "tracking": "Tracking",
    "weight": "Weight",
    "order_date": "Order date",
    "zone": "Zone",
}
WORDS: Mapping[str, Mapping[str, str]] = {"en": _ENGLISH}

EXEMPTION = {
    "AE": "Reverse charge: the customer accounts for the tax.",
    "E": "Exempt from tax.",
    "G": "Export outside the EU, exempt from tax.",
    "K": "Intra-Community supply, exempt from tax.",
    "O": "Not subject to tax.",
    "Z": "Zero-rated.",
}
"""What an invoice says where it shows no tax (Directive 2006/112/EC art. 226 points 11 and 11a) and gives
no reason of its own; by UNTDID 5305 category."""


def words_for(language: str) -> Mapping[str, str]:
    """The words of a language; English where the language is not known yet."""
    return WORDS.get(language, _ENGLISH)
