"""Real watchers on a real folder, many files, and people who drop them badly."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.cases import DAY, HEAD, make_company
from tests.faults.judge import litter
from tests.faults.zygote import Warm

__all__ = ["Crowd"]

ROOT = Path(__file__).resolve().parents[2]
_O2C = [sys.executable, "-c", "from o2c_xl.adapters.cli import main; main()"]


class Crowd:
    """A company with an inbox, the files dropped into it, and the watchers that work on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "company"
        self.dropped: dict[str, bytes] = {}
        self.watchers: list[subprocess.Popen[bytes]] = []
        with Warm(None, folder) as warm:
            make_company(warm, self.folder)
        watchers = self.folder / "watchers"
        watchers.mkdir()
        told = 'folder = "inbox/orders"\nsettle_seconds = 0.5\npoll_seconds = 0.5\n'
        (watchers / "orders.toml").write_text(told, encoding="utf-8")

    # --- dropping ----------------------------------------------------------------------------------------------

    @property
    def inbox(self) -> Path:
        return self.folder / "inbox" / "orders"

    def burst(self, count: int, *, first: int = 0) -> None:
        """So many small files at once, each with an order of its own."""
        for number in range(first, first + count):
            name, data = f"web{number}.csv", f"{HEAD}W{number},C1,2026-03-01,P1,1\n".encode()
            (self.inbox / name).write_bytes(data)
            self.dropped[name] = data

    # --- watchers ----------------------------------------------------------------------------------------------

    def watch(self, *words: str) -> subprocess.Popen[bytes]:
        """Start a watcher."""
        words = ("-C", str(self.folder), "watch", "--on", DAY, *words)
        process = subprocess.Popen(
            [*_O2C, *words], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
        )
        self.watchers.append(process)
        return process

    def once(self) -> None:
        """A last look by a fresh watcher that ends by itself."""
        process = self.watch("--once")
        _, said = process.communicate(timeout=300)
        assert process.returncode in {0, 1}, said.decode()

    def until(self, what: Callable[[], bool], seconds: float = 120) -> float:
        """Wait for something to come true; how long it took."""
        start = time.monotonic()
        while not what():
            assert time.monotonic() - start < seconds, f"it did not come within {seconds} s"
            time.sleep(0.02)
        return time.monotonic() - start

    def handled(self) -> int:
        """Files in `done` and `set-aside`."""
        return sum(1 for _ in self._stored())

    def stop(self, process: subprocess.Popen[bytes], number: int = signal.SIGTERM) -> bytes:
        """Send it a signal and wait for its end; what it said."""
        process.send_signal(number)
        return process.communicate(timeout=120)[1]

    def close(self) -> None:
        """End whoever still runs."""
        for process in self.watchers:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.kill()
            process.communicate()

    # --- judging -----------------------------------------------------------------------------------------------

    def _stored(self) -> Iterator[Path]:
        for place in ("done", "set-aside"):
            yield from (path for path in (self.folder / place).rglob("*") if path.is_file())

    def judge(self) -> str:
        """Points tried, lost, doubled: every dropped file once with its bytes, every order once, the books whole."""
        found = Counter(path.read_bytes() for path in self._stored())
        wanted = Counter(self.dropped.values())
        lost, doubled = (wanted - found).total(), (found - wanted).total()
        orders = Counter(self.orders())
        told = {name.removeprefix("web").removesuffix(".csv") for name in self.dropped}
        lost_orders = sorted(number for number in told if f"W{number}" not in orders)
        twice = [order for order, times in orders.items() if times > 1]
        assert not (lost, doubled, lost_orders, twice, litter(self.folder))[0], litter(self.folder)
        assert (doubled, lost_orders, twice, litter(self.folder)) == (0, [], [], [])
        verified = subprocess.run(
            [*_O2C, "-C", str(self.folder), "verify"], cwd=ROOT, capture_output=True, check=False, text=True
        )
        assert verified.returncode == 0, verified.stdout
        return f"{len(self.dropped)} files, {lost} lost, {doubled} doubled"

    def orders(self) -> list[str]:
        """The order of every order line in the ledger; one line each was dropped."""
        import sqlite3

        with sqlite3.connect(self.folder / "ledger.db") as db:
            rows = [row[0] for row in db.execute('SELECT "order" FROM order_lines')]
        db.close()
        return rows


@contextmanager
def paused(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """While this lasts the process stands still."""
    os.kill(process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process.pid, signal.SIGCONT)
