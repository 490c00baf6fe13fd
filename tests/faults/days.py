"""A company at work with a fault a minute: what was dropped and what the books hold in the end must agree.

    python -m tests.faults.days --hours 72

Every minute files are dropped and a pass is killed, in the middle of a write or before it, or a call to the disk
fails, at a moment drawn by lot; nothing is put right between. Prints minutes, faults that struck, differences.
"""

from __future__ import annotations

import argparse
import datetime as dt
import errno
import random
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from sqlalchemy import Connection, NullPool, create_engine, text

from tests.faults.cases import DAY, HEAD, ask, drop, make_company, put
from tests.faults.judge import litter
from tests.faults.loop import workbench
from tests.faults.shim import FAIL_ON, FAIL_ONCE, HALF, KILL, Fault, build, calls_of
from tests.faults.zygote import Warm

__all__ = ["Days"]

_PRICES = {"P1": Decimal("2.50"), "P2": Decimal("7.00")}
_STOCK = Decimal(1_000_000)
_TAX, _CENT = Decimal("0.19"), Decimal("0.01")
_MODES = (KILL, KILL, HALF, FAIL_ONCE, FAIL_ON)
_ERRORS = (errno.EIO, errno.ENOSPC, errno.EACCES)
_MINUTES_A_DAY = 24 * 60
_PAYMENT = "Payment,Customer ID,Paid on,Amount,Method\n"


@dataclass
class _Truth:
    """What was dropped: lines by order, amounts by payment, every file's bytes, how many must come back."""

    orders: dict[str, dict[str, int]] = field(default_factory=dict)
    payments: dict[str, Decimal] = field(default_factory=dict)
    files: Counter[bytes] = field(default_factory=Counter)
    bad: int = 0


