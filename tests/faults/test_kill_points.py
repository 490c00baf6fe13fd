"""A command killed at any call to the disk: after the next run nothing is lost and nothing is there twice.

Here a few points of each case; all of them by `python -m tests.faults.loop --all`.
"""

from __future__ import annotations

import pytest

from tests.faults.cases import CASES, Case
from tests.faults.loop import Bench, Quiet, kills
from tests.faults.order import out_of_order
from tests.faults.shim import Fault

POINTS = 6


def _parted(quiet: Quiet) -> tuple[list[Fault], list[Fault]]:
    parted: tuple[list[Fault], list[Fault]] = ([], [])
    for fault in kills(quiet, 1):
        parted["ledger.db" not in quiet.calls[fault.at - 1].path].append(fault)  # False: the first
    return parted


def _spread(points: list[Fault], count: int) -> list[Fault]:
    step = max(len(points) // count, 1)  # few points: all of them
    return points[step // 2 :: step][:count]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_nothing_is_lost_or_doubled_wherever_it_is_killed_and_names_follow_their_files_to_the_disk(
    bench: Bench, case: Case
) -> None:
    quiet = bench.quiet(case)
    of_ledger, of_files = _parted(quiet)
    # most calls are SQLite's own pages; what names, flushes and removes files has the more ways to go wrong
    chosen = _spread(of_files, POINTS - POINTS // 3)
    chosen += _spread(of_ledger, POINTS - len(chosen))

    found = bench.tried(case, quiet, chosen)

    print(found)  # noqa: T201 -- points tried, lost, doubled: seen with -s, and where it fails
    assert found.points == POINTS
    assert found.wrong == []
    assert list(out_of_order(quiet.calls)) == []
