"""The books behind the credit check: orders that want to go on, what their accounts owe, who may release."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Row, or_

from o2c_xl.domain.approvals import Grant, grants_of
from o2c_xl.domain.credit.account import CreditCustomer, CreditOrder, CreditStatus, InCurrency, Release
from o2c_xl.domain.credit.check import CreditOutcome, past_due, release_fault
from o2c_xl.domain.credit.hold import Hold
from o2c_xl.domain.credit.score import Scored
from o2c_xl.domain.money import ZERO, plain_number
from o2c_xl.domain.ordering.orders import OrderStatus, Request
from o2c_xl.domain.policy import Policy
from o2c_xl.ledger import schema
from o2c_xl.ledger.credit.confirmed import still_to_invoice
from o2c_xl.ledger.credit.decisions import keep_decisions, with_facts
from o2c_xl.ledger.credit.facts import credit_customers, open_elsewhere, overdue_accounts, prepaid_for
from o2c_xl.ledger.credit.rights import may_release, release_limit, who_releases
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.messages.telling import tell_held
from o2c_xl.ledger.ordering.orders import pending_orders, still_pending
from o2c_xl.ledger.store import Ledger, Txn
from o2c_xl.steps.check_credit import CheckedOrder, CreditBatch, OrderToCheck, after_approval, credit_policy

__all__ = ["CreditBooks"]

_STATUSES = (OrderStatus.CREDIT_CHECK, OrderStatus.ON_HOLD)
_c = schema.orders.c
_HEADS = (
    _c.order, _c.status, _c.customer_id, _c.bill_to, _c.currency, _c.terms, _c.action, _c.notes, _c.total,
    _c.credit_state, _c.credit_terms, _c.released_until, _c.action_problem, _c.waiting_for,
    _c.waiting_who, _c.waiting_since,
)  # fmt: skip
_EVENTS = {
    CreditOutcome.APPROVED: "credit approved",
    CreditOutcome.REVIEW: "credit referred",
    CreditOutcome.HOLD: "credit held",
    CreditOutcome.REFUSED: "credit refused",
}


class CreditBooks:
    """Reads and records in batches of up to 1,000 orders, each batch one transaction.

    What an account owes is read once in a run and carried along, unless someone else recorded something meanwhile.
    """

    def __init__(self, ledger: Ledger, day: dt.date, policy: Policy) -> None:
        self._ledger, self._day, self._policy = ledger, day, policy
        self._accounts: dict[str, CreditCustomer] = {}
        self._elsewhere: dict[tuple[str, str], tuple[InCurrency, ...]] = {}
        self._scored: dict[str, Scored] = {}
        self._head = -1

    def work_off(self, decide: Callable[[CreditBatch], Sequence[CheckedOrder]]) -> int:
        """Check every order that waits for credit; returns how many changed."""
        count = 0
        where = _waiting()
        for keys in pending_orders(self._ledger, _STATUSES, *where):
            with self._ledger.transaction(self._day) as txn:
                heads = still_pending(txn.conn, keys, _STATUSES, *where, columns=_HEADS)
                batch = self._batch(txn, heads)
                count += self._record(txn, heads, batch, decide(batch))
                self._head = txn.head
        if self._policy.credit_check:
            self._mark_overdue()
        return count

    def _batch(self, txn: Txn, heads: Sequence[Row[Any]]) -> CreditBatch:
        accounts = {_account(head) for head in heads}
        self._read(txn, accounts)
        self._read_elsewhere(txn, {(head.customer_id, _account(head)) for head in heads})
        rest = still_to_invoice(txn.conn, {head.order: head.total for head in heads})
        paid = prepaid_for(txn.conn, {_account(head) for head in heads if head.terms == "Prepaid"})
        may = may_release(txn.conn, txn.today) if any(head.action == Request.RELEASE for head in heads) else ()
        orders = []
        for head in heads:
            order = CreditOrder(
                head.order,
                _account(head),
                rest[head.order],
                head.terms == "Prepaid",
                currency=head.currency,
                elsewhere=self._elsewhere.get((head.customer_id, _account(head)), ()),
            )
            release, refused = self._release(txn, head, may) if head.action == Request.RELEASE else (None, "")
            order = replace(order, release=release)
            orders.append(OrderToCheck(order, head.currency, paid.get(head.order, ZERO), refused))
        return CreditBatch(orders, self._accounts)

    def _read(self, txn: Txn, accounts: Iterable[str]) -> None:
        if txn.head != self._head:
            self._accounts, self._elsewhere = {}, {}
        new = set(accounts) - set(self._accounts)
        if new and self._policy.credit_check:
            found = credit_customers(txn.conn, new, self._day, self._policy)
            self._accounts |= with_facts(txn.conn, found, self._policy.credit_score)
        self._accounts |= {key: CreditCustomer(key, self._policy.currency) for key in new - set(self._accounts)}

    def _read_elsewhere(self, txn: Txn, pairs: Iterable[tuple[str, str]]) -> None:
        """What those who order have open on other accounts; most have nothing there."""
        new = [pair for pair in pairs if pair not in self._elsewhere]
        if new and self._policy.credit_check:
            self._elsewhere |= dict.fromkeys(new, ()) | open_elsewhere(txn.conn, new, self._day)

    def _release(self, txn: Txn, head: Row[Any], may: Sequence[Grant]) -> tuple[Release | None, str]:
        """A cell is a request: it counts when the account of this process may release that much, with a reason."""
        mine = grants_of(txn.who, may)
        limit = release_limit(mine)
        if not mine or (limit is not None and limit < head.total):
            lacks = "may not release it: that takes the role Finance."
            if mine:
                lacks = f"may release no more than {plain_number(limit or ZERO)} (Limit in Roles)."
            told = f"Release was asked for, but {txn.who} {lacks}"
            return None, f"{told} {who_releases(may, head.total)}"
        release = Release(txn.who, head.notes, head.released_until or self._day)
        fault = release_fault(release, self._day)
        return (None, fault) if fault else (release, "")

    def _record(self, txn: Txn, heads: Sequence[Row[Any]], batch: CreditBatch, decided: Sequence[CheckedOrder]) -> int:
        before = {key: batch.customers[key] for key in {_account(head) for head in heads}}
        rows = []
        for head, one, checked in zip(heads, batch.orders, decided, strict=True):
            row = _row(txn, head, one, checked)
            if any(getattr(head, name) != value for name, value in row.items()):
                rows.append(row)
            if (head.status, head.credit_state) != (checked.status, checked.outcome):
                txn.record(_EVENTS[checked.outcome], head.order, {"why": checked.why})
            elif row["action_problem"] not in ("", head.action_problem):
                txn.record("request without effect", head.order, {"why": row["action_problem"]})
            self._carry(one.order, checked)
        txn.update(schema.orders, rows)
        tell_held(txn, self._policy.tell, _newly_held(heads, decided))
        if self._policy.credit_check:
            keep_decisions(txn, before, self._accounts, self._scored, self._policy.credit_score)
        return len(rows)

    def _carry(self, order: CreditOrder, checked: CheckedOrder) -> None:
        """The account as the next batch finds it."""
        account = self._accounts[order.customer]
        if checked.scored is not None:
            self._scored[order.customer] = checked.scored
        if checked.outcome is CreditOutcome.APPROVED:
            self._accounts[order.customer] = after_approval(account, order)
        elif checked.outcome is CreditOutcome.REVIEW and account.status is CreditStatus.NEW:
            self._accounts[order.customer] = replace(account, status=CreditStatus.REVIEW)
        elif checked.outcome is CreditOutcome.REFUSED and checked.scored is not None:
            self._accounts[order.customer] = replace(account, status=CreditStatus.REFUSED)

    def _mark_overdue(self) -> None:
        """Show which accounts are on hold for what is past due, and which no longer are."""
        with self._ledger.reading() as conn:
            wanted = self._overdue_changes(conn, overdue_accounts(conn, self._day))
        if not wanted:
            return
        with self._ledger.transaction(self._day) as txn:
            rows = self._overdue_changes(txn.conn, wanted)
            for account, (status, why) in rows.items():
                txn.record("credit status changed", account, {"status": status, "why": why})
            txn.update(
                schema.customers,
                [
                    {"customer_id": key, "credit_status": status, "credit_why": why}
                    for key, (status, why) in rows.items()
                ],
            )

    def _overdue_changes(self, conn: Any, accounts: Iterable[str]) -> dict[str, tuple[str, str]]:  # noqa: ANN401
        c = schema.customers.c
        stored = {
            row.customer_id: row for row in rows_by_key(conn, [c.customer_id, c.credit_status], c.customer_id, accounts)
        }
        rules = credit_policy(self._policy)
        found = {}
        for key, customer in credit_customers(conn, stored, self._day, self._policy).items():
            hold = past_due(customer, rules)
            if hold and stored[key].credit_status in ("New", "Approved"):
                found[key] = ("Hold", "Past due: " + ", ".join(name for _, late, _ in hold for name in late.invoices))
            elif not hold and stored[key].credit_status == "Hold":
                found[key] = ("Approved", "What was past due is paid.")
        return found


def _newly_held(heads: Sequence[Row[Any]], decided: Sequence[CheckedOrder]) -> list[tuple[str, str, Hold]]:
    """Orders held for what is past due, which their customers have not been told: order, customer, what it is.

    Of limits and scores customers are not told: what is done about them is for finance.
    """
    return [
        (head.order, head.customer_id, checked.hold)
        for head, checked in zip(heads, decided, strict=True)
        if checked.outcome is CreditOutcome.HOLD and head.credit_state != CreditOutcome.HOLD
        if checked.hold
    ]


def _waiting() -> tuple[ColumnElement[bool], ...]:
    """A person's hold is left alone; an order on hold before pricing is not ours; an approved one is done."""
    c = schema.orders.c
    return c.held.is_(False), c.credit_state != "Approved", or_(c.status == "Credit check", c.credit_state != "")


def _account(head: Row[Any]) -> str:
    return str(head.bill_to or head.customer_id)


def _row(txn: Txn, head: Row[Any], one: OrderToCheck, checked: CheckedOrder) -> dict[str, Any]:
    terms, passed = checked.terms, checked.outcome is CreditOutcome.APPROVED
    told = {
        "open": terms.open_receivables,
        "confirmed": terms.confirmed_not_invoiced,
        "this order": terms.this_order,
        "credits": terms.credits,
        "exposure": terms.total,
        "why": checked.why,
    }
    stays = head.waiting_since is not None and (head.status, head.credit_state) == (checked.status, checked.outcome)
    return {
        "order": head.order,
        "status": str(checked.status),
        "credit_state": str(checked.outcome),
        "released_until": one.order.release.until if passed and one.order.release else head.released_until,
        "action_problem": "" if passed else one.release_refused or head.action_problem,
        "credit_terms": json.dumps(told, default=lambda value: format(value, "f"), ensure_ascii=False),
        "waiting_for": checked.waiting_for,
        "waiting_who": checked.waiting_who,
        "waiting_since": (head.waiting_since if stays else txn.day) if checked.waiting_for else None,
    }
