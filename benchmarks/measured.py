"""Processor time and peak memory of a piece of work, each in a process of its own so that none warms another."""

from __future__ import annotations

import multiprocessing
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Cost:
    """CPU seconds of the work, and the peak memory of its process in MB."""

    cpu: float
    peak_mb: float
    result: Any = None


def _child(pipe: Any, work: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    start = time.process_time()
    result = work(*arguments)
    cpu = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)
    pipe.send(Cost(cpu, peak, result))


def cost(work: Callable[..., Any], *arguments: Any) -> Cost:
    """Run `work(*arguments)` in a fresh process and say what it cost."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_child, args=(there, work, arguments))
    process.start()
    there.close()
    answer: Cost = here.recv()
    process.join()
    return answer


def best(times: int, work: Callable[..., Any], *arguments: Any) -> Cost:
    """The cheapest of several runs: noise only ever adds."""
    return min((cost(work, *arguments) for _ in range(times)), key=lambda one: one.cpu)


def ratio_line(name: str, work: Cost, floor: Cost, limit: float, *, more: str = "") -> str:
    """One line: the work, its floor, their ratio and the limit."""
    ratio = work.cpu / floor.cpu
    verdict = "within" if ratio <= limit else "OVER"
    return f"{name}: {work.cpu:.2f} s / {floor.cpu:.2f} s = {ratio:.2f} ({verdict} {limit}){more}"
