"""A setting: what its value may be, how it is read and who may change it.

Whatever `read_value` gives back the policy can be made of: what a setting cannot mean is refused where it is read.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum

from o2c_xl.domain.money import CURRENCIES
from o2c_xl.domain.receivables.bad_debt import read_percents
from o2c_xl.domain.receivables.reminders import levels_of
from o2c_xl.domain.telling import NOTICES, address_of, told_kinds
from o2c_xl.domain.terms import parse_terms

__all__ = [
    "BadSetting", "Setting", "SettingKind", "a_country", "a_currency", "a_day", "an_address", "countries", "levels",
    "messages", "payment_terms", "per_level", "percents", "read_value",
]  # fmt: skip

_PLAIN = re.compile(r"[0-9]{1,11}(\.[0-9]{1,4})?")
_LONE = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")  # 5.000, which is five or five thousand
_WHOLE = re.compile(r"[0-9]{1,11}")
_COUNTRY = re.compile(r"[A-Za-z]{2}")


class SettingKind(StrEnum):
    """What a setting's value may be."""

    YES_NO = "Yes or No"
    NUMBER = "a number, or empty for never"
    WHOLE = "a whole number, or empty for never"
    TEXT = "a text"
    CHOICE = "one of a list"


class BadSetting(ValueError):
    """A setting's value cannot be read; `setting` names it, the message says what was expected."""

    def __init__(self, setting: str, problem: str, fix: str) -> None:
        super().__init__(f"{setting}: {problem} {fix}")
        self.setting, self.problem, self.fix = setting, problem, fix


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as people see it; `default` is what an unset one means.

    `guarded`: it moves money, rights, credit, mail or what the company says of itself, so that only an Administrator
    or a Finance Manager changes it. `check` reads a text that has a form; a whole number is within `least` and `most`.
    """

    name: str
    default: str
    kind: SettingKind
    meaning: str
    choices: tuple[str, ...] = ()
    guarded: bool = False
    check: Callable[[Setting, str], str] | None = None
    least: int = 0
    most: int = 99_999


def read_value(setting: Setting, text: str) -> str:
    """`text` as the setting keeps it; raises BadSetting with what was expected."""
    value = text.strip()
    if not value:
        return value
    if setting.choices:
        return _chosen(setting, value)
    if setting.kind in (SettingKind.NUMBER, SettingKind.WHOLE):
        return _plain_number(setting, value)
    return setting.check(setting, value) if setting.check is not None else value


def _chosen(setting: Setting, value: str) -> str:
    for allowed in setting.choices:
        if value.casefold() == allowed.casefold():
            return allowed
    raise BadSetting(setting.name, f"'{value}' is not known.", f"Write {' or '.join(setting.choices)}.")


def _plain_number(setting: Setting, value: str) -> str:
    whole = setting.kind is SettingKind.WHOLE
    if _LONE.fullmatch(value):
        problem = f"'{value}' can be read in two ways: nothing shows what its point or comma means."
        raise BadSetting(setting.name, problem, "Write it without thousands signs, such as 5000 or 5.5.")
    if not (_WHOLE if whole else _PLAIN).fullmatch(value):
        kind = "whole number" if whole else "number of 0 or more"
        raise BadSetting(setting.name, f"'{value}' is not a {kind}.", "Write a number such as 30, or leave it empty.")
    if whole and not setting.least <= int(value) <= setting.most:
        span = f"from {setting.least} to {setting.most}"
        raise BadSetting(setting.name, f"{value} is not {span}.", f"Write a whole number {span}.")
    return value


# --- texts that have a form ------------------------------------------------------------------------------------


def payment_terms(setting: Setting, value: str) -> str:
    """Payment terms in their usual form. Raises BadSetting."""
    try:
        return parse_terms(value).text
    except ValueError as error:
        raise BadSetting(setting.name, str(error), "Write terms such as Net 30.") from error


def levels(setting: Setting, value: str) -> str:
    """Days at which each level of reminders is reached. Raises BadSetting."""
    try:
        levels_of(value)
    except ValueError as error:
        raise BadSetting(setting.name, str(error), "Write days such as 7, 21, 35.") from error
    return _with_commas(value)


def per_level(setting: Setting, value: str) -> str:
    """A number for each level of reminders. Raises BadSetting."""
    try:
        levels_of("1", value)
    except ValueError as error:
        raise BadSetting(setting.name, str(error), "Write one number for each level, such as 0, 5, 10.") from error
    return _with_commas(value)


def percents(setting: Setting, value: str) -> str:
    """What may be lost of what is late, by age. Raises BadSetting."""
    try:
        read_percents(value)
    except ValueError as error:
        raise BadSetting(setting.name, str(error), "Write five percents such as 0, 1, 5, 20, 50.") from error
    return _with_commas(value)


def _with_commas(value: str) -> str:
    """A list as its meaning shows it, whichever sign stood between its parts."""
    return ", ".join(part.strip() for part in value.replace(";", ",").split(","))


def countries(setting: Setting, value: str) -> str:
    """A list of country codes. Raises BadSetting."""
    codes = _with_commas(value).upper()
    wrong = next((code for code in codes.split(", ") if not _COUNTRY.fullmatch(code)), None)
    if wrong is not None:
        raise BadSetting(setting.name, f"'{wrong}' is no country code.", "Write codes such as XX, YY (ISO 3166).")
    return codes


def a_currency(setting: Setting, value: str) -> str:
    """A currency of ISO 4217. Raises BadSetting."""
    if value.upper() not in CURRENCIES:
        raise BadSetting(setting.name, f"'{value}' is no currency.", "Write three letters such as EUR.")
    return value.upper()


def a_country(setting: Setting, value: str) -> str:
    """A country code of ISO 3166. Raises BadSetting."""
    if not _COUNTRY.fullmatch(value):
        raise BadSetting(setting.name, f"'{value}' is no country code.", "Write two letters such as DE (ISO 3166).")
    return value.upper()


def messages(setting: Setting, value: str) -> str:
    """Kinds of messages that there are. Raises BadSetting."""
    try:
        return ", ".join(name for name in NOTICES if name in told_kinds(value))
    except ValueError as error:
        raise BadSetting(setting.name, str(error), f"Write some of: {', '.join(NOTICES)}.") from error


def an_address(setting: Setting, value: str) -> str:
    """An email address. Raises BadSetting."""
    if address_of(value) is None:
        raise BadSetting(setting.name, f"'{value}' is no email address.", "Write one such as office@acme.example.")
    return value


def a_day(setting: Setting, value: str) -> str:
    """A day, of which a cell may tell the midnight that it begins with. Raises BadSetting."""
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        at = None
    if at is None or at.timetz() != time.min:
        raise BadSetting(setting.name, f"'{value}' is no date.", "Write a day such as 2026-01-31.")
    return at.date().isoformat()
