"""The one door to compression: isal where it is installed (a tenth of the time), zlib elsewhere."""

from __future__ import annotations

import zlib
from collections.abc import Iterable

from o2c_xl.workbook.errors import Damaged

try:
    from isal import isal_zlib as _fast

    _LEVEL = 2
    _ERRORS: tuple[type[Exception], ...] = (zlib.error, _fast.error)
except ImportError:  # pragma: no cover - a platform without a wheel
    _fast = zlib
    _LEVEL = 3
    _ERRORS = (zlib.error,)

__all__ = ["checksum", "deflate", "inflate"]

_RAW = -15  # raw deflate, as zip holds it: no zlib header


def inflate(packed: bytes | memoryview, size: int, name: str) -> bytes:
    """The `size` bytes behind `packed`; more or fewer of them raise `Damaged`, before memory is spent."""
    engine = _fast.decompressobj(_RAW)
    try:
        plain: bytes = engine.decompress(packed, size + 1)
    except _ERRORS as error:
        raise Damaged(f"The workbook is damaged: its part {name} cannot be unpacked.") from error
    if len(plain) != size or not engine.eof:
        raise Damaged(f"The workbook is damaged: its part {name} is not as long as it says.")
    return plain


def deflate(pieces: Iterable[bytes | memoryview]) -> tuple[bytes, int, int]:
    """`pieces` joined and packed: the packed bytes, the checksum and the length of what went in."""
    engine = _fast.compressobj(_LEVEL, zlib.DEFLATED, _RAW)
    packed: list[bytes] = []
    crc = size = 0
    for piece in pieces:
        packed.append(engine.compress(piece))
        crc = checksum(piece, crc)
        size += len(piece)
    packed.append(engine.flush())
    return b"".join(packed), crc, size


def checksum(piece: bytes | memoryview, start: int = 0) -> int:
    """CRC-32 as zip keeps it, continued from `start`."""
    crc: int = _fast.crc32(piece, start)
    return crc
