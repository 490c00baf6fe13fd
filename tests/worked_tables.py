"""The worked tables of docs/algorithms: a test takes its numbers from the page people read."""

from __future__ import annotations

from pathlib import Path

PAGES = Path(__file__).resolve().parents[1] / "docs" / "algorithms"


def worked_table(page: str, heading: str = "Worked table") -> list[dict[str, str]]:
    """The rows of the first table under `heading` of docs/algorithms/`page`, by column header."""
    lines = (PAGES / page).read_text(encoding="utf-8").splitlines()
    start = next(n for n, line in enumerate(lines) if line.lstrip("#").strip() == heading and line[0] == "#")
    rows = []
    for line in lines[start + 1 :]:
        if line.startswith("|"):
            rows.append([cell.strip().strip("`") for cell in line.strip().strip("|").split("|")])
        elif rows or line.startswith("#"):
            break
    header, _rule, *body = rows
    return [dict(zip(header, cells, strict=True)) for cells in body]
