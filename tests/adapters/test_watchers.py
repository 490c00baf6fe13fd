"""The files that start the watcher are sound, name the real command, and hold no logic."""

from __future__ import annotations

import configparser
import plistlib
import re
import shlex
import tomllib
from pathlib import Path
from xml.etree import ElementTree as ET

from typer.testing import CliRunner

from o2c_xl.adapters.cli import app
from o2c_xl.intake.folders.watched import Watched, built_in, watched_folders

FOLDER = built_in()
TASK = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"


def test_every_kind_of_the_company_folder_that_brings_rows_is_watched(tmp_path: Path) -> None:
    kinds = {watched.kind for watched in watched_folders(tmp_path)}

    assert {"orders", "receipts", "stock-counts", "payments", "surveys", "prices", "inbox"} <= kinds


def test_the_systemd_unit_runs_the_watcher_and_lets_it_finish() -> None:
    unit = configparser.ConfigParser(interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(FOLDER / "o2c-watch@.service", encoding="utf-8")

    assert shlex.split(unit["Service"]["ExecStart"])[1:] == ["o2c", "-C", "%f", "watch"]
    assert unit["Service"]["KillSignal"] == "SIGTERM"
    assert unit["Service"]["Restart"] == "always"


def test_the_windows_task_starts_the_launcher_once_and_again_after_a_failure() -> None:
    task = ET.parse(FOLDER / "o2c-watch.xml").getroot()

    assert task.findtext(f"{TASK}Settings/{TASK}MultipleInstancesPolicy") == "IgnoreNew"
    assert task.findtext(f"{TASK}Settings/{TASK}ExecutionTimeLimit") == "PT0S"
    assert (task.findtext(f"{TASK}Actions/{TASK}Exec/{TASK}Command") or "").endswith("watch.cmd")


def test_the_macos_agent_keeps_the_launcher_alive() -> None:
    agent = plistlib.loads((FOLDER / "com.o2c.watch.plist").read_bytes())

    assert agent["KeepAlive"] is True
    assert agent["ProgramArguments"][0].endswith("watch.sh")


def test_the_launchers_are_a_few_lines_that_call_the_command() -> None:
    for name in ("watch.sh", "watch.cmd"):
        lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()

        assert len(lines) <= 5
        assert re.search(r"o2c -C .* watch", lines[-1])
    assert CliRunner().invoke(app, ["watch", "--help"]).exit_code == 0


def test_the_page_shows_every_setting_of_a_drop_folder() -> None:
    page = (FOLDER / "README.md").read_text(encoding="utf-8")
    example = re.search(r"```toml\n(.*?)```", page, re.DOTALL)
    assert example

    told = tomllib.loads(example[1])

    assert Watched.model_validate(told)
    assert set(told) == set(Watched.model_fields) - {"kind"}
