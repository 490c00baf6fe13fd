"""The zip that a workbook is: looked over before anything is unpacked, and copied part by part without repacking.

Standard of the container: ECMA-376 part 2 (OPC). What is checked here, in this order: the kind of file by its
content, the directory (names, encryption, methods, number, declared sizes), and while unpacking the true size
and checksum of each part.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from o2c_xl.domain.issue import CannotRun
from o2c_xl.workbook.errors import Damaged, Incomplete
from o2c_xl.workbook.opc.deflate import Packed, inflate
from o2c_xl.workbook.opc.kind import Kind, kind_of, refusal
from o2c_xl.workbook.opc.records import END, END_MARK, Entry, anew, central_header, entry_at, local_header

__all__ = ["MAX_INFLATED", "MAX_PARTS", "Package", "Pieces", "load"]

MAX_PARTS = 2_000
MAX_FILE = 256 * 1024 * 1024
MAX_INFLATED = 1024 * 1024 * 1024
# Sheets of real companies pack to a twentieth, empty formatted ones to a hundredth; a zip bomb to a thousandth.
MAX_RATIO = 300
_CUT_OFF = "The workbook is cut off: its end is missing. Copy it again once it is whole."
_RATIO_FREE = 16 * 1024 * 1024

_ENCRYPTED = 0x1
_END_WITHIN = END.size + 0xFFFF  # at the end, but for a comment

Pieces = Sequence[bytes | memoryview]
_Content = tuple[int, bytes | memoryview, int, int]  # method, packed bytes, checksum, size unpacked


def load(source: Path | bytes) -> bytes:
    """The file's bytes, read once; raises `CannotRun` when it cannot be read and `Damaged` when it is too large."""
    if isinstance(source, bytes):
        return source
    try:
        if not source.is_file():
            what = "is a folder, not a workbook" if source.is_dir() else "is not there"
            raise CannotRun(f"{source.name} {what}.")
        if source.stat().st_size > MAX_FILE:
            raise Damaged(f"The file is larger than {MAX_FILE >> 20} MB.")
        return source.read_bytes()
    except OSError as error:
        raise CannotRun(f"{source.name} cannot be read: {error.strerror}.") from error


class Package:
    """A workbook's zip, held as the bytes that were read; parts are unpacked on demand and never kept."""

    def __init__(self, data: bytes) -> None:
        _check_kind(data)
        self.data = data
        self._entries: dict[str, Entry] = {}
        self._folded: dict[str, str] = {}
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                infos, self._comment = archive.infolist(), archive.comment
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, struct.error) as error:
            if data.rfind(END_MARK, -_END_WITHIN) < 0:
                raise Incomplete(_CUT_OFF) from error
            raise Damaged("The workbook is damaged: its zip directory cannot be read.") from error
        _check_sizes(infos, len(data))
        for info in infos:
            self._add(info)
        _check_apart(self._entries.values())

    def _add(self, info: zipfile.ZipInfo) -> None:
        name = info.orig_filename
        _check_entry(info)
        if name.casefold() in self._folded:
            raise Damaged(f"The workbook is damaged: it has two parts named {name}.")
        self._folded[name.casefold()] = name
        self._entries[name] = entry_at(self.data, info)

    @property
    def names(self) -> tuple[str, ...]:
        """All parts in the order of the directory."""
        return tuple(self._entries)

    def find(self, name: str) -> str | None:
        """The part's name as spelled here; OPC compares names without regard to case."""
        return self._folded.get(name.casefold())

    def size(self, name: str) -> int:
        """The part's bytes unpacked, as the directory says and `read` proves."""
        return self._entries[name].info.file_size

    def read(self, name: str) -> bytes:
        """One part unpacked, its length and checksum proved."""
        entry = self._entries[name]
        packed, info = self._packed(entry), entry.info
        if info.compress_type == zipfile.ZIP_DEFLATED:
            return inflate(packed, info.file_size, info.CRC, name)
        if len(packed) != info.file_size or zlib.crc32(packed) != info.CRC:
            raise Damaged(f"The workbook is damaged: the length or checksum of its part {name} is wrong.")
        return bytes(packed)

    def packed(self, name: str) -> bytes:
        """The part's packed bytes with its method: equal means that nobody touched it."""
        entry = self._entries[name]
        return entry.info.compress_type.to_bytes(2, "little") + bytes(self._packed(entry))

    def _packed(self, entry: Entry) -> memoryview:
        return memoryview(self.data)[entry.data : entry.data + entry.info.compress_size]

    def replaced(self, parts: Mapping[str, Packed] = MappingProxyType({})) -> bytes:
        """The package with these parts anew and every other one as the packed bytes that it was."""
        entries = self._entries.items()
        return _joined(((entry, self._content(entry, parts.get(name))) for name, entry in entries), self._comment)

    def gathered(self, parts: Mapping[str, str | bytes]) -> bytes:
        """A new package of these parts alone: each the packed bytes of the part named, or its bytes, stored."""
        return _joined(self._gathered(parts), b"")

    def _gathered(self, parts: Mapping[str, str | bytes]) -> Iterator[tuple[Entry, _Content]]:
        for name, source in parts.items():
            if isinstance(source, bytes):
                yield anew(name.encode(), 0), (zipfile.ZIP_STORED, source, zlib.crc32(source), len(source))
            else:
                entry = self._entries[source]
                yield anew(name.encode(), entry.info.flag_bits), self._content(entry, None)

    def _content(self, entry: Entry, new: Packed | None) -> _Content:
        if new is None:
            info = entry.info
            return info.compress_type, self._packed(entry), info.CRC, info.file_size
        return zipfile.ZIP_DEFLATED, *new


