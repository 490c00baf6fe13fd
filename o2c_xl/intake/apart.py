"""A drop folder lies apart from what the company keeps: its own files are never taken as dropped."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

__all__ = ["why_not_apart"]

_OWN = (
    "books", "work", "done", "set-aside", "outbox", "layouts", "watchers", "reports", "logs", "templates", "o2c.toml",
)  # fmt: skip


def why_not_apart(root: Path, folder: str, ledger: Path | None) -> str:
    """Why what is in `folder` may not be taken, empty where it may; `root` is the company's folder.

    A path below the company folder stays below it; a link in it may lead elsewhere, and so may a whole path. Nothing is
    looked into.
    """
    if not Path(folder).is_absolute() and ".." in Path(os.path.normpath(folder)).parts:
        return f'"{folder}" leaves the company folder; name one below it, or write the whole path of the other place.'
    place = _plain(root / folder)
    for own in _kept(root, ledger):
        kept = _plain(own)
        if place.is_relative_to(kept) or kept.is_relative_to(place):
            return f'"{folder}" holds or lies in {own.name}, which the company keeps; name a folder such as inbox/new.'
    return ""


def _kept(root: Path, ledger: Path | None) -> Iterable[Path]:
    return [root / name for name in _OWN] + ([ledger] if ledger else [])


def _plain(path: Path) -> Path:
    """The place itself: links followed, and letters alike that are alike on some disks."""
    return Path(os.path.realpath(path).casefold())