class Days:
    """A company in `folder`; the same seed makes the same days."""

    def __init__(self, warm: Warm, folder: Path, seed: int = 1) -> None:
        self.warm, self.folder, self.chance = warm, folder, random.Random(seed)
        self.truth, self.minutes, self.struck = _Truth(), 0, 0
        self._calls = 300
        make_company(warm, folder)
        much = "".join(f"M{sku},{sku},{_STOCK},{DAY},Opening\n" for sku in _PRICES)
        count = put(folder / "work" / "much.csv", f"Count,SKU,Counted,Counted on,Reason\n{much}")
        ask(warm, folder, "load", count, "--on", DAY)
        ask(warm, folder, "run", "--on", DAY)

    def go(self, minutes: int) -> list[str]:
        """So many minutes, then one pass that nothing disturbs; gives every difference."""
        for _ in range(minutes):
            self.minutes += 1
            for _ in range(self.chance.choice((0, 1, 1, 2))):
                self._drop()
            self._disturbed()
        for _ in range(2):
            ask(self.warm, self.folder, *self._words())
        return [*self._files(), *self._books()]

    def _words(self) -> tuple[str, ...]:
        day = dt.date.fromisoformat(DAY) + dt.timedelta(days=self.minutes // _MINUTES_A_DAY)
        return ("watch", "--once", "--on", day.isoformat())

    def _disturbed(self) -> None:
        mode = self.chance.choice(_MODES)
        error = self.chance.choice(_ERRORS) if mode in {FAIL_ONCE, FAIL_ON} else 0
        fault = Fault(mode, self.chance.randint(1, self._calls), error)
        answer = self.warm.run(self.folder, *self._words(), fault=fault)
        calls = len(calls_of(answer.log))
        self.struck += calls >= fault.at
        self._calls = max(self._calls * 9 // 10, calls, 100)  # so that most strike, at any moment of a pass

    def _drop(self) -> None:
        name = f"f{self.minutes}-{sum(self.truth.files.values())}"
        kind = self.chance.choice(("order", "order", "order", "again", "bad", "payment"))
        if kind == "payment":
            self.truth.payments[name] = amount = Decimal(self.chance.randint(100, 9_999)).scaleb(-2)
            self._put(name, f"{_PAYMENT}{name},C1,{DAY},{amount},Bank transfer\n", "payments")
        elif kind == "bad":
            self.truth.bad += 1
            self._put(name, f"{HEAD}{name},C9,{DAY},P1,3\n")
        elif kind == "again" and self.truth.orders:
            order = self.chance.choice(list(self.truth.orders))
            self._put(name, self._order(order))
        else:
            skus = self.chance.sample(sorted(_PRICES), self.chance.randint(1, 2))
            self.truth.orders[name] = {sku: self.chance.randint(1, 20) for sku in skus}
            self._put(name, self._order(name))

    def _order(self, order: str) -> str:
        lines = "".join(f"{order},C2,{DAY},{sku},{n}\n" for sku, n in self.truth.orders[order].items())
        return HEAD + lines

    def _put(self, name: str, content: str, kind: str = "orders") -> None:
        drop(self.folder, f"{name}.csv", content, kind)
        self.truth.files[content.encode()] += 1

    def _files(self) -> Iterator[str]:
        kept = [path for place in ("done", "set-aside") for path in (self.folder / place).rglob("*") if path.is_file()]
        found = Counter(path.read_bytes() for path in kept if "(to mend)" not in path.name)
        yield from (f"lost: a file {content!r}" for content in (self.truth.files - found).elements())
        yield from (f"doubled: a file {content!r}" for content in (found - self.truth.files).elements())
        yield from (f"differs: {name} lies about" for name in litter(self.folder))

    def _books(self) -> Iterator[str]:
        engine = create_engine(f"sqlite:///{self.folder / 'ledger.db'}", poolclass=NullPool)
        with engine.connect() as db:
            for what, expected, found in (*self._orders(db), *self._sums(db)):
                if expected != found:
                    yield f"differs: {what}: {found} instead of {expected}"
        answer = self.warm.run(self.folder, "verify")
        if answer.code:
            yield f"differs: o2c verify: {answer.out[-500:]}"

    def _orders(self, db: Connection) -> Iterator[tuple[str, object, object]]:
        lines: dict[str, dict[str, int]] = {}
        for order, sku, quantity, invoiced in db.execute(
            text('SELECT "order", sku, quantity / 10000, invoiced / 10000 FROM order_lines')
        ):
            lines.setdefault(order, {})[sku] = quantity
            yield f"{order}: invoiced of {sku}", quantity, invoiced
        yield "orders", self.truth.orders, lines
        paid = db.execute(text("SELECT payment, amount FROM payments"))
        yield "payments", self.truth.payments, {key: Decimal(amount).scaleb(-4) for key, amount in paid}

    def _sums(self, db: Connection) -> Iterator[tuple[str, object, object]]:
        def one(statement: str) -> Decimal:
            return Decimal(db.execute(text(statement)).scalar() or 0)

        ordered = Counter[str]()
        total = Decimal(0)
        for lines in self.truth.orders.values():
            ordered.update(lines)
            net = sum((_PRICES[sku] * n for sku, n in lines.items()), Decimal(0))
            total += net + (net * _TAX).quantize(_CENT, ROUND_HALF_UP)
        yield "invoices together", total, one("SELECT sum(total) FROM invoices").scaleb(-4)
        for sku in _PRICES:
            there = one(f"SELECT on_hand FROM stock WHERE sku = '{sku}'").scaleb(-4)
            yield f"stock of {sku}", _STOCK - ordered[sku], there
        yield "files set aside", self.truth.bad, one("SELECT count(*) FROM files WHERE fate = 'Set aside'")
        letters = Counter(db.execute(text("SELECT about FROM outbox WHERE kind LIKE '%aside%'")).scalars())
        yield "letters", self.truth.bad, len(letters)
        yield "letters told again", {}, {about: times for about, times in letters.items() if times > 1}


def main() -> int:
    """So many hours of one company; 1 when anything differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hours", type=int, default=72)
    parser.add_argument("--seed", type=int, default=1)
    told = parser.parse_args()
    folder = workbench()
    at = Path(folder.name)
    with Warm(build(at), at) as warm:
        days = Days(warm, at / "company", told.seed)
        wrong = days.go(told.hours * 60)
    sys.stdout.write(
        "\n".join([f"{days.minutes} minutes, {days.struck} faults struck, {len(wrong)} differences", *wrong, ""])
    )
    if wrong:
        sys.stdout.write(f"Kept in {folder.name}\n")
        folder._finalizer.detach()  # type: ignore[attr-defined]
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
