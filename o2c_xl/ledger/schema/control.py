"""Approvals, discrepancies, and what else people keep an eye on."""

from __future__ import annotations

from sqlalchemy import Index

from o2c_xl.ledger.schema.parts import amounts, dates, table, texts, wholes

__all__ = ["approvals", "clashes", "discrepancies", "improvements", "requests", "surveys"]

approvals = table(
    "approvals",
    "approval",
    *texts("role step subject"),
    *amounts("amount"),
    *texts("currency asked_by"),
    *dates("asked_on"),
    # what someone would decide, typed in the sheet by the account `wished_by`: it counts only once it is confirmed
    *texts("decision reason wished_by decided_by"),
    *dates("decided_on"),
    # what was asked for, as a hash: an edit voids the approval; `editors` as JSON list of accounts
    *texts("status content_hash editors"),
    Index("approvals_by_status", "status"),
    Index("approvals_by_subject", "subject"),
)
discrepancies = table(
    "discrepancies",
    "discrepancy",
    *texts("kind subject expected found owner resolution status"),
    *dates("since"),
    Index("discrepancies_by_subject", "subject"),
)
# A staff cell that was changed in a workbook and in the ledger since it was last seen; said beside its row until a
# person who had it before them has saved the workbook.
clashes = table("clashes", "table key column", *texts("book value said"), *dates("since"))
requests = table(
    "requests",
    "request",
    *texts("customer_id order_or_invoice kind text"),
    *dates("received_on first_reply_on closed_on"),
    *texts("owner"),
)
surveys = table(
    "surveys",
    "survey",
    *texts("order customer_id"),
    *wholes("score"),
    *texts("factor comment"),
    *dates("answered_on"),
    *texts("issue status"),
)
improvements = table(
    "improvements",
    "improvement",
    *texts("finding kind timeline responsible metric target baseline now status"),
)
