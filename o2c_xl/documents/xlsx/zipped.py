"""Parts of an xlsx file, packed once and put together often; no part bears the clock."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["Part", "packed", "zip_of"]

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_VERSION, _DEFLATED = 20, 8
_UTF8 = 0x800
_FIRST_DATE = 0x21  # 1 January 1980, the first day that zip knows
_MADE_BY = _VERSION | 3 << 8  # with POSIX rights
_RIGHTS = 0o600 << 16


@dataclass(frozen=True, slots=True)
class Part:
    """A part by its name, deflated; `size` and `checksum` (CRC-32) are those of the plain bytes."""

    name: bytes
    data: bytes
    size: int
    checksum: int


def packed(name: str, plain: bytes | str) -> Part:
    """The part `name` with the plain bytes, or the text in UTF-8."""
    content = plain.encode() if isinstance(plain, str) else plain
    deflating = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    data = deflating.compress(content) + deflating.flush()
    return Part(name.encode(), data, len(content), zlib.crc32(content))


def zip_of(parts: Iterable[Part]) -> bytes:
    """The parts as a zip file, in their order; parts of more than 4 GiB have no place here."""
    body: list[bytes] = []
    directory: list[bytes] = []
    offset = 0
    for part in parts:
        about = (_DEFLATED, 0, _FIRST_DATE, part.checksum, len(part.data), part.size, len(part.name), 0)
        local = _LOCAL.pack(b"PK\x03\x04", _VERSION, _UTF8, *about)
        body += (local, part.name, part.data)
        entry = _CENTRAL.pack(b"PK\x01\x02", _MADE_BY, _VERSION, _UTF8, *about, 0, 0, 0, _RIGHTS, offset)
        directory += (entry, part.name)
        offset += len(local) + len(part.name) + len(part.data)
    count, length = len(directory) // 2, sum(map(len, directory))
    return b"".join([*body, *directory, _END.pack(b"PK\x05\x06", 0, 0, count, count, length, offset, 0)])
