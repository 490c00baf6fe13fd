"""Writes a proposed layout as TOML that a person can read: what is in effect, what is only proposed, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tomlkit import inline_table, item, string

from o2c_xl.intake.layouts.blocks import BlockFound
from o2c_xl.intake.layouts.propose import Line, Proposal

__all__ = ["layout_text"]

_HEAD = """\
# How to read files in the shape of {name}.
# Proposed by o2c layout learn. Read it, mend it, try it with: o2c layout try FILE --layout THIS
# Lines that begin with # are not in effect: take the # away where the proposal is right.
# Left of = stands our column, right of it the partner's header. The guide's page "Files in a partner's own shape"
# explains every word. Kept in layouts/partners/ of the company folder, it is used for every file it fits.
"""


def layout_text(name: str, lists: Sequence[tuple[BlockFound, Proposal, str]], encoding: str = "") -> str:
    """The layout for these lists, each with its proposal and where it stands; equal ones are written once."""
    parts = [_HEAD.format(name=_one_line(name))]
    if encoding:
        parts.append(f"encoding = {_text(encoding)}  # of a csv that is not written in Unicode\n")
    texts: dict[str, tuple[list[str], str]] = {}
    for block, proposal, where in lists:
        body = "\n".join(_block(block, proposal))
        in_effect = "\n".join(line.partition("  # ")[0] for line in body.split("\n") if not line.startswith("#"))
        texts.setdefault(in_effect, ([], body))[0].append(_one_line(where))
    for places, body in texts.values():
        parts.append("\n".join(f"# {place}" for place in places) + f"\n{body}\n")
    if not lists:
        parts.append("# No list was found in the file.\n")
    return "\n".join(parts)


def _block(block: BlockFound, proposal: Proposal) -> Iterator[str]:
    yield "[[block]]"
    others = f"  # or {', '.join(proposal.others)}" if proposal.others else ""
    yield f"table = {_text(proposal.table)}{others}"
    if proposal.doubt:
        yield f"use = false  # {proposal.doubt}; mend it, then write true"
    yield f'sheet = {_text(block.sheet or "*")}  # write "*" where the sheet\'s name changes'
    yield "\n[block.columns]"
    yield from (_line(line, "header") for line in proposal.columns)
    if proposal.cells:
        yield "\n[block.cells]  # values beside a label, the same for every row"
        yield from (_line(line, "label") for line in proposal.cells)
    if proposal.constants:
        yield "\n[block.constants]  # the same for every row; {file}, {sheet}, {column}, {group}, {row} are filled in"
        yield from (_line(line, "") for line in proposal.constants)
    yield "\n[block.skip]"
    if proposal.unused:
        yield f"columns = [{', '.join(map(_text, proposal.unused))}]  # theirs that are not read"
    empty = ", ".join(map(_text, proposal.skip_empty))
    yield (
        f"empty = [{empty}]  # rows where nothing was entered here" if empty else f"# empty = [{_text(_first(block))}]"
    )
    yield f'# rows = {{ {_text(_first(block))} = "^Sample" }}  # rows to leave out by what stands there'


def _first(block: BlockFound) -> str:
    return next(iter(block.names.values()), "")


def _line(line: Line, source: str) -> str:
    value = _text(line.text)
    if line.ways and source:
        table = inline_table()
        table.append(source, item(_one_line(line.text)))
        for name, way in line.ways.items():
            table.append(name, item(way))
        value = table.as_string()
    comment = f"  # {_one_line(line.comment)}" if line.comment else ""
    return f"{'' if line.certain else '# '}{_text(line.ours)} = {value}{comment}"


def _text(text: str) -> str:
    return string(_one_line(text)).as_string()


def _one_line(text: str) -> str:
    """Headers compare without regard to line breaks, so a layout writes them on one line; control characters go."""
    return "".join(char for char in " ".join(text.split()) if char.isprintable())
