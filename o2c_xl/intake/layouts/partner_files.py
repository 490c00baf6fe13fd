"""Partners' files in their own shape: proposing a layout, finding the one that fits, reading by it."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from o2c_xl.domain.issue import CannotRun, Issue
from o2c_xl.intake.layouts.blocks import BlockFound, find_blocks
from o2c_xl.intake.layouts.grid import Grid
from o2c_xl.intake.layouts.nearest import nearest_layout, nothing_fits
from o2c_xl.intake.layouts.open import read_grids
from o2c_xl.intake.layouts.other_lists import other_lists
from o2c_xl.intake.layouts.propose import Proposal, propose
from o2c_xl.intake.layouts.read import batches_of, fitting_lists
from o2c_xl.intake.layouts.show import lacking_issues, shown_rows
from o2c_xl.intake.layouts.spec import Layout, read_layout
from o2c_xl.intake.layouts.write import layout_text
from o2c_xl.tables.parse.batch import Batch

__all__ = [
    "NAME_COLUMNS",
    "Learnt",
    "Tried",
    "fits",
    "layout_for",
    "learn_layout",
    "read_with_layout",
    "save_layout",
    "tried",
    "why_none_fits",
]

NAME_COLUMNS = "Name the columns in one row above the values."


@dataclass(frozen=True, slots=True)
class Learnt:
    """What was found in a file: its lists as the command line's contract names them, and the proposed layout."""

    name: str
    blocks: list[dict[str, Any]]
    text: str
    notes: list[str]

    def sentences(self) -> Iterator[str]:
        """What was found, for people."""
        if not self.blocks:
            yield f"{self.name}: no list was found. {NAME_COLUMNS}"
        for block in self.blocks:
            where = f"sheet {block['sheet']}, " if block["sheet"] else ""
            rows = block["rows"]
            likely = (
                f"looks like {block['table']}" if block["certain"] else f"{block['doubt']}, so it is not in use yet"
            )
            yield f"{where}header in row {block['header_row']}, {rows} {'row' if rows == 1 else 'rows'}: {likely}"


@dataclass(frozen=True, slots=True)
class Tried:
    """The rows of a file as a layout reads them, with faults and notes."""

    rows: list[dict[str, Any]]
    issues: list[Issue]
    notes: list[str] = field(default_factory=list)

    def lines(self, most: int) -> Iterator[str]:
        """The first rows, for people."""
        for row in self.rows[:most]:
            shown = " · ".join(f"{header}: {value}" for header, value in row.items() if value is not None)
            yield shown
        if len(self.rows) > most:
            yield f"… and {len(self.rows) - most} more rows."
        rows = f"{len(self.rows)} {'row' if len(self.rows) == 1 else 'rows'}"
        yield f"{rows}, {len(self.issues)} faults; nothing was stored."


def learn_layout(path: Path, name: str | None = None, encoding: str = "") -> Learnt:
    """Find the lists of a file and propose how to read them; raises CannotRun where it cannot be read at all.

    `encoding` is a csv's, where a person tells it; the layout keeps it.
    """
    name = name or path.name
    found: list[tuple[BlockFound, Proposal, str]] = []
    blocks: list[dict[str, Any]] = []
    grids = [(grid, find_blocks(grid)) for grid in read_grids(path, name, encoding)]
    sheets = sum(bool(lists) for _, lists in grids)
    for grid, lists in grids:
        for block in lists:
            proposal = propose(grid, block, lists, sheets=sheets)
            found.append((block, proposal, _where(grid, block)))
            blocks.append(_described(grid, block, proposal))
    return Learnt(name, blocks, layout_text(name, found, encoding), [])


def _where(grid: Grid, block: BlockFound) -> str:
    sheet = f"Sheet {grid.sheet}, header" if grid.sheet else "Header"
    return f"{sheet} in row {grid.numbers[block.header]}, {len(block.traced.rows)} rows"


def _described(grid: Grid, block: BlockFound, proposal: Proposal) -> dict[str, Any]:
    left_out: dict[str, list[int]] = {}
    for row, why in block.traced.left_out.items():
        left_out.setdefault(why, []).append(grid.numbers[row])
    return {
        "sheet": grid.sheet,
        "header_row": grid.numbers[block.header],
        "headers": list(block.names.values()),
        "rows": len(block.traced.rows),
        "first_column": grid.letter(block.left),
        "above": [block.above.get(c, "") for c in block.names] if block.above else [],
        "left_out": left_out,
        "table": proposal.table,
        "certain": not proposal.doubt,
        "doubt": proposal.doubt,
        "columns": {line.ours: line.text for line in proposal.columns if line.certain},
    }


