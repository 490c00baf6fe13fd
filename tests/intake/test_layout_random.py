"""Forms put together by chance, in ten languages: nearly every list is found, whatever stands around it."""

from __future__ import annotations

import datetime as dt
import random
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from o2c_xl.intake.layouts import words
from o2c_xl.intake.layouts.blocks import find_blocks
from o2c_xl.intake.layouts.grid import Grid

WORDS: dict[str, dict[str, list[str]]] = tomllib.loads(
    Path(words.__file__).with_suffix(".toml").read_text(encoding="utf-8")
)["meanings"]
TOTALS = {
    "en": "Grand total", "de": "Summe", "fr": "Total", "es": "Subtotal", "it": "Totale",
    "nl": "Totaal", "pl": "Razem", "pt": "Subtotal", "zh": "合计", "ja": "合計",
}  # fmt: skip
LABELS = ("order", "order_date", "customer_name", "phone", "city", "customer_reference")
OPTIONAL = {
    "line": 0.4,
    "product_name": 0.7,
    "category": 0.3,
    "unit": 0.5,
    "unit_price": 0.7,
    "amount": 0.4,
    "notes": 0.3,
}
Truth = tuple[int, list[str], int]


class Sheet:
    """A sheet in the making; the same seed makes the same sheet."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.language = self.chance.choice(list(TOTALS))
        self.rows: list[list[Any]] = []
        self.truth: list[Truth] = []
        self.left = self.chance.choice([0, 0, 0, 1, 2])
        for number in range(self.chance.choice([1, 1, 1, 2, 3])):
            self.rows += [[]] * (self.chance.choice([1, 1, 2, 3]) if number else 0)
            self.preface()
            self.list()
        if self.often(0.4):
            self.rows += [[]] * self.often(0.7)
            self.add([f"{self.name()} {self.name()} {self.name()}."])

    def often(self, share: float) -> bool:
        return self.chance.random() < share

    def name(self) -> str:
        return "".join(
            self.chance.choice("abcdefghiklmnoprstuvw") for _ in range(self.chance.randint(4, 9))
        ).capitalize()

    def word(self, meaning: str) -> str:
        known = WORDS[meaning]
        return self.chance.choice(known.get(self.language) or known["en"]).capitalize()

    def add(self, values: list[Any]) -> None:
        self.rows.append([None] * self.left + values)

    def preface(self) -> None:
        for _ in range(self.chance.choice([0, 0, 1, 2])):
            self.add([f"{self.name()} {self.name()} {self.chance.randint(1, 2030)}"])
        if self.often(0.4):
            for _ in range(self.chance.randint(1, 4)):
                value = self.chance.choice([self.name(), str(self.chance.randint(1000, 9999)), dt.datetime(2026, 3, 4)])
                self.add([self.word(self.chance.choice(LABELS)) + ":", value])
            self.rows += [[]] * self.often(0.7)

    def list(self) -> None:
        kinds = [kind for kind in ("sku", "quantity", *OPTIONAL) if self.often(OPTIONAL.get(kind, 1))]
        self.chance.shuffle(kinds)
        names = list(self.distinct(kinds))
        self.add(list(names))
        header = len(self.rows)
        count = self.chance.choice([2, 3, 5, 8, 20, 40])
        grouped = self.often(0.25)
        quantity = 0.0
        for number in range(count):
            if grouped and (number == 0 or self.often(0.15)):
                self.add([f"{self.name()} {self.name()}"])
            row = self.values(number)
            quantity += row["quantity"]
            self.add([row[kind] for kind in kinds])
        if self.often(0.5):
            self.rows += [[]] * self.often(0.3)
            place = kinds.index("quantity")
            sums: list[Any] = [None] * len(kinds)
            sums[place], sums[place - 1 if place else 1] = quantity, TOTALS[self.language]
            self.add(sums)
        self.truth.append((header, names, count))

    def values(self, number: int) -> dict[str, Any]:
        pieces, price = float(self.chance.randint(1, 50)), round(self.chance.random() * 100, 2)
        return {
            "line": float(number + 1),
            "sku": f"A-{self.chance.randint(100, 9999)}",
            "product_name": f"{self.name()} {self.name()}",
            "category": self.chance.choice(["Tools", "Paint", "Wood"]),
            "quantity": pieces,
            "unit": "pcs",
            "unit_price": price,
            "amount": round(pieces * price, 2),
            "notes": self.name() if self.often(0.3) else None,
        }

    def distinct(self, kinds: list[str]) -> Iterator[str]:
        seen: set[str] = set()
        for kind in kinds:
            name = self.word(kind)
            while name.casefold() in seen:
                name += f" {self.name()}"
            seen.add(name.casefold())
            yield name

    def grid(self) -> Grid:
        width = max(map(len, self.rows))
        columns = [[row[c] if c < len(row) else None for row in self.rows] for c in range(width)]
        return Grid("made.xlsx", "S", columns, range(1, len(self.rows) + 1))


def found_in(grid: Grid) -> list[Truth]:
    return [(block.header + 1, list(block.names.values()), len(block.traced.rows)) for block in find_blocks(grid)]


def test_at_least_97_of_100_lists_are_found_exactly() -> None:
    sheets = [Sheet(seed) for seed in range(250)]

    exact = sum(truth in found_in(sheet.grid()) for sheet in sheets for truth in sheet.truth)

    assert exact >= 0.97 * sum(len(sheet.truth) for sheet in sheets)


cells = st.one_of(
    st.none(),
    st.floats(allow_nan=True),
    st.text(max_size=12),
    st.sampled_from(["Total", "SKU", "Menge", "合计", "Qty:", "(EUR)", "1", "12,50", "Summe"]),
    st.booleans(),
    st.datetimes(),
)


@settings(max_examples=150, deadline=None)
@example([[None, None], [0.0, float("inf")]])
@given(st.integers(1, 6).flatmap(lambda width: st.lists(st.lists(cells, min_size=width, max_size=width), max_size=14)))
def test_no_sheet_makes_it_fail_and_no_row_belongs_to_two_lists(rows: list[list[Any]]) -> None:
    columns = [list(column) for column in zip(*rows, strict=True)]
    grid = Grid("made.xlsx", "S", columns, range(1, len(rows) + 1))

    blocks = find_blocks(grid)

    taken = [(row, col) for block in blocks for row in block.traced.rows for col in range(block.left, block.right + 1)]
    assert len(taken) == len(set(taken))
    for block in blocks:
        assert block.header < min(block.traced.rows, default=len(rows))
        assert set(block.traced.rows).isdisjoint(block.traced.left_out)