def _check_kind(data: bytes) -> None:
    if data.startswith(b"PK"):
        return
    kind = kind_of(io.BytesIO(data))
    if kind in {Kind.TEXT, Kind.EMPTY}:
        raise Damaged("The file is not an Excel workbook (.xlsx or .xlsm), whatever its name says.")
    raise Damaged(f"The file {refusal(kind)}")


def _check_sizes(infos: Sequence[zipfile.ZipInfo], length: int) -> None:
    if len(infos) > MAX_PARTS:
        raise Damaged(f"The workbook has {len(infos)} parts; more than {MAX_PARTS} are not read.")
    inflated = sum(info.file_size for info in infos)
    if inflated > MAX_INFLATED:
        raise Damaged(f"The workbook unpacks to {inflated >> 20} MB; more than {MAX_INFLATED >> 20} are not read.")
    # Entries that share packed bytes would make the sum exceed the file.
    if sum(info.compress_size for info in infos) > length:
        raise Damaged("The workbook is damaged: its parts overlap.")
    # What does not pack well must not make room for what packs too well, so each part is looked at alone.
    if any(info.file_size > max(_RATIO_FREE, MAX_RATIO * info.compress_size) for info in infos):
        raise Damaged("The workbook unpacks to far more than any real one does; it is not read.")
    if inflated > _RATIO_FREE and inflated > MAX_RATIO * length:
        raise Damaged("The workbook unpacks to far more than any real one does; it is not read.")


def _check_entry(info: zipfile.ZipInfo) -> None:
    name = info.orig_filename
    if info.flag_bits & _ENCRYPTED:
        raise Damaged("The workbook's zip is encrypted. Remove the password and try again.")
    if name.startswith(("/", "\\")) or ":" in name or "\0" in name or ".." in name.replace("\\", "/").split("/"):
        raise Damaged(f"The workbook holds a part with an unsafe name: {name!r}.")
    if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise Damaged(f"The workbook is damaged: its part {name} is packed in a way that Excel does not use.")


def _check_apart(entries: Iterable[Entry]) -> None:
    """No part may lie inside of another: what one reader takes for a part's bytes must be nobody else's."""
    end = 0
    for start, stop in sorted((entry.info.header_offset, entry.data + entry.info.compress_size) for entry in entries):
        if start < end:
            raise Damaged("The workbook is damaged: its parts overlap.")
        end = stop


def _joined(parts: Iterable[tuple[Entry, _Content]], comment: bytes) -> bytes:
    """A package of these parts: each behind its header, then the directory and the record behind it."""
    out: list[bytes | memoryview] = []
    directory: list[bytes] = []
    offset = 0
    for entry, (method, packed, crc, size) in parts:
        head = local_header(entry, (method, crc, len(packed), size))
        directory.append(central_header(entry, (method, crc, len(packed), size), offset))
        out += [head, packed]
        offset += len(head) + len(packed)
    table, count = b"".join(directory), len(directory)
    end = END.pack(END_MARK, 0, 0, count, count, len(table), offset, len(comment))
    return b"".join([*out, table, end, comment])
