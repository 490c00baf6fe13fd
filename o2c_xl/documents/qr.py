"""QR codes as pictures, made quickly: segno lays out one mask, the best of eight is found by arithmetic on bits.

ISO/IEC 18004 (7.8) asks for the mask with the fewest penalty points. segno builds and scores all eight cell by cell,
which takes longer than setting the whole invoice. Two masks of one version differ by the same cells whatever the
text is, so these differences are made once; a code is then one number of side² bits, and each rule a few operations.
"""

from __future__ import annotations

import re
import struct
import zlib
from dataclasses import dataclass
from functools import cache, lru_cache

import segno

__all__ = ["Modules", "qr_modules", "qr_png", "qr_svg"]

_MASKS = 8
_DIGITS = bytes.maketrans(b"\0\1", b"01")
_DARK = re.compile("1+")
_QUIET = 4  # modules of white around a code (ISO/IEC 18004, 6.3.8)
_FINDER_LIKE = ("10111010000", "00001011101")
_RUN_POINTS, _BLOCK_POINTS, _FINDER_POINTS, _BALANCE_POINTS = 3, 3, 40, 10


@dataclass(frozen=True, slots=True)
class Modules:
    """A code of `side` modules; `bits` holds its rows from the top, the first module highest, dark as 1."""

    side: int
    bits: int

    def rows(self) -> list[str]:
        """Each row as text of 0 and 1."""
        text = f"{self.bits:0{self.side * self.side}b}"
        return [text[start : start + self.side] for start in range(0, len(text), self.side)]


@lru_cache(maxsize=32)
def qr_modules(text: str) -> Modules:
    """The code of `text`: error level M, UTF-8, as EPC069-12 asks (character set 1)."""
    version, first = _masked(text, 0)
    codes = [Modules(first.side, first.bits ^ difference) for difference in _differences(version)]
    return min(codes, key=_penalty)


def qr_svg(text: str) -> str:
    """The code with its quiet zone as an SVG picture: one line for each run of dark modules."""
    code = qr_modules(text)
    side = code.side + 2 * _QUIET
    runs = [
        f"M{found.start() + _QUIET} {row + _QUIET}.5h{found.end() - found.start()}"
        for row, modules in enumerate(code.rows())
        for found in _DARK.finditer(modules)
    ]
    path = f'<path stroke="#000" d="{"".join(runs)}"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}">{path}</svg>'


def qr_png(text: str, scale: int = 4) -> bytes:
    """The code with its quiet zone as a PNG of one bit per pixel, `scale` pixels per module."""
    code = qr_modules(text)
    side = (code.side + 2 * _QUIET) * scale
    white = b"\0" + b"\xff" * ((side + 7) // 8)
    lines = [white * (_QUIET * scale)]
    for row in code.rows():
        light = "1" * (_QUIET * scale)
        pixels = light + "".join(("0" if module == "1" else "1") * scale for module in row) + light
        padded = pixels.ljust((side + 7) // 8 * 8, "1")
        lines.append((b"\0" + int(padded, 2).to_bytes(len(padded) // 8, "big")) * scale)
    lines.append(white * (_QUIET * scale))
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(name, data)
        for name, data in ((b"IHDR", header), (b"IDAT", zlib.compress(b"".join(lines), 6)), (b"IEND", b""))
    )


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _masked(text: str, mask: int, version: int | None = None) -> tuple[int, Modules]:
    code = segno.make(
        text, error="m", boost_error=False, micro=False, encoding="utf-8", eci=False, mask=mask, version=version
    )
    matrix = code.matrix
    return int(code.version), Modules(len(matrix), int(b"".join(matrix).translate(_DIGITS), 2))


@cache
def _differences(version: int) -> tuple[int, ...]:
    """The cells in which each mask's code differs from that of mask 0; the same for every text of this version."""
    codes = [_masked("", mask, version)[1].bits for mask in range(_MASKS)]
    return tuple(bits ^ codes[0] for bits in codes)


def _penalty(code: Modules) -> int:
    """The penalty points of ISO/IEC 18004, 7.8.3.1; the format bits count too, which changes little."""
    rows = code.rows()
    columns = ["".join(column) for column in zip(*rows, strict=True)]
    size = code.side * code.side
    balance = abs(code.bits.bit_count() * 20 - size * 10) // size
    lines = sum(_line_points(*_planes(lines)) for lines in (rows, columns))
    blocks = sum(_blocks(plane, code.side + 1) for plane in _planes(rows))
    return lines + _BLOCK_POINTS * blocks + _BALANCE_POINTS * balance


def _planes(lines: list[str]) -> tuple[int, int]:
    """The dark and the light modules, each as bits; a bit between two lines is neither."""
    side = len(lines)
    dark = int("0".join(lines), 2)
    return dark, dark ^ int("0".join(["1" * side] * side), 2)


def _line_points(dark: int, light: int) -> int:
    """Runs of five and more equal modules, and rows of modules that look like a finder with its margin."""
    points = 0
    for plane in (dark, light):
        windows = _at(plane, plane, "11111")  # a run of n modules holds n - 4 windows and costs n - 2 points
        points += windows.bit_count() + (_RUN_POINTS - 1) * (windows & ~(windows >> 1)).bit_count()
    return points + _FINDER_POINTS * sum(_at(dark, light, like).bit_count() for like in _FINDER_LIKE)


def _at(dark: int, light: int, pattern: str) -> int:
    """A bit for each place where the pattern ends."""
    found = -1
    for offset, module in enumerate(reversed(pattern)):
        found &= (dark if module == "1" else light) >> offset
    return found


def _blocks(plane: int, stride: int) -> int:
    """How many two by two blocks of equal modules there are."""
    pairs = plane & plane >> 1
    return (pairs & pairs >> stride).bit_count()
