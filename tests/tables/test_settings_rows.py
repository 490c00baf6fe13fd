"""Rows of Settings: what is refused is said once."""

from __future__ import annotations

import datetime as dt
from contextlib import nullcontext, suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o2c_xl.domain.chart import Leg
from o2c_xl.domain.policy import Policy, policy_of
from o2c_xl.domain.setting import BadSetting, Setting, SettingKind, read_value
from o2c_xl.domain.settings import BY_NAME as BY_NAME_OF_SETTINGS
from o2c_xl.domain.settings import SETTINGS
from o2c_xl.domain.telling import CONFIRMATION, SHIPMENT
from o2c_xl.ledger import schema
from o2c_xl.ledger.store import Ledger
from o2c_xl.tables.define.catalogue import BY_NAME
from o2c_xl.tables.parse.rowset import RowSet
from o2c_xl.tables.take.rules import RULES

DAY = dt.date(2026, 3, 2)


@pytest.mark.parametrize(("value", "said"), [("XXY", "is no currency"), ("USD", "in another currency already")])
def test_a_currency_that_cannot_be_taken_is_one_fault(memory_ledger: Ledger, value: str, said: str):
    columns = {"setting": ["Company currency"], "value": [value]}
    rows = RowSet(BY_NAME["Settings"], "a.csv", "", columns, [2], {"setting": "A", "value": "B"})
    with memory_ledger.transaction(DAY) as txn:
        legs = [Leg("1100", Decimal(5), "EUR"), Leg("4000", Decimal(-5), "EUR")]
        txn.record("payment received", "PM-1", legs=legs)
    check = RULES["Settings"].check

    with memory_ledger.transaction(DAY) as txn:
        assert check is not None
        check(txn, rows, policy_of({}))

    (issue,) = rows.issues
    assert said in issue.problem


def faults(ledger: Ledger, *settings: tuple[str, str], policy: Policy | None = None) -> list[str]:
    columns = {"setting": [name for name, _ in settings], "value": [value for _, value in settings]}
    rows = RowSet(BY_NAME["Settings"], "a.csv", "", columns, list(range(2, 2 + len(settings))), {"value": "B"})
    with ledger.transaction(DAY) as txn:
        RULES["Settings"].check(txn, rows, policy or policy_of({}))
    return [f"{issue.problem} {issue.fix}" for issue in rows.issues]


def test_a_setting_that_differs_only_in_case_is_told_with_its_name(memory_ledger: Ledger):
    assert faults(memory_ledger, ("mail PORT", "25")) == [
        "mail PORT differs from Mail port only in case. Write Mail port."
    ]


@pytest.mark.parametrize(
    ("name", "typed", "kept"),
    [
        ("Reminder days", "7;21", "7, 21"),
        ("Reminder fees", "0 ; 5,", None),
        ("Reminder penalty %", "0;1.5", "0, 1.5"),
        ("Bad debt %", "0;1;5;20;50", "0, 1, 5, 20, 50"),
        ("Risk countries", "xx; yy", "XX, YY"),
        ("Risk countries", "XX YY", None),
        ("Tell customers of", f"{SHIPMENT}; {CONFIRMATION}", f"{CONFIRMATION}, {SHIPMENT}"),
        ("Tell customers of", f"{SHIPMENT}; Nothing", None),
    ],
)
def test_a_list_is_read_with_either_sign_between_its_parts_and_kept_with_commas(
    name: str, typed: str, kept: str | None
):
    if kept is None:
        with pytest.raises(BadSetting, match=name):
            read_value(BY_NAME_OF_SETTINGS[name.casefold()], typed)
    else:
        assert read_value(BY_NAME_OF_SETTINGS[name.casefold()], typed) == kept


@pytest.mark.parametrize(
    ("name", "value", "above"),
    [
        ("Payment tolerance %", "150", "150"),
        ("Price tolerance %", "100.01", "100.01"),
        ("Over-delivery tolerance %", "100", ""),
        ("Reminder penalty %", "0, 500", "500"),
    ],
)
def test_a_setting_in_percent_is_at_most_100(memory_ledger: Ledger, name: str, value: str, above: str):
    expected = [f"{above} is more than 100. Enter 5 for 5 %."] if above else []

    assert faults(memory_ledger, (name, value)) == expected


@pytest.mark.parametrize("name", ["Books closed until", "Books closing until"])
def test_books_are_closed_up_to_a_day_that_has_come(memory_ledger: Ledger, name: str):
    assert faults(memory_ledger, (name, "2026-03-02")) == []
    (told,) = faults(memory_ledger, (name, "2027-03-31"))
    assert told.startswith("2027-03-31 is after 2026-03-02")


