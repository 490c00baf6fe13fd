"""The SHA-256 by which a dropped file is known, whatever it is called."""

from __future__ import annotations

import hashlib
from pathlib import Path

__all__ = ["copy_hashed", "file_hash"]

_PIECE = 1 << 20


def copy_hashed(path: Path, copy: Path) -> str:
    """Copy the file to be read from; its hash, as it was copied."""
    digest = hashlib.sha256()
    with path.open("rb") as source, copy.open("wb") as target:
        while piece := source.read(_PIECE):
            digest.update(piece)
            target.write(piece)
    return digest.hexdigest()


def file_hash(path: Path) -> str:
    """The hash of the file as it lies there."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