def save_layout(path: Path, text: str) -> None:
    """Write a new layout; one that is there already may hold a person's work and is not written over."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError as error:
        raise CannotRun(f"{path} is there already; delete it first, or name another file with --out.") from error
    except OSError as error:
        raise CannotRun(f"{path} cannot be written: {error.strerror or error}.") from error


def read_with_layout(path: Path, layout: Path, name: str) -> list[Batch]:
    """The file's rows as the layout says, faults at the file's own cells; `name` is what people call the file.

    Columns given by name still hold names: `resolve.resolve` turns them into keys where the ledger is.
    Raises CannotRun where the layout or the file cannot be read, or nothing in the file fits.
    """
    rules = read_layout(layout)
    return _batches(read_grids(path, name, rules.encoding), rules, name)


def _batches(grids: Sequence[Grid], layout: Layout, name: str) -> list[Batch]:
    found = fitting_lists(grids, layout)
    if not found:
        raise nothing_fits(name, layout, grids)
    read = [batch for batches in batches_of(found) for batch in batches]
    read[0].notes += other_lists(grids, found)
    return read


def fits(path: Path, layout: Path, name: str | None = None) -> bool:
    """Whether a list in the file has all the headers that the layout reads."""
    rules = read_layout(layout)
    return bool(fitting_lists(read_grids(path, name or path.name, rules.encoding), rules))


def layout_for(path: Path, folder: Path, name: str) -> Path | None:
    """The only layout of the folder that fits the file; None when none does.

    Of two that fit, the one that reads more columns is meant. Raises CannotRun where they read equally many.
    """
    layouts = _meant_for(name, folder)
    if not layouts:
        return None
    grids = _grids_by_encoding(path, name, sorted({one.encoding for one in layouts}))
    read: dict[Path, int] = {}
    for one in layouts:
        found = fitting_lists(grids.get(one.encoding, ()), one)
        if found:
            read[one.path] = sum(len(fitting.rule.columns) for fitting in found)
    most = [one for one, count in read.items() if count == max(read.values())]
    if len(most) > 1:
        names = " and ".join(one.name for one in most)
        raise CannotRun(f'{name} fits the layouts {names} alike; narrow one with files = "pattern", or delete it.')
    return most[0] if most else None


def why_none_fits(path: Path, folder: Path, name: str) -> str:
    """Which layout of the folder the file nearly fits, and what it lacks; '' where there is none."""
    layouts = _meant_for(name, folder)
    grids = _grids_by_encoding(path, name, sorted({one.encoding for one in layouts}))
    return nearest_layout(name, ((one, grids.get(one.encoding, ())) for one in layouts))


def _meant_for(name: str, folder: Path) -> list[Layout]:
    """The layouts of the folder that are for files of this name."""
    layouts = [read_layout(one) for one in sorted(folder.glob("*.toml"))] if folder.is_dir() else []
    return [one for one in layouts if fnmatch.fnmatchcase(name.casefold(), one.files.casefold())]


def _grids_by_encoding(path: Path, name: str, encodings: Sequence[str]) -> dict[str, Sequence[Grid]]:
    """The file as each of these encodings gives it; raises CannotRun where it can be in none of them."""
    grids: dict[str, Sequence[Grid]] = {}
    refused: CannotRun | None = None
    for encoding in encodings:
        try:
            grids[encoding] = read_grids(path, name, encoding)
        except CannotRun as error:
            refused = refused or error
    if refused and not grids:
        raise refused
    return grids


def tried(path: Path, layout: Path, name: str | None = None, encoding: str = "") -> Tried:
    """Read the file by the layout and show the rows; what fits nowhere is an issue.

    `encoding` is a csv's, where a person tells another than the layout.
    """
    name = name or path.name
    rules = read_layout(layout)
    grids = read_grids(path, name, encoding or rules.encoding)
    found = fitting_lists(grids, rules)
    batches: list[Batch] = []
    whole: list[str] = [] if found else [str(nothing_fits(name, rules, grids))]
    try:
        for some in batches_of(found):
            batches += some
    except CannotRun as error:
        whole.append(str(error))
    faults = [Issue(name, "", "", "", 0, "", sentence, "Mend the layout.") for sentence in whole]
    if batches:
        batches[0].notes += other_lists(grids, found)
    issues = faults + _each_once(batches) + lacking_issues(batches)
    return Tried(list(shown_rows(batches)), issues, _notes(batches))


def _each_once(batches: Sequence[Batch]) -> list[Issue]:
    """Every fault; one that has no cell of its own, since nothing gives the column, once per list."""
    kept: dict[object, Issue] = {}
    for number, batch in enumerate(batches):
        for issue in batch.issues:
            kept.setdefault(issue if issue.cell else (number, issue.column, issue.problem), issue)
    return list(kept.values())


def _notes(batches: Sequence[Batch]) -> list[str]:
    notes = [note for batch in batches for note in batch.notes]
    by: Mapping[str, None] = dict.fromkeys(
        f"{batch.called.get(batch.table.by_field[name].header, name)} is looked up by {way} when the file is taken."
        for batch in batches
        for name, way in batch.by_name.items()
    )
    return notes + list(by)
