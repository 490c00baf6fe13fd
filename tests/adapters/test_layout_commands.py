"""`o2c layout` proposes and tries without a company folder, in words and in JSON."""

from __future__ import annotations

import datetime as dt
import json
import re
import tomllib
from pathlib import Path

from tests.intake.intake_files import make_book
from tests.scenarios.commands import Desk

DAY = "2026-03-02"
GUIDE = Path(__file__).parents[2] / "o2c_xl" / "adapters" / "guide" / "guide_text" / "partner-files.md"


def example(path: Path) -> Path:
    """The file of the guide's worked example, as its table shows it."""
    lines = [line for line in GUIDE.read_text(encoding="utf-8").split("## A worked example")[1].splitlines() if line]
    table = [[cell.strip() for cell in line.strip("| ").split("|")] for line in lines if line.startswith("| ")][:4]
    header, _, *rows = table
    values = [[float(one), name, goods, float(n), float(price), day] for one, name, goods, n, price, day in rows]
    return make_book(path, {"Feuil1": [header, *values, ["Total", None, None, 3]]})


def test_the_guides_example_is_what_learn_proposes(tmp_path: Path) -> None:
    path = example(tmp_path / "commandes.xlsx")
    shown = re.search(r"```toml\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)

    answer = Desk(tmp_path, DAY).o2c("layout", "learn", path, "--out", tmp_path / "a.toml", "--json")

    document = json.loads(answer.out)
    written = tomllib.loads((tmp_path / "a.toml").read_text(encoding="utf-8"))
    (block,) = document["blocks"]
    assert (block["sheet"], block["header_row"], block["rows"]) == ("Feuil1", 1, 2)
    assert document["layout"] == str(tmp_path / "a.toml")
    written["block"][0].pop("skip")
    assert shown
    assert written == tomllib.loads(shown[1])


def test_try_shows_the_rows_and_stores_nothing(tmp_path: Path) -> None:
    path = example(tmp_path / "commandes.xlsx")
    desk = Desk(tmp_path, DAY)
    desk.o2c("layout", "learn", path, "--out", tmp_path / "a.toml")
    before = sorted(tmp_path.iterdir())

    document = json.loads(desk.o2c("layout", "try", path, "--layout", tmp_path / "a.toml", "--json").out)

    assert document["ok"]
    assert [row["SKU"] for row in document["rows"]] == ["Smartphone Samsung", "Ordinateur portable"]
    assert document["rows"][0]["Order date"] == dt.date(2023, 10, 12).isoformat()
    assert sorted(tmp_path.iterdir()) == before


def test_try_ends_with_1_and_issues_where_nothing_fits(tmp_path: Path) -> None:
    path = make_book(tmp_path / "x.xlsx", {"S": [["SKU", "On hand"], ["A", 1]]})
    desk = Desk(tmp_path, DAY)
    desk.o2c("layout", "learn", example(tmp_path / "c.xlsx"), "--out", tmp_path / "a.toml")

    answer = desk.o2c("layout", "try", path, "--layout", tmp_path / "a.toml", "--json", expect=1)

    document = json.loads(answer.out)
    assert not document["ok"]
    assert document["rows"] == []
    assert "does not fit" in document["issues"][0]["problem"]


def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    answer = Desk(tmp_path, DAY).o2c("layout", "learn", tmp_path / "none.xlsx", "--json", expect=2)

    assert json.loads(answer.out)["ok"] is False


def test_what_is_no_table_is_refused_in_a_sentence_and_no_layout_is_made_of_nothing(tmp_path: Path) -> None:
    photo, letter, out = tmp_path / "photo.png", tmp_path / "letter.csv", tmp_path / "a.toml"
    photo.write_bytes(b"\x89PNG\r\n\x1a\n0000")
    letter.write_text("Dear all,\nbest wishes\n", encoding="utf-8")
    desk = Desk(tmp_path, DAY)

    shown = desk.o2c("layout", "learn", photo, expect=2)
    nothing = desk.o2c("layout", "learn", letter, "--out", out, expect=1)

    assert shown.err == "o2c: photo.png is a picture. Send the rows as an Excel workbook (.xlsx) or as CSV UTF-8.\n"
    assert nothing.err == "letter.csv: no list was found. Name the columns in one row above the values.\n"
    assert (shown.out, nothing.out, out.exists()) == ("", "", False)
