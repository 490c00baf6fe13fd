"""A partner's list in its own words: learnt once, confirmed by a person, then dropped like any other file."""

from __future__ import annotations

import datetime as dt
import os
import time
from pathlib import Path

import xlsxwriter

from tests.scenarios.commands import Desk
from tests.scenarios.test_dropped import desk, fates, inside

__all__ = ["desk"]

TITLES = ("Auftragsnummer", "Kunde", "Bestelldatum", "Artikel", "Menge")
ROWS = [("B-1", "Alpha", dt.date(2026, 3, 1), "Pen", 3), ("B-2", "Beta", dt.date(2026, 3, 1), "Pen", 4)]


def partner_file(path: Path, rows: list[tuple[object, ...]]) -> Path:
    book = xlsxwriter.Workbook(path)
    day = book.add_format({"num_format": "dd.mm.yyyy"})
    sheet = book.add_worksheet("Bestellungen")
    sheet.write_string(0, 0, "Sammelbestellung März")
    for place, title in enumerate(TITLES):
        sheet.write_string(2, place, title)
    for number, row in enumerate(rows, 3):
        for place, value in enumerate(row):
            if isinstance(value, dt.date):
                sheet.write_datetime(number, place, dt.datetime.combine(value, dt.time()), day)
            else:
                sheet.write(number, place, value)
    book.close()
    os.utime(path, (time.time() - 60, time.time() - 60))
    return path


def test_a_confirmed_layout_is_used_for_every_file_that_it_fits(desk: Desk, tmp_path: Path) -> None:
    sample = partner_file(tmp_path / "sample.xlsx", ROWS)
    layout = desk.folder / "layouts" / "partners" / "alpha.toml"
    learnt = desk.o2c("layout", "learn", sample, "--out", layout, "--json").json
    tried = desk.o2c("layout", "try", sample, "--layout", layout, "--json").json

    partner_file(desk.folder / "inbox" / "orders" / "maerz.xlsx", ROWS)
    answer = desk.run()

    (block,) = learnt["blocks"]
    assert (block["sheet"], block["header_row"], block["headers"], block["rows"]) == (
        "Bestellungen",
        3,
        list(TITLES),
        2,
    )
    assert [row["Order"] for row in tried["rows"]] == ["B-1", "B-2"]
    assert answer["counts"]["files taken"] == 1
    assert [(row["Order"], row["Customer ID"]) for row in desk.show("Orders")] == [("B-1", "C1"), ("B-2", "C2")]
    assert {row["SKU"] for row in desk.show("OrderLines")} == {"P1"}
    desk.verify()


def test_a_name_that_nobody_has_comes_back_marked_at_the_partner_s_own_cell(desk: Desk, tmp_path: Path) -> None:
    sample = partner_file(tmp_path / "sample.xlsx", ROWS)
    desk.o2c("layout", "learn", sample, "--out", desk.folder / "layouts" / "partners" / "alpha.toml", "--json")

    partner_file(desk.folder / "inbox" / "orders" / "maerz.xlsx", [*ROWS, ("B-3", "Gamma", ROWS[0][2], "Pen", 1)])
    answer = desk.run(expect=1)

    (issue,) = answer["issues"]
    assert (issue["sheet"], issue["cell"], issue["value"]) == ("Bestellungen", "B6", "Gamma")
    assert desk.show("Orders") == []
    assert fates(desk) == {"maerz.xlsx": "Set aside"}
    assert "maerz (to mend).xlsx" in inside(desk.folder / "set-aside")


def test_a_list_with_one_renamed_column_names_the_layout_and_what_it_lacks(desk: Desk, tmp_path: Path) -> None:
    sample = partner_file(tmp_path / "sample.xlsx", ROWS)
    layout = desk.folder / "layouts" / "partners" / "alpha.toml"
    desk.o2c("layout", "learn", sample, "--out", layout, "--json")
    text = layout.read_text(encoding="utf-8")
    layout.write_text(text.replace('"Menge"', '"Anzahl"'), encoding="utf-8")

    partner_file(desk.folder / "inbox" / "orders" / "maerz.xlsx", ROWS)
    (issue,) = desk.run(expect=1)["issues"]

    assert issue["problem"] == (
        "maerz.xlsx nearly fits the layout alpha.toml, but maerz.xlsx, sheet Bestellungen, row 3: there is no column "
        "Anzahl."
    )
    assert issue["fix"] == "If the partner changed that, change it in the layout too; else mend the file."


def test_a_csv_does_not_fit_a_layout_of_one_sheet_and_is_told_so(desk: Desk, tmp_path: Path) -> None:
    sample = partner_file(tmp_path / "sample.xlsx", ROWS)
    layout = desk.folder / "layouts" / "partners" / "alpha.toml"
    desk.o2c("layout", "learn", sample, "--out", layout, "--json")
    text = layout.read_text(encoding="utf-8")
    layout.write_text(text.replace("[[block]]\n", '[[block]]\nsheet = "Bestellungen"\n', 1), encoding="utf-8")
    if text.count("sheet ="):
        layout.write_text(text, encoding="utf-8")

    rows = [TITLES, *((*row[:2], f"{row[2]:%d.%m.%Y}", *row[3:]) for row in ROWS)]
    path = desk.folder / "inbox" / "orders" / "maerz.csv"
    path.write_text("".join(";".join(map(str, row)) + "\n" for row in rows), encoding="utf-8")
    os.utime(path, (time.time() - 60, time.time() - 60))
    (issue,) = desk.run(expect=1)["issues"]

    assert issue["problem"] == (
        "maerz.csv nearly fits the layout alpha.toml, but a csv has no sheets, and the layout reads sheet = "
        '"Bestellungen" alone.'
    )


def test_a_partner_s_list_without_a_layout_is_set_aside_saying_how_to_make_one(desk: Desk) -> None:
    partner_file(desk.folder / "inbox" / "orders" / "maerz.xlsx", ROWS)

    answer = desk.run(expect=1)

    (issue,) = answer["issues"]
    assert "layout learn" in issue["problem"] + issue["fix"]
