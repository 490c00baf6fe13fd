"""10,000 mutated files: none brings the reader down, keeps it busy, or makes it read something that is not there.

`O2C_FUZZ=100000 pytest tests/faults/test_fuzz.py` tries more, `O2C_FUZZ_FIRST` others. A file that failed is made again
by `tests.faults.mutations.mutated(NUMBER)`.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FILES = int(os.environ.get("O2C_FUZZ", "10000"))
FIRST = int(os.environ.get("O2C_FUZZ_FIRST", "0"))
GOOD = {"taken", "faults", "refused"}
CHUNK = 1_000
SECONDS = 600  # for a chunk; a single file has its own limit


def test_no_mutated_file_does_harm(record_property, capsys):
    starts = range(FIRST, FIRST + FILES, CHUNK)

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        found = dict(pair for chunk in pool.map(outcomes, starts) for pair in chunk)

    counts = Counter(outcome if outcome in GOOD else "failed" for outcome in found.values())
    with capsys.disabled():
        print(f"\n{len(found)} mutated files: {dict(counts)}")  # noqa: T201 - the figure that CI keeps
    record_property("fuzz", dict(counts))
    assert {number: outcome for number, outcome in found.items() if outcome not in GOOD} == {}
    assert len(found) == FILES
    assert min(counts[outcome] for outcome in GOOD) > FILES // 50


def outcomes(first: int) -> list[tuple[int, str]]:
    """What became of each file of a chunk; a child that dies or hangs is followed by one for the rest."""
    found: list[tuple[int, str]] = []
    last = min(first + CHUNK, FIRST + FILES)
    while first < last:
        words = [sys.executable, "-m", "tests.faults.fuzz", str(first), str(last)]
        child = subprocess.run(
            words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=SECONDS, check=False
        )
        lines = child.stdout.decode().split("\n")
        pairs = list(zip(map(int, lines[0:-1:2]), lines[1::2], strict=False))
        done = [(number, outcome or f"ended the process, code {child.returncode}") for number, outcome in pairs]
        found += done
        first = done[-1][0] + 1 if done else last
    return found
