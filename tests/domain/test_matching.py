"""Payments find their invoices; nothing is ever applied beyond a payment or an item, and ties wait."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o2c_xl.domain.cash.matching import Match, MatchPolicy, MatchRule, Payment, match
from o2c_xl.domain.cash.references import find_numbers, index_numbers
from o2c_xl.domain.cash.sums import Found, sets_with_sum
from o2c_xl.domain.money import ZERO
from o2c_xl.domain.receivables.open_items import OpenItem
from tests.worked_tables import worked_table

D = Decimal
DAY = date(2026, 3, 10)
POLICY = MatchPolicy(D(1), D(2))


def numbered(number: str, amount: str, customer: str = "C1", discount: str = "0") -> OpenItem:
    """An open item of whatever number."""
    return replace(item("1", amount, customer, discount=discount), invoice=number)


def found_of(amount: str, reference: str, *items: OpenItem) -> list[tuple[str, Decimal, bool]]:
    """Invoice, money and whether it is certain, of one payment of C1."""
    matches = match([paid(amount, reference)], by_customer(*items), MatchPolicy())
    return [(one.invoice, one.amount, one.certain) for one in matches]


def item(number: str, amount: str | Decimal, customer: str = "C1", days: int = 0, **more: str) -> OpenItem:
    value, discount = D(amount), D(more.get("discount", "0"))
    return OpenItem(
        f"INV-2026-{number}",
        customer,
        more.get("currency", "EUR"),
        value,
        ((DAY + timedelta(days=days), value),),
        order=more.get("order", ""),
        discount=discount,
        discount_until=DAY if discount else None,
    )


def by_customer(*items: OpenItem) -> dict[str, list[OpenItem]]:
    found: dict[str, list[OpenItem]] = defaultdict(list)
    for each in items:
        found[each.customer].append(each)
    return found


def paid(amount: str | Decimal, reference: str = "", customer: str = "C1", key: str = "P1") -> Payment:
    return Payment(key, customer, D(amount), "EUR", DAY, reference)


WORKED = by_customer(
    item("0001", "100.00", days=1, order="SO-77"),
    item("0002", "250.00", days=2, discount="5.00"),
    item("0003", "40.00", days=3),
    item("0004", "40.00", days=4),
    item("0005", "300.00", "C2"),
)


@pytest.mark.parametrize("row", worked_table("matching.md"), ids=lambda r: f"{r['Amount']} {r['Reference']}")
def test_the_worked_payments_match_as_printed(row: dict[str, str]) -> None:
    found = match([paid(row["Amount"], row["Reference"], row["Customer"])], WORKED, POLICY)

    settles = "; ".join(f"{m.invoice[-4:]} {m.amount:.2f} {m.discount:.2f} {m.write_off:.2f}" for m in found)
    assert settles == row["Settles"]
    assert {str(m.rule) for m in found} <= {row["Rule"]}
    assert {m.certain for m in found} <= {row["Certain"] == "Yes"}


def test_a_discount_after_its_last_day_is_a_payment_in_part() -> None:
    late = Payment("P1", "C1", D(245), "EUR", DAY + timedelta(days=1), "INV-2026-0002")

    found = match([late], WORKED, MatchPolicy())

    assert [(m.amount, m.discount) for m in found] == [(D(245), ZERO)]
    unnamed = match([replace(late, reference="")], WORKED, MatchPolicy())
    assert {(m.rule, m.certain) for m in unnamed} == {(MatchRule.AMOUNT, False)}


@pytest.mark.parametrize(
    "words", ["Anzahlung Auftrag 4711", "Anzahlungsrechnung X-9", "Deposit for order 4711", "acompte commande X-9"]
)
def test_money_in_advance_for_what_is_unknown_is_never_posted_by_its_amount(words: str) -> None:
    items = [item("0001", "100.00"), item("0002", "60.00"), item("0003", "40.00")]

    assert found_of("60.00", words, *items) == [("INV-2026-0002", D(60), False)]
    assert found_of("140.00", words, *items) == found_of("200.00", words, *items) == []
    assert found_of("100.00", f"{words}, INV-2026-0001", *items) == [("INV-2026-0001", D(100), True)]
    assert found_of("60.00", "Deposit", *items) == [("INV-2026-0002", D(60), True)]
    assert found_of("60.00", "abzgl. Vorkassenrabatt", *items) == [("INV-2026-0002", D(60), True)]


def test_an_open_credit_note_is_no_matter_of_a_payment_that_is_short_of_part_of_the_discounts() -> None:
    offers = item("0001", "100.00", discount="2.00"), item("0002", "300.00", discount="6.00")
    note = item("0007", "-20.00")

    found = match([paid("395.00", "INV-2026-0001 INV-2026-0002")], by_customer(*offers, note), MatchPolicy())

    assert found
    assert {one.certain for one in found} == {False}


def test_one_invoice_less_an_unnamed_credit_note_is_no_part_payment() -> None:
    items = [item("0001", "1190.00"), item("0002", "55.00"), item("0007", "-69.52")]

    (one,) = match([paid("1120.48", "INV-2026-0001")], by_customer(*items), MatchPolicy())
    (part,) = match([paid("1100.00", "INV-2026-0001")], by_customer(*items), MatchPolicy())

    assert (one.invoice, one.amount, one.certain) == ("INV-2026-0001", D("1120.48"), False)
    assert one.reason == (
        "It names INV-2026-0001 and has just its amount less INV-2026-0007, which it does not name: name it in "
        "Reference too, and all is settled."
    )
    assert part.certain


def test_a_credit_note_that_is_not_named_is_found_by_what_the_named_invoices_are_short_of() -> None:
    items = [item("0001", "100.00"), item("0002", "60.00", days=1), item("0007", "-25.00"), item("0008", "-12.50")]
    names = "INV-2026-0001, INV-2026-0002"

    proposed = match([paid("135.00", names)], by_customer(*items), MatchPolicy())
    both = match([paid("122.50", names)], by_customer(*items), MatchPolicy())
    named = match([paid("135.00", f"{names}, INV-2026-0007")], by_customer(*items), MatchPolicy())
    twins = match([paid("135.00", names)], by_customer(*items, item("0009", "-25.00")), MatchPolicy())

    assert {one.certain for one in (*proposed, *both, *twins)} == {False}
    assert "less INV-2026-0007, which it does not name" in proposed[0].reason
    assert "less INV-2026-0007, INV-2026-0008, which" in both[0].reason
    assert "less INV-2026-0007, which it does not name, or less other credit notes" in twins[0].reason
    assert sorted((one.amount, one.certain) for one in named) == [(D(-25), True), (D(60), True), (D(100), True)]


def test_a_sure_match_of_a_later_payment_is_not_taken_by_an_earlier_guess() -> None:
    items = by_customer(item("0001", "100"), item("0002", "70", days=5))
    payments = [paid("30", key="P1"), paid("100", "INV-2026-0001", key="P2")]

    found = match(payments, items, MatchPolicy())

    assert {(m.payment, m.invoice[-4:], m.certain) for m in found} == {
        ("P2", "0001", True),
        ("P1", "0002", False),
    }


@pytest.mark.parametrize(("first", "second", "settled"), [("99.60", "0.40", D(100)), ("60", "39.50", D("99.50"))])
def test_what_one_payment_of_an_invoice_lacks_and_another_brings_is_not_written_off(
    first: str, second: str, settled: Decimal
) -> None:
    payments = [paid(first, "INV-2026-0001", key="P1"), paid(second, "SO-77", key="P2")]

    found = match(payments, WORKED, POLICY)

    assert {m.payment for m in found} == {"P1", "P2"}
    assert all(m.certain and m.invoice.endswith("0001") for m in found)
    assert sum(m.amount for m in found) == settled
    assert [m.write_off for m in found] == [ZERO, 100 - settled]


@pytest.mark.parametrize(("first", "names"), [("99.60", "INV-2026-0001"), ("139.60", "INV-2026-0001 INV-2026-0003")])
def test_a_difference_is_paid_first_by_what_another_payment_has_over(first: str, names: str) -> None:
    payments = [paid(first, names, key="P1"), paid("1.00", "SO-77", key="P2"), paid("50", "SO-77", key="P3")]

    certain = [m for m in match(payments, WORKED, POLICY) if m.certain]

    assert [(m.amount, m.write_off) for m in certain if m.payment == "P2"] == [(D("0.40"), ZERO)]
    assert sum(m.amount for m in certain) == D(first) + D("0.40")
    assert not any(m.write_off for m in certain)


def test_an_invoice_paid_twice_within_tolerance_is_settled_by_the_first() -> None:
    payments = [paid("99.60", "INV-2026-0001", key="P1"), paid("99.60", "INV-2026-0001", key="P2")]

    certain = [m for m in match(payments, WORKED, POLICY) if m.certain]

    assert [(m.payment, m.amount, m.write_off) for m in certain] == [("P1", D("99.60"), D("0.40"))]


def test_an_overpayment_fills_the_named_invoice_and_only_proposes_the_rest() -> None:
    items = by_customer(item("0001", "100"), item("0002", "70", days=5))

    found = match([paid("120", "INV-2026-0001")], items, MatchPolicy())

    assert [(m.invoice[-4:], m.amount, m.certain) for m in found] == [
        ("0001", D(100), True),
        ("0002", D(20), False),
    ]


def test_a_refund_settles_the_credit_note_it_names() -> None:
    items = by_customer(item("0001", "-50"), item("0002", "50"))

    found = match([paid("-50", "INV-2026-0001")], items, MatchPolicy())

    assert [(m.invoice[-4:], m.amount, m.certain) for m in found] == [("0001", D(-50), True)]


def test_an_invoice_named_with_its_credit_note_is_paid_by_the_difference() -> None:
    items = by_customer(item("0001", "-20"), item("0002", "100"))

    found = match([paid("80", "INV-2026-0001 INV-2026-0002")], items, MatchPolicy())

    assert sum(m.amount for m in found) == 80
    assert all(m.certain for m in found)


def test_a_payment_in_another_currency_pays_nothing_by_itself() -> None:
    items = by_customer(item("0001", "100", currency="USD"))

    assert match([paid("100", "INV-2026-0001")], items, MatchPolicy()) == []


def test_two_payments_of_one_amount_do_not_pay_one_item_twice() -> None:
    items = by_customer(item("0001", "100"))

    found = match([paid("100", key="P1"), paid("100", key="P2")], items, MatchPolicy())

    assert [(m.payment, m.amount) for m in found] == [("P1", D(100))]


def test_more_items_than_the_bound_are_unknown_and_only_proposed() -> None:
    items = by_customer(*(item(f"{n:04}", D(2) ** n, days=n) for n in range(6)))

    bounded = match([paid("35")], items, MatchPolicy(most_work=100))
    complete = match([paid("35")], items, MatchPolicy(most_work=60_000))

    assert {m.rule for m in bounded} == {MatchRule.OLDEST}
    assert {m.rule for m in complete} == {MatchRule.SET}


def test_a_set_that_may_fit_by_accident_is_only_proposed() -> None:
    items = by_customer(*(item(f"{n:04}", D(2) ** n / 100, days=n) for n in range(8)))

    found = match([paid("1.37")], items, MatchPolicy())

    assert {(m.rule, m.certain) for m in found} == {(MatchRule.SET, False)}
    assert sum(m.amount for m in found) == D("1.37")


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Rechnung inv 2026 00012 vom 3.3.", ["INV-2026-00012"]),
        ("INV-2026-00012/INV-2026-00013", ["INV-2026-00012", "INV-2026-00013"]),
        ("12", ["12"]),
        ("12 pieces", []),
        ("Order 12", ["12"]),
        ("Rechnung Nr. 12, danke", ["12"]),
        ("Kd-Nr 12", []),
        ("Rechnung 12.03.2026", []),
        ("invoice 2026 please", []),
        ("10 248 pieces", []),
        ("pay 10248 now", ["10248"]),
        ("INV-2026-000121", []),
        ("for March 2026", []),
        ("2026", ["2026"]),
        ("", []),
    ],
)
def test_numbers_are_found_in_what_payers_write(text: str, numbers: list[str]) -> None:
    index = index_numbers(["INV-2026-00012", "INV-2026-00013", "12", "10248", "2026", ""])

    assert find_numbers(index, text) == numbers


@pytest.mark.parametrize("grouped", [False, True])
@pytest.mark.parametrize("after", ["", " Lieferschein 88123", " Danke", " Order 4711 Kd 30481", " 119,00 EUR"])
def test_a_creditor_reference_is_found_before_whatever_words(after: str, grouped: bool) -> None:
    numbers = [f"INV-2026-{number:05}" for number in range(1, 200)]
    index = index_numbers(numbers)

    assert [find_numbers(index, creditor(number, grouped=grouped) + after) for number in numbers] == [
        [number] for number in numbers
    ]
    pair = " ".join(creditor(number, grouped=grouped) for number in numbers[:2])
    assert find_numbers(index, pair + after) == numbers[:2]


def creditor(number: str, *, grouped: bool) -> str:
    """The number as a creditor reference (ISO 11649)."""
    body = number.replace("-", "")
    digits = "".join(str(int(sign, 36)) for sign in f"{body}RF00")
    plain = f"RF{98 - int(digits) % 97:02}{body}"
    return " ".join(plain[at : at + 4] for at in range(0, len(plain), 4)) if grouped else plain


@given(amounts=st.lists(st.integers(1, 30), max_size=9), target=st.integers(1, 120))
def test_the_search_for_sets_is_complete(amounts: list[int], target: int) -> None:
    positions = range(len(amounts))
    chosen = [c for size in range(1, len(amounts) + 1) for c in combinations(positions, size)]
    brute = [c for c in chosen if sum(amounts[n] for n in c) == target]

    found = sets_with_sum(amounts, target)

    assert len(found.sets) == min(2, len(brute))
    assert all(tuple(sorted(each)) in brute for each in found.sets)


@pytest.mark.parametrize("target", [0, -1])
def test_nothing_adds_up_to_nothing_or_less(target: int) -> None:
    assert sets_with_sum([1, 2], target) == Found(())


def test_a_search_over_the_bound_is_unknown_and_not_empty() -> None:
    found = sets_with_sum([1, 2, 3, 99], 3, most_work=1)

    assert (found.sets, found.complete) == ((), False)


def test_refunds_without_a_credit_note_and_invoices_named_by_others_wait_for_a_person() -> None:
    items = by_customer(item("0001", "100"), item("0002", "30", "C2"))

    assert match([paid("-50")], items, MatchPolicy()) == []
    assert match([paid("-50", "INV-2026-0001")], items, MatchPolicy()) == []
    both = match([paid("90", "INV-2026-0001 INV-2026-0002")], items, MatchPolicy())
    assert [(m.invoice[-4:], m.certain) for m in both] == [("0001", False)]


def test_several_invoices_paid_each_less_its_discount_are_settled() -> None:
    items = by_customer(item("0001", "100", discount="2"), item("0002", "200", discount="4"))

    for reference in ("INV-2026-0001, INV-2026-0002", ""):
        found = match([paid("294", reference)], items, MatchPolicy())

        assert [(m.amount, m.discount, m.certain) for m in found] == [(D(98), D(2), True), (D(196), D(4), True)]


def test_several_invoices_paid_short_within_tolerance_are_settled_and_the_rest_written_off() -> None:
    items = by_customer(item("0001", "100"), item("0002", "200"))

    found = match([paid("299", "INV-2026-0001, INV-2026-0002")], items, POLICY)

    assert [(m.amount, m.write_off, m.certain) for m in found] == [(D(100), D(0), True), (D(199), D(1), True)]


def test_an_order_number_with_several_invoices_pays_the_one_of_that_amount() -> None:
    both_names = replace(item("0002", "30", order="SO-77"), reference="PO-12345")
    items = by_customer(item("0001", "100", order="SO-77"), both_names)

    found = match([paid("30", "order SO-77, your PO-12345")], items, MatchPolicy())

    assert [(m.invoice[-4:], m.rule, m.certain) for m in found] == [("0002", MatchRule.ORDER, True)]
    assert "names the order or reference of INV-2026-0002" in found[0].reason


@pytest.mark.parametrize("text", ["Rent 12.03.2026", "12 pieces", "order of 1.2.", "March 2026"])
def test_digits_of_a_date_or_a_count_do_not_choose_between_items_of_one_amount(text: str) -> None:
    items = by_customer(item("0012", "500"), item("2026", "500", days=-1), item("0047", "500", days=-2))

    found = match([paid("500", text), paid("1000", f"{text} 47", key="P2")], items, MatchPolicy())

    assert {m.certain for m in found} == {False}


@pytest.mark.parametrize("text", ["SO-77", "1NV 2O26 OO12", "no. 0012"])
def test_what_is_paid_twice_by_a_number_written_otherwise_does_not_pay_another_item_of_that_amount(text: str) -> None:
    items = by_customer(item("0012", "100", order="SO-77"), item("0047", "100", days=-2))

    found = match([paid("100", text), paid("100", text, key="P2")], items, MatchPolicy())

    assert [(m.payment, m.invoice[-4:], m.certain) for m in found] == [("P1", "0012", True), ("P2", "0047", False)]


def test_an_order_number_does_not_name_the_invoice_whose_number_is_its_end() -> None:
    one = replace(item("0001", "100"), invoice="10258")
    items = by_customer(one, item("0002", "100", order="SO-10258"))

    found = match([paid("100", "SO-10258")], items, MatchPolicy())

    assert [(m.invoice, m.rule) for m in found] == [("INV-2026-0002", MatchRule.ORDER)]


def test_several_numbers_of_few_digits_are_read_where_no_other_item_has_such_an_amount() -> None:
    items = by_customer(item("0012", "100"), item("0047", "70"), item("0050", "30"))

    found = match([paid("170", "no. 12, no. 47")], items, MatchPolicy())

    assert {(m.invoice[-4:], m.rule, m.certain) for m in found} == {
        ("0012", MatchRule.NEAR, True),
        ("0047", MatchRule.NEAR, True),
    }


cents = st.integers(1, 400).map(lambda n: D(n).scaleb(-2))
items_strategy = st.lists(st.tuples(cents, st.sampled_from("AB"), st.integers(-3, 3)), max_size=8)
payments_strategy = st.lists(
    st.tuples(cents, st.sampled_from(["A", "B", ""]), st.sets(st.integers(0, 8), max_size=2)), max_size=6
)


@given(rows=items_strategy, payers=payments_strategy, order=st.randoms(use_true_random=False))
def test_no_match_goes_beyond_its_payment_or_its_item(rows, payers, order) -> None:  # type: ignore[no-untyped-def]
    items = [item(f"{n:04}", amount, owner, days) for n, (amount, owner, days) in enumerate(rows)]
    payments = [
        paid(amount, " ".join(f"INV-2026-{n:04}" for n in named), owner, f"P{n}")
        for n, (amount, owner, named) in enumerate(payers)
    ]

    found = match(payments, by_customer(*items), POLICY)
    shuffled = list(payments)
    order.shuffle(shuffled)
    again = match(shuffled, by_customer(*reversed(items)), POLICY)

    assert found == again
    _assert_within(found, payments, items)


def _assert_within(found: list[Match], payments: list[Payment], items: list[OpenItem]) -> None:
    spent: dict[str, Decimal] = defaultdict(Decimal)
    settled: dict[str, Decimal] = defaultdict(Decimal)
    for each in found:
        spent[each.payment] += each.amount
        settled[each.invoice] += each.amount + each.discount + each.write_off
        assert each.amount > 0
        assert min(each.discount, each.write_off) >= 0
        assert each.write_off <= POLICY.tolerance_amount
    assert all(spent[payment.payment] <= payment.amount for payment in payments)
    assert all(settled[each.invoice] <= each.open for each in items)
    owner = {each.invoice: each.customer for each in items}
    assert all(each.customer == owner[each.invoice] for each in found)


def test_a_payment_that_names_an_item_open_elsewhere_pays_no_other_by_its_amount() -> None:
    elsewhere = replace(paid("40.00", "INV-2026-0009"), elsewhere=("INV-2026-0009",))

    found = match([elsewhere], by_customer(item("0003", "40.00")), POLICY)

    assert not any(one.certain for one in found)
    assert all("INV-2026-0009, open on another account" in one.reason for one in found)


@given(
    st.lists(st.integers(1, 50), min_size=1, max_size=5),
    st.integers(1, 60),
    st.sampled_from(["", "INV-2026-0001", "INV-2026-0099 INV-2026-0001", "thanks"]),
)
def test_what_names_an_item_open_elsewhere_is_certain_only_of_what_it_names_too(
    amounts: list[int], money: int, reference: str
) -> None:
    items = [item(f"{n:04d}", D(amount)) for n, amount in enumerate(amounts, 1)]
    payment = replace(paid(D(money), reference), elsewhere=("INV-2026-0099",))

    found = match([payment], by_customer(*items), POLICY)

    assert all(one.invoice in reference for one in found if one.certain)
    assert sum((one.amount for one in found), ZERO) <= money


@pytest.mark.parametrize(
    ("amount", "reference"),
    [
        ("55.55", "bitte zurück auf DE02 1203 0000 0000 2020 51"),
        ("55.55", "Vej 5, 1203 Kobenhavn"),
        ("55.55", "Tel. 0511 1203"),
        ("55.55", "Kd-Nr 1203"),
        ("55.55", "Abschlag 12/25"),
        ("1432.00", "1203"),
        ("2000.00", "Rechnung 1203, Kd. 1701"),
    ],
)
def test_few_digits_pay_nothing_by_themselves_unless_the_amount_bears_them_out(amount: str, reference: str) -> None:
    items = numbered("1203", "700.00"), numbered("1701", "300.00"), numbered("12/25", "900.00")

    assert not any(certain for _, _, certain in found_of(amount, reference, *items))


@pytest.mark.parametrize(
    ("reference", "amount", "invoice"),
    [
        ("Vej 5, 1203", "700.00", "1203"),
        ("Rechnung 1203", "55.55", "1203"),
        ("Rechnung Nr. 1203 Kobenhavn", "750.00", "1203"),
        ("facture n° 12/25", "55.55", "12/25"),
        ("Teilzahlung 26001203", "55.55", "26001203"),
        ("Kd-Nr 1701 Rechnung 1203", "700.00", "1203"),
    ],
)
def test_few_digits_pay_where_the_amount_or_a_word_before_says_that_they_are_an_invoice(
    reference: str, amount: str, invoice: str
) -> None:
    items = (
        numbered("1203", "700.00"),
        numbered("1701", "300.00"),
        numbered("12/25", "900.00"),
        numbered("26001203", "60.00"),
    )

    found = found_of(amount, reference, *items)

    assert found[:1] == [(invoice, min(D(amount), D("700.00")), True)]


def test_digits_of_an_account_number_name_no_invoice() -> None:
    index = index_numbers(["1203", "7001"])

    assert find_numbers(index, "back to DE02 1203 0000 0000 2020 51, for 7001") == ["7001"]
    assert find_numbers(index, "AB02 1203 0000 0000 2020 51") == ["1203"]


def test_a_number_is_not_overruled_by_the_amount_of_another_item() -> None:
    items = numbered("INV-5000", "5000.04"), numbered("INV-5001", "416.67")

    assert found_of("416.67", "INV-5000 Rate 3 von 12", *items) == [("INV-5001", D("416.67"), False)]


def test_what_is_left_of_a_payment_is_proposed_for_the_item_of_just_that_amount() -> None:
    items = [item(f"{n:04}", "19.00", days=n) for n in range(1, 9)]
    items += [item("0100", "1190.00", days=20), item("0101", "1200.00", days=21)]

    found = match([paid("2390.00", "INV-2026-0100")], by_customer(*items), MatchPolicy())

    assert [(one.invoice, one.amount, one.certain) for one in found] == [
        ("INV-2026-0100", D(1190), True),
        ("INV-2026-0101", D(1200), False),
    ]
    assert found[1].reason == "What is left of it is just the amount of this item."


def test_of_several_named_the_only_ones_with_just_the_amount_are_proposed() -> None:
    items = numbered("INV-1001", "100.10"), numbered("INV-1002", "250.20"), numbered("INV-1003", "399.99")

    found = found_of("650.19", "INV-1001 INV-1002 INV-1003", *items)

    assert found == [("INV-1002", D("250.20"), False), ("INV-1003", D("399.99"), False)]


def test_a_discount_taken_on_one_of_two_named_is_found() -> None:
    items = numbered("INV-1001", "1000.00", discount="20.00"), numbered("INV-1002", "2000.00", discount="40.00")

    found = found_of("2980.00", "INV-1001 INV-1002", *items)

    assert found == [("INV-1001", D("980.00"), True), ("INV-1002", D("2000.00"), True)]


LISTED = tuple(numbered(f"RE-2025-3624{end}", f"{end}00.1{end}") for end in range(1, 6))


@pytest.mark.parametrize(
    ("reference", "ends"),
    [
        ("RE-2025-36241/42/43", "123"),
        ("RE-2025-36241, 43 und 45", "135"),
        ("RE-2025-36241-RE-2025-36245", "12345"),
        ("RE-2025-36242 bis 45", "2345"),
        ("RE202536241-44", "1234"),
        ("Rechnungen 36241-36243", "123"),
    ],
)
def test_a_list_written_short_pays_all_of_it_where_the_amount_is_just_that(reference: str, ends: str) -> None:
    meant = [(one.invoice, one.open, True) for one in LISTED if one.invoice[-1] in ends]

    assert found_of(str(sum(amount for _, amount, _ in meant)), reference, *LISTED) == meant


@pytest.mark.parametrize("reference", ["RE-2025-36241/42/43", "RE-2025-36241-RE-2025-36243"])
@pytest.mark.parametrize("amount", ["50.00", "500.00", "590.00"])
def test_a_list_written_short_of_another_amount_is_only_proposed(reference: str, amount: str) -> None:
    found = found_of(amount, reference, *LISTED)

    assert found
    assert not any(certain for _, _, certain in found)


def test_a_date_behind_a_number_lists_nothing() -> None:
    assert found_of("50.00", "RE-2025-36241 vom 42.43.2025", *LISTED) == [("RE-2025-36241", D("50.00"), True)]
    assert found_of("50.00", "RE-2025-36241, 42.43.2025", *LISTED) == [("RE-2025-36241", D("50.00"), True)]
