"""The one door to compression: isal where it is installed (a tenth of the time), zlib elsewhere."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType
from typing import NamedTuple, TypeVar

from o2c_xl.workbook.errors import Damaged

_fast: ModuleType | None
try:
    from isal import isal_zlib as _fast
except ImportError:  # pragma: no cover - a platform without a wheel
    _fast = None

__all__ = ["Packed", "deflate", "inflate"]

_RAW = -15  # raw deflate, as zip holds it: no zlib header
_LARGE = 1 << 20  # bytes from which a thread pays
_Result = TypeVar("_Result")


class Packed(NamedTuple):
    """What a zip keeps of a part: its packed bytes, the checksum and the length of what went in."""

    data: bytes
    crc: int
    size: int


def inflate(packed: bytes | memoryview, size: int, crc: int, name: str) -> bytes:
    """The `size` bytes behind `packed`; raises `Damaged` on more, on fewer or on a wrong checksum.

    Never unpacks more than one byte above `size`, so a part that lies about its size costs no memory.
    """
    return _with_engine(size, lambda engine: _inflate(engine, packed, size, crc, name))


def deflate(pieces: Sequence[bytes | memoryview]) -> Packed:
    """`pieces` joined and packed."""
    return _with_engine(sum(map(len, pieces)), lambda engine: _deflate(engine, pieces))


def _with_engine(size: int, work: Callable[[ModuleType], _Result]) -> _Result:
    """Run `work` with zlib, or on a thread of its own with isal.

    isal 1.9 returns with the upper halves of the vector registers dirty (no `vzeroupper`), after which all other
    SSE code of that thread, regular expressions for one, runs three times slower; a thread takes that with it.
    """
    if _fast is None or size < _LARGE:
        return work(zlib)
    with ThreadPoolExecutor(1) as apart:
        return apart.submit(work, _fast).result()


def _inflate(engine: ModuleType, packed: bytes | memoryview, size: int, crc: int, name: str) -> bytes:
    unpacking = engine.decompressobj(_RAW)
    try:
        plain: bytes = unpacking.decompress(packed, size + 1)
    except (zlib.error, engine.error) as error:
        raise Damaged(f"The workbook is damaged: its part {name} cannot be unpacked.") from error
    if len(plain) != size or not unpacking.eof:
        raise Damaged(f"The workbook is damaged: its part {name} is not as long as it says.")
    if engine.crc32(plain) != crc:
        raise Damaged(f"The workbook is damaged: the checksum of its part {name} is wrong.")
    return plain


def _deflate(engine: ModuleType, pieces: Sequence[bytes | memoryview]) -> Packed:
    packing = engine.compressobj(6 if engine is zlib else 2, zlib.DEFLATED, _RAW)
    packed: list[bytes] = []
    crc = size = 0
    for piece in pieces:
        packed.append(packing.compress(piece))
        crc = engine.crc32(piece, crc)
        size += len(piece)
    packed.append(packing.flush())
    return Packed(b"".join(packed), crc, size)
