"""What the sender of a refused file is told: which file, what is wrong in which cell, where the marked copy lies."""

from __future__ import annotations

from collections.abc import Sequence

from o2c_xl.domain.issue import Issue, sentence
from o2c_xl.ledger.messages.outbox import Outgoing

__all__ = ["set_aside_letter"]

_MOST = 30  # faults that a letter lists; the marked copy has them all
_UNMARKED = "Statements"  # of a bank's file no copy is marked


def set_aside_letter(name: str, aside: str, address: str, issues: Sequence[Issue], partly: str = "") -> Outgoing:
    """The message about a file that was set aside; `aside` is where it lies, `partly` how much of it was taken.

    Who gets it by mail sees no folder of ours: the copy is attached.
    """
    marked = any(issue.cell and issue.table != _UNMARKED for issue in issues)
    lines = [
        f"Of the file {name} {partly}" if partly else f"The file {name} could not be taken as it is.",
        *([] if address else [f"It lies in {aside}."]),
    ]
    if marked:
        copy = "The attached copy" if address else "The copy beside it"
        lines.append(f"{copy} has each wrong cell coloured, with a note, and lists them all.")
    lines += [
        f"{_todo(partly)}:" if marked else "What is wrong with it:",
        "",
        *(f"- {_where(issue)}{sentence(issue)}" for issue in issues[:_MOST]),
    ]
    if len(issues) > _MOST:
        lines.append(f"- and {len(issues) - _MOST} more{', in the marked copy' if marked else ''}.")
    text = "\n".join(lines)
    return Outgoing("File set aside", aside, address, f"Please mend {name}", {"text": text, "attach": aside})


def _todo(partly: str) -> str:
    if not partly:
        return "Mend these cells and drop the file again"
    return (
        "Mend these cells and drop these rows again, or the whole file: rows that were taken change nothing when they "
        "come again"
    )


def _where(issue: Issue) -> str:
    place = "!".join(part for part in (issue.sheet, issue.cell) if part)
    return f"{place}: " if place else ""
