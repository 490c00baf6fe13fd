"""A bank's csv in a code page of its own: read for certain or not at all, and never posted twice."""

from __future__ import annotations

import os
from pathlib import Path
from shutil import copy2

import pytest

from tests.scenarios.commands import Desk
from tests.scenarios.test_bank import DAY, desk, drop

__all__ = ["desk"]

HEAD = "Data księgowania;Nadawca;Tytuł;Kwota;Waluta"
LINES = f"{DAY};Łukasz Żółć;Zapłata A-17;119,00;EUR\n{DAY};Łukasz Żółć;Zapłata A-18;238,00;EUR\n"
VALUED = LINES.replace(DAY, f"{DAY};{DAY}")
LIST = f"{HEAD}\n{LINES}"
PROFILE = """[columns]
booked_on = "Data księgowania"
counterparty = "Nadawca"
text = "Tytuł"
amount = "Kwota"
currency = "Waluta"
"""


@pytest.mark.parametrize("encoding", ["cp1250", "cp852", "mac-latin2"])
def test_a_list_in_a_code_page_that_cannot_be_told_is_refused_until_it_is_told(
    desk: Desk, tmp_path: Path, encoding: str
) -> None:
    path = tmp_path / "wyciag.csv"
    path.write_bytes(LIST.encode(encoding))
    told = desk.folder / "layouts" / "bank"
    told.mkdir(parents=True, exist_ok=True)
    (told / "pl.toml").write_text(PROFILE, encoding="utf-8")
    copy2(path, drop(desk, "wyciag.csv", ""))
    os.utime(desk.folder / "inbox" / "bank" / "wyciag.csv", (1, 1))

    desk.run(expect=1)
    refused, nothing = desk.show("Issues"), desk.show("BankLines")
    desk.o2c("load", path, "--encoding", encoding)

    assert ["cannot be told for certain" in str(row["Problem"]) for row in refused] == [True]
    assert nothing == []
    assert {row["Counterparty"] for row in desk.show("BankLines")} == {"Łukasz Żółć"}


def test_the_same_list_in_another_encoding_adds_nothing_though_the_first_was_read_wrongly(
    desk: Desk, tmp_path: Path
) -> None:
    path, plain = tmp_path / "list.csv", f"Booking date;Value date;Name;Purpose;Amount;Currency\n{VALUED}"
    path.write_bytes(plain.encode("cp1250"))
    desk.o2c("load", path, "--encoding", "cp1252")
    path.write_text(plain, encoding="utf-8")
    desk.load(path)

    desk.run()

    assert [row["Amount"] for row in desk.show("Payments")] == ["119.00", "238.00"]


def test_a_list_whose_letters_were_lost_on_the_way_waits_for_a_person(desk: Desk, tmp_path: Path) -> None:
    plain = f"Booking date;Name;Purpose;Amount;Currency;Balance\n{DAY};Łukasz Żółć;Zapłata A-17;119,00;EUR;119,00\n"
    path = tmp_path / "list.csv"
    path.write_text(plain, encoding="utf-8")
    desk.load(path)
    path.write_text(plain.encode("ascii", "replace").decode(), encoding="utf-8")

    refused = desk.load(path, expect=1)
    desk.run(expect=1)

    assert "which differs in letters that an encoding changes" in str(refused)
    assert [row["Amount"] for row in desk.show("Payments")] == ["119.00"]


def test_another_payers_money_of_that_day_and_amount_is_posted(desk: Desk, tmp_path: Path) -> None:
    head = "Booking date;Value date;Name;Purpose;Amount;Currency\n"
    for name, payer in (("one.csv", "Müller;Rechnung A-17"), ("two.csv", "Möller;Rechnung A-71")):
        (tmp_path / name).write_text(f"{head}{DAY};{DAY};{payer};119,00;EUR\n", encoding="utf-8")
        desk.load(tmp_path / name)

    desk.run()

    assert [row["Amount"] for row in desk.show("Payments")] == ["119.00", "119.00"]
