"""Payments against open items, with a truth: how many find theirs, how many go astray, and the processor time it takes.

The generator knows which invoices each payment was meant for, and whether that can be told at all from what the payment
says; a payment that says too little should be proposed, never posted. Amounts are in cents, like real ones.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from o2c_xl.domain.cash.matching import Match, MatchPolicy, Payment, match
from o2c_xl.domain.receivables.open_items import OpenItem

CUSTOMERS, ITEMS, PAYMENTS = 2_000, 50_000, 10_000
DAY = date(2026, 3, 2)
POLICY = MatchPolicy(Decimal(1), Decimal("0.50"))
MOST_SECONDS, LEAST_PRECISION, LEAST_RECALL = 1.0, 0.9995, 0.975
_SHARES = {
    "exact reference": 30,
    "tolerant reference": 12,
    "wrong reference": 6,
    "no reference": 12,
    "part": 6,
    "part without reference": 2,
    "combined with references": 10,
    "combined without reference": 4,
    "bank fee": 4,
    "small difference": 3,
    "discount": 5,
    "overpaid": 2,
    "duplicate": 2,
    "another's number": 2,
}
_WORDS = ("Invoice", "Rechnung Nr.", "Facture", "Payment for", "Ref", "Re:", "our order of March", "thank you", "2026")


@dataclass(frozen=True)
class Truth:
    """What a payment was meant for; `decidable`: what it says is enough to know."""

    kind: str
    invoices: frozenset[str]
    decidable: bool


def generate(seed: int = 1) -> tuple[list[Payment], dict[str, list[OpenItem]], dict[str, Truth]]:
    """Payments, open items by customer, and the truth by payment."""
    return _Generator(random.Random(seed)).make()


class _Generator:
    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.items: dict[str, list[OpenItem]] = {}
        self.free: dict[str, list[OpenItem]] = {}
        self.payments: list[Payment] = []
        self.truth: dict[str, Truth] = {}

    def make(self) -> tuple[list[Payment], dict[str, list[OpenItem]], dict[str, Truth]]:
        sizes = [self.chance.paretovariate(1.6) for _ in range(CUSTOMERS)]
        owners = self.chance.choices(range(CUSTOMERS), sizes, k=ITEMS)
        for number, owner in enumerate(owners, 1):
            customer = f"C{owner:05}"
            self.items.setdefault(customer, []).append(self._item(number, customer))
        self.free = {customer: self.chance.sample(items, len(items)) for customer, items in self.items.items()}
        kinds = self.chance.choices(list(_SHARES), list(_SHARES.values()), k=PAYMENTS)
        names = list(self.items)
        for kind in kinds:
            for _ in range(50):
                if self._pay(kind, self.chance.choice(names)):
                    break
        self.chance.shuffle(self.payments)
        return self.payments, self.items, self.truth

    def _item(self, number: int, customer: str) -> OpenItem:
        amount = Decimal(int(self.chance.lognormvariate(10.8, 1.1)) + 500).scaleb(-2)
        due = DAY + timedelta(days=self.chance.randint(-60, 30))
        discount = (amount * 2).quantize(Decimal("0.01")) / 100 if self.chance.random() < 0.2 else Decimal(0)
        discount = discount.quantize(Decimal("0.01"))
        until = DAY + timedelta(days=self.chance.randint(-5, 10)) if discount else None
        return OpenItem(
            f"INV-{number:06}", customer, "EUR", amount, ((due, amount),), discount=discount, discount_until=until
        )

    def _take(self, customer: str, count: int = 1) -> list[OpenItem]:
        free = self.free[customer]
        if len(free) < count:
            return []
        return [free.pop() for _ in range(count)]

    def _pay(self, kind: str, customer: str) -> bool:
        make = getattr(self, f"_{kind.replace(' ', '_').replace(chr(39), '')}")
        return bool(make(kind, customer))

    def _add(
        self, kind: str, items: list[OpenItem], amount: Decimal, reference: str, *, decidable: bool = True
    ) -> bool:
        number = f"PM-{len(self.payments) + 1:06}"
        day = DAY - timedelta(days=self.chance.randint(0, 3))
        self.payments.append(Payment(number, items[0].customer, amount, "EUR", day, reference))
        self.truth[number] = Truth(kind, frozenset(item.invoice for item in items), decidable)
        return True

    def _said(self, *numbers: str) -> str:
        before, after = self.chance.choice(_WORDS), self.chance.choice(_WORDS)
        return f"{before} {self.chance.choice((', ', ' / ', ' ', ' + ')).join(numbers)} {after}"

    def _tolerant(self, number: str) -> str:
        digits = number.removeprefix("INV-")
        return self.chance.choice(
            (
                number.replace("0", "O", 1),
                f"INV {digits.lstrip('0')}",
                f"inv{digits}",
                f"INV-{digits[:3]} {digits[3:]}",
                digits,
                _creditor_reference(number),
                f"lNV-{digits}",
            )
        )

    def _unique(self, item: OpenItem, amount: Decimal) -> bool:
        return sum(amount in (one.open, one.open - one.discount) for one in self.items[item.customer]) == 1

    # --- kinds of payments ---------------------------------------------------------------------------------------

    def _exact_reference(self, kind: str, customer: str) -> bool:
        items = self._take(customer)
        return bool(items) and self._add(kind, items, items[0].open, self._said(items[0].invoice))

    def _tolerant_reference(self, kind: str, customer: str) -> bool:
        items = self._take(customer)
        return bool(items) and self._add(kind, items, items[0].open, self._said(self._tolerant(items[0].invoice)))

    def _wrong_reference(self, kind: str, customer: str) -> bool:
        """A number that is nobody's; the amount tells."""
        items = self._take(customer)
        if not items:
            return False
        decidable = self._unique(items[0], items[0].open)
        return self._add(
            kind,
            items,
            items[0].open,
            self._said(f"INV-{ITEMS + self.chance.randint(1, 9999):06}"),
            decidable=decidable,
        )

    def _no_reference(self, kind: str, customer: str) -> bool:
        items = self._take(customer)
        if not items:
            return False
        return self._add(
            kind,
            items,
            items[0].open,
            self.chance.choice(("", "thank you", "March")),
            decidable=self._unique(items[0], items[0].open),
        )

    def _part(self, kind: str, customer: str) -> bool:
        items = self._take(customer)
        if not items or items[0].open < 10:
            return False
        part = (items[0].open * self.chance.randint(20, 80) / 100).quantize(Decimal("0.01"))
        return self._add(kind, items, part, self._said(items[0].invoice))

    def _part_without_reference(self, kind: str, customer: str) -> bool:
        items = self._take(customer)
        if not items or items[0].open < 10:
            return False
        part = (items[0].open * self.chance.randint(20, 80) / 100).quantize(Decimal("0.01"))
        return self._add(kind, items, part, "", decidable=False)

    def _combined_with_references(self, kind: str, customer: str) -> bool:
        items = self._take(customer, self.chance.randint(2, 5))
        total = sum((item.open for item in items), Decimal(0))
        return bool(items) and self._add(kind, items, total, self._said(*(item.invoice for item in items)))

    def _combined_without_reference(self, kind: str, customer: str) -> bool:
        """Told by the sum, where no other set of the customer's items comes to it; that is proved with the engine."""
        items = self._take(customer, self.chance.randint(2, 3))
        total = sum((item.open for item in items), Decimal(0))
        few = len(self.items[customer]) <= 15
        return bool(items) and self._add(
            kind, items, total, "", decidable=few and _only_set(self.items[customer], total)
        )

    def _bank_fee(self, kind: str, customer: str) -> bool:
        items = self._take(customer)
        if not items or items[0].open < 50:
            return False
        return self._add(kind, items, items[0].open - self.chance.randint(5, 25), self._said(items[0].invoice))

    def _small_difference(self, kind: str, customer: str) -> bool:
        items = self._take(customer)
        if not items or items[0].open < 50:
            return False
        less = Decimal(self.chance.randint(1, 50)).scaleb(-2)
        return self._add(kind, items, items[0].open - less, self._said(items[0].invoice))

    def _discount(self, kind: str, customer: str) -> bool:
        items = [item for item in self.free[customer] if item.discount and (item.discount_until or DAY) >= DAY][:1]
        if not items:
            return False
        self.free[customer].remove(items[0])
        named = self.chance.random() < 0.7
        amount = items[0].open - items[0].discount
        return self._add(
            kind,
            items,
            amount,
            self._said(items[0].invoice) if named else "",
            decidable=named or self._unique(items[0], amount),
        )

    def _overpaid(self, kind: str, customer: str) -> bool:
        items = self._take(customer)
        more = Decimal(self.chance.randint(1, 5000)).scaleb(-2)
        return bool(items) and self._add(kind, items, items[0].open + more, self._said(items[0].invoice))

    def _duplicate(self, kind: str, customer: str) -> bool:
        """The first of two pays; the second pays nothing."""
        items = self._take(customer)
        if not items:
            return False
        said = self._said(items[0].invoice)
        self._add("exact reference", items, items[0].open, said)
        first = self.payments[-1]
        self.payments.append(
            Payment(f"{first.payment}B", customer, items[0].open, "EUR", DAY + timedelta(days=1), said)
        )
        self.truth[f"{first.payment}B"] = Truth(kind, frozenset(), decidable=False)
        return True

    def _anothers_number(self, kind: str, customer: str) -> bool:
        items, other = self._take(customer), self.chance.choice(self.items[self.chance.choice(list(self.items))])
        if not items or other.customer == customer:
            return False
        return self._add(
            kind, items, items[0].open, self._said(other.invoice), decidable=self._unique(items[0], items[0].open)
        )


