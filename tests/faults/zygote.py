"""A warm process that runs `o2c` in forks of itself: a run costs what it does, not the start of Python.

Each fork is a process like any other: it opens the company anew, holds its own locks, and can be killed. The process
that reads files is forked too instead of started; what it does is the same.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import json
import os
import pkgutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self

from tests.faults.shim import Fault, arm

ROOT = Path(__file__).resolve().parents[2]


class Warm:
    """The door to the warm process; a context manager. `run` gives what a command did."""

    def __init__(self, library: Path | None, scratch: Path) -> None:
        self.scratch = scratch
        preload = {} if library is None else {"LD_PRELOAD": str(library)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.zygote", str(scratch)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env=os.environ | preload | {"PYTHONHASHSEED": "0"},
            text=True,
        )

    def run(self, folder: Path, *words: object, fault: Fault | None = None, warm: bool = False) -> SimpleNamespace:
        """Run `o2c -C folder words…`; gives `code` (negative: the signal), `out`, `err`, and `log`, its calls' file.

        `warm` runs it in the warm process itself, so that later runs find its paths trodden.
        """
        log = self.scratch / "calls"
        task = {"folder": str(folder), "words": [str(word) for word in words], "log": str(log), "warm": warm}
        if fault is not None:
            task["fault"] = [fault.mode, fault.at, fault.error]
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(task) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        out, err = ((self.scratch / name).read_text(encoding="utf-8") for name in ("out", "err"))
        return SimpleNamespace(code=answer["code"], out=out, err=err, log=log)

    def close(self) -> None:
        """Let it end."""
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            pipe.close()
        self.process.wait(10)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_failure: object) -> None:
        self.close()


class _Forked:
    """What `subprocess.Popen` gives, of a reading process that was forked."""

    def __init__(self, *_words: object, **_how: object) -> None:
        (tasks, ours_in), (ours_out, answers) = os.pipe(), os.pipe()
        self.code: int | None = None
        self.pid = os.fork()
        if not self.pid:
            _read_files(tasks, answers)
        os.close(tasks)
        os.close(answers)
        self.stdin, self.stdout = os.fdopen(ours_in, "wb", 0), os.fdopen(ours_out, "rb")

    def poll(self) -> int | None:
        if self.code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self.code = os.waitstatus_to_exitcode(status) if pid else None
        return self.code

    def wait(self, timeout: float | None = None) -> int:
        until = time.monotonic() + (timeout or 60)
        while self.poll() is None:
            if time.monotonic() > until:
                raise subprocess.TimeoutExpired("reader", timeout or 60)
            time.sleep(0.001)
        return self.code or 0

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)


def _read_files(tasks: int, answers: int) -> None:
    """Be the process that reads files, and nothing else."""
    code = 1
    try:
        if "LD_PRELOAD" in os.environ:
            ctypes.CDLL(None).o2c_disarm()
        os.dup2(tasks, 0)
        os.dup2(answers, 1)
        os.closerange(3, 256)
        sys.stdin = os.fdopen(0, "r", closefd=False)
        sys.stdout = os.fdopen(1, "w", closefd=False)
        from o2c_xl.intake.process.child import main

        main()
        code = 0
    finally:
        os._exit(code)


def _load_all() -> None:
    import o2c_xl

    for module in pkgutil.walk_packages(o2c_xl.__path__, "o2c_xl."):
        if not any(part in module.name for part in ("versions", "windows", "__main__", "migrations.env")):
            importlib.import_module(module.name)
    for name in ("sqlite3", "sqlalchemy.dialects.sqlite", "zipfile", "encodings.idna", "pwd"):
        importlib.import_module(name)
    from o2c_xl.intake.process import reader

    reader.subprocess = SimpleNamespace(  # type: ignore[attr-defined]
        Popen=_Forked, PIPE=-1, DEVNULL=-3, TimeoutExpired=subprocess.TimeoutExpired
    )
    _remember_statements()


def _remember_statements() -> None:
    """Let all ledgers share what SQLAlchemy made of statements, so that a fork does not make it anew."""
    from o2c_xl.company import opened

    known: dict[Any, Any] = {}
    open_engine = opened.open_engine

    def open_warm(where: Path | str) -> Any:
        engine = open_engine(where)
        return engine if str(where).startswith("postgresql") else engine.execution_options(compiled_cache=known)

    opened.open_engine = open_warm


def _fork(task: dict[str, Any], scratch: Path) -> int:
    if task.get("warm"):
        return _warmed(task, scratch)
    pid = os.fork()
    if not pid:
        code = 70
        try:
            code = _command(task, scratch)
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _warmed(task: dict[str, Any], scratch: Path) -> int:
    """Run it here, not in a fork, for what is remembered of it; nothing that starts threads may be asked for."""
    kept = [os.dup(number) for number in (1, 2)]
    code = _command(task, scratch)
    for number, handle in enumerate(kept, 1):
        os.dup2(handle, number)
        os.close(handle)
    while threading.active_count() > 1:
        time.sleep(0.05)
    gc.collect()
    gc.freeze()
    return code


def _command(task: dict[str, Any], scratch: Path) -> int:
    for name, number in (("out", 1), ("err", 2)):
        handle = os.open(scratch / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(handle, number)
        os.close(handle)
    from o2c_xl.adapters.cli import app

    if "fault" in task:
        arm(Path(task["folder"]), Fault(*task["fault"]), Path(task["log"]))
    try:
        app(["-C", task["folder"], *task["words"]])
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


def main() -> None:
    scratch = Path(sys.argv[1])
    _load_all()
    gc.freeze()
    answers = os.fdopen(os.dup(1), "w")
    for line in sys.stdin:
        answers.write(json.dumps({"code": _fork(json.loads(line), scratch)}) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
