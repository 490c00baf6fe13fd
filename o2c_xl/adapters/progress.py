"""Progress on standard error for whoever watches: which step runs; silent where nobody looks."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["telling"]


@contextmanager
def telling() -> Iterator[Callable[[str], None]]:
    """A function that shows what is being done; on a terminal as a status line that goes away by itself."""
    if not sys.stderr.isatty():
        yield lambda _text: None
        return
    from rich.console import Console  # noqa: PLC0415 -- only where it is seen

    with Console(stderr=True).status("Starting …") as status:
        yield lambda text: status.update(f"{text} …")
