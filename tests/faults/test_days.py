"""Some minutes of a company at work, each with a fault; the 72 hours by `python -m tests.faults.days`."""

from __future__ import annotations

import os

from tests.faults.days import Days
from tests.faults.loop import Bench

MINUTES = int(os.environ.get("O2C_MINUTES", "20"))


def test_after_a_fault_a_minute_the_books_hold_what_was_dropped(bench: Bench) -> None:
    days = Days(bench.warm, bench.folder / "days")

    differences = days.go(MINUTES)

    assert days.struck >= MINUTES // 2
    assert differences == []