_JUNK = st.one_of(
    st.text(max_size=12),
    st.text(alphabet="0123456789.,-;% eE+_", max_size=14),
    st.sampled_from(
        ["60.5", "365.5", "99999999999", "-1", "1e5", "NaN", "2026-01-31garbage", "2026-02-30", "Net", "١"]
    ),
)


@given(st.lists(st.tuples(st.sampled_from(SETTINGS), _JUNK), max_size=4))
def test_what_a_setting_takes_makes_a_policy(typed: list[tuple[Setting, str]]):
    kept = {"Score first orders": "Yes"}
    for setting, text in typed:
        with suppress(BadSetting):
            kept[setting.name] = read_value(setting, text)

    values = policy_of(kept).values

    assert policy_of(values).values == values  # what is kept is read again as it is


@pytest.mark.parametrize(
    "setting", [one for one in SETTINGS if one.kind is SettingKind.WHOLE], ids=lambda one: one.name
)
def test_what_is_counted_is_a_whole_number_within_bounds(setting: Setting):
    for text in ("60.5", "99999999999", str(setting.most + 1)):
        with pytest.raises(BadSetting, match="whole number"):
            read_value(setting, text)
    for text in ("", str(setting.least), str(setting.most)):
        assert read_value(setting, text) == text


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("2026-01-31", "2026-01-31"),
        ("2026-01-31 00:00:00", "2026-01-31"),
        ("2026-01-31garbage", None),
        ("2026-01-31 10:30", None),
        ("31.01.2026", None),
    ],
)
def test_a_day_is_read_to_its_end(typed: str, kept: str | None):
    closing = BY_NAME_OF_SETTINGS["books closed until"]

    with pytest.raises(BadSetting, match="is no date") if kept is None else nullcontext():
        assert read_value(closing, typed) == kept


def test_points_that_are_emptied_approve_nobody_unasked():
    score = policy_of({"Score first orders": "Yes", "Score to approve": "", "Score to refuse": ""}).credit_score

    assert score is not None
    assert (score.approve_from, score.refuse_below) == (60, 30)


_FREE = {
    "E-invoice", "E-invoice needed", "Payment reference", "Confirm by hand", "Pick by hand", "Pick days ahead",
    "Ship by hand", "Default short stock", "Default lead days", "Statements monthly", "All or nothing files",
    "Show closed for days", "Documents", "Tell customers of", "Send nothing older than days",
}  # fmt: skip
_OTHERS = {
    "Company BIC": "COBADEFFXXX",
    "Company country": "FR",
    "Company currency": "USD",
    "Default payment terms": "Net 60",
    "Mail from": "a@b.de",
}


def _other(setting: Setting) -> str:
    """A value that can be read and is not the default."""
    if setting.choices:
        return next(one for one in setting.choices if one != setting.default)
    tried = (_OTHERS.get(setting.name, ""), "17", "2026-01-31", "1, 2, 3", "1, 2, 3, 4, 5", "XX", "Shipment", "0088:40")
    for text in filter(None, tried):
        with suppress(BadSetting):
            return read_value(setting, text)
    raise AssertionError(setting.name)


def test_everything_that_moves_money_rights_credit_or_mail_is_only_for_who_may_decide(memory_ledger: Ledger):
    with memory_ledger.transaction(DAY) as txn:
        txn.insert(schema.roles, [{"user": "zoe", "role": "Administrator"}])

    told = {one.name: faults(memory_ledger, (one.name, _other(one))) for one in SETTINGS}

    refused = {name for name, issues in told.items() if any("may not change" in issue for issue in issues)}
    checked = {name for name, issues in told.items() if issues} - refused  # at fault anyhow
    assert {one.name for one in SETTINGS} - refused - checked == _FREE
    assert checked <= {"Company e-invoice address"}


def test_what_holds_already_is_no_change_wherever_it_was_set(memory_ledger: Ledger):
    with memory_ledger.transaction(DAY) as txn:
        txn.insert(schema.roles, [{"user": "zoe", "role": "Administrator"}])
    in_file = policy_of({"Approve invoices above": "1000", "Company IBAN": "DE89370400440532013000"})

    same = faults(memory_ledger, ("Approve invoices above", "1000"), policy=in_file)
    emptied = faults(memory_ledger, ("Approve invoices above", ""), ("Company IBAN", ""), policy=in_file)

    assert same == []
    assert [one.split(" may not change ")[1].split(".")[0] for one in emptied] == [
        "Approve invoices above",
        "Company IBAN",
    ]
