"""`o2c add-in`, without a company folder."""

from __future__ import annotations

import importlib.util
import json
import os
import zipfile
from pathlib import Path

import pytest

from tests.scenarios.commands import Desk


def desk(folder: Path) -> Desk:
    return Desk(folder, "2026-03-02")


def test_build_writes_the_file_once(tmp_path: Path) -> None:
    out = tmp_path / "o2c_xl.xlam"

    first = desk(tmp_path).o2c("add-in", "build", "--out", out, "--json").json
    again = desk(tmp_path).o2c("add-in", "build", "--out", out, "--json").json

    assert first == {
        "ok": True, "file": str(out), "files": [str(out)], "written": [str(out)], "xlwings": first["xlwings"],
    }  # fmt: skip
    assert again["written"] == []
    assert out.read_bytes()[:2] == b"PK"


def test_dry_runs_write_nothing(tmp_path: Path) -> None:
    build = desk(tmp_path).o2c("add-in", "build", "--out", tmp_path / "x.xlam", "--dry-run")
    install = desk(tmp_path).o2c("add-in", "install", "--to", tmp_path / "start", "--dry-run")

    assert "would be written" in build.out
    assert "would be written" in install.out
    assert list(tmp_path.iterdir()) == []


def test_install_puts_it_into_a_folder_and_check_finds_it_good(tmp_path: Path) -> None:
    installed = desk(tmp_path).o2c("add-in", "install", "--to", tmp_path / "start")

    checked = desk(tmp_path).o2c("add-in", "check", "--to", tmp_path / "start", "--json").json

    assert "is written" in installed.out
    assert checked["ok"]
    assert {check["name"] for check in checked["checks"]} >= {"xlwings", "Interpreter", "Add-in"}


def test_check_ends_with_1_where_the_addin_is_missing(tmp_path: Path) -> None:
    answer = desk(tmp_path).o2c("add-in", "check", "--to", tmp_path, expect=1)

    assert "MEND Add-in" in answer.out


def test_without_xlwings_one_sentence_says_how_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *more: None if name == "xlwings" else find(name, *more)
    )

    built = desk(tmp_path).o2c("add-in", "build", "--out", tmp_path / "x.xlam", "--json", expect=2)
    checked = desk(tmp_path).o2c("add-in", "check", expect=1)

    assert "pip install 'o2c-xl[excel]'" in json.loads(built.out)["error"]
    assert "MEND xlwings" in checked.out
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["install", "check"])
@pytest.mark.parametrize("there", [True, False])
def test_a_file_where_a_folder_is_wanted_is_told(tmp_path: Path, command: str, there: bool) -> None:
    file = tmp_path / "o2c_xl.xlam"
    if there:
        file.write_bytes(b"")

    answer = desk(tmp_path).o2c("add-in", command, "--to", file, expect=2)

    assert (
        f'--to wants a folder, and {file} is a file. Name the folder that it lies in: --to "{tmp_path}"' in answer.err
    )
    assert file.is_dir() is False


@pytest.mark.parametrize("name", ["o2c_xl.xlam", "book.xlsx", "pipe.xlam"])
def test_build_replaces_nothing_but_an_addin_of_ours(tmp_path: Path, name: str) -> None:
    out = tmp_path / name
    if name == "pipe.xlam":
        os.mkfifo(out)
    else:
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("xl/worksheets/sheet1.xml", "<worksheet/>")
    kind = out.stat().st_mode, out.stat().st_size

    done = desk(tmp_path).o2c("add-in", "build", "--out", out, expect=2)

    assert done.code == 2
    assert "no add-in" in done.err
    assert (out.stat().st_mode, out.stat().st_size) == kind


def test_install_to_an_empty_name_is_refused(tmp_path: Path) -> None:
    done = desk(tmp_path).o2c("add-in", "install", "--to", "", expect=2)

    assert done.code == 2
    assert "its name is empty" in done.err
    assert list(tmp_path.iterdir()) == []
