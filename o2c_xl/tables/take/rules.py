"""The taking rule of each table whose rows are kept as they are; orders and purchase orders stand elsewhere."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from o2c_xl.domain.approvals import ApprovalStatus
from o2c_xl.domain.goods.slips import PENDING
from o2c_xl.domain.policy import Policy
from o2c_xl.ledger import schema
from o2c_xl.ledger.cash.matches import MATCH_DECIDED
from o2c_xl.ledger.store import Txn
from o2c_xl.tables.check.fulfilment import check_invoices, check_picks, check_shipments, pick_locked
from o2c_xl.tables.check.master import (
    check_addresses,
    check_bill_to,
    check_carriers,
    check_prices,
    check_products,
    check_tax_rates,
)
from o2c_xl.tables.check.messages import check_messages
from o2c_xl.tables.check.receivables import check_reminders
from o2c_xl.tables.check.roles import check_roles
from o2c_xl.tables.check.settings import check_settings
from o2c_xl.tables.check.slips import (
    check_bills,
    check_counts,
    check_opening_items,
    check_payments,
    check_receipts,
    check_returns,
)
from o2c_xl.tables.known.rows import Known
from o2c_xl.tables.parse.batch import Batch
from o2c_xl.tables.parse.rowset import RowSet
from o2c_xl.tables.take.customer_credit import check_customers, gate_customers
from o2c_xl.tables.take.payments_again import known_again
from o2c_xl.tables.take.rows import Rule

__all__ = ["RULES"]


def _posted(row: Row[Any]) -> str | None:
    """A slip that is posted is corrected by another slip, never edited."""
    return None if row.status in PENDING else "it is posted already."


def _receipt_free(row: Row[Any]) -> frozenset[str]:
    """How refused goods leave quarantine may be said as long as they stand there."""
    return frozenset({"refused_goods"}) if row.status in ("Quarantined", "Refused") else frozenset()


def _payment_posted(row: Row[Any]) -> str | None:
    return "it is posted already." if row.held_on else None


def _payment_free(row: Row[Any]) -> frozenset[str]:
    """Of money that is not applied yet, whose it is and what it is for may still be said."""
    if not row.unapplied:
        return frozenset()
    return frozenset({"reference"} if row.applied else {"customer_id", "payer", "reference"})


def _match_rejected(row: Row[Any]) -> bool:
    """By a person, who may think better of it; what was withdrawn since it no longer holds stays so."""
    return (row.status, row.decision) == ("Rejected", "Reject")


def _match_decided(row: Row[Any]) -> str | None:
    return None if row.status == "Proposed" or _match_rejected(row) else f"it is {row.status.lower()} already."


def _proposed_again(txn: Txn, rows: Batch, policy: Policy, known: Known) -> dict[int, dict[str, Any]]:  # noqa: ARG001
    """A match whose rejection is taken back is a proposal again, with what was decided instead."""
    found: dict[int, dict[str, Any]] = {}
    for i, said in enumerate(rows.columns.get("decision", ())):
        old = known.get(rows.key(i))
        if old is not None and _match_rejected(old) and said != old.decision:
            found[i] = {"status": "Proposed", "reason": "Proposed again, as its rejection was taken back."}
    return found


def _decided(row: Row[Any]) -> str | None:
    return None if row.status == ApprovalStatus.WAITING else f"it is {row.status.lower()} already."


def _wished(txn: Txn, rows: Batch, policy: Policy, known: Known) -> dict[int, dict[str, Any]]:  # noqa: ARG001
    """Which account noted a decision: it is told beside the row whether that account may decide."""
    found: dict[int, dict[str, Any]] = {}
    for i in range(len(rows)):
        old = known.get(rows.key(i))
        wish = rows.columns.get("decision", [None] * len(rows))[i] or ""
        if old is not None and wish != old.decision:
            found[i] = {"wished_by": txn.who if wish else ""}
    wished = [rows.key_text(i) for i, more in found.items() if more["wished_by"]]
    if wished:
        rows.notes.append(
            f"{rows.source}: what is decided for {', '.join(wished)} is noted and does not count yet. Whoever has the "
            "role decides with o2c approve or o2c reject; Check in Approvals says who that is."
        )
    return found


def _resolved(txn: Txn, rows: RowSet, policy: Policy, known: Known) -> dict[int, dict[str, Any]]:  # noqa: ARG001
    """A discrepancy is resolved once somebody says how it was settled, and open again where that is taken back."""
    found: dict[int, dict[str, Any]] = {}
    for i, said in enumerate(rows.columns.get("resolution", ())):
        old = known.get(rows.key(i))
        if old is not None and (said or "") != old.resolution:
            found[i] = {"status": "Resolved" if said else "Open"}
    return found


def _bill_locked(row: Row[Any]) -> str | None:
    return f"it is {row.status.lower()} already." if row.status in ("Posted", "Paid") else None


def _bill_free(row: Row[Any]) -> frozenset[str]:
    """When a posted bill is due and paid may still be said."""
    return frozenset({"due_date", "paid_on"}) if row.status == "Posted" else frozenset()


def _check_customers(txn: Txn, rows: RowSet, policy: Policy) -> None:
    check_customers(txn, rows, policy)
    check_bill_to(txn, rows)
    check_addresses(rows)


RULES: dict[str, Rule] = {
    "Customers": Rule(schema.customers, "customer changed", check=_check_customers, gate=gate_customers),
    "Suppliers": Rule(schema.suppliers, "supplier changed"),
    "Products": Rule(schema.products, "product changed", check=check_products),
    "SupplierPrices": Rule(schema.supplier_prices, "supplier price changed", check=check_prices),
    "Prices": Rule(schema.prices, "price changed", check=check_prices),
    "TaxRates": Rule(schema.tax_rates, "tax rate changed", check=check_tax_rates),
    "Carriers": Rule(schema.carriers, "carrier changed", check=check_carriers),
    "Roles": Rule(schema.roles, "role changed", check=check_roles),
    "Settings": Rule(schema.settings, "setting changed", check=check_settings),
    "Receipts": Rule(
        schema.receipts,
        "receipt entered",
        source=True,
        locked=_posted,
        mend="If more came, enter it in a new row; if less is there, count it in Stock Counts.",
        free=_receipt_free,
        check=check_receipts,
    ),
    "StockCounts": Rule(
        schema.stock_counts,
        "count entered",
        source=True,
        locked=_posted,
        mend="Count again and enter that in a new row.",
        defaults={"status": "", "problem": ""},
        check=check_counts,
    ),
    "Returns": Rule(
        schema.returns,
        "return entered",
        source=True,
        locked=_posted,
        mend="If more came back, enter it in a new row; if less is there, count it in Stock Counts.",
        defaults={"status": "", "problem": ""},
        check=check_returns,
    ),
    "OpeningItems": Rule(
        schema.opening_items,
        "opening item entered",
        source=True,
        locked=_posted,
        mend="Set its Action in Invoices to Credit, and enter it anew under another number.",
        defaults={"status": "", "problem": ""},
        check=check_opening_items,
    ),
    "Bills": Rule(
        schema.bills,
        "bill entered",
        source=True,
        locked=_bill_locked,
        mend="Enter what the supplier corrects as a bill of its own.",
        free=_bill_free,
        fills=frozenset({"po", "due_date"}),
        check=check_bills,
    ),
    "Payments": Rule(
        schema.payments,
        "payment entered",
        source=True,
        locked=_payment_posted,
        mend="Take it back by a row with its amount and a minus that names it in Reference, and enter it anew.",
        free=_payment_free,
        again=known_again,
        fills=frozenset({"currency"}),
        defaults={"status": "", "problem": ""},
        check=check_payments,
    ),
    "PickList": Rule(
        schema.picks,
        "pick entered",
        new=False,
        locked=pick_locked,
        mend="What lies elsewhere than the books say is counted in Stock Counts.",
        fills=frozenset({"picked", "packed"}),
        check=check_picks,
    ),
    "Shipments": Rule(
        schema.shipments, "shipment changed", new=False, fills=frozenset({"shipped_on"}), check=check_shipments
    ),
    "Invoices": Rule(schema.invoices, "invoice action asked", new=False, check=check_invoices),
    "Reminders": Rule(schema.reminders, "penalty decided", new=False, check=check_reminders),
    "Matches": Rule(schema.matches, MATCH_DECIDED, new=False, locked=_match_decided, gate=_proposed_again),
    "Approvals": Rule(schema.approvals, "approval wished", new=False, locked=_decided, gate=_wished),
    "Discrepancies": Rule(schema.discrepancies, "discrepancy changed", new=False, gate=_resolved),
    "Outbox": Rule(schema.outbox, "message decided", new=False, check=check_messages),
    "Requests": Rule(schema.requests, "request changed"),
    "Surveys": Rule(schema.surveys, "survey changed"),
    "Improvements": Rule(schema.improvements, "improvement changed"),
}
