"""Events of the file system wake the watcher, and make no noise when it ends."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from o2c_xl.adapters.waking import Waking

_LATE = """
import sys
from pathlib import Path
from o2c_xl.adapters.waking import Waking

waking = Waking([Path(sys.argv[1])])
(emitter,) = waking._observer.emitters
waking.close()
emitter.queue_events(0)
"""


def test_a_dropped_file_wakes_whoever_waits(tmp_path: Path) -> None:
    waking = Waking([tmp_path])
    threading.Timer(0.1, (tmp_path / "web.csv").touch).start()

    waking.wait(30)

    assert (tmp_path / "web.csv").exists()
    waking.close()


@pytest.mark.skipif(sys.platform != "linux", reason="watchdog says it of Linux' events alone")
def test_an_event_that_comes_while_the_observer_ends_is_not_said(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", _LATE, str(tmp_path)], capture_output=True, text=True, check=True, timeout=60
    )

    assert (ended.stdout, ended.stderr) == ("", "")


_SIGNALLED = """
import signal
from o2c_xl.adapters.waking import Waking

waking = Waking([])
signal.signal(signal.SIGALRM, lambda *_: waking.wake())
signal.setitimer(signal.ITIMER_REAL, 0.0001, 0.0001)
for _ in range(20_000):
    waking.wait(0.0001)
signal.setitimer(signal.ITIMER_REAL, 0)
print("awake")
"""


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="Windows has no timer that sends signals")
def test_a_signal_may_come_at_any_place_of_the_wait() -> None:
    ended = subprocess.run([sys.executable, "-c", _SIGNALLED], capture_output=True, text=True, check=True, timeout=60)

    assert ended.stdout == "awake\n"
