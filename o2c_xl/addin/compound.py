"""A compound file (the container of vbaProject.bin): MS-CFB version 3, 512-byte sectors.

Written whole and in one way only: every stream has its true size, nothing is left over from another file, and the
same streams give the same bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

__all__ = ["compound_file"]

_SECTOR = 512
_MINI = 64
_CUTOFF = 4096  # shorter streams stand in the mini stream, 2.2 (Mini Stream Cutoff Size)
_IN_HEADER = 109  # FAT sectors that the header can name, 2.2 (DIFAT)
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD  # 2.1
_NONE = 0xFFFFFFFF  # no stream, 2.6.1
_STORAGE, _STREAM, _ROOT = 1, 2, 5  # 2.6.1 (Object Type)
_RED, _BLACK = 0, 1

Tree = Mapping[str, "bytes | Tree"]


@dataclass(slots=True)
class _Entry:
    """A directory entry, 2.6.1; `left`, `right` and `child` are places in the directory."""

    name: str
    kind: int
    data: bytes = b""
    colour: int = _BLACK
    left: int = _NONE
    right: int = _NONE
    child: int = _NONE
    start: int = _END
    size: int = 0

    def packed(self) -> bytes:
        """128 bytes; no class, no times."""
        name = self.name.encode("utf-16-le") + b"\0\0"
        return struct.pack(
            "<64sHBBIII16sIQQIQ",
            name,
            len(name),
            self.kind,
            self.colour,
            self.left,
            self.right,
            self.child,
            b"",
            0,
            0,
            0,
            0 if self.kind == _STORAGE else self.start,
            self.size,
        )


_UNUSED = struct.pack("<64sHBBIII16sIQQIQ", b"", 0, 0, 0, _NONE, _NONE, _NONE, b"", 0, 0, 0, 0, 0)  # 2.6.3


class _Sectors:
    """The sectors of the file after its header, and the chains that link them (the FAT, 2.3)."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.next: list[int] = []

    def add(self, data: bytes) -> int:
        """Put a stream at the end; where it starts, or the end mark for an empty one."""
        if not data:
            return _END
        start = len(self.next)
        self.data += _filled(data, _SECTOR)
        self.next += _chain(start, -(-len(data) // _SECTOR))
        return start


def compound_file(tree: Tree) -> bytes:
    """The file that holds these streams (bytes) and storages (mappings); raises ValueError above 7 MB."""
    directory = [_Entry("Root Entry", _ROOT)]
    _fill(directory, 0, tree)
    sectors, mini, links = _Sectors(), bytearray(), list[int]()
    for entry in directory:
        if entry.kind == _STREAM:
            _place(entry, sectors, mini, links)
    directory[0].start, directory[0].size = sectors.add(bytes(mini)), len(mini)
    mini_fat = sectors.add(
        struct.pack(f"<{len(links)}I", *links).ljust(-(-len(links) * 4 // _SECTOR) * _SECTOR, b"\xff")
    )
    entries = b"".join(entry.packed() for entry in directory)
    catalogue = sectors.add(entries + _UNUSED * (-len(directory) % 4))
    fats = _fat(sectors)
    header = _header(catalogue, mini_fat, -(-len(links) * 4 // _SECTOR), fats)
    return header + bytes(sectors.data)


def _place(entry: _Entry, sectors: _Sectors, mini: bytearray, links: list[int]) -> None:
    """A long stream in sectors of its own, a short one in the mini stream, 2.4."""
    entry.size = len(entry.data)
    if entry.size >= _CUTOFF:
        entry.start = sectors.add(entry.data)
    elif entry.size:
        entry.start = len(links)
        links += _chain(entry.start, -(-entry.size // _MINI))
        mini += _filled(entry.data, _MINI)


def _fat(sectors: _Sectors) -> list[int]:
    """Add the FAT, which also counts its own sectors; where its sectors are."""
    each = _SECTOR // 4
    count = 1
    while count * each < len(sectors.next) + count:
        count += 1
    if count > _IN_HEADER:
        raise ValueError("too large for a header without further DIFAT sectors")
    first = len(sectors.next)
    table = [*sectors.next, *[_FAT] * count]
    table += [_FREE] * (count * each - len(table))
    sectors.data += struct.pack(f"<{len(table)}I", *table)
    return list(range(first, first + count))


def _header(catalogue: int, mini_fat: int, mini_fats: int, fats: Sequence[int]) -> bytes:
    """The header, 2.2."""
    return struct.pack(
        f"<8s16sHHHHH6s9I{_IN_HEADER}I",
        bytes.fromhex("d0cf11e0a1b11ae1"),
        b"",
        0x003E,
        3,
        0xFFFE,
        9,
        6,
        b"",
        0,
        len(fats),
        catalogue,
        0,
        _CUTOFF,
        mini_fat,
        mini_fats,
        _END,
        0,
        *fats,
        *[_FREE] * (_IN_HEADER - len(fats)),
    )


def _fill(directory: list[_Entry], parent: int, tree: Tree) -> None:
    """Add the children of a storage as a sorted tree: shorter names first, then by upper case, 2.6.4."""
    names = sorted(tree, key=lambda name: (len(name), name.upper()))
    first = len(directory)
    for name in names:
        content = tree[name]
        stream = isinstance(content, bytes)
        directory.append(_Entry(name, _STREAM if stream else _STORAGE, content if isinstance(content, bytes) else b""))
    directory[parent].child = _balanced(directory[first : first + len(names)], first)
    for place, name in enumerate(names, first):
        content = tree[name]
        if not isinstance(content, bytes):
            _fill(directory, place, content)


def _balanced(entries: Sequence[_Entry], first: int) -> int:
    """Link sorted siblings into a red-black tree: all black but an unfinished last level; the place of its root."""
    height = len(entries).bit_length()
    full = len(entries) + 1 == 1 << height

    def link(low: int, high: int, depth: int) -> int:
        if low >= high:
            return _NONE
        middle = (low + high) // 2
        entry = entries[middle]
        entry.colour = _RED if depth == height and not full and depth > 1 else _BLACK
        entry.left, entry.right = link(low, middle, depth + 1), link(middle + 1, high, depth + 1)
        return first + middle

    return link(0, len(entries), 1)


def _chain(start: int, count: int) -> Iterator[int]:
    yield from range(start + 1, start + count)
    yield _END


def _filled(data: bytes, unit: int) -> bytes:
    return data.ljust(-(-len(data) // unit) * unit, b"\0")
