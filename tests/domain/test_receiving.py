"""Receipts against purchase orders: quality, tolerance, spreading, and the supplier's record."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o2c_xl.domain.goods.receiving import (
    Delivery,
    Fate,
    OrderedLine,
    Quality,
    SupplierRecord,
    fate_of,
    receive_deliveries,
    records_by_supplier,
    supplier_record,
)

D = Decimal
DAY = dt.date(2024, 5, 10)
LINE = OrderedLine("4500", "1", "A", D(10), expected=DAY, unit_cost=D("2.50"))
SECOND = replace(LINE, line="2", ordered=D(5))
ROW = Delivery("R1", "4500", "1", "A", D(10), Quality.GOOD, DAY)


@pytest.mark.parametrize(
    ("quality", "fate"),
    [("Excellent", Fate.ACCEPTED), ("Good", Fate.ACCEPTED), ("Fair", Fate.WAITS), ("Poor", Fate.REFUSED)],
)
def test_quality_decides_what_becomes_of_the_goods(quality: str, fate: Fate) -> None:
    assert fate_of(Quality(quality)) is fate


def test_a_receipt_carries_its_cost_and_its_days_late() -> None:
    (got,) = receive_deliveries([replace(ROW, received_on=DAY + dt.timedelta(days=3))], [LINE]).received

    assert (got.quantity, got.fate, got.unit_cost, got.days_late, got.quarantined) == (
        D(10),
        Fate.ACCEPTED,
        D("2.50"),
        3,
        D(0),
    )


def test_an_early_receipt_is_told_and_one_without_expectation_is_not_judged() -> None:
    early = receive_deliveries([replace(ROW, received_on=DAY - dt.timedelta(days=3))], [LINE])
    unknown = receive_deliveries([ROW], [replace(LINE, expected=None)])

    assert early.received[0].days_late == -3
    assert unknown.received[0].days_late is None


def test_without_a_line_the_lines_of_that_product_are_filled_in_turn() -> None:
    result = receive_deliveries([replace(ROW, line="", quantity=D(12))], [LINE, SECOND])

    assert [(got.line, got.quantity) for got in result.received] == [("1", D(10)), ("2", D(2))]


def test_more_than_is_owed_is_a_fault_and_nothing_of_the_row_is_posted() -> None:
    result = receive_deliveries([replace(ROW, quantity=D(11))], [LINE])

    assert result.received == ()
    assert result.faults[0].column == "Quantity"
    assert result.faults[0].problem == "11 is more than the 10 still open on 4500 line 1."


@pytest.mark.parametrize(("quantity", "posted"), [("11", True), ("11.001", False)])
def test_the_tolerance_is_a_percentage_of_what_was_ordered(quantity: str, posted: bool) -> None:
    result = receive_deliveries([replace(ROW, quantity=D(quantity))], [LINE], tolerance=D(10))

    assert bool(result.received) is posted


def test_the_tolerance_of_what_is_counted_is_whole_pieces() -> None:
    lines = [replace(LINE, line=str(n), ordered=D(5), unit="pcs") for n in (1, 2)]
    row = replace(ROW, line="")

    taken = receive_deliveries([replace(row, quantity=D(12))], lines, tolerance=D(25)).received
    (fault,) = receive_deliveries([replace(row, quantity=D(13))], lines, tolerance=D(25)).faults

    assert [(got.line, got.quantity) for got in taken] == [("1", D(6)), ("2", D(6))]
    assert fault.fix == "Enter at most 12, or raise Over-delivery tolerance %."


def test_a_doubled_row_counts_twice() -> None:
    result = receive_deliveries([ROW, replace(ROW, receipt="R2")], [LINE])

    assert [got.receipt for got in result.received] == ["R1"]
    assert [fault.receipt for fault in result.faults] == ["R2"]


def test_refused_goods_are_still_owed() -> None:
    poor = replace(ROW, quality=Quality.POOR, quantity=D(4))
    later = replace(ROW, receipt="R2")

    result = receive_deliveries([poor, later], [LINE])

    assert [(got.fate, got.quantity, got.quarantined) for got in result.received] == [
        (Fate.REFUSED, D(4), D(4)),
        (Fate.ACCEPTED, D(10), D(0)),
    ]
    assert replace(LINE, received=D(10), refused=D(4)).owed == D(4)


def test_fair_goods_wait_in_quarantine() -> None:
    (got,) = receive_deliveries([replace(ROW, quality=Quality.FAIR)], [LINE]).received

    assert (got.fate, got.quarantined) == (Fate.WAITS, D(10))


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (replace(ROW, po="9999"), "PO"),
        (replace(ROW, line="7"), "PO line"),
        (replace(ROW, sku="B"), "SKU"),
        (replace(ROW, line="", sku="B"), "SKU"),
    ],
)
def test_a_receipt_that_belongs_nowhere_is_a_fault_at_its_cell(row: Delivery, column: str) -> None:
    result = receive_deliveries([row], [LINE])

    assert [(fault.column, bool(fault.fix)) for fault in result.faults] == [(column, True)]


@given(
    st.lists(st.integers(1, 12), min_size=1, max_size=4),
    st.lists(st.tuples(st.integers(1, 12), st.sampled_from(Quality)), max_size=6),
    st.integers(0, 50).map(Decimal),
)
def test_each_receipt_is_posted_whole_or_not_at_all_and_never_beyond_the_tolerance(
    ordered: list[int], came: list[tuple[int, Quality]], tolerance: Decimal
) -> None:
    lines = [OrderedLine("P", str(n), "A", D(quantity)) for n, quantity in enumerate(ordered)]
    rows = [Delivery(str(n), "P", "", "A", D(q), quality, DAY) for n, (q, quality) in enumerate(came)]

    result = receive_deliveries(rows, lines, tolerance)

    faulty = {fault.receipt for fault in result.faults}
    for row in rows:
        posted = sum((got.quantity for got in result.received if got.receipt == row.receipt), D(0))
        assert posted == (0 if row.receipt in faulty else row.quantity)
    for line in lines:
        kept = [got for got in result.received if got.line == line.line and got.fate is not Fate.REFUSED]
        limit = line.ordered * (1 + tolerance / 100)
        assert sum((got.quantity for got in kept), D(0)) <= limit


def test_the_record_counts_punctual_receipts_and_their_quality() -> None:
    record = supplier_record([(Quality.EXCELLENT, -3), (Quality.GOOD, 2), (Quality.POOR, None)])

    assert record == SupplierRecord(D("50.0"), D("60.0"))
    assert record.score == D("55.0")


def test_without_deliveries_there_is_no_record() -> None:
    record = supplier_record([])

    assert (record.on_time, record.quality, record.score) == (None, None, None)


def test_each_supplier_has_its_own_record() -> None:
    records = records_by_supplier([("S1", Quality.GOOD, 0), ("S2", Quality.POOR, 5)])

    assert records == {"S1": SupplierRecord(D(100), D(80)), "S2": SupplierRecord(D(0), D(0))}
