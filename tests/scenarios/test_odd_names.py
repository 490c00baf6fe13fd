"""Files whose names are no UTF-8, or so long that nothing can be added: each ends where every other does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from o2c_xl.intake.copies import copied_from, copy_name
from o2c_xl.intake.folders.claims import Claims
from o2c_xl.intake.folders.names import known_name
from tests.scenarios.commands import Desk
from tests.scenarios.test_dropped import DAY, HEAD, desk, drop, fates, inside

__all__ = ["desk"]

LATIN = os.fsdecode(b"lat\xe9.csv")
SHOWN = "lat%E9.csv"
GOOD, BAD = HEAD + "X1,C1,2026-03-01,P1,1\n", HEAD + "X1,C1,2026-03-01,P1,x\n"


def test_a_file_whose_name_is_no_utf_8_is_taken_and_shown_under_a_readable_one(desk: Desk) -> None:
    drop(desk, LATIN, GOOD)

    before = desk.o2c("watch", "--status", "--json", expect=1).json
    rehearsed = desk.o2c("run", "--dry-run", "--json", "--on", DAY).json
    desk.run()

    assert before["ready"] == [SHOWN]
    assert rehearsed["counts"]["files taken"] == 1
    assert inside(desk.folder / "done") == {SHOWN: GOOD.encode()}
    assert [row["Order"] for row in desk.show("Orders")] == ["X1"]
    (row,) = [row for row in desk.show("Files") if row["File"] == SHOWN]
    assert (row["Fate"], row["Stored as"]) == ("Done", f"done/{DAY}/{SHOWN}")
    desk.verify()


def test_a_refused_file_whose_name_is_no_utf_8_is_mended_under_its_own_name_or_the_shown_one(desk: Desk) -> None:
    for name in (LATIN, SHOWN):
        order = name[-6]
        drop(desk, LATIN, BAD.replace("X1", order))
        answer = desk.run(expect=1)
        aside = [path.name for path in (desk.folder / "set-aside").iterdir() if path.is_file()]

        drop(desk, name, GOOD.replace("X1", order))
        desk.run()

        assert [issue["source"] for issue in answer["issues"]] == [SHOWN]
        assert sorted(aside) == [SHOWN, f"{SHOWN} (to mend).xlsx"]
        assert not [path for path in (desk.folder / "set-aside").iterdir() if path.is_file()]


def test_a_folder_and_a_waiting_file_whose_names_are_no_utf_8_are_said(desk: Desk) -> None:
    astray = desk.folder / "inbox" / "orders" / os.fsdecode(b"\xe9t\xe9")
    astray.mkdir()
    (astray / LATIN).write_text(GOOD, encoding="utf-8")
    (desk.folder / "inbox" / "orders" / LATIN).symlink_to(astray / LATIN)

    desk.run(expect=None)

    assert {row["Subject"] for row in desk.show("Waiting")} == {SHOWN, "inbox/orders/%E9t%E9"}


def test_a_file_loaded_whose_name_is_no_utf_8_is_known_by_the_shown_one(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / LATIN).write_text(BAD, encoding="utf-8")

    answer = desk.load(tmp_path / LATIN, expect=1)

    assert [issue["source"] for issue in answer["issues"]] == [SHOWN]


def test_no_name_ends_the_watcher(desk: Desk) -> None:
    wanted = {SHOWN: "Set aside", f"2{SHOWN}": "Done"}
    code = "from o2c_xl.adapters.cli import main; main()"
    words = (sys.executable, "-c", code, "-C", str(desk.folder), "watch", "--on", DAY)
    watcher = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        drop(desk, LATIN, BAD)
        drop(desk, f"2{LATIN}", GOOD.replace("X1", "X2"))
        until = time.monotonic() + 60
        while watcher.poll() is None and len(fates(desk)) < len(wanted) and time.monotonic() < until:
            time.sleep(0.1)
        health = [path.read_bytes().decode() for path in desk.folder.rglob("health/*.json")]
        watcher.send_signal(signal.SIGTERM)
        said = watcher.communicate(timeout=60)[1].decode()
    finally:
        watcher.kill()

    assert fates(desk) == wanted
    assert watcher.returncode in {0, 1}, said
    assert "Traceback" not in said
    assert health


@pytest.mark.parametrize("name", ["注" * 80 + ".csv", "n" * 240 + ".csv", "n" * 224 + ".csv", "n" * 251 + ".csv"])
def test_a_refused_file_with_a_long_name_lies_aside_with_its_copy_and_is_mended(desk: Desk, name: str) -> None:
    drop(desk, name, BAD)
    desk.run(expect=1)

    (row,) = [row for row in desk.show("Files") if row["Fate"] == "Set aside"]
    aside = sorted(inside(desk.folder / "set-aside"))
    (copy,) = [one for one in aside if one.endswith(" (to mend).xlsx")]
    assert row["Stored as"] == f"set-aside/{row['File']}"
    assert aside == sorted([row["File"], copy])
    assert row["File"].startswith(name[:60])
    assert row["File"].endswith(".csv")
    assert row["File"] in copied_from(copy)
    drop(desk, name, GOOD)
    desk.run()
    assert {row["Fate"] for row in desk.show("Files") if row["File"] == known_name(name)} == {"Mended", "Done"}
    desk.verify()


def test_two_files_with_long_names_that_begin_alike_are_two(desk: Desk) -> None:
    for number in (1, 2):
        drop(desk, f"{'n' * 240}{number}.csv", GOOD.replace("X1", f"X{number}"))

    desk.run()

    assert sorted(inside(desk.folder / "done").values()) == [GOOD.replace("X1", f"X{n}").encode() for n in (1, 2)]


@pytest.mark.parametrize(
    "name", ["a.csv", "注" * 80 + ".csv", "n" * 251 + ".csv", "n" * 255, "a." + "x" * 250, LATIN * 30]
)
def test_a_known_name_leaves_room_for_every_mark_and_stays_itself(name: str) -> None:
    known = known_name(name)
    copies = [known]
    for _ in range(99):
        copies.append(copy_name(copies[-1]))

    assert known_name(known) == known
    assert all(len(f"abcdef12-99 {copy}".encode()) <= 255 for copy in copies)
    assert all(known_name(copy) == copy for copy in copies)


def test_a_file_with_a_long_name_is_claimed_from_another_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    path = inbox / f"{'n' * 250}.csv"
    path.write_text("x", encoding="utf-8")
    plain = Path.rename

    def rename(self: Path, target: Path) -> Path:
        if self.parent != target.parent:
            raise OSError(18, "Invalid cross-device link")
        return plain(self, target)

    monkeypatch.setattr(Path, "rename", rename)
    claims = Claims(tmp_path / "claims")

    (claim,) = claims.claim([(path, "orders")])

    assert claim.path.read_text(encoding="utf-8") == "x"
    assert not any(inbox.iterdir())
