"""Cells of every kind: what is read, what is refused, and that a clerk is told how to mend it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from o2c_xl.domain.money import CURRENCIES
from o2c_xl.tables.define.catalogue import BY_NAME, TABLES
from o2c_xl.tables.define.spec import Column, Kind, Owner
from o2c_xl.tables.parse.cells import (
    Fault,
    check_money_places,
    check_quantity_places,
    parse_cell,
    parse_column,
)
from o2c_xl.tables.parse.codes import COUNTRIES
from o2c_xl.tables.parse.fault import seen
from o2c_xl.tables.parse.script import DAY_FIRST, Script, number_scripts, prove_dates
from o2c_xl.tables.show.shown import cell_out, shown

QUANTITY = BY_NAME["OrderLines"].by_header["Quantity"]
PRICE = BY_NAME["OrderLines"].by_header["Unit price"]
LINE = BY_NAME["OrderLines"].by_header["Line"]
SKU = BY_NAME["OrderLines"].by_header["SKU"]
ORDER_DATE = BY_NAME["Orders"].by_header["Order date"]
SHIPPING = BY_NAME["Orders"].by_header["Shipping"]
PRIORITY = BY_NAME["Orders"].by_header["Priority"]
NOTES = BY_NAME["Orders"].by_header["Notes"]
CUSTOMER = BY_NAME["Customers"].by_header
ENTRY = BY_NAME["Files"].by_header["Seen"]

FOREIGN = (True, date(2026, 1, 1), datetime(2026, 1, 1, 9, 30), time(9, 30), timedelta(hours=3), "#REF!", "  #N/A ")


def column_of(kind: Kind) -> Column:
    choices = ("Yes", "No") if kind is Kind.CHOICE else ()
    return Column(header="Value", kind=kind, owner=Owner.STAFF, help="Some value.", choices=choices)


def test_zero_is_refused_with_the_sentence_of_the_specification():
    fault = parse_cell(BY_NAME["Receipts"].by_header["Quantity"], 0.0)

    assert fault == Fault("0 is not more than 0.", "Enter how many came.")


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("empty", [None, "", "   ", "\t\n", "\xa0"])
def test_an_empty_cell_is_none_in_every_kind(kind, empty):
    assert parse_cell(column_of(kind), empty) is None


@pytest.mark.parametrize("kind", [Kind.MONEY, Kind.PRICE, Kind.QUANTITY, Kind.PERCENT, Kind.NUMBER, Kind.WHOLE])
@pytest.mark.parametrize(
    "value",
    [
        *FOREIGN,
        *(
            "1,5",
            "1_000",
            "1 000",
            "1,234.50",
            "١٢",
            "½",
            "1e3",
            "0x10",
            "NaN",
            "inf",
            "--1",
            "1.",
            ".5",
            "+",
            "12 pcs",
        ),
        *("5%", "€ 5", "5-", "(5)", "=1+1", "−5", float("nan"), float("inf"), 1e300, 0.00001, "1.00001", 10**15),
    ],
)
def test_what_is_no_exact_number_is_refused(kind, value):
    assert isinstance(parse_cell(column_of(kind), value), Fault)


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (0.1 + 0.2, "0.3"),
        (19.99, "19.99"),
        (1e-4, "0.0001"),
        (12.0, "12"),
        (99_999_999_999.0, "99999999999"),
        ("12.50", "12.5"),
        ("+3", "3"),
        (" 0012.5000000 ", "12.5"),
        (7, "7"),
    ],
)
def test_numbers_are_read_exactly(value, number):
    parsed = parse_cell(PRICE, value)

    assert isinstance(parsed, Decimal)
    assert parsed == Decimal(number)


@settings(deadline=None)
@given(st.decimals(min_value=0, max_value=10**10, places=4))
def test_a_number_survives_the_spreadsheets_float_and_its_text(number):
    assert parse_cell(PRICE, float(number)) == number
    assert parse_cell(PRICE, str(number)) == number
    assert Decimal(shown(PRICE, number)) == number


@pytest.mark.parametrize(
    ("column", "value"),
    [
        (PRICE, -0.01),
        (QUANTITY, -1.0),
        (PRIORITY, 0.0),
        (PRIORITY, 45000.0),
        (BY_NAME["OrderLines"].by_header["Discount %"], 100.5),
        (BY_NAME["TaxRates"].by_header["Rate %"], "190"),
        (BY_NAME["Suppliers"].by_header["Lead days"], 99999),
        (BY_NAME["Surveys"].by_header["Score"], 9.0),
    ],
)
def test_numbers_outside_of_their_limits_are_refused(column, value):
    assert isinstance(parse_cell(column, value), Fault)


def test_a_whole_number_comes_as_int_and_a_fraction_is_refused():
    assert parse_cell(PRIORITY, 5.0) == 5
    assert type(parse_cell(PRIORITY, "5")) is int
    assert isinstance(parse_cell(PRIORITY, 1.5), Fault)


def test_true_is_not_taken_for_one_even_where_one_stands_in_the_same_column():
    for values in ([1.0, True, False, 0.5], [True, 1.0]):
        parsed, faults = parse_column(QUANTITY, values)

        assert [fault.index for fault in faults] == [i for i, v in enumerate(values) if isinstance(v, bool)]
        assert [v for v in parsed if v is not None] == [v for v in values if not isinstance(v, bool)]


@pytest.mark.parametrize("value", [123.0, 5, *FOREIGN, "a\nb", "a\tb", "a\u200bb", "a\x00", "a\x07", "x" * 101])
def test_what_is_no_identifier_is_refused(value):
    assert isinstance(parse_cell(SKU, value), Fault)


@pytest.mark.parametrize(
    ("value", "identifier"),
    [
        ("00123", "00123"),
        ("  A-1 ", "A-1"),
        ("\xa0A-1\xa0", "A-1"),
        ("e\u0301tui", "étui"),
        ("1234567890123456", "1234567890123456"),
        ("=1+1", "=1+1"),
        ("#12", "#12"),
        ("+49", "+49"),
        ("1e5", "1e5"),
    ],
)
def test_identifiers_stay_the_text_they_are(value, identifier):
    assert parse_cell(SKU, value) == identifier
    assert parse_column(SKU, [value, "B"])[0] == [identifier, "B"]


@pytest.mark.parametrize(("value", "line"), [(1.0, "1"), (12, "12"), ("1", "1"), (" 1a ", "1a")])
def test_a_line_may_be_a_whole_number(value, line):
    assert parse_cell(LINE, value) == line


@pytest.mark.parametrize("value", [1, 1.0, "1", "01", "001", "1.0", "1,00", " 1 "])
def test_a_number_of_a_line_is_the_same_line_however_it_is_written(value):
    assert parse_cell(LINE, value) == "1"


@pytest.mark.parametrize("value", ["1.5", "1.000", "A1", "1-1", "0", "10a"])
def test_what_is_no_plain_number_of_a_line_stays_as_it_is(value):
    assert parse_cell(LINE, value) == value


@pytest.mark.parametrize("value", [1.5, 0.0, -1.0, 1e12, float("nan"), float("inf"), True, date(2026, 1, 1), "#N/A"])
def test_what_is_no_line_is_refused(value):
    assert isinstance(parse_cell(LINE, value), Fault)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (4930.0, "4930"),
        (0.05, "0.05"),
        (True, "TRUE"),
        (date(2026, 11, 2), "2026-11-02"),
        ("two\r\nlines", "two\nlines"),
        ("=cmd|' /C calc'!A0", "=cmd|' /C calc'!A0"),
        ("Zoë 👩\u200d🔧", "Zoë 👩\u200d🔧"),
    ],
)
def test_free_text_is_taken_as_it_is_seen(value, text):
    assert parse_cell(NOTES, value) == text


@pytest.mark.parametrize("value", ["bell\x07", "null\x00", "\ud800", "x" * 4001, "#VALUE!"])
def test_text_that_no_document_could_show_is_refused(value):
    assert isinstance(parse_cell(NOTES, value), Fault)


@pytest.mark.parametrize(
    "value",
    [
        *(date(2026, 11, 2), datetime(2026, 11, 2), "2026-11-02", " 2026-11-02 ", "2026-11-02T00:00:00"),
        *("2026-11-02 00:00", "2026-11-02T00:00:00.000Z", "2026-11-02 00:00:00+01:00", "2026-11-02T00:00:00-0800"),
    ],
)
def test_real_dates_and_iso_text_are_dates(value):
    parsed = parse_cell(ORDER_DATE, value)

    assert parsed == date(2026, 11, 2)
    assert type(parsed) is date


@pytest.mark.parametrize(
    "value",
    [
        *(45000.0, 0.0, 86400, True, time(9, 30), datetime(2026, 11, 2, 9, 30), "2026-11-02 09:30", "#N/A"),
        *("2026-11-01T23:00:00.000Z", "2026-11-02T00:00:00+24:00", "2026-11-02Z"),
        *(date(1900, 2, 28), datetime(1899, 12, 31), "1900-02-28", "2026-02-30", "2026-13-01", "0000-01-01"),
        *("02/11/2026", "2.11.2026", "11/02/26", "2026/11/02", "20261102", "2026-W45-1", "2 Nov 2026", "tomorrow"),
        *("２０２６-11-02", "2026-11-2", "-2026-11-02"),
    ],
)
def test_what_is_no_certain_date_is_refused(value):
    assert isinstance(parse_cell(ORDER_DATE, value), Fault)


def test_the_first_day_that_spreadsheets_agree_on_is_a_date():
    assert parse_cell(ORDER_DATE, date(1900, 3, 1)) == date(1900, 3, 1)


@settings(deadline=None)
@given(st.dates(min_value=date(1900, 3, 1)))
def test_a_date_survives_its_way_out_and_in(day):
    assert parse_cell(ORDER_DATE, shown(ORDER_DATE, day)) == day
    assert parse_cell(ORDER_DATE, cell_out(ORDER_DATE, day)) == day


def test_a_column_with_a_day_above_twelve_proves_its_order():
    values = ["02/11/2026", "31/12/2026", None, "2026-11-05"]

    parsed, faults = parse_column(ORDER_DATE, values, prove_dates(values))

    assert parsed == [date(2026, 11, 2), date(2026, 12, 31), None, date(2026, 11, 5)]
    assert faults == []


@pytest.mark.parametrize(
    "values",
    [
        ["02/11/2026", "03/04/2026"],
        ["31/12/2026", "12/31/2026"],
        ["31/12/2026", date(2026, 2, 11)],
        ["31/31/2026"],
    ],
)
def test_a_column_without_one_clear_order_proves_nothing(values):
    assert prove_dates(values) == Script()


def test_months_first_is_proved_likewise():
    assert parse_cell(ORDER_DATE, "02/11/2026", prove_dates(["12/31/2026"])) == date(2026, 2, 11)
    assert parse_cell(ORDER_DATE, "02/11/2026", Script(dates=DAY_FIRST)) == date(2026, 11, 2)


@pytest.mark.parametrize(
    ("proof", "text"),
    [
        ("31.02.2026", "03.04.2026"),
        ("13/13/2026", "03/04/2026"),
        ("31.12.2026", "03/04/2026"),
        ("31.12.0000", "03.04.2026"),
    ],
)
def test_only_a_day_of_the_calendar_written_alike_proves_the_order(proof, text):
    assert "day from month" in parse_cell(ORDER_DATE, text, prove_dates([proof, text])).problem


@pytest.mark.parametrize("value", ["31.02.2026", "02/31/2026", "00.01.2026"])
def test_a_day_that_does_not_exist_is_told_as_such_in_whatever_order_it_is_written(value):
    fault = parse_cell(ORDER_DATE, value)

    assert fault.problem == f'"{value}" is a day that no calendar has.'


@pytest.mark.parametrize("value", ["Express shipping", " express SHIPPING\t", "EXPRESS SHIPPING"])
def test_a_choice_is_read_in_any_case_and_given_in_the_lists_spelling(value):
    assert parse_cell(SHIPPING, value) == "Express shipping"


def test_a_choice_off_the_list_names_the_list_and_the_nearest():
    fault = parse_cell(SHIPPING, "Expres shipping")

    assert "Pickup at store" in fault.fix
    assert "nearest is Express shipping" in fault.fix


@pytest.mark.parametrize("value", ["Fast", 1.0, True, "#N/A", date(2026, 1, 1)])
def test_what_is_not_on_the_list_is_refused(value):
    assert isinstance(parse_cell(SHIPPING, value), Fault)


def test_every_country_code_is_known_and_no_other():
    assert len(COUNTRIES) == 249
    assert all(parse_cell(CUSTOMER["Country"], code.lower()) == code for code in COUNTRIES)
    assert all(isinstance(parse_cell(CUSTOMER["Country"], code), Fault) for code in ("XX", "EU", "ZZ", "DEU", "D"))


@pytest.mark.parametrize(("name", "code"), [("Germany", "DE"), ("Österreich", "AT"), ("France", "FR"), ("UK", "GB")])
def test_a_countrys_name_is_answered_with_its_code(name, code):
    assert parse_cell(CUSTOMER["Country"], name).fix == f"Write {code}."


def test_every_currency_is_known_and_no_other():
    assert all(parse_cell(CUSTOMER["Currency"], code.lower()) == code for code in CURRENCIES)
    assert all(isinstance(parse_cell(CUSTOMER["Currency"], code), Fault) for code in ("XXX", "€", "EURO", "DM"))


@pytest.mark.parametrize("terms", ["Prepaid", "Net 30", "Net 30 EOM", "2% 10, Net 30", "30% 0, 70% 60"])
def test_payment_terms_of_the_contract_are_read(terms):
    assert parse_cell(CUSTOMER["Payment terms"], f" {terms} ") == terms


@pytest.mark.parametrize("terms", ["soon", "Net", "30% 0, 60% 60", 30.0, True])
def test_other_payment_terms_are_refused(terms):
    fault = parse_cell(CUSTOMER["Payment terms"], terms)

    assert fault.problem
    assert "Net 30" in fault.fix


@pytest.mark.parametrize("address", ["a@b.de", "first.last+tag@sub.example.com", "zoë@exämple.de"])
def test_an_email_address_is_taken(address):
    assert parse_cell(CUSTOMER["Email"], address) == address


@pytest.mark.parametrize(
    "address",
    ["a@b", "a b@c.de", "@b.de", "A <a@b.de>", "a@b.de, c@d.de", "a@b.de\nBcc: x@y.de", "a@@b.de", 5.0, "a@-b.de"],
)
def test_what_is_no_single_email_address_is_refused(address):
    assert isinstance(parse_cell(CUSTOMER["Email"], address), Fault)


@pytest.mark.parametrize("column", [column for table in TABLES for column in table.columns if column.example])
def test_every_example_of_a_column_is_read_without_a_fault(column):
    assert not isinstance(parse_cell(column, column.example), Fault)


cells = st.one_of(
    st.none(),
    st.booleans(),
    st.floats(),
    st.text(max_size=30),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
    st.sampled_from(["1,5", "1.234,50", "#N/A", "Yes", "DE", "EUR", "Net 30", "31/12/2026"]),
)


@pytest.mark.parametrize("kind", Kind)
@settings(deadline=None)
@given(values=st.lists(cells, max_size=8))
def test_no_cell_stops_the_reader_and_every_fault_says_what_to_do(kind, values):
    column = column_of(kind)

    parsed, faults = parse_column(column, values)

    assert len(parsed) == len(values)
    for fault in faults:
        assert parsed[fault.index] is None
        assert fault.fault.problem.endswith(".")
        assert fault.fault.fix.endswith(".")
    alone = [parse_cell(column, value) for value in values]
    assert parsed == [None if isinstance(value, Fault) else value for value in alone]
    assert [fault.index for fault in faults] == [i for i, value in enumerate(alone) if isinstance(value, Fault)]


def test_amounts_are_held_to_the_places_of_their_currency():
    amounts = [Decimal("1.23"), Decimal("1.234"), Decimal("1.5"), Decimal("1.234"), Decimal("9.999"), None]

    faults = check_money_places(amounts, ["EUR", "EUR", "JPY", "KWD", None, "EUR"])

    assert [fault.index for fault in faults] == [1, 2]


def test_quantities_are_held_to_the_places_of_their_unit():
    quantities = [Decimal(2), Decimal("2.5"), Decimal("2.125"), Decimal("2.1255"), Decimal("2.5")]

    faults = check_quantity_places(quantities, ["pcs", "Box", "kg", "kg", None])

    assert [fault.index for fault in faults] == [1, 3]


@pytest.mark.parametrize(
    ("columns", "fallback", "expected"),
    [
        ([["1,5", "2"]], ".", [","]),
        ([["1.5", "2"]], "", ["."]),
        ([["1,234"]], ".", ["."]),
        ([["1,234"]], "", [""]),
        ([["1,234"], ["12,50"]], "", [",", ","]),
        ([["0,125"]], "", [","]),
        ([["1.234,50"]], ".", [","]),
        ([["1.234.567"]], ".", ["."]),
        ([["1.234.567"]], "", [","]),
        ([["1,5"], ["1.5"]], ".", [",", "."]),
        ([["1,5", "1.5"]], ".", [""]),
    ],
)
def test_a_csv_shows_how_it_writes_decimals_or_stays_in_doubt(columns, fallback, expected):
    assert [script.decimal for script in number_scripts(columns, fallback)] == expected


def test_one_slip_among_many_is_a_fault_of_its_own_cell():
    values = [f"{n}.5" for n in range(40)] + ["7,5"]

    (script,) = number_scripts([values], "")
    parsed, faults = parse_column(PRICE, values, script)

    assert [fault.index for fault in faults] == [40]
    assert parsed[39] == Decimal("39.5")


@pytest.mark.parametrize("text", ["12,50", "1.234,50", "1 234.50"])
def test_a_number_that_a_workbook_holds_as_text_is_to_be_entered_again_in_a_cell_of_numbers(text: str) -> None:
    fault = parse_cell(column_of(Kind.MONEY), text)

    assert fault.fix == "Format the cell as a number and enter it again."


@pytest.mark.parametrize(
    ("text", "script", "number"),
    [
        ("12,5", Script(","), "12.5"),
        ("1.234,50", Script(",", grouped=True), "1234.5"),
        ("1.234", Script(",", grouped=True), "1234"),
        ("1,234", Script(","), "1.234"),
        ("1,234.50", Script(".", grouped=True), "1234.5"),
        ("1234", Script(""), "1234"),
    ],
)
def test_numbers_are_read_in_the_script_that_was_proved(text, script, number):
    assert parse_cell(PRICE, text, script) == Decimal(number)


@pytest.mark.parametrize(
    ("text", "script"),
    [("1.234", Script("")), ("1.234", Script(",")), ("1.5", Script(",")), ("12.34,50", Script(",", grouped=True))],
)
def test_numbers_in_another_script_are_refused(text, script):
    assert isinstance(parse_cell(PRICE, text, script), Fault)


@pytest.mark.parametrize("sign", [" ", "\u00a0", "\u202f", "’", "'"])
def test_thousands_set_apart_are_read_and_prove_the_decimal_sign_behind_them(sign):
    values = [f"1{sign}234,500", f"-12{sign}345{sign}678", "1,234"]

    (script,) = number_scripts([values], "")

    read = [parse_cell(column_of(Kind.MONEY), text, script) for text in values]
    assert read == [Decimal("1234.5"), Decimal(-12345678), Decimal("1.234")]


@pytest.mark.parametrize("text", ["1 23", "12 34,5", "1234 567", "1 234’567", "1 234 56", "1 234.567,5", "0 1"])
def test_digits_set_apart_in_any_other_way_are_no_number(text):
    assert isinstance(parse_cell(PRICE, text, Script(",")), Fault)


def test_thousands_set_apart_with_another_decimal_sign_are_to_be_mended_with_the_one_of_their_column():
    assert "decimal comma" in parse_cell(PRICE, "1 234.5", Script(",")).fix


@pytest.mark.parametrize("text", ["5.000", "-1.000", "+12.345", "5,000", "999.999"])
@pytest.mark.parametrize("kind", [Kind.MONEY, Kind.PRICE, Kind.QUANTITY, Kind.NUMBER, Kind.WHOLE])
def test_text_in_a_workbook_that_may_be_thousands_is_refused_as_in_a_csv(kind, text):
    fault = parse_cell(column_of(kind), text)

    assert "can be read in two ways" in fault.problem
    assert parse_cell(column_of(kind), text, Script("")).problem.startswith(f'"{text}" can be read in two ways')


@pytest.mark.parametrize(
    ("cell", "number"), [("0.125", "0.125"), ("5.00", "5"), ("5.0000", "5"), ("1234.000", "1234"), (5.125, "5.125")]
)
def test_numbers_and_text_that_can_be_read_in_one_way_only_are_taken(cell, number):
    assert parse_cell(PRICE, cell) == Decimal(number)


def test_a_code_that_looks_like_a_number_is_no_number_in_doubt():
    assert parse_cell(SKU, "5.000") == "5.000"


@pytest.mark.parametrize(
    ("header", "value", "unit", "text"),
    [
        ("Quantity", Decimal(12), {"unit": "pcs"}, "12"),
        ("Quantity", Decimal("1.5"), {"unit": "kg"}, "1.500"),
        ("Quantity", Decimal("1.50"), {}, "1.5"),
        ("Net", Decimal("12.5"), {"currency": "EUR"}, "12.50"),
        ("Net", Decimal("12.00"), {"currency": "JPY"}, "12"),
        ("Net", Decimal("0.00"), {"currency": "KWD"}, "0.000"),
        ("Net", Decimal("-0.00"), {"currency": "EUR"}, "0.00"),
        ("Unit price", Decimal("1.2345"), {"currency": "EUR"}, "1.2345"),
        ("Unit price", Decimal(1), {"currency": "EUR"}, "1.00"),
        ("Discount %", Decimal("5.00"), {}, "5"),
        ("Requested date", date(2026, 11, 2), {}, "2026-11-02"),
        ("SKU", "00123", {}, "00123"),
        ("Why", None, {}, None),
        ("Why", "", {}, None),
    ],
)
def test_values_are_shown_with_the_places_of_their_unit(header, value, unit, text):
    assert shown(BY_NAME["OrderLines"].by_header[header], value, **unit) == text


def test_a_moment_is_shown_in_utc_and_written_without_a_zone():
    moment = datetime(2026, 11, 2, 9, 30, 15, 250, tzinfo=UTC)

    assert shown(ENTRY, moment) == "2026-11-02T09:30:15Z"
    assert cell_out(ENTRY, moment) == datetime(2026, 11, 2, 9, 30, 15)


def test_identifiers_of_digits_are_written_back_as_text():
    assert cell_out(SKU, "00123") == "00123"
    assert cell_out(LINE, 1) == "1"
    assert cell_out(QUANTITY, Decimal("1.5")) == Decimal("1.5")
    assert cell_out(NOTES, "") is None


@pytest.mark.parametrize("text", ["22.11.2026", "11/22/2026"])
def test_a_text_that_can_be_but_one_day_is_told_with_that_day(text: str) -> None:
    fault = parse_cell(ORDER_DATE, text)

    assert isinstance(fault, Fault)
    assert fault.problem == f'"{text}" is text, not a date.'
    assert fault.fix.startswith("Write 2026-11-22,")


def test_an_over_long_text_is_shortened_in_its_fault() -> None:
    assert seen("x" * 300) == f"{'x' * 254}…"


@pytest.mark.parametrize("header", ["Customer ID", "Name", "Email", "Country"])
@pytest.mark.parametrize("text", ["\u200b", " \u200b\u200d ", "\ufeff", "\u00ad", "\u3164", "\u00a0\u2060"])
def test_a_text_of_which_nothing_can_be_seen_is_empty(header: str, text: str):
    assert parse_cell(CUSTOMER[header], text) == parse_cell(CUSTOMER[header], None)
    assert parse_column(CUSTOMER[header], [text]) == parse_column(CUSTOMER[header], [None])


def test_a_sign_whose_dates_say_otherwise_proves_nothing_for_its_own():
    shown = [f"{day}/01/2026" for day in range(13, 30)]

    mixed = prove_dates([*shown, "01-31-2026", "02-03-2026"])

    assert (mixed.dates, mixed.signs) == (prove_dates(shown).dates, "/")
