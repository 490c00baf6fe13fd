"""Drop folders: a burst of small files, and a large workbook dropped beside `o2c load` of it.

The burst lands while a real watcher runs. Files per second are by the clock, from the first file dropped to the last
in `done`, with the number of processors busy beside it: the figure to reach is for two that are otherwise idle.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.company import DAY, HEADERS, make, reopen, write_orders
from benchmarks.measured import Cost, cost, ratio_line
from o2c_xl.company.dropped.inbox import Inbox

FILES = int(os.environ.get("O2C_BURST", "10000"))
LINES = 100_000
LEAST_A_SECOND, MOST_MB, FIRST_WITHIN, LIMIT = 100, 300, 5.0, 1.3
_O2C = [sys.executable, "-c", "from o2c_xl.adapters.cli import main; main()"]


def _drop(folder: Path, count: int) -> None:
    row = "{},C00001,,2026-03-01,,,,1,P0001,1,,\n"
    for number in range(count):
        (folder / f"web{number}.csv").write_text(f"{','.join(HEADERS)}\n{row.format(f'W{number}')}", encoding="utf-8")


def _until(what: Callable[[], bool], start: float) -> float:
    while not what():
        time.sleep(0.05)
    return time.monotonic() - start


def _peak(process: subprocess.Popen[bytes]) -> float:
    """Peak MB of a process, once it has ended."""
    spent = os.wait4(process.pid, 0)[2]
    process.returncode = 0
    return spent.ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)


def _orders(root: Path) -> int:
    answer = subprocess.run(
        [*_O2C, "-C", str(root), "show", "Orders", "--format", "json"], capture_output=True, check=True
    )
    return len({row["Order"] for row in json.loads(answer.stdout)})


def _burst(root: Path) -> Iterator[str]:
    make(root).close()
    inbox, done = root / "inbox" / "orders", root / "done"
    (root / "watchers").mkdir()
    told = 'folder = "inbox/orders"\ntables = ["Orders", "OrderLines"]\nsettle_seconds = 0.2\npoll_seconds = 0.5\n'
    (root / "watchers" / "orders.toml").write_text(told, encoding="utf-8")
    watcher = subprocess.Popen([*_O2C, "-C", str(root), "watch", "--on", str(DAY)], stderr=subprocess.DEVNULL)
    try:
        _until(lambda: any((root / "work" / "claims").glob("*.alive")), time.monotonic())
        start = time.monotonic()
        _drop(inbox, FILES)
        first = _until(lambda: any(done.rglob("*.csv")), start)
        spent = _until(lambda: sum(1 for _ in done.rglob("*.csv")) >= FILES, start)
    finally:
        watcher.terminate()  # it ends when the pass after intake is through
        peak = _peak(watcher)
    rate = FILES / spent
    busy = f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"
    yield f"{FILES:,} dropped files: {rate:.0f} a second (at least {LEAST_A_SECOND}; {busy})"
    yield f"  first result after {first:.1f} s (within {FIRST_WITHIN:.0f}), peak {peak:.0f} MB (at most {MOST_MB})"
    names = [path.name for path in done.rglob("*.csv")]
    yield f"  {FILES - len(set(names))} lost, {len(names) - len(set(names))} doubled, {_orders(root):,} orders"


def _load(path: Path, root: Path) -> dict[str, int]:
    return reopen(root).load([path], None, DAY, dry_run=False).counts


def _take(path: Path, root: Path) -> dict[str, int]:
    target = root / "inbox" / "orders" / path.name
    target.write_bytes(path.read_bytes())
    os.utime(target, (1, 1))
    with Inbox(reopen(root)) as inbox:
        return inbox.take(DAY, lambda _text: None, 0.0).counts


def _with_children(work: Callable[[Path, Path], dict[str, int]], path: Path, root: Path) -> float:
    """Processor time of the work, the reading process included."""
    before = os.times()
    work(path, root)
    after = os.times()
    return sum(after[:4]) - sum(before[:4])


def _dropped(folder: Path) -> Iterator[str]:
    path = write_orders(folder / "orders.xlsx", LINES)
    costs: dict[str, Cost] = {}
    for name, work in (("load", _load), ("take", _take)):
        spent = []
        for copy in range(2):
            root = folder / f"{name}{copy}"
            make(root, ("All or nothing files", "No")).close()
            spent.append(cost(_with_children, work, path, root))
        best = min(spent, key=lambda one: one.result)
        costs[name] = Cost(best.result, best.peak_mb)
    more = f"; peak {costs['take'].peak_mb:.0f} MB"
    yield ratio_line(f"{LINES:,} order lines dropped, to o2c load", costs["take"], costs["load"], LIMIT, more=more)


def measure(folder: Path) -> Iterator[str]:
    yield from _burst(folder / "burst")
    yield from _dropped(folder)
