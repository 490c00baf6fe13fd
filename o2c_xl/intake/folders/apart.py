"""A drop folder lies apart from what the company keeps: its own files are never taken as dropped."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

__all__ = ["why_not_apart", "why_not_put"]

_OWN = (
    "books", "work", "done", "set-aside", "outbox", "layouts", "watchers", "reports", "logs", "templates", "o2c.toml",
)  # fmt: skip


def why_not_apart(root: Path, folder: str, ledger: Path | None) -> str:
    """Why what is in `folder` may not be taken, empty where it may; `root` is the company's folder.

    A link below the company folder may lead elsewhere. Nothing is looked into.
    """
    if why := _outside(folder):
        return why
    place = _plain(root / folder)
    for own in _kept(root, ledger):
        kept = _plain(own)
        if place.is_relative_to(kept) or kept.is_relative_to(place):
            return f'"{folder}" holds or lies in {own.name}, which the company keeps; name a folder such as inbox/new.'
    return ""


def why_not_put(root: Path, folder: str, dropped: Iterable[str]) -> str:
    """Why handled files may not be put into `folder`, empty where they may; `dropped` are the drop folders.

    There they would be taken again, and among the workbooks be taken for one.
    """
    if why := _outside(folder):
        return why
    place = _plain(root / folder)
    if any(place == _plain(root / one) for one in dropped):
        return f'"{folder}" is a drop folder, where they would be taken again; name one such as set-aside.'
    if place.is_relative_to(_plain(root / "books")):
        return f'"{folder}" is for the workbooks that people share; name one such as set-aside.'
    return ""


def _outside(folder: str) -> str:
    """Why a place written from the company's folder on is not below it; a whole path may lead anywhere."""
    if not Path(folder).is_absolute() and ".." in Path(os.path.normpath(folder)).parts:
        return f'"{folder}" leaves the company folder; name one below it, or write the whole path of the other place.'
    return ""


def _kept(root: Path, ledger: Path | None) -> Iterable[Path]:
    return [root / name for name in _OWN] + ([ledger] if ledger else [])


def _plain(path: Path) -> Path:
    """The place itself: links followed, and letters alike that are alike on some disks."""
    return Path(os.path.realpath(path).casefold())
