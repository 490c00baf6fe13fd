"""Payment terms as people write them, and the dates and amounts they give."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o2c_xl.domain.terms import discount_offer, due_dates, parse_terms
from tests.worked_tables import worked_table

DAY = date(2026, 1, 31)


@pytest.mark.parametrize("row", worked_table("payment-terms.md"), ids=lambda row: row["Terms"])
def test_the_worked_terms_fall_due_as_printed(row: dict[str, str]) -> None:
    terms, total = parse_terms(row["Terms"]), Decimal(row["Total"])

    due = "; ".join(f"{day} {amount}" for day, amount in due_dates(terms, DAY, total, "EUR"))
    offer = discount_offer(terms, DAY, total, "EUR")

    assert due == row["Due"]
    assert (f"{offer[0]} {offer[1]}" if offer else "") == row["Discount"]


@pytest.mark.parametrize("text", ["prepaid", " Prepaid ", "PREPAID"])
def test_prepaid_is_known_in_any_case(text: str) -> None:
    assert parse_terms(text).prepaid


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("2/10 net 30", "2% 10, Net 30"),
        ("2/10, n/30", "2% 10, Net 30"),
        ("1.5 / 15 N30", "1.5% 15, Net 30"),
        ("2/10 Net 30 EOM", "2% 10, Net 30 EOM"),
        ("n/30", "Net 30"),
        ("30 days net", "Net 30"),
        ("45 Days", "Net 45"),
        ("Due on receipt", "Net 0"),
        ("immediately", "Net 0"),
    ],
)
def test_the_short_forms_of_the_trade_are_known(short: str, long: str) -> None:
    one, other = parse_terms(short), parse_terms(long)

    assert (one.instalments, one.discount) == (other.instalments, other.discount)
    assert one.text == short


@pytest.mark.parametrize(("left", "right"), [("net30", "Net 30"), ("2%10,NET 30", "2% 10, net 30 days")])
def test_spaces_and_case_do_not_matter(left: str, right: str) -> None:
    one, other = parse_terms(left), parse_terms(right)

    assert (one.instalments, one.discount) == (other.instalments, other.discount)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "30",
        "Net",
        "Net -5",
        "Net 30 EOM EOM",
        "30% 0, 60% 60",
        "50% 0, 51% 9",
        "2% 40, Net 30",
        "0% 10, Net 30",
        "100% 10, Net 30",
        "2% 10, 2% 20, Net 30",
        "Net ٣٠",
    ],
)
def test_what_is_no_term_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        parse_terms(text)


@given(
    total=st.decimals(min_value=-(10**6), max_value=10**6, places=2),
    cuts=st.lists(st.integers(1, 40), min_size=1, max_size=6).map(lambda cuts: [*cuts[:2], 100 - sum(cuts[:2])]),
)
def test_instalments_add_up_to_the_total(total: Decimal, cuts: list[int]) -> None:
    terms = parse_terms(", ".join(f"{cut}% {n * 10}" for n, cut in enumerate(cuts)))

    parts = due_dates(terms, DAY, total, "EUR")

    assert sum(amount for _, amount in parts) == total