def _creditor_reference(number: str) -> str:
    plain = number.replace("-", "")
    digits = "".join(str(int(sign, 36)) for sign in f"{plain}RF00")
    whole = f"RF{98 - int(digits) % 97:02}{plain}"
    return " ".join(whole[at : at + 4] for at in range(0, len(whole), 4))


def _only_set(items: list[OpenItem], total: Decimal) -> bool:
    sums: Counter[Decimal] = Counter({Decimal(0): 1})
    for item in items:
        for value, ways in list(sums.items()):
            if value + item.open <= total:
                sums[value + item.open] += ways
    return sums[total] == 1


def judged(found: list[Match], truth: dict[str, Truth]) -> dict[str, Counter[str]]:
    """By kind: how many payments were posted right, wrong, or left to a person, of those that can be decided or not."""
    posted: dict[str, set[str]] = {}
    for one in found:
        if one.certain:
            posted.setdefault(one.payment, set()).add(one.invoice)
    result: dict[str, Counter[str]] = {}
    for payment, meant in truth.items():
        paid = posted.get(payment, set())
        word = "left" if not paid else "right" if paid == meant.invoices else "wrong"
        result.setdefault(meant.kind, Counter())[word if meant.decidable else f"undecidable {word}"] += 1
    return result


def measure(_folder: Path) -> Iterator[str]:
    payments, items, truth = generate()
    spent = []
    for _ in range(3):
        start = time.process_time()
        found = match(payments, items, POLICY)
        spent.append(time.process_time() - start)
    kinds = judged(found, truth)
    total: Counter[str] = sum(kinds.values(), Counter())
    for kind in _SHARES:
        yield f"  {kind}: " + ", ".join(f"{number} {word}" for word, number in sorted(kinds.get(kind, {}).items()))
    right, wrong = total["right"] + total["undecidable right"], total["wrong"] + total["undecidable wrong"]
    decidable = total["right"] + total["wrong"] + total["left"]
    precision, recall = right / (right + wrong), total["right"] / decidable
    yield f"{len(payments):,} payments, {ITEMS:,} open items: {min(spent):.2f} s of CPU (at most {MOST_SECONDS})"
    yield f"  wrong where it can be decided: {total['wrong']} (0 wanted)"
    yield f"  precision {precision:.5f} (at least {LEAST_PRECISION}), recall {recall:.4f} (at least {LEAST_RECALL})"
