"""Applying what customers paid: what people decided first, then prepayments to their orders, then by the rules.

Each settles only what the one before left open, so nothing is applied beyond a payment or an item.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from o2c_xl.domain.cash.matching import Match, MatchRule, Payment, match
from o2c_xl.domain.cash.references import find_numbers, index_numbers
from o2c_xl.domain.cash.settling import MatchPolicy, OpenItems, Parts, settle_one
from o2c_xl.domain.money import ZERO
from o2c_xl.domain.receivables.open_items import OpenItem

__all__ = ["Accepted", "ToApply", "apply_all"]

_SURE = Decimal("1.00")
_AFTER_ALL = "It brings what was written off of the invoice as a tolerated difference, which is taken back."


@dataclass(frozen=True, slots=True)
class Accepted:
    """A proposal that a person accepted, perhaps with a lower amount."""

    payment: str
    invoice: str
    amount: Decimal


@dataclass(slots=True)
class ToApply:
    """Unapplied payments and the open items of their accounts.

    `orders` names the order of each prepayment and whether more of it may still be invoiced: until then the rest
    waits for it. `rejected` are payment and invoice that a person said do not belong together, `contested` invoices
    that were proposed to several payments: what one of them lacks is no difference to be written off. `tolerated` is
    by invoice and currency what was written off of settled ones because so little was missing.
    """

    payments: Sequence[Payment]
    items: Sequence[OpenItem]
    orders: Mapping[str, tuple[str, bool]] = field(default_factory=dict)
    accepted: Sequence[Accepted] = ()
    rejected: frozenset[tuple[str, str]] = frozenset()
    contested: frozenset[str] = frozenset()
    tolerated: Mapping[tuple[str, str], Decimal] = field(default_factory=dict)


def apply_all(work: ToApply, policy: MatchPolicy) -> list[Match]:
    """The matches of a batch, certain ones and proposals."""
    state = _State(work, policy)
    for decision in work.accepted:
        state.accept(decision)
    for payment in work.payments:
        if payment.payment in work.orders:
            state.use_prepayment(payment)
    for payment in work.payments:
        state.bring_after_all(payment.payment)
    apart: dict[str, set[str]] = {}
    # who accepted less than was proposed meant it: the rest does not follow by itself
    for name, item in (*work.rejected, *((one.payment, one.invoice) for one in work.accepted)):
        apart.setdefault(name, set()).add(item)
    return state.matches + state.found(apart)


class _State:
    """What is still open and unapplied while a batch goes through the steps."""

    def __init__(self, work: ToApply, policy: MatchPolicy) -> None:
        self.work, self.policy = work, policy
        self.matches: list[Match] = []
        self.items = {item.invoice: item for item in work.items}
        self.left = {payment.payment: payment for payment in work.payments}
        self.tolerated = dict(work.tolerated)

    def accept(self, decision: Accepted) -> None:
        payment, item = self.left.get(decision.payment), self.items.get(decision.invoice)
        if payment is None or item is None:
            return
        amount = min(decision.amount, payment.amount)
        split = amount < payment.amount or item.invoice in self.work.contested or self._others_name(item, payment)
        policy = MatchPolicy() if split else self.policy
        self._settle(payment, item, amount, "Accepted by a person.", policy)

    def _others_name(self, item: OpenItem, payment: Payment) -> bool:
        """Whether another payment names the item and brings money: what one lacks, the other has."""
        number = index_numbers([item.invoice])
        others = (one for one in self.left.values() if one.payment != payment.payment and one.customer == item.customer)
        return any(one.amount > ZERO and find_numbers(number, one.reference) for one in others)

    def use_prepayment(self, payment: Payment) -> None:
        order, _ = self.work.orders[payment.payment]
        own = [item for item in self.items.values() if item.order == order and item.customer == payment.customer]
        # What one of several payments lacks another brings: only what the last leaves open is a difference.
        policy = MatchPolicy() if self._more_paid_ahead(order, payment) else self.policy
        for item in sorted(own, key=lambda item: (item.due[0][0], item.invoice)):
            payment = self.left[payment.payment]
            if payment.amount > ZERO and item.open > ZERO and item.currency == payment.currency:
                self._settle(payment, item, payment.amount, f"Paid in advance for {order}.", policy)

    def _more_paid_ahead(self, order: str, payment: Payment) -> bool:
        """Whether other money lies ready for the same order."""
        others = (name for name, (other, _) in self.work.orders.items() if other == order)
        return any(self.left[name].amount > ZERO for name in others if name != payment.payment)

    def _settle(self, payment: Payment, item: OpenItem, amount: Decimal, reason: str, policy: MatchPolicy) -> None:
        if item.currency != payment.currency or item.customer != payment.customer:
            return
        parts = settle_one(item, amount, payment.paid_on, OpenItems([item]), policy)
        if not parts.amount or (parts.amount > ZERO) != (payment.amount > ZERO):
            return
        kept = item.open - payment.amount
        if payment.payment not in self.work.orders and kept == payment.charges > ZERO and amount == payment.amount:
            whole = _match(payment, Parts(item, payment.amount), MatchRule.REFERENCE, reason)
            self._take([whole._replace(charge=kept)])
            return
        rule = MatchRule.ORDER if payment.payment in self.work.orders else MatchRule.REFERENCE
        self._take([_match(payment, parts, rule, reason)])

    def bring_after_all(self, name: str) -> None:
        """A payment of no more than what was tolerated of the one invoice that it names takes that back."""
        payment = self.left[name]
        if len(payment.settled) != 1 or payment.guessed or payment.elsewhere or name in self.work.orders:
            return
        (invoice,), amount = payment.settled, payment.amount
        key = invoice, payment.currency
        if (name, invoice) in self.work.rejected or not ZERO < amount <= self.tolerated.get(key, ZERO):
            return
        if find_numbers(index_numbers(self.items), payment.reference):
            return
        self.tolerated[key] -= amount
        self.left[name] = replace(payment, amount=ZERO)
        names = (payment.payment, invoice, payment.customer)
        self.matches.append(Match(*names, amount, ZERO, -amount, MatchRule.REFERENCE, _SURE, True, _AFTER_ALL))

    def found(self, apart: Mapping[str, Collection[str]]) -> list[Match]:
        """What the rules find; a prepayment takes part only when nothing more of its order is to come."""
        ready = [one for one in self.left.values() if not self.work.orders.get(one.payment, ("", False))[1]]
        items: dict[str, list[OpenItem]] = {}
        for item in self.items.values():
            if item.open:
                items.setdefault(item.customer, []).append(item)
        return match([one for one in ready if one.amount], items, self.policy, apart)

    def _take(self, matches: Sequence[Match]) -> None:
        self.matches += matches
        for one in matches:
            item, payment = self.items[one.invoice], self.left[one.payment]
            still_open = item.open - one.amount - one.discount - one.write_off - one.charge
            discount = item.discount if item.in_time(payment.paid_on) else ZERO
            self.items[one.invoice] = replace(item, open=still_open, discount=min(discount, still_open))
            self.left[one.payment] = replace(payment, amount=payment.amount - one.amount)


def _match(payment: Payment, parts: Parts, rule: MatchRule, reason: str) -> Match:
    return Match(
        payment.payment,
        parts.item.invoice,
        payment.customer,
        parts.amount,
        parts.discount,
        parts.write_off,
        rule,
        _SURE,
        True,
        reason,
    )
