"""What the buttons do that let the process work: `o2c run`, whole or some of its stages, with the open workbook."""

from __future__ import annotations

from collections.abc import Sequence

from o2c_xl.company.buttons.pressed import Answer, Desk, told
from o2c_xl.company.run import run_company, work_through
from o2c_xl.company.stages import stages_named

__all__ = ["run_all", "run_stages"]


def run_all(desk: Desk) -> Answer:
    """`o2c run`."""
    outcome = run_company(desk.company, desk.day, desk.tell, dry_run=False, allow_empty=False, live=desk.live)
    return told(desk, outcome)


def run_stages(desk: Desk, names: Sequence[str], table: str) -> Answer:
    """Sync, then these stages of `o2c run` alone; `table` is brought to the front when something was done."""
    stages = stages_named(names)
    outcome = work_through(desk.company, desk.day, desk.tell, allow_empty=False, live=desk.live, stages=stages)
    answer = told(desk, outcome)
    if answer.asks or not any(outcome.counts.get(name) for name in (*names, "cells written")):
        return answer
    return Answer(answer.text, table=table)
