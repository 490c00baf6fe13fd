"""What staff type on pick lists, shipments and invoices is checked at its cell."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from o2c_xl.ledger import schema
from o2c_xl.ledger.store import Ledger
from o2c_xl.tables.define.catalogue import BY_NAME
from o2c_xl.tables.parse.batch import Batch
from o2c_xl.tables.take.rows import take_rows
from o2c_xl.tables.take.rules import RULES
from tests.steps.fulfilment_samples import DAY, D, fulfil, policy, rows, run_pick, run_ship, taken, warehouse

BY_HAND = policy(Pick_by_hand="Yes", Ship_by_hand="Yes")


@pytest.fixture
def shop(memory_ledger: Ledger) -> Ledger:
    warehouse(memory_ledger)
    taken(memory_ledger, "1", ("MUG", 5, "10"))
    return memory_ledger


def typed(ledger: Ledger, table: str, **row: Any) -> tuple[int, list[tuple[str, str]]]:
    """Take one row; how many rows changed, and the faults as cell and sentence."""
    letters = dict(zip(row, "ABCDEFGH", strict=False))
    batch = Batch(BY_NAME[table], "work.xlsx", table, {name: [value] for name, value in row.items()}, [7], letters)
    with ledger.transaction(DAY) as txn:
        count = take_rows(txn, batch, policy(), RULES[table])
    return count, [(one.cell, f"{one.column}: {one.problem} {one.fix}") for one in batch.issues]


@pytest.mark.parametrize(
    ("cells", "cell", "told"),
    [
        ({"picked": D(7)}, "B7", "Picked: 7 is more than the 5 of this row. Put the rest back and enter 5."),
        ({"picked": None, "packed": D(2)}, "C7", "Packed: 2 are packed, but none picked. Enter what was picked."),
        (
            {"picked": D(5), "packed": D(4)},
            "C7",
            "Packed: 4 are packed, but 5 were picked. Count again and correct one of the two.",
        ),
    ],
)
def test_more_than_was_to_be_picked_or_other_than_was_packed_is_a_fault(
    shop: Ledger, cells: dict[str, Any], cell: str, told: str
) -> None:
    run_pick(shop, BY_HAND)

    assert typed(shop, "PickList", pick="PK-000001", **cells) == (0, [(cell, told)])
    assert rows(shop, schema.picks)[0].picked is None


def test_what_was_picked_is_taken_until_it_was_taken_over(shop: Ledger) -> None:
    run_pick(shop, BY_HAND)

    assert typed(shop, "PickList", pick="PK-000001", picked=D(5)) == (1, [])
    run_pick(shop, BY_HAND)

    assert typed(shop, "PickList", pick="PK-000001", picked=D(4))[1][0][1].startswith(
        "Picked: it cannot be changed: it is packed already."
    )


def test_an_unknown_pick_is_a_fault(shop: Ledger) -> None:
    assert typed(shop, "PickList", pick="PK-9", picked=D(1))[1][0][0] == "A7"


def test_a_packed_shipment_takes_a_day_and_a_wish_but_not_a_day_to_come(shop: Ledger) -> None:
    run_pick(shop)
    run_ship(shop, BY_HAND)
    tomorrow = DAY + dt.timedelta(days=1)

    late = typed(shop, "Shipments", shipment="SH-000001", shipped_on=tomorrow, action="Ship")
    taken_ = typed(shop, "Shipments", shipment="SH-000001", shipped_on=DAY, action="Ship", tracking="1Z")

    assert late == (0, [("B7", "Shipped on: 2026-03-03 is after 2026-03-02. Enter the day on which it leaves.")])
    assert taken_ == (1, [])


def test_what_has_left_still_takes_its_tracking_number_but_no_cancel(shop: Ledger) -> None:
    run_pick(shop)
    run_ship(shop)

    assert typed(shop, "Shipments", shipment="SH-000001", tracking="1Z") == (1, [])
    assert typed(shop, "Shipments", shipment="SH-000001", action="Cancel") == (
        0,
        [("B7", "Action: it is shipped already. Enter what comes back in Returns.")],
    )


def test_taking_an_invoice_back_needs_a_reason(shop: Ledger) -> None:
    fulfil(shop)

    assert typed(shop, "Invoices", invoice="INV-000001", action="Credit", reason=None) == (
        0,
        [("C7", "Reason: nothing is entered. Say why you want Credit.")],
    )
    assert typed(shop, "Invoices", invoice="INV-000001", action="Credit", reason="Wrong price") == (1, [])


def test_a_draft_takes_no_action(shop: Ledger) -> None:
    fulfil(shop, policy(Approve_invoices_above="0"))

    assert typed(shop, "Invoices", invoice="DRAFT-000001", action="Dispute")[1] == [
        ("B7", "Action: it is not posted yet. Decide its approval first.")
    ]
