"""The few pieces of Markdown that pages are made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

__all__ = ["cell", "link", "table_of"]


def cell(text: str) -> str:
    """Text that stays one cell of a table; a sign that begins a tag is shown, not read."""
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


def link(text: str, target: str) -> str:
    """A link to a page or a heading."""
    return f"[{text}]({target})"


def table_of(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; columns that are empty in every row are left out."""
    rows = [[cell(text) for text in row] for row in rows]
    used = [i for i in range(len(headers)) if any(row[i] for row in rows)]
    lines = [
        _row(headers[i] for i in used),
        _row("---" for _ in used),
        *(_row(row[i] for i in used) for row in rows),
    ]
    return "\n".join(lines)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
