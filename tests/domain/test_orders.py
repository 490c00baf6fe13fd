"""Quantities, status, amendments and cancellations of an order."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o2c_xl.domain.ordering.amending import (
    Allowed,
    LineTerms,
    Refused,
    amendment,
    cancel_open,
    close_short,
    header_amendment,
    request_refused,
)
from o2c_xl.domain.ordering.orders import (
    Gates,
    LineQuantities,
    OrderStatus,
    Request,
    broken,
    derive_status,
    natural_key,
)
from tests.worked_tables import worked_table

D = Decimal
units = st.integers(0, 50).map(Decimal)


@st.composite
def sound_lines(draw: st.DrawFn) -> LineQuantities:
    """A line whose quantities hold: shares of ordered, split at random."""
    shipped, waiting, cancelled = draw(units), draw(units), draw(units)
    allocated = draw(st.integers(0, int(waiting)).map(Decimal))
    picked = draw(st.integers(0, int(allocated)).map(Decimal))
    returned = draw(st.integers(0, int(shipped)).map(Decimal))
    early = draw(st.integers(0, int(returned)).map(Decimal))
    invoiced = draw(st.integers(0, int(shipped - early)).map(Decimal))
    ordered = shipped + waiting + cancelled
    return LineQuantities(ordered, allocated, picked, shipped, invoiced, returned, cancelled, early)


def _line(row: dict[str, str]) -> LineQuantities:
    names = ("ordered", "allocated", "picked", "shipped", "invoiced", "returned", "cancelled", "early returns")
    return LineQuantities(*(D(row[name]) for name in names))


@pytest.mark.parametrize("row", worked_table("line-quantities.md"), ids=lambda row: row["moment"])
def test_the_worked_table_of_line_quantities_holds(row: dict[str, str]) -> None:
    line = _line(row)

    status = derive_status([line], Gates())

    assert broken(line) is None
    assert (line.open, line.backordered, line.to_invoice) == (
        D(row["open"]),
        D(row["backordered"]),
        D(row["to invoice"]),
    )
    assert status == row["status"]


@given(sound_lines())
def test_ordered_and_shipped_are_fully_explained(line: LineQuantities) -> None:
    assert broken(line) is None
    assert line.ordered == line.shipped + line.open + line.cancelled
    assert line.shipped == line.invoiced + line.to_invoice + line.returned_uninvoiced


@given(sound_lines())
def test_only_what_the_customer_still_has_can_come_back(line: LineQuantities) -> None:
    assert line.returnable == line.shipped - line.returned
    assert line.returnable >= 0


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (LineQuantities(D(5), shipped=D(6)), "shipped and cancelled is 6, more than ordered 5"),
        (LineQuantities(D(5), allocated=D(6)), "allocated is 6, more than open 5"),
        (LineQuantities(D(5), picked=D(1)), "picked is 1, more than allocated 0"),
        (LineQuantities(D(5), shipped=D(2), invoiced=D(3)), "more than shipped 2"),
        (LineQuantities(D(5), shipped=D(2), returned=D(3)), "returned is 3, more than shipped 2"),
        (LineQuantities(D(5), returned_uninvoiced=D(1)), "more than shipped 0"),
        (LineQuantities(D(5), cancelled=D(-1)), "cancelled is -1, less than 0"),
    ],
)
def test_a_broken_line_names_its_first_break(line: LineQuantities, says: str) -> None:
    assert says in (broken(line) or "")


@pytest.mark.parametrize(
    ("gates", "status"),
    [
        (Gates(missing=True, held=True), OrderStatus.INCOMPLETE),
        (Gates(credit_check=True, held=True), OrderStatus.CREDIT_CHECK),
        (Gates(held=True, undecided=True), OrderStatus.ON_HOLD),
        (Gates(undecided=True, approval=True), OrderStatus.AVAILABILITY),
        (Gates(approval=True), OrderStatus.APPROVAL),
    ],
)
def test_the_first_closed_gate_is_the_status_while_something_is_open(gates: Gates, status: OrderStatus) -> None:
    assert derive_status([LineQuantities(D(5), allocated=D(5))], gates) is status


def test_a_hold_never_stops_the_invoice_of_what_has_shipped() -> None:
    shipped = LineQuantities(D(5), shipped=D(5))

    assert derive_status([shipped], Gates(held=True)) is OrderStatus.SHIPPED


def test_an_order_is_closed_when_all_is_invoiced_and_paid() -> None:
    done = LineQuantities(D(5), shipped=D(4), invoiced=D(4), cancelled=D(1))

    assert derive_status([done], Gates(paid=True)) is OrderStatus.CLOSED


def test_an_order_cancelled_in_all_lines_is_cancelled() -> None:
    assert derive_status([LineQuantities(D(5), cancelled=D(5))], Gates()) is OrderStatus.CANCELLED


def test_an_order_without_lines_or_quantities_is_incomplete() -> None:
    assert derive_status([], Gates()) is OrderStatus.INCOMPLETE
    assert derive_status([LineQuantities(D(0))], Gates()) is OrderStatus.INCOMPLETE


TERMS = LineTerms("A-1", D(10), D("9.50"))


def test_a_line_may_change_until_it_is_picked() -> None:
    fewer = replace(TERMS, quantity=D(4))

    decision = amendment(TERMS, fewer, LineQuantities(D(10), allocated=D(7)))

    assert decision == Allowed(release=D(3))


def test_another_product_gives_back_all_that_was_set_aside() -> None:
    decision = amendment(TERMS, replace(TERMS, sku="B-2"), LineQuantities(D(10), allocated=D(7)))

    assert decision == Allowed(release=D(7))


@pytest.mark.parametrize(
    "done",
    [
        LineQuantities(D(10), allocated=D(2), picked=D(1)),
        LineQuantities(D(10), shipped=D(10)),
        LineQuantities(D(10), cancelled=D(5)),
    ],
)
def test_what_is_picked_shipped_or_cancelled_cannot_be_changed_away(done: LineQuantities) -> None:
    assert isinstance(amendment(TERMS, replace(TERMS, quantity=D(4)), done), Refused)


def test_the_same_terms_again_are_no_amendment() -> None:
    assert amendment(TERMS, TERMS, LineQuantities(D(10), shipped=D(10))) == Allowed()


def test_the_head_of_an_order_may_change_until_a_line_is_picked() -> None:
    picked = [LineQuantities(D(2)), LineQuantities(D(2), allocated=D(2), picked=D(1))]

    assert header_amendment(["Ship to city"], picked[:1]) == Allowed()
    assert isinstance(header_amendment(["Ship to city", "Notes"], picked), Refused)
    assert header_amendment(["Notes", "Priority"], picked) == Allowed()


@given(sound_lines())
def test_cancelling_leaves_nothing_open_and_gives_back_what_was_reserved(line: LineQuantities) -> None:
    result = cancel_open(line)

    assert broken(result.after) is None
    assert result.after.open == 0
    assert result.cancelled == line.open
    assert result.released == line.allocated


@given(sound_lines(), units)
def test_closing_short_cancels_only_what_has_no_stock(line: LineQuantities, at_hand: Decimal) -> None:
    result = close_short(line, at_hand)

    assert broken(result.after) is None
    assert result.cancelled == max(D(0), line.backordered - at_hand)
    assert result.after.allocated == line.allocated


@pytest.mark.parametrize(
    ("request_", "status", "refused"),
    [
        (Request.CANCEL, OrderStatus.TO_PICK, False),
        (Request.CANCEL, OrderStatus.PARTLY_SHIPPED, False),
        (Request.CANCEL, OrderStatus.SHIPPED, True),
        (Request.RELEASE, OrderStatus.ON_HOLD, False),
        (Request.RELEASE, OrderStatus.CLOSED, True),
        (Request.HOLD, OrderStatus.CANCELLED, True),
    ],
)
def test_a_request_that_comes_too_late_is_refused(request_: Request, status: OrderStatus, refused: bool) -> None:
    assert (request_refused(request_, status) is not None) is refused


def test_identifiers_sort_as_people_sort_them() -> None:
    found = sorted(["10", "A-10", "9", "A-2", "A-02", ""], key=natural_key)

    assert found == ["", "9", "10", "A-02", "A-2", "A-10"]
