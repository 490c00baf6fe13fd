"""Values that stand beside or under a label, as on an order form: `Order no:` and the number right of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from o2c_xl.intake.layouts.blocks import BlockFound
from o2c_xl.intake.layouts.grid import BLANK, TEXT, Grid
from o2c_xl.intake.layouts.words import meanings_of
from o2c_xl.tables.parse.headers import header_key

__all__ = ["find_label", "labels_around", "value_beside"]

_REACH = 6  # cells between a label and its value at the most
_MOST_LABELS = 200
_MOST_LOOKED = 400  # rows above and beneath the lists in which labels are sought
_ENDS = " :：."


def label_key(text: object) -> str:
    """A label without its colon and without regard to case."""
    return header_key(text).rstrip(_ENDS) if isinstance(text, str) else ""


def find_label(grid: Grid, label: str, block: BlockFound, lists: Sequence[BlockFound]) -> tuple[int, int] | None:
    """The cell that holds the label: the nearest above the list's header, else the first beneath the list."""
    wanted = label_key(label)
    best: tuple[int, tuple[int, int]] | None = None
    for row, col in _texts(grid, lists):
        text = grid.text(row, col)
        if label_key(text) != wanted and not _holds(text, wanted):
            continue
        distance = block.header - row if row < block.header else grid.height + row - block.header
        if best is None or distance < best[0]:
            best = distance, (row, col)
    return best[1] if best else None


def value_beside(grid: Grid, at: tuple[int, int], label: str, where: str) -> tuple[object, tuple[int, int]] | None:
    """The value that belongs to the label at that cell, and where it stands."""
    row, col = at
    if where == "same":
        text = grid.text(row, col)
        rest = text[len(label.rstrip(_ENDS)) :].lstrip(_ENDS)
        return (rest, at) if rest else None
    cells = ((row, c) for c in range(col + 1, min(col + 1 + _REACH, grid.width)))
    if where == "below":
        cells = ((r, col) for r in range(row + 1, min(row + 3, grid.height)))
    for r, c in cells:
        if (r, c) in grid.beside or (r, c) in grid.filled_down:
            continue
        if grid.kinds[c][r] != BLANK:
            if grid.text(r, c)[-1:] in (":", "："):
                return None
            return grid.columns[c][r], (r, c)
    return None


def labels_around(grid: Grid, lists: Sequence[BlockFound]) -> Iterator[tuple[str, str, object]]:
    """Known labels outside the lists with their place for the value (`right`, `below`, `same`) and the value."""
    count = 0
    for row, col in _texts(grid, lists):
        text = grid.text(row, col)
        head = text.partition(":")[0] if ":" in text else text.partition("：")[0]
        if not meanings_of(head.strip()) or count >= _MOST_LABELS:
            continue
        count += 1
        if len(head) < len(text.rstrip(_ENDS)):
            rest = text[len(head) + 1 :].strip()
            if rest:
                yield head.strip(), "same", rest
            continue
        for where in ("right", "below"):
            found = value_beside(grid, (row, col), text, where)
            if found and not (isinstance(found[0], str) and meanings_of(found[0])):
                yield text.rstrip(_ENDS), where, found[0]
                break


def _holds(text: str, wanted: str) -> bool:
    key = header_key(text)
    return key.startswith(wanted) and key[len(wanted) :].lstrip(" ")[:1] in (":", "：")


def _texts(grid: Grid, lists: Sequence[BlockFound]) -> Iterator[tuple[int, int]]:
    """Cells with text that belong to no list."""
    spans = [(b.top, b.traced.last, b.left, b.right) for b in lists]
    seen = 0
    row = 0
    while row < grid.height and seen < _MOST_LOOKED:
        inside = [last for top, last, left, right in spans if top <= row <= last and right - left + 1 == grid.width]
        if inside:
            row = max(inside) + 1
            continue
        seen += 1
        for col in range(grid.width):
            if grid.kinds[col][row] != TEXT or (row, col) in grid.filled_down:
                continue
            if not any(top <= row <= last and left <= col <= right for top, last, left, right in spans):
                yield row, col
        row += 1
