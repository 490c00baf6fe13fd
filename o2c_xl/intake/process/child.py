"""The process that reads files: one task after another from its standard input, each within its limits.

It is started by `reader`, opens no ledger and knows none, and ends when its input does.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import sys
import traceback
from pathlib import Path
from typing import BinaryIO

from o2c_xl.domain.issue import CannotRun
from o2c_xl.intake.checked import check_place
from o2c_xl.intake.process.jobs import job_named
from o2c_xl.intake.process.limits import allowance, limit
from o2c_xl.intake.process.wire import Answer, Task, packed, receive, send

__all__ = ["main"]

READY = b"ready"


def main() -> None:
    """Answer tasks until there are no more."""
    # What ends the program (Ctrl+C, a service's stop) reaches this process too, and must not look like a bad file.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    tasks, answers = sys.stdin.buffer, _answers()
    gc.freeze()
    send(answers, READY)
    while (message := receive(tasks)) is not None:
        send(answers, _answer(pickle.loads(message)))  # noqa: S301 - the program's own words


def _answers() -> BinaryIO:
    """Where answers go; whatever a library prints must not get among them."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return answers


def _answer(task: Task) -> bytes:
    path, spent = Path(task.path), True
    try:
        check_place(path, task.name)
        allowed = allowance(path)
        spent = allowed.large
        limit(allowed)
        return packed(Answer(job_named(task.job)(path, task.name, *task.arguments), spent=spent))
    except CannotRun as error:
        return packed(Answer(refusal=type(error).__name__, text=str(error), spent=spent))
    except OSError as error:
        text = f"{task.name} cannot be read: {error.strerror or error}."
        return packed(Answer(refusal=CannotRun.__name__, text=text, spent=spent))
    except Exception:  # noqa: BLE001 - whatever a file made us do, the answer is one sentence
        return packed(Answer(refusal="broken", text=traceback.format_exc(), spent=True))


if __name__ == "__main__":
    main()
