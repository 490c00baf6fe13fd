"""What staff may type on pick lists, shipments and invoices: checked at the cell, before anything is recorded."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from sqlalchemy import Row

from o2c_xl.domain.goods.picking import check_pick
from o2c_xl.domain.money import trimmed
from o2c_xl.domain.policy import Policy
from o2c_xl.domain.receivables.open_items import NOT_POSTED
from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.receivables.invoice_actions import asked_invoices
from o2c_xl.ledger.store import Txn
from o2c_xl.steps.act_on_invoices import nothing_to_do
from o2c_xl.tables.known.rows import existing_rows
from o2c_xl.tables.parse.rowset import RowSet

__all__ = ["check_invoices", "check_picks", "check_shipments", "pick_locked"]

_NEEDS_REASON = ("Credit", "Write off", "Reopen")


def pick_locked(row: Row[Any]) -> str | None:
    """A pick that was taken over stays: its goods may be on the way."""
    return None if row.status == "To pick" else f"it is {row.status.lower()} already."


def check_picks(txn: Txn, rows: RowSet, policy: Policy) -> None:  # noqa: ARG001 -- every check has this form
    """Picked is between nothing and what was to be picked, and all of it is packed."""
    for i, old in _known(txn, schema.picks, rows):
        picked = _now(rows, i, "picked", old)
        packed = _now(rows, i, "packed", old)
        if old.status != "To pick":
            continue
        found = check_pick(trimmed(old.to_pick), picked, picked if packed is None else packed)
        if isinstance(found, str):
            column, _, told = found.partition(": ")
            problem, _, fix = told.partition(". ")
            rows.fault(i, column.lower(), f"{problem}.", fix)
        elif picked is not None and packed is not None and packed != picked:
            told = f"{packed} are packed, but {picked} were picked."
            rows.fault(i, "packed", told, "Count again and correct one of the two.")


def check_shipments(txn: Txn, rows: RowSet, policy: Policy) -> None:  # noqa: ARG001
    """What has left or was cancelled cannot be asked to leave or come back; nothing leaves tomorrow or unasked for."""
    known = list(_known(txn, schema.shipments, rows))
    c = schema.orders.c
    orders = rows_by_key(txn.conn, [c.order, c.order_date], c.order, {old.order for _, old in known})
    ordered = {row.order: row.order_date for row in orders}
    for i, old in known:
        action, day = _new(rows, i, "action", old), _new(rows, i, "shipped_on", old)
        if action and old.status != "Packed":
            mend = "Enter what comes back in Returns." if old.status == "Shipped" else "Empty the cell."
            rows.fault(i, "action", f"it is {old.status.lower()} already.", mend)
        if day and old.status != "Packed":
            rows.fault(i, "shipped_on", f"it is {old.status.lower()} already.", "Put the old date back.")
        elif day and day > txn.day:
            rows.fault(i, "shipped_on", f"{day} is after {txn.day}.", "Enter the day on which it leaves.")
        elif day and (first := ordered.get(old.order)) and day < first:
            problem = f"{day} is before order {old.order} came on {first}."
            rows.fault(i, "shipped_on", problem, "Enter the day on which it leaves, or mend the order's date.")


def check_invoices(txn: Txn, rows: RowSet, policy: Policy) -> None:  # noqa: ARG001
    """What is asked of an invoice has something to do, and what takes money back says why."""
    asks: dict[int, tuple[Row[Any], str, str]] = {}
    for i, old in _known(txn, schema.invoices, rows):
        action = _new(rows, i, "action", old)
        if action and old.status in NOT_POSTED:
            rows.fault(i, "action", "it is not posted yet.", "Decide its approval first.")
        elif action:
            asks[i] = (old, action, _now(rows, i, "reason", old) or "")
    for i, one in zip(asks, asked_invoices(txn.conn, list(asks.values())), strict=True):
        if why := nothing_to_do(one):
            rows.fault(i, "action", why, "Empty the cell.")
        elif one.action in _NEEDS_REASON and not one.reason:
            rows.fault(i, "reason", "nothing is entered.", f"Say why you want {one.action}.")
        elif one.action == "Dispute" and not one.reason and not _now(rows, i, "dispute_code", asks[i][0]):
            rows.fault(i, "reason", "nothing is entered.", "Choose a Dispute code, or say what is disputed.")


def _known(txn: Txn, table: Any, rows: RowSet) -> Iterator[tuple[int, Row[Any]]]:  # noqa: ANN401 -- a ledger table
    """The rows that the ledger has, each with its index."""
    known = existing_rows(txn, table, rows)
    for i in range(len(rows)):
        old = known.get(rows.key(i))
        if old is not None:
            yield i, old


def _now(rows: RowSet, index: int, name: str, old: Row[Any]) -> Any:  # noqa: ANN401 -- a cell's value
    """What the cell says, or the ledger where the sheet lacks the column."""
    value = rows.columns[name][index] if name in rows.columns else getattr(old, name)
    return trimmed(value) if isinstance(value, Decimal) else value


def _new(rows: RowSet, index: int, name: str, old: Row[Any]) -> Any:  # noqa: ANN401
    """What the cell says if it says something new; else None."""
    value = _now(rows, index, name, old)
    return None if value == getattr(old, name) else value
