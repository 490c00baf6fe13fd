"""A command killed at any call to the disk: after the next run nothing is lost and nothing is there twice.

Here a few points of each case; all of them by `python -m tests.faults.loop --all`.
"""

from __future__ import annotations

import pytest

from tests.faults.cases import CASES, Case
from tests.faults.loop import Bench, kills
from tests.faults.order import out_of_order

POINTS = 5


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_nothing_is_lost_or_doubled_wherever_it_is_killed_and_names_follow_their_files_to_the_disk(
    bench: Bench, case: Case
) -> None:
    quiet = bench.quiet(case)
    points = list(kills(quiet, 1))
    chosen = points[len(case.name) % 5 :: max(len(points) // POINTS, 1)]

    found = bench.tried(case, quiet, chosen)

    print(found)  # noqa: T201 -- points tried, lost, doubled: seen with -s, and where it fails
    assert found.points >= POINTS
    assert found.wrong == []
    assert list(out_of_order(quiet.calls)) == []
