"""The words on the documents, in one place, so that another language is one more dictionary.

A template asks for `words.due` and never holds a sentence of its own.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["WORDS", "words_for"]

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
    # letters about what is owed
    "ages": "How old the open part is",
    "balance": "Balance",
    "balance_owed": "Balance on your account",
    "charged": "Charged",
    "closing_balance": "Closing balance",
    "credits": "Credits not applied yet",
    "day": "Day",
    "days_1_30": "1–30 days late",
    "days_31_60": "31–60 days late",
    "days_61_90": "61–90 days late",
    "days_late": "Days late",
    "letter": "Letter",
    "letter_date": "Date",
    "level": "Level",
    "not_due": "Not due",
    "open": "Open",
    "open_total": "Open in total",
    "opening_balance": "Opening balance",
    "over_90": "Over 90 days late",
    "past_due": "Past due",
    "payment_notice": "Payment notice",
    "penalties_before": "Late-payment charges told before",
    "penalties_memo": (
        "Late-payment charges are noted here and not part of the balance; if we claim them you get an invoice."
    ),
    "penalties_now": "Late-payment charges of this letter",
    "penalty": "Charge",
    "prepaid_beside": "Paid in advance and kept for your orders:",
    "reminder": "Payment reminder",
    "reminder_1": "The items below are past due on our books. It may have escaped your notice: please pay them now.",
    "reminder_2": (
        "We reminded you before, and the items below are still open. Please pay them within a week, or tell us what "
        "is wrong."
    ),
    "reminder_before": "The items below are due soon. This is a friendly notice; nothing is late yet.",
    "reminder_credits": (
        "Your account has credit that is not applied to any invoice yet. Take it off what you pay and say for what."
    ),
    "reminder_crossed": (
        "If your payment crossed with this letter, please disregard it. If you question an item, tell us which and why."
    ),
    "reminder_final": (
        "The items below are open in spite of our reminders. Please pay them at once; until then further orders wait."
    ),
    "reminder_level": "Payment reminder {level}",
    "settled": "Settled",
    "soon_due": "Soon due",
    "statement": "Statement of account",
    "statement_from": "From",
    "statement_to": "As of",
    "what": "What",
}
WORDS: Mapping[str, Mapping[str, str]] = {"en": _ENGLISH}


def words_for(language: str) -> Mapping[str, str]:
    """The words of a language; English where the language is not known yet."""
    return WORDS.get(language, _ENGLISH)
