"""Progress on standard error for whoever watches: which step runs; silent where nobody looks."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

__all__ = ["logging_to", "telling"]


@contextmanager
def telling() -> Iterator[Callable[[str], None]]:
    """A function that shows what is being done; on a terminal as a status line that goes away by itself."""
    if not sys.stderr.isatty():
        yield lambda _text: None
        return
    from rich.console import Console

    with Console(stderr=True).status("Starting …") as status:
        yield lambda text: status.update(f"{text} …")


def logging_to(folder: Path) -> Callable[[str], None]:
    """A function that writes a line with its time to standard error and to the day's log in `folder`."""

    def say(text: str) -> None:
        at = dt.datetime.now(dt.UTC)
        line = f"{at.isoformat(timespec='seconds')} {text}"
        print(line, file=sys.stderr, flush=True)  # noqa: T201 -- what a service's own log takes up
        with suppress(OSError):  # a full disk must not stop the work
            folder.mkdir(exist_ok=True)
            with (folder / f"{at:%Y-%m-%d}.log").open("a", encoding="utf-8", errors="backslashreplace") as file:
                file.write(f"{line}\n")

    return say
