"""One process at a time works in a company: it runs the pass, or it sends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout

from o2c_xl.company.opened import Company
from o2c_xl.domain.issue import CannotRun

__all__ = ["Busy", "alone"]

_WAIT_SECONDS = 120


class Busy(CannotRun):
    """Another process is at work in this company; what is left to do is found by the next."""


@contextmanager
def alone(company: Company) -> Iterator[None]:
    """Nobody else runs or sends in this company meanwhile; raises Busy where somebody does for two minutes."""
    company.folder.locks.mkdir(parents=True, exist_ok=True)
    lock = FileLock(company.folder.locks / "run.lock", timeout=_WAIT_SECONDS)
    try:
        lock.acquire()
    except Timeout as error:
        raise Busy("Another o2c is at work in this company. Try again when it has ended.") from error
    try:
        yield
    finally:
        lock.release()
