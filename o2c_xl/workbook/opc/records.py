"""The records of a zip: where a part lies, and the headers and the directory of a new one."""

from __future__ import annotations

import struct
import zipfile
from dataclasses import dataclass

from o2c_xl.workbook.errors import Damaged

__all__ = [
    "CENTRAL",
    "END",
    "END_MARK",
    "LOCAL",
    "Entry",
    "anew",
    "central_header",
    "entry_at",
    "local_header",
]

_DESCRIPTOR = 0x8
_ZIP64 = 0x0001
LOCAL = struct.Struct("<4s5H3L2H")
CENTRAL = struct.Struct("<4s6H3L5H2L")
END = struct.Struct("<4s4H2LH")
END_MARK = b"PK\5\6"


@dataclass(frozen=True, slots=True)
class Entry:
    """One part as the directory has it; `data` is where its packed bytes start."""

    info: zipfile.ZipInfo
    raw_name: bytes
    local_extra: bytes
    data: int


def entry_at(data: bytes, info: zipfile.ZipInfo) -> Entry:
    """Where the part's bytes are; the local header must be there and name the same part."""
    start = info.header_offset
    broken = Damaged(f"The workbook is damaged: its part {info.orig_filename} is not where the directory says.")
    if start < 0 or start + LOCAL.size > len(data):
        raise broken
    fields = LOCAL.unpack_from(data, start)
    name_at = start + LOCAL.size
    extra_at = name_at + fields[9]
    begin = extra_at + fields[10]
    raw_name = data[name_at:extra_at]
    if fields[0] != b"PK\3\4" or begin + info.compress_size > len(data):
        raise broken
    if _decoded(raw_name, info.flag_bits) != info.orig_filename or fields[3] != info.compress_type:
        raise broken
    return Entry(info, raw_name, _without_zip64(data[extra_at:begin]), begin)


def _decoded(raw_name: bytes, flags: int) -> str:
    return raw_name.decode("utf-8" if flags & 0x800 else "cp437", "replace")


def _without_zip64(extra: bytes) -> bytes:
    """The extra field less the zip64 sizes: below 4 GB they would only contradict the header."""
    kept = b""
    while len(extra) >= 4:  # noqa: PLR2004 - a field is an id and a length of two bytes each
        kind, length = struct.unpack_from("<2H", extra)
        field, extra = extra[: 4 + length], extra[4 + length :]
        if kind != _ZIP64:
            kept += field
    return kept


def anew(raw_name: bytes, flags: int) -> Entry:
    """An entry of a new package, with the flags that say how its bytes are packed."""
    info = zipfile.ZipInfo(raw_name.decode())
    info.flag_bits = flags & 0x6
    return Entry(info, raw_name, b"", 0)


def _dos_time(info: zipfile.ZipInfo) -> tuple[int, int]:
    year, month, day, hour, minute, second = info.date_time
    return hour << 11 | minute << 5 | second // 2, (year - 1980) << 9 | month << 5 | day


def local_header(entry: Entry, content: tuple[int, int, int, int]) -> bytes:
    """What stands before a part; `content` is its method, checksum, packed and unpacked length."""
    method, crc, packed, size = content
    info = entry.info
    fixed = LOCAL.pack(
        b"PK\3\4",
        max(20, min(info.extract_version, 45)),
        info.flag_bits & ~_DESCRIPTOR,
        method,
        *_dos_time(info),
        crc,
        packed,
        size,
        len(entry.raw_name),
        len(entry.local_extra),
    )
    return fixed + entry.raw_name + entry.local_extra


def central_header(entry: Entry, content: tuple[int, int, int, int], offset: int) -> bytes:
    """What the directory says of a part that begins at `offset`."""
    method, crc, packed, size = content
    info = entry.info
    extra = _without_zip64(info.extra)
    fixed = CENTRAL.pack(
        b"PK\1\2",
        info.create_version | info.create_system << 8,
        max(20, min(info.extract_version, 45)),
        info.flag_bits & ~_DESCRIPTOR,
        method,
        *_dos_time(info),
        crc,
        packed,
        size,
        len(entry.raw_name),
        len(extra),
        len(info.comment),
        0,
        info.internal_attr,
        info.external_attr,
        offset,
    )
    return fixed + entry.raw_name + extra + info.comment
