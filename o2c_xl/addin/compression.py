"""Compression of VBA source and of the `dir` stream: MS-OVBA 2.4.1."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

__all__ = ["compress"]

_CHUNK = 4096  # bytes of source that a chunk holds, 2.4.1.1.2
_SHORTEST = 3  # a copy token stands for at least three bytes, 2.4.1.3.19.3
_SIGNATURE = 0b011 << 12  # 2.4.1.1.5
_COMPRESSED = 1 << 15
_TOKENS = 8  # for each flag byte, 2.4.1.1.7


def compress(data: bytes) -> bytes:
    """The compressed container of `data`: a signature byte and chunks, 2.4.1.3.6.

    A last chunk that compression does not shrink is stored raw and so filled with zeros (2.4.1.3.10); source text
    always shrinks.
    """
    return b"\x01" + b"".join(_chunk(data[start : start + _CHUNK]) for start in range(0, len(data), _CHUNK))


def _chunk(data: bytes) -> bytes:
    """A chunk with its header, 2.4.1.3.7: `CompressedChunkSize` counts both, less three."""
    packed = b"".join(_token_sequences(data))
    if len(packed) > _CHUNK:
        return (_SIGNATURE | (_CHUNK - 1)).to_bytes(2, "little") + data.ljust(_CHUNK, b"\0")
    return (_COMPRESSED | _SIGNATURE | (len(packed) - 1)).to_bytes(2, "little") + packed


def _token_sequences(data: bytes) -> Iterator[bytes]:
    """A flag byte and up to eight tokens each; a set bit tells a copy token, 2.4.1.3.8."""
    flags, count, tokens = 0, 0, bytearray()
    for copied, token in _tokens(data):
        flags |= copied << count
        tokens += token
        count += 1
        if count == _TOKENS:
            yield bytes((flags,)) + tokens
            flags, count, tokens = 0, 0, bytearray()
    if count:
        yield bytes((flags,)) + tokens


def _tokens(data: bytes) -> Iterator[tuple[bool, bytes]]:
    seen: defaultdict[bytes, list[int]] = defaultdict(list)
    at = 0
    while at < len(data):
        bits = _offset_bits(at)
        start, length = _longest(data, at, seen[data[at : at + _SHORTEST]], (0xFFFF >> bits) + _SHORTEST)
        step = length if length >= _SHORTEST else 1
        if step > 1:
            yield True, (((at - start - 1) << (16 - bits)) | (length - _SHORTEST)).to_bytes(2, "little")
        else:
            yield False, data[at : at + 1]
        for place in range(at, at + step):
            seen[data[place : place + _SHORTEST]].append(place)
        at += step


def _offset_bits(at: int) -> int:
    """How many of a copy token's 16 bits hold the offset, at this place in the chunk: 2.4.1.3.19.1."""
    return max(4, (at - 1).bit_length()) if at else 4


def _longest(data: bytes, at: int, starts: list[int], most: int) -> tuple[int, int]:
    """Where the longest run before `at` begins that repeats here, nearest first, and its length: 2.4.1.3.19.4."""
    best, length = 0, 0
    most = min(most, len(data) - at)
    for start in reversed(starts):
        run = 0
        while run < most and data[start + run] == data[at + run]:
            run += 1
        if run > length:
            best, length = start, run
            if run == most:
                break
    return best, length
