"""A company folder that one may only read: what only looks works, what changes says so and changes nothing."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.ordinary import ordinary_user
from tests.scenarios.commands import Desk

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="permissions of POSIX")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path / "company", "2026-03-02")
    desk.o2c("init", desk.folder, "--on", desk.day)
    return desk


def test_an_auditor_may_look_but_nothing_is_written(desk: Desk) -> None:
    places = [desk.folder, *desk.folder.rglob("*")]
    for place in places:
        place.chmod(place.stat().st_mode & ~0o222)
    try:
        with ordinary_user():
            assert desk.show("Settings")
            desk.verify()
            refused = desk.o2c("run", "--on", "2026-03-03", expect=2)
    finally:
        for place in places:
            place.chmod(place.stat().st_mode | 0o200)

    assert "cannot be written" in refused.err
    assert "Traceback" not in refused.err
