"""Which bank lines are known again, what a line becomes, and who pays as banks write it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o2c_xl.domain.cash.bank_line import Payee
from o2c_xl.domain.cash.banking import BankLine, LineStatus, Posted, Surroundings, become, own_account_fits, repeats
from o2c_xl.domain.cash.matching import Payment
from o2c_xl.domain.cash.payers import Payers, plain_name
from o2c_xl.domain.cash.placing import Clues, Knows, Named, Placed, Typed, place
from o2c_xl.domain.cash.strangers import guess
from o2c_xl.domain.receivables.open_items import OpenItem

D = Decimal
DAY = date(2026, 3, 2)


def line(amount: str = "10.00", key: str = "", **more: object) -> BankLine:
    return BankLine(key, more.pop("day", DAY), D(amount), "EUR", **more)  # type: ignore[arg-type]


def test_each_known_line_answers_for_one_new_one() -> None:
    gift = line(text="gift")

    again = repeats([gift, gift, gift], [replace(gift, key="A"), replace(gift, key="B")])

    assert (again.fresh, dict(again.repeated)) == ((2,), {0: "A", 1: "B"})


@pytest.mark.parametrize(
    ("new", "known", "same"),
    [
        (line(bank_reference="R1", text="a"), line(bank_reference="R1", text="b"), True),
        (line(bank_reference="R1", text="a"), line(bank_reference="R2", text="a"), False),
        (line(entry_reference="R1"), line(bank_reference="R1", day=DAY + timedelta(days=1)), True),
        (line(entry_reference="E", bank_reference="1"), line(entry_reference="E", bank_reference="2"), False),
        (line(entry_reference="E", end_to_end="1"), line(entry_reference="E", end_to_end="2"), False),
        (line(end_to_end="E1", text="a"), line(end_to_end="E1", text="b"), True),
        (line(end_to_end="E1", text="a"), line(end_to_end="E2", text="a"), False),
        (line(text="Invoice  INV-1"), line(text="INVOICE INV 1"), True),
        (line(text="a"), line(text="b"), False),
        (line(text="a"), line(text="a", day=DAY + timedelta(days=1)), False),
        (line("10.00"), line("10.01"), False),
    ],
)
def test_a_booking_is_known_again_by_the_banks_number_else_by_what_it_says(
    new: BankLine, known: BankLine, *, same: bool
) -> None:
    again = repeats([new], [replace(known, key="K")])

    assert (again.fresh == ()) is same


def test_balances_decide_whether_lines_alike_are_new() -> None:
    gift = line(text="gift")
    known = [replace(gift, key="A", proved_by="BS-1")]

    assert repeats([gift], known, (D(20), D(10))).fresh == (0,)
    assert repeats([gift], known, (D(10), D(10))).fresh == ()
    assert repeats([gift], known, (D(99), D(10))).fresh == ()


@given(st.lists(st.sampled_from(["1.00", "2.00", "3.00"]), max_size=8), st.data())
def test_overlapping_exports_of_one_account_add_up_to_it(amounts: list[str], data: st.DataObject) -> None:
    day = [line(amount, str(at), bank_reference=f"R{at}") for at, amount in enumerate(amounts)]
    known: list[BankLine] = []
    for _ in range(3):
        start = data.draw(st.integers(0, len(day)))
        part = day[start : data.draw(st.integers(start, len(day)))]
        known += [part[at] for at in repeats(part, known).fresh]
    known += [day[at] for at in repeats(day, known).fresh]

    assert sorted(one.key for one in known) == sorted(one.key for one in day)


def test_a_typed_payment_serves_one_line_only() -> None:
    typed = Posted("P-1", D(10), "EUR", DAY, "C1")
    lines = [line(key="1"), line(key="2")]

    first, second = become(lines, Surroundings(typed=[typed]), {"1": "C1", "2": "C1"})

    assert (first.payment, first.new) == ("P-1", False)
    assert (second.status, second.new) == (LineStatus.POSTED, True)


def test_two_typed_payments_alike_are_no_proof() -> None:
    typed = [Posted(name, D(10), "EUR", DAY, "C1") for name in ("P-1", "P-2")]

    (became,) = become([line(key="1")], Surroundings(typed=typed), {"1": "C1"})

    assert became.new


def test_a_payment_of_ours_that_came_back_is_no_customers() -> None:
    (became,) = become([line(key="1", reversal=True)], Surroundings(), {})

    assert became.status is LineStatus.OUTGOING


def test_a_return_names_its_payment_by_number_else_by_the_only_one_from_there() -> None:
    made = [
        Posted("PM-1", D(10), "EUR", DAY, line=line(key="a", end_to_end="E1", account="DE1")),
        Posted("PM-2", D(10), "EUR", DAY, line=line(key="b", end_to_end="E2", account="DE1")),
        Posted("PM-3", D(10), "EUR", DAY, line=line(key="c", account="DE3")),
    ]
    back = line("-10.00", key="1", reversal=True)

    def reference(one: BankLine) -> tuple[str, str]:
        (became,) = become([one], Surroundings(made=made), {})
        return became.reference, str(became.status)

    assert reference(replace(back, end_to_end="E2")) == ("Return of PM-2", "Posted")
    assert reference(replace(back, account="DE 3")) == ("Return of PM-3", "Posted")
    assert reference(replace(back, account="DE1")) == ("", "Waits")
    assert reference(replace(back, amount=D("-9.00"))) == ("", "Waits")


def test_a_refund_names_its_credit_note() -> None:
    around = Surroundings(credit_notes=[Posted("CN-000001", D(0), "EUR", DAY, unapplied=D(5))])

    (paid, rent) = become([line("-5", key="1", text="cn 000001"), line("-7", key="2")], around, {})

    assert (paid.new, rent.status) == (True, LineStatus.OUTGOING)


BETA = Payee(frozenset({"C2"}), customer=True, invoices={"INV-3": "C2"})
PAID = Posted("PM-2", D("583.10"), "EUR", DAY, "C2", payer_account="DE2", invoices=frozenset({"INV-3"}))
LYING = Posted("PM-7", D("583.10"), "EUR", DAY, "C2", payer_account="DE2", unapplied=D("583.10"))


def became_of(text: str, *made: Posted, payee: Payee = BETA, notes: tuple[Posted, ...] = ()) -> tuple[str, str]:
    out = line("-583.10", key="1", text=text, account="DE2", counterparty="Beta")
    (became,) = become([out], Surroundings(made=list(made), credit_notes=notes, payees={"1": payee}), {"1": "C2"})
    return became.reference, str(became.status)


@pytest.mark.parametrize(
    "text", ["RUECKLASTSCHRIFT RE INV-3", "Rücklastschrift", "Return payment INV-3", "Chargeback", "Retoure INV-3"]
)
def test_a_customers_payment_that_the_text_says_came_back_is_taken_back(text: str) -> None:
    assert became_of(text, PAID) == ("Return of PM-2", "Posted")
    assert became_of(text, PAID, payee=Payee(invoices={"INV-3": "C2"})) == ("Return of PM-2", "Posted")
    assert became_of(text, replace(PAID, back=True))[1] == "Waits"
    assert became_of(text)[1] == "Waits"


def test_of_several_payments_alike_the_one_for_the_invoice_named_came_back_else_it_waits() -> None:
    other = replace(PAID, payment="PM-3", invoices=frozenset({"INV-4"}))

    assert became_of("Rücklastschrift INV-3", PAID, other) == ("Return of PM-2", "Posted")
    assert became_of("Rücklastschrift", PAID, other, payee=Payee(frozenset({"C2"}))) == ("", "Waits")
    assert became_of("Rücklastschrift INV-3", other) == ("", "Waits")


def test_money_that_lay_unapplied_is_refunded_and_a_credit_note_is_paid_out() -> None:
    note = Posted("CN-1", D(0), "EUR", DAY, "C2", unapplied=D("583.10"))

    assert became_of("Erstattung Doppelzahlung INV-3", PAID, LYING) == ("Return of PM-7", "Posted")
    assert became_of("Refund", PAID, notes=(note,)) == ("Refund of CN-1", "Posted")
    assert became_of("Refund", LYING, notes=(note,)) == ("", "Waits")
    assert became_of("Refund", PAID) == ("", "Waits")


def test_two_lines_never_take_the_same_payment_back() -> None:
    lines = [line("-583.10", key=key, text="Rücklastschrift", account="DE2") for key in ("1", "2")]

    found = become(lines, Surroundings(made=[PAID], payees={"1": BETA, "2": BETA}), {})

    assert [str(one.status) for one in found] == ["Posted", "Waits"]


def test_money_to_suppliers_and_the_banks_fees_are_no_customers() -> None:
    supplier = Payee(supplier=True, invoices={"INV-3": "C2"})

    assert became_of("Invoice INV-3", payee=supplier) == ("", "Outgoing")
    assert became_of("Invoice INV-3", payee=Payee(invoices={"INV-3": "C2"})) == ("", "Waits")
    assert became_of("Entgelt Rücklastschrift INV-3", payee=Payee(invoices={"INV-3": "C2"})) == ("", "Outgoing")
    assert became_of("Rent", payee=Payee()) == ("", "Outgoing")


@pytest.mark.parametrize(
    ("account", "fits"),
    [
        ("DE02 1203 0000 0000 2020 51", True),
        ("12030000/0000202051", True),
        ("202051", True),
        ("12030000/0000202052", False),
        ("DE89370400440532013000", False),
    ],
)
def test_an_account_is_ours_with_bank_code_or_without(account: str, *, fits: bool) -> None:
    assert own_account_fits(account, "DE02120300000000202051") is fits


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Müller & Söhne GmbH", "MUELLER UND SOEHNE"),
        ("Café Noir S.A.R.L.", "Cafe Noir"),
        ("Alpha B.V.", "ALPHA BV"),
        ("Łódź Sp. z o.o.", "Lodz"),
    ],
)
def test_names_are_alike_without_case_accents_and_legal_form(one: str, two: str) -> None:
    assert plain_name(one) == plain_name(two)


@pytest.mark.parametrize(
    ("customer", "payer"),
    [
        ("Müller + Söhne OHG", "Mueller u Soehne OHG"),
        ("Müller GmbH & Co. KG", "MULLER GMBH U. CO. KG"),
        ("Århus Møbler AS", "AARHUS MOEBLER AS"),
        ("Jones & Co Ltd", "JONES AND CO LIMITED"),
        ("Weiß GmbH", "Weiss"),
        ("Weiß", "WEISS GMBH"),
        ("Internationale Handelspartner Nord GmbH", "Internationale Handelspartner Nord G"[:35]),
    ],
)
def test_a_name_that_is_one_but_for_the_way_of_writing_says_who_pays(customer: str, payer: str) -> None:
    assert Payers.of([("C1", customer)]).customer(payer, "") == "C1"


@pytest.mark.parametrize(
    ("customer", "payer"),
    [
        ("Baur Maschinen GmbH", "Bauer Maschinen GmbH"),
        ("Neuer AG", "Neur AG"),
        ("Samuel Co", "Samul"),
        ("Brix GmbH", "Brix AG"),
        ("Stadtwerke Musterstadt Netz GmbH", "Stadtwerke Musterstadt GmbH"),
        ("Bayerische Motoren Werke Bank GmbH", "Bayerische Motoren Werke AG"),
    ],
)
def test_a_name_that_is_only_alike_says_who_may_pay_and_no_more(customer: str, payer: str) -> None:
    payers = Payers.of([("C1", customer)])

    assert payers.customer(payer, "") == ""
    assert payers.namesakes(payer) == {"C1"}


def test_a_name_to_the_letter_is_not_lost_beside_one_that_is_alike() -> None:
    assert Payers.of([("C1", "Baur GmbH"), ("C2", "Bauer GmbH")]).customer("BAUER GMBH", "") == "C2"


def test_a_payer_is_known_by_account_then_name_and_not_where_two_share_it() -> None:
    payers = Payers.of(
        [("C1", "Alpha GmbH"), ("C2", "Beta"), ("C3", "BETA AG"), ("C4", "International Trading Partners North")],
        [("IBAN", "DE1", "C2"), ("Name", plain_name("Holding"), "C1")],
    )

    assert payers.customer("Anybody", "DE 1") == "C2"
    assert payers.customer("alpha gmbh", "") == "C1"
    assert payers.customer("HOLDING", "XX") == "C1"
    assert payers.customer("Beta", "") == ""
    assert payers.customer("International Trading Part", "") == "C4"
    assert payers.customer("", "") == ""


def test_a_name_that_the_bank_may_have_cut_off_is_that_of_the_only_one_that_begins_so() -> None:
    one, other = ("C1", "Hotel Continental Frankfurt"), ("C2", "Hotel Continental Frankfurt Airport Betriebe")
    cut = "Hotel Continental Frankfurt"

    assert Payers.of([one]).customer(cut, "") == "C1"
    assert Payers.of([other]).customer(cut, "") == "C2"
    assert Payers.of([one, other]).customer(cut, "") == ""
    assert Payers.of([one, other]).namesakes(cut) == {"C1", "C2"}
    assert Payers.of([one, other]).customer(other[1], "") == "C2"
    assert Payers.of([("C3", "The Continental Hotel Continental Frankfurt")]).customer(cut, "") == ""


def test_an_account_says_nothing_where_the_name_is_to_the_letter_anothers() -> None:
    payers = Payers.of(
        [("C1", "Alpha GmbH"), ("C2", "Beta AG"), ("C3", "Beta North AG"), ("C4", "Gamma Oy")],
        [("IBAN", "DE1", "C2"), ("IBAN", "DE2", ""), ("Name", plain_name("Gamma"), "C2")],
        {"C3": "C2"},
    )

    assert payers.customer("ALPHA GMBH", "DE1") == ""
    assert payers.customer("Alpha", "DE2") == "C1"
    assert payers.customer("Beta North AG", "DE1") == "C2"
    assert payers.customer("Gamma Oy", "DE1") == "C2"
    assert payers.customer("Paying agent", "DE2") == ""


def test_customers_that_differ_in_their_legal_form_only_are_told_apart_by_it() -> None:
    payers = Payers.of(
        [("N1", "Brix Technik AG"), ("N2", "Brix Technik GmbH"), ("N3", "Pax Ltd"), ("N4", "PAX Ltd.")],
        [("Name", plain_name("Brix Technik"), "N2"), ("Name", plain_name("Pax"), "N4")],
    )

    assert payers.customer("BRIX-TECHNIK A.G.", "") == "N1"
    assert payers.customer("Brix Technik", "") == "N2"
    assert payers.customer("Pax Ltd", "") == "N4"
    assert payers.namesakes("Brix Technik KG") == {"N1", "N2"}
    assert payers.namesakes("Pax Ltd") == {"N3", "N4"}


def test_the_number_of_somebody_else_does_not_say_which_of_several_namesakes_paid() -> None:
    knows = {one: Knows(one, "EUR") for one in ("N1", "N2", "N3")}
    clues = Clues(
        knows,
        {"R-3": Named("R-3", "N3", "N3", "EUR", True), "R-1": Named("R-1", "N1", "N1", "EUR", True)},
        payers=Payers.of([("N1", "Brix AG"), ("N2", "Brix GmbH"), ("N3", "Pax Ltd")]),
    )

    def account(reference: str, payer: str) -> str:
        typed = Typed("P", "", DAY, D("10"), "EUR", "Bank transfer", reference, payer)
        (placed,) = place([typed], clues)
        assert isinstance(placed, Placed)
        return placed.account

    assert account("R-3", "Brix") == ""
    assert account("R-1", "Brix") == "N1"
    assert account("R-3", "Somebody") == "N3"


def test_a_proposal_names_the_customers_that_the_payer_may_be() -> None:
    items = [OpenItem(f"R-{at}", f"N{at}", "EUR", D("10"), ((DAY, D("10")),)) for at in (1, 3)]
    payment = Payment("P", "", D("10"), "EUR", DAY, "thanks")

    (match,) = guess([(payment, "Alba KG")], items, {"N1": "Alba KG", "N3": "Pax"}, {"P": {"N1", "N2"}})

    assert (match.invoice, match.certain) == ("R-1", False)
    assert match.reason.startswith("Alba KG may be N1 or N2. Of these only N1 owes just this amount, with R-1.")


def test_money_of_somebody_unknown_is_guessed_by_number_then_name_then_the_only_amount() -> None:
    def item(number: str, customer: str, amount: str) -> OpenItem:
        return OpenItem(number, customer, "EUR", D(amount), ((DAY, D(amount)),))

    items = [item("INV-0011", "C1", "10"), item("INV-0012", "C2", "10"), item("INV-0013", "C3", "30")]
    names = {"C1": "Alpha", "C2": "Betta", "C3": "Gamma"}

    def guessed(amount: str, payer: str, reference: str = "") -> list[tuple[str, bool]]:
        payment = Payment("P", "", D(amount), "EUR", DAY, reference)
        return [(one.invoice, one.certain) for one in guess([(payment, payer)], items, names)]

    assert guessed("10", "", "0012") == [("INV-0012", False)]
    assert guessed("10", "BETA GmbH") == [("INV-0012", False)]
    assert guessed("10", "") == []
    assert guessed("30", "") == [("INV-0013", False)]
    assert guessed("31", "Gamma") == []


def items(*amounts: str, batch: str = "1", **more: object) -> list[BankLine]:
    whole = sum(map(D, amounts))
    return [
        line(amount, f"{batch}-{at}", batch=batch, whole=whole, counterparty=f"Payer {at}", kind="camt.054", **more)
        for at, amount in enumerate(amounts)
    ]


SUM = line("30.00", key="S", kind="camt.053")


@pytest.mark.parametrize(
    ("whole", "reference", "known"),
    [
        (SUM, "", True),
        (replace(SUM, entry_reference="R1"), "R1", True),
        (replace(SUM, entry_reference="R2"), "R1", False),
        (replace(SUM, booked_on=DAY + timedelta(days=1)), "", False),
        (replace(SUM, booked_on=DAY + timedelta(days=1), entry_reference="R1"), "R1", True),
        (replace(SUM, bank_reference="R1", kind="MT940"), "R1", True),
        (replace(SUM, counterparty="Somebody"), "", False),
        (replace(SUM, amount=D(31)), "", False),
    ],
)
def test_a_sum_and_its_items_are_one_booking_whichever_comes_first(
    whole: BankLine, reference: str, *, known: bool
) -> None:
    parts = items("10.00", "20.00", entry_reference=reference)

    sum_last = repeats([whole], parts)
    items_last = repeats(parts, [whole])
    posted = repeats(parts, [replace(whole, payment="PM-000001")])

    assert (sum_last.fresh == ()) is known
    assert (dict(sum_last.sums) == {0: ("1-0", "1-1")}) is known
    assert (bool(items_last.told), items_last.fresh) == (known, (0, 1))
    assert posted.fresh == (() if known else (0, 1))


def test_items_answer_for_one_sum_and_for_none_where_they_took_its_place() -> None:
    two = [*items("10.00", "20.00", batch="1"), *items("10.00", "20.00", batch="2")]

    assert repeats([SUM, SUM, SUM], two).fresh == (2,)
    assert repeats([SUM, SUM], [*two[:2], replace(SUM, items="1")]).fresh == (1,)


def test_a_collective_booking_waits_till_its_items_are_typed() -> None:
    whole = line("30.00", key="BS-000002/1", collective=True)
    typed = [Posted(f"P-{n}", D(n), "EUR", DAY, reference="INV BS-000002/1") for n in (10, 20)]
    other = line("10.00", key="BS-000002/2", text="INV")

    waits = become([whole, other], Surroundings(typed=typed[:1]), {})
    done = become([whole, other], Surroundings(typed=typed), {})

    assert [one.status for one in waits] == [LineStatus.WAITS, LineStatus.POSTED]
    assert "10.00 of it is typed" in waits[0].problem
    assert [one.status for one in done] == [LineStatus.ITEMISED, LineStatus.POSTED]
    assert done[1].new


CAMT = line(kind="camt.053", counterparty="Alpha AG", account="DE1", text="INV-1", bank_reference="R1")


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (line(kind="OFX", counterparty="ALPHA AG", text="INV-1", bank_reference="F1"), True),
        (line(kind="OFX", counterparty="ALPHA AG", text="ALPHA AG"), True),
        (line(kind="csv", text="Credit Alpha AG INV-1"), True),
        (line(kind="camt.054", counterparty="Alpha AG", text="INV-1"), True),
        (line(kind="OFX", counterparty="BETA AG", text="INV-1"), False),
        (line(kind="OFX", counterparty="ALPHA AG", text="INV-10"), False),
        (line(kind="csv", account="DE2", text="INV-1"), False),
        (line(kind="camt.054", counterparty="Alpha AG", text="INV-1", bank_reference="R2"), False),
        (line(kind="camt.053", counterparty="Alpha AG", text="INV-1"), False),
        (line(kind="OFX", day=DAY + timedelta(days=1), text="INV-1"), False),
    ],
)
def test_what_one_format_does_not_tell_is_no_difference(other: BankLine, *, same: bool) -> None:
    assert (repeats([other], [replace(CAMT, key="K")]).fresh == ()) is same
    assert (repeats([CAMT], [replace(other, key="K")]).fresh == ()) is same
    assert repeats([other, other], [replace(CAMT, key="K")]).fresh == ((1,) if same else (0, 1))


def test_money_that_went_back_for_no_payment_known_asks_for_a_number_and_names_none() -> None:
    gone = line("-10.00", "1", counterparty="Alpha", reversal=True)

    (became,) = become([gone], Surroundings(), {})

    assert became.status is LineStatus.WAITS
    assert "Reference Return of PM-… (the payment's number)" in became.problem
