"""Pick lists in walking order, and what the picked and packed cells say."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o2c_xl.domain.goods.picking import PickResult, PickTask, check_pick, plan_picks, walking_order
from tests.worked_tables import worked_table

D = Decimal
bins = st.sampled_from(["A-01-1", "A-02-1", "A-10", "B07", "12-4-B", "Yard", "", "1-2-3-4", "C-2"])


@st.composite
def task_lists(draw: st.DrawFn) -> list[PickTask]:
    """Tasks with distinct order lines in several zones."""
    return [
        PickTask(
            str(draw(st.integers(1, 5))),
            str(number),
            draw(st.sampled_from("PQR")),
            D(1),
            draw(st.sampled_from(["Zone A", "Zone B", ""])),
            draw(bins),
            draw(st.booleans()),
            draw(st.none() | st.dates(dt.date(2024, 5, 1), dt.date(2024, 5, 5))),
        )
        for number in range(draw(st.integers(0, 12)))
    ]


def test_the_worked_table_of_the_picking_order_holds() -> None:
    rows = worked_table("picking-order.md")
    tasks = [
        PickTask(
            row["order"],
            "1",
            row["sku"],
            D(1),
            bin=row["bin"],
            fragile=row["fragile"] == "Yes",
            promised=dt.date.fromisoformat(row["promised"]),
        )
        for row in rows
    ]

    lists = plan_picks(reversed(tasks), orders_per_batch=2)

    walked = [(str(one.batch), task.order, task.sku) for one in lists for task in one.tasks]
    assert walked == [(row["batch"], row["order"], row["sku"]) for row in rows]


@given(task_lists(), st.integers(1, 3), st.randoms(use_true_random=False))
def test_every_task_is_walked_once_and_the_order_of_input_does_not_matter(
    tasks: list[PickTask], size: int, chance: random.Random
) -> None:
    lists = plan_picks(tasks, size)

    assert sorted(task.line for one in lists for task in one.tasks) == sorted(task.line for task in tasks)
    assert all(task.zone == one.zone for one in lists for task in one.tasks)
    assert plan_picks(chance.sample(tasks, len(tasks)), size) == lists


@given(task_lists())
def test_fragile_goods_come_last(tasks: list[PickTask]) -> None:
    flags = [task.fragile for task in walking_order(tasks)]

    assert flags == sorted(flags)


def test_zones_and_priorities_sort_the_lists() -> None:
    tasks = [
        PickTask("2", "1", "P", D(1), "Zone B"),
        PickTask("2", "2", "P", D(1), "Zone A"),
        PickTask("10", "1", "P", D(1), "Zone B", priority=1),
    ]

    lists = plan_picks(tasks, orders_per_batch=1)

    assert [(one.batch, one.zone) for one in lists] == [(1, "Zone B"), (2, "Zone A"), (2, "Zone B")]
    assert lists[0].tasks[0].order == "10"


def test_an_empty_picked_cell_means_not_picked() -> None:
    assert check_pick(D(5), None) is None


def test_a_short_pick_is_told_without_idle_zeros() -> None:
    found = check_pick(D("3.00"), D("2.00"), D("2.00"))

    assert isinstance(found, PickResult)
    assert found.why == "2 of 3 found; 1 go back to availability."


@pytest.mark.parametrize(
    ("picked", "packed", "result"),
    [
        ("5", "5", PickResult(D(5), D(0), ready=True)),
        ("5", None, PickResult(D(5), D(0), ready=False)),
        ("5", "4", PickResult(D(5), D(0), ready=False)),
        ("3", "3", PickResult(D(3), D(2), True, "3 of 5 found; 2 go back to availability.")),
        ("0", None, PickResult(D(0), D(5), False, "0 of 5 found; 5 go back to availability.")),
    ],
)
def test_a_short_pick_goes_back_to_availability(picked: str, packed: str | None, result: PickResult) -> None:
    assert check_pick(D(5), D(picked), None if packed is None else D(packed)) == result


@pytest.mark.parametrize(("picked", "packed"), [("6", None), ("-1", None), ("3", "4"), ("3", "-1"), (None, "3")])
def test_cells_that_cannot_be_are_a_fault(picked: str | None, packed: str | None) -> None:
    found = check_pick(D(5), None if picked is None else D(picked), None if packed is None else D(packed))

    assert isinstance(found, str)
