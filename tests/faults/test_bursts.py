"""Many files at once, several watchers, watchers that are stopped or killed, and files that are dropped badly.

`O2C_BURST` sets how many files; ten thousand by `python -m benchmarks inbox`.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.cases import HEAD
from tests.faults.crowd import Crowd, paused
from tests.faults.loop import workbench

BURST = int(os.environ.get("O2C_BURST", "200"))


@pytest.fixture
def crowd() -> Iterator[Crowd]:
    with workbench() as folder:
        made = Crowd(Path(folder))
        yield made
        made.close()


def test_four_watchers_on_one_inbox_handle_each_file_once_even_when_one_is_killed(crowd: Crowd) -> None:
    watchers = [crowd.watch() for _ in range(4)]
    crowd.burst(BURST)

    crowd.until(lambda: crowd.handled() > BURST // 10)
    crowd.stop(watchers[0], signal.SIGKILL)
    crowd.until(lambda: crowd.handled() >= BURST)
    for watcher in watchers[1:]:
        crowd.stop(watcher)
    crowd.once()

    print(crowd.judge())  # noqa: T201 -- seen with -s


def test_what_is_dropped_while_the_watcher_stands_still_is_found_though_its_events_overflow(crowd: Crowd) -> None:
    watcher = crowd.watch()
    crowd.burst(1)
    crowd.until(lambda: crowd.handled() == 1)

    with paused(watcher):
        _overflow(crowd.inbox)
        crowd.burst(BURST // 4, first=1)
    crowd.until(lambda: crowd.handled() == BURST // 4 + 1)
    crowd.stop(watcher)

    print(crowd.judge())  # noqa: T201


def _overflow(folder: Path) -> None:
    """More events than the system queues: alternating ones, since equal neighbours count as one."""
    names = [folder / ".a", folder / ".b"]
    for name in names:
        name.touch()
    for number in range(20_000):
        os.utime(names[number % 2])
    for name in names:
        name.unlink()


def test_a_watcher_asked_to_end_finishes_its_file_and_leaves_the_rest_in_the_inbox(crowd: Crowd) -> None:
    crowd.burst(BURST)
    watcher = crowd.watch()
    crowd.until(lambda: crowd.handled() > 0)

    said = crowd.stop(watcher)

    assert watcher.returncode in {0, 1}, said.decode()
    assert not any(path.is_file() for path in (crowd.folder / "work" / "claims").rglob("*"))
    assert crowd.handled() + len(list(crowd.inbox.iterdir())) == BURST
    crowd.once()
    print(crowd.judge())  # noqa: T201


def test_a_watcher_killed_again_and_again_at_any_moment_loses_nothing(crowd: Crowd) -> None:
    chance = random.Random(20260302)
    for turn in range(6):
        crowd.burst(BURST // 10, first=turn * 1000)
        watcher = crowd.watch()
        before = crowd.handled()
        if turn % 2:  # in the middle of its work, not only while it starts
            crowd.until(lambda before=before: crowd.handled() > before)
        time.sleep(chance.random() * 1.5)
        crowd.stop(watcher, signal.SIGKILL)

    crowd.once()

    print(crowd.judge())  # noqa: T201


_WRITER = """
import os, sys, time
path, text, how = sys.argv[1:]
half = len(text) // 2
if how == "stalls":  # a copy that stands still for a while, shorter than the settle time
    with open(path, "w") as file:
        for part in (text[:half], text[half:]):
            file.write(part), file.flush(), time.sleep(0.3)
elif how == "grows":
    with open(path, "w") as file:
        for letter in text:
            file.write(letter), file.flush(), time.sleep(0.03)
elif how == "renames over":
    with open(path, "w") as file:
        file.write(text[:half])
    with open(path + ".part", "w") as file:
        time.sleep(0.2), file.write(text)
    os.replace(path + ".part", path)
elif how == "copied with its old time":
    with open(path + ".tmp", "w") as file:
        file.write(text)
    os.utime(path + ".tmp", (1, 1))
    os.replace(path + ".tmp", path)
"""


def test_a_file_that_is_still_copied_grows_or_is_replaced_is_taken_whole(crowd: Crowd) -> None:
    watcher = crowd.watch()
    ways = ("stalls", "grows", "renames over", "copied with its old time") * 3
    texts = {f"web{number}.csv": f"{HEAD}W{number},C1,2026-03-01,P1,1\n" for number in range(len(ways))}
    writers = [
        subprocess.Popen([sys.executable, "-c", _WRITER, str(crowd.inbox / name), text, how])
        for (name, text), how in zip(texts.items(), ways, strict=True)
    ]
    crowd.dropped = {name: text.encode() for name, text in texts.items()}

    assert [writer.wait(60) for writer in writers] == [0] * len(writers)
    crowd.until(lambda: crowd.handled() >= len(ways))
    crowd.stop(watcher)

    print(crowd.judge())  # noqa: T201


def test_what_is_written_into_a_file_after_it_was_taken_is_taken_too(crowd: Crowd) -> None:
    text = f"{HEAD}W0,C1,2026-03-01,P1,1\n"
    path = crowd.inbox / "web.csv"
    with path.open("w") as file:
        file.write(text)
        file.flush()
        watcher = crowd.watch()
        crowd.until(lambda: crowd.handled() == 1 or not path.exists())
        file.write("W1,C1,2026-03-01,P1,1\n")
    watcher_took = crowd.until(lambda: not path.exists() and crowd.handled() >= 1)
    crowd.stop(watcher)
    crowd.once()

    assert watcher_took < 60
    stored = [path.read_text() for path in (crowd.folder / "done").rglob("*.csv")]
    assert "".join(stored).count("W0,") == len(stored)
    assert sorted(crowd.orders()) == ["W0", "W1"]


def test_what_is_written_into_a_file_that_lies_in_done_comes_back_and_what_was_taken_stays(crowd: Crowd) -> None:
    text = f"{HEAD}W0,C1,2026-03-01,P1,1\n"
    path = crowd.inbox / "web.csv"
    watcher = crowd.watch()
    with path.open("w") as file:
        file.write(text)
        file.flush()
        crowd.until(lambda: crowd.handled() == 1 and not path.exists())
        time.sleep(0.5)
        file.write("W1,C1,2026-03-01,P1,1\n")
    crowd.until(lambda: crowd.handled() == 2 and not path.exists())
    crowd.stop(watcher)

    stored = sorted(one.read_text() for one in (crowd.folder / "done").rglob("*.csv"))
    assert stored == [text, f"{text}W1,C1,2026-03-01,P1,1\n"]
    assert sorted(crowd.orders()) == ["W0", "W1"]


def test_a_line_that_is_half_written_is_waited_for(crowd: Crowd) -> None:
    path = crowd.inbox / "web.csv"
    watcher = crowd.watch()
    with path.open("w") as file:
        file.write(f"{HEAD}W0,C1,2026-03-01,P1,1")
        file.flush()
        time.sleep(5)
        handled = crowd.handled()
        file.write("00\n")
    crowd.until(lambda: crowd.handled() == 1)
    crowd.stop(watcher)

    assert handled == 0
    assert [one.read_text() for one in (crowd.folder / "done").rglob("*.csv")] == [f"{HEAD}W0,C1,2026-03-01,P1,100\n"]
