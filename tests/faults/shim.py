"""Builds `shim.c` and speaks to it: how a process is to end or fail, and what its calls were."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

__all__ = ["FAIL_ON", "FAIL_ONCE", "HALF", "KILL", "LOG", "Call", "Fault", "arm", "build", "calls_of", "cannot_build"]

LOG, KILL, HALF, FAIL_ONCE, FAIL_ON = range(5)
_SOURCE = Path(__file__).with_name("shim.c")


@dataclass(frozen=True)
class Fault:
    """What happens at the `at`-th call that changes something below the folder; `error` is an errno."""

    mode: int = LOG
    at: int = 0
    error: int = 0


@dataclass(frozen=True)
class Call:
    """One call as the shim saw it; `answer` is negative where it failed, `other` the target of a rename or link."""

    number: int
    what: str
    answer: int
    path: str
    other: str


def cannot_build() -> str:
    """Why the shim cannot be built here; empty where it can."""
    if sys.platform != "linux":
        return "the shim stands on Linux's calls"
    return "" if shutil.which("cc") else "no C compiler here (cc); install gcc"


def build(folder: Path) -> Path:
    """The shim as a library in `folder`."""
    library = folder / "shim.so"
    subprocess.run(["cc", "-O1", "-shared", "-fPIC", "-o", str(library), str(_SOURCE)], check=True)
    return library


def arm(folder: Path, fault: Fault, log: Path) -> None:
    """Wake the shim that this process was started with; its calls go to `log`."""
    shim = ctypes.CDLL(None)
    handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    shim.o2c_arm(os.fsencode(folder), fault.mode, ctypes.c_long(fault.at), fault.error, handle)


def calls_of(log: Path) -> list[Call]:
    """What a process did, in order."""
    lines = (line.split("\t") for line in log.read_text(encoding="utf-8", errors="replace").splitlines())
    return [Call(int(number), what, int(answer), path, other) for number, what, answer, path, other in lines]
