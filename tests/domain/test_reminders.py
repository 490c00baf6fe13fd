"""A letter goes when an item reaches its next level, lists everything, and no level is skipped."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o2c_xl.domain.receivables.reminders import Debtor, DueItem, Level, ReminderPolicy, letter_for, levels_of
from tests.worked_tables import worked_table

D = Decimal
DUE = date(2026, 3, 1)
POLICY = ReminderPolicy(levels=levels_of("7, 21, 35", "0, 5, 10", "0, 1, 2"), gap=7)


def item(**more: object) -> DueItem:
    return replace(DueItem(DUE, "INV-1", 1, D("200.00")), **more)  # type: ignore[arg-type]


def debtor(*items: DueItem, **more: object) -> Debtor:
    return replace(Debtor("C1", "EUR", items), **more)  # type: ignore[arg-type]


def test_the_worked_table() -> None:
    levels = {"INV-1": 0, "INV-2": 0}
    last = None
    promised = date(2026, 4, 20)

    for row in worked_table("reminders.md"):
        day = date.fromisoformat(row["Day"])
        items = (
            item(level=levels["INV-1"]),
            DueItem(date(2026, 3, 20), "INV-2", 1, D("100.00"), levels["INV-2"], "Promised" if promised >= day else ""),
        )
        letter = letter_for(debtor(*items, last_sent=last), POLICY, day)

        assert ("Yes" if letter else "No") == row["Letter"], row
        if letter:
            assert (str(letter.level), ", ".join(letter.invoices), f"{letter.penalty:.2f}") == (
                row["Level"],
                row["Lists"],
                row["Penalty"],
            ), row
            levels |= {one.item.invoice: one.level for one in letter.items}
            last = day


@pytest.mark.parametrize("reason", ["Disputed", "Promised for 2026-05-01", "Blocked"])
def test_what_is_stopped_is_neither_a_reason_for_a_letter_nor_listed(reason: str) -> None:
    other = DueItem(DUE, "INV-2", 1, D("10.00"))
    day = DUE + timedelta(days=8)

    alone = letter_for(debtor(item(stopped=reason)), POLICY, day)
    beside = letter_for(debtor(item(stopped=reason), other), POLICY, day)

    assert alone is None
    assert beside is not None
    assert beside.invoices == ("INV-2",)


def test_a_level_before_the_due_date_is_a_notice_without_penalty() -> None:
    policy = ReminderPolicy(levels=levels_of("-3, 7", "0, 5", "3, 1"), gap=0)

    letter = letter_for(debtor(item()), policy, DUE - timedelta(days=3))

    assert letter is not None
    assert (letter.level, letter.past_due, letter.total, letter.penalty) == (1, D(0), D("200.00"), D(0))


def test_a_letter_on_the_way_keeps_the_next_one_back() -> None:
    waiting = debtor(item(level=1), last_sent=DUE + timedelta(days=7), on_the_way=True)

    assert letter_for(waiting, POLICY, DUE + timedelta(days=60)) is None


def test_switched_off_nobody_is_written_to() -> None:
    assert letter_for(debtor(item()), replace(POLICY, on=False), DUE + timedelta(days=60)) is None


@pytest.mark.parametrize("text", ["7, x", "7, 7", "21, 7", "1.5", "10000"])
def test_levels_that_make_no_sense_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        levels_of(text)


def test_levels_without_amounts_cost_nothing() -> None:
    assert levels_of("7; 21", "2.50") == (Level(7, D("2.50")), Level(21))


@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(1, 10_000)), min_size=1, max_size=5),
    st.integers(0, 10),
    st.lists(st.integers(0, 90), min_size=1, max_size=30),
)
def test_no_level_is_ever_skipped_and_the_gap_is_kept(dues: list[tuple[int, int]], gap: int, runs: list[int]) -> None:
    policy = replace(POLICY, gap=gap)
    levels = [0] * len(dues)
    last: date | None = None

    for run in sorted(runs):
        day = DUE + timedelta(days=run)
        items = tuple(
            DueItem(DUE + timedelta(days=after), f"INV-{n}", 1, D(cents).scaleb(-2), levels[n])
            for n, (after, cents) in enumerate(dues)
        )
        letter = letter_for(debtor(*items, last_sent=last), policy, day)
        if letter is None:
            continue

        assert last is None or (day - last).days >= max(gap, 1)
        late = {one.invoice for one in items if one.due < day}
        assert late <= set(letter.invoices)
        for one in letter.items:
            n = int(one.item.invoice.removeprefix("INV-"))
            assert one.level - levels[n] == one.rose
            levels[n] = one.level
        last = day
