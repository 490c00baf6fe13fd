"""The guide says what the code says, and the committed pages are the ones the code writes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from o2c_xl.adapters.cli import app
from o2c_xl.adapters.guide.guide import differing_pages, pages, write_pages
from o2c_xl.adapters.guide.markdown import cell, table_of
from o2c_xl.domain.settings import SETTINGS
from o2c_xl.tables.define.catalogue import TABLES
from tests.scenarios.commands import Desk

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guide"
ROLES = ("sales", "warehouse", "purchasing", "finance", "managers", "set-up")


def test_the_committed_pages_are_those_of_the_code() -> None:
    assert differing_pages(GUIDE, app) == [], "write them again with: o2c docs --out docs/guide"


def test_every_column_of_every_table_stands_in_the_field_dictionary() -> None:
    page = pages(app)["fields.md"]
    chapters = dict(re.findall(r"^## (.+?)\n\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL))

    for table in TABLES:
        for column in table.columns:
            assert f"| {column.header} " in chapters[table.title].replace("**", ""), (table.name, column.header)


def test_every_setting_stands_on_its_page() -> None:
    page = pages(app)["settings.md"]

    for setting in SETTINGS:
        assert f"`{setting.name}`" in page


@pytest.mark.parametrize("role", ROLES)
def test_a_role_is_told_what_to_do_each_morning_and_what_messages_mean(role: str) -> None:
    page = pages(app)[f"{role}.md"]

    assert re.search(r"^## (Each morning|The first day)$", page, re.MULTILINE)
    assert "| it says | it means | you do |" in page
    assert "## Your sheets" in page


def test_names_in_the_pages_exist() -> None:
    headers = {column.header for table in TABLES for column in table.columns}
    titles = {table.title for table in TABLES}
    settings = {setting.name for setting in SETTINGS}
    for role in ROLES:
        text = (Path(pages.__code__.co_filename).parent / "guide_text" / f"{role}.md").read_text(encoding="utf-8")
        for bold in re.findall(r"\*\*([^*]+)\*\*", text):
            assert " ".join(bold.split()) in titles | {"Start"}, (role, bold)
        for name in re.findall(r"`([A-Z][^`]+)`", text):
            known = headers | titles | settings | {"ORDER"}
            assert " ".join(name.split()) in known or name.startswith(("O2C_", "AP-", "VATEX-")), (role, name)


def test_links_lead_somewhere() -> None:
    written = pages(app)
    for name, text in written.items():
        for target in re.findall(r"\]\(([^)]+)\)", text):
            page, _, anchor = target.partition("#")
            there = written[page or name]
            if anchor:
                slugs = {h.lower().replace(" ", "-") for h in re.findall(r"^#+ (.+)$", there, re.MULTILINE)}
                assert anchor in slugs, (name, target)


def test_writing_twice_gives_the_same_pages(tmp_path: Path) -> None:
    write_pages(tmp_path, app)

    assert differing_pages(tmp_path, app) == []
    assert {path.name for path in tmp_path.iterdir()} == set(pages(app))


def test_the_command_says_which_page_differs(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "2026-03-02")
    desk.o2c("docs", "--out", tmp_path / "guide")
    (tmp_path / "guide" / "sales.md").write_text("something else", encoding="utf-8")

    answer = desk.o2c("docs", "--out", tmp_path / "guide", "--check", expect=1)

    assert "sales.md" in answer.err
    assert "finance.md" not in answer.err


def test_text_stays_one_cell_of_a_table() -> None:
    assert cell("a|b\nc <d>") == "a\\|b c &lt;d>"


def test_a_table_leaves_out_columns_that_are_empty() -> None:
    assert table_of(("a", "b"), [("1", ""), ("2", "")]) == "| a |\n| --- |\n| 1 |\n| 2 |"
