"""A disk that fails: never a false "done", one sentence and no traceback, and the next run finishes everything.

Here a few points of each case; all of them by `python -m tests.faults.loop --errors --all`.
"""

from __future__ import annotations

import pytest

from tests.faults.cases import CASES, Case
from tests.faults.loop import Bench, errors

POINTS = 4


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_call_that_fails_is_said_in_a_sentence_and_made_good_by_the_next_run(bench: Bench, case: Case) -> None:
    quiet = bench.quiet(case)
    points = list(errors(quiet, 1))
    # a step that is no multiple of six meets each error, once and lasting, in turn
    chosen = points[len(case.name) :: max(len(points) // POINTS, 1) // 6 * 6 + 1]

    found = bench.tried(case, quiet, chosen)

    print(found)  # noqa: T201 -- seen with -s, and where it fails
    assert found.points >= POINTS
    assert found.wrong == []
