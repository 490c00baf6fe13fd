"""What the sender of a refused file is told: which file, what is wrong in which cell, where the marked copy lies."""

from __future__ import annotations

from collections.abc import Sequence

from o2c_xl.domain.issue import Issue, sentence
from o2c_xl.ledger.messages.outbox import Outgoing

__all__ = ["set_aside_letter"]

_MOST = 30  # faults that a letter lists; the marked copy has them all
_UNMARKED = "Statements"  # of a bank's file no copy is marked


def set_aside_letter(name: str, aside: str, address: str, issues: Sequence[Issue]) -> Outgoing:
    """The message about a file that was set aside; `aside` is where it lies."""
    marked = any(issue.cell and issue.table != _UNMARKED for issue in issues)
    if marked:
        todo = [
            f"It lies in {aside}; the copy beside it has each wrong cell coloured, with a note, and lists them all.",
            "Mend these cells and drop the file again:",
        ]
    else:
        todo = [f"It lies in {aside}. What is wrong with it:"]
    lines = [
        f"The file {name} could not be taken as it is.",
        *todo,
        "",
        *(f"- {_where(issue)}{sentence(issue)}" for issue in issues[:_MOST]),
    ]
    if len(issues) > _MOST:
        lines.append(f"- and {len(issues) - _MOST} more{', in the marked copy' if marked else ''}.")
    text = "\n".join(lines)
    return Outgoing("File set aside", aside, address, f"Please mend {name}", {"text": text, "attach": aside})


def _where(issue: Issue) -> str:
    place = "!".join(part for part in (issue.sheet, issue.cell) if part)
    return f"{place}: " if place else ""
