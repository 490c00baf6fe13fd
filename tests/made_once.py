"""Companies that many tests begin with: made once in a process, copied for each test."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from functools import wraps
from pathlib import Path

__all__ = ["made_once"]

_ROOM = tempfile.TemporaryDirectory(prefix="o2c-made-once-")


def made_once(make: Callable[..., None]) -> Callable[..., None]:
    """Turn `make(folder, ...)`, which fills a company folder, into what copies the one it made of the same arguments.

    The folder's name counts among them, as a company may be named after it. What `make` writes beside the folder is
    not copied.
    """
    made: dict[str, Path] = {}

    @wraps(make)
    def copied(folder: Path, *words: object, **more: object) -> None:
        key = repr((folder.name, words, sorted(more.items())))
        if key not in made:
            first = Path(tempfile.mkdtemp(dir=_ROOM.name)) / folder.name
            make(first, *words, **more)
            made[key] = first
        shutil.copytree(made[key], folder)

    return copied
