"""Processor time and peak memory of a piece of work, each in a process of its own so that none warms another."""

from __future__ import annotations

import multiprocessing
import resource
import sys
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
    start = _seconds()
    result = work(*arguments)
    cpu = _seconds() - start
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    peak = max(resource.getrusage(who).ru_maxrss for who in _ALL) / unit
    pipe.send(Cost(cpu, peak, result))


_ALL = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


def _seconds() -> float:
    """CPU seconds of this process and of those it started and saw end."""
    return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, _ALL))


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
