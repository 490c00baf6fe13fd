"""A csv in a code page that nobody can tell for certain, and the person who tells it."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from o2c_xl.domain.issue import CannotRun
from o2c_xl.intake.folders.watched import watched_folders
from tests.scenarios.commands import Desk
from tests.scenarios.test_dropped import HEAD, desk, drop, fates, inside

__all__ = ["desk"]

CUSTOMERS = "Customer ID,Name,City,Country\nJD,Jan Dvořák,Plzeň,CZ\n"


def test_a_file_is_refused_with_the_way_to_tell_its_encoding_and_taken_once_it_is_told(
    desk: Desk, tmp_path: Path
) -> None:
    path = tmp_path / "czech.csv"
    path.write_bytes(CUSTOMERS.encode("cp1250"))

    refused = desk.o2c("load", path, "--json", expect=2).json
    desk.o2c("load", path, "--encoding", "cp1250")

    assert "--encoding" in refused["error"]
    (row,) = [row for row in desk.show("Customers") if row["Customer ID"] == "JD"]
    assert (row["Name"], row["City"]) == ("Jan Dvořák", "Plzeň")
    assert path.read_bytes() == CUSTOMERS.encode("cp1250")


def test_a_file_that_cannot_be_in_the_encoding_told_is_refused_with_its_line(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_bytes(CUSTOMERS.encode("cp1250"))

    refused = desk.o2c("load", path, "--encoding", "ascii", "--json", expect=2).json
    desk.o2c("load", path, "--encoding", "cp125", expect=2)

    assert refused["error"].startswith("other.csv is not written in ascii, as was told: line 2 ")


def test_a_drop_folder_reads_by_its_encoding_and_keeps_the_bytes_and_unicode_as_they_came(desk: Desk) -> None:
    (desk.folder / "watchers").mkdir(exist_ok=True)
    told = 'folder = "inbox/czech"\ntables = ["Orders", "OrderLines"]\nencoding = "cp1250"\n'
    (desk.folder / "watchers" / "czech.toml").write_text(told, encoding="utf-8")
    (desk.folder / "inbox" / "czech").mkdir()
    head = HEAD.rstrip() + ",Ship to name\n"
    texts = {"a.csv": "W1,C1,2026-03-01,P1,1,Jan Dvořák\n", "b.csv": "W2,C1,2026-03-01,P1,1,Jaśko\n"}
    page = (head + texts["a.csv"]).encode("cp1250")
    drop(desk, "a.csv", page, "czech")
    drop(desk, "b.csv", head + texts["b.csv"], "czech")

    desk.run()

    assert {row["Order"]: row["Ship to name"] for row in desk.show("Orders")} == {"W1": "Jan Dvořák", "W2": "Jaśko"}
    assert (fates(desk)["a.csv"], inside(desk.folder / "done")["a.csv"]) == ("Done", page)


def test_an_encoding_that_nobody_knows_is_named_with_its_file(tmp_path: Path) -> None:
    (tmp_path / "odd.toml").write_text('folder = "inbox/odd"\nencoding = "cp125"\n', encoding="utf-8")

    with pytest.raises(CannotRun, match=r"odd.toml: encoding: .*cp125 is no encoding that is known"):
        watched_folders(tmp_path)


def test_a_layout_learnt_with_an_encoding_keeps_it_and_reads_dropped_files_by_it(desk: Desk, tmp_path: Path) -> None:
    head = "Numéro de commande;Code client;Date de commande;Code article;Quantité\n"
    text = f"{head}É-1;C1;2026-03-01;P1;5\nÉ-2;C1;2026-03-01;P1;2\n"
    sample = tmp_path / "commandes.csv"
    sample.write_bytes(text.encode("cp850"))
    layout = desk.folder / "layouts" / "partners" / "dupont.toml"

    refused = desk.o2c("layout", "learn", sample, "--json", expect=2).json
    desk.o2c("layout", "learn", sample, "--encoding", "cp850", "--out", layout, "--json")
    tried = desk.o2c("layout", "try", sample, "--layout", layout, "--json").json
    path = desk.folder / "inbox" / "orders" / "mars.csv"
    path.write_bytes(sample.read_bytes())
    os.utime(path, (time.time() - 60, time.time() - 60))
    desk.run()

    assert "--encoding" in refused["error"]
    assert 'encoding = "cp850"' in layout.read_text(encoding="utf-8")
    assert [row["Order"] for row in tried["rows"]] == ["É-1", "É-2"]
    assert [row["Order"] for row in desk.show("Orders")] == ["É-1", "É-2"]
    desk.o2c("layout", "try", sample, "--layout", layout, "--encoding", "cp85", expect=2)
