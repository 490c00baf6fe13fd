"""Messages of which nobody knows whether they arrived go out once more or are taken as sent, as a person typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

__all__ = ["AskedBooks", "MessagesDecided", "decide_messages"]


@dataclass(frozen=True, slots=True)
class MessagesDecided:
    """On how many messages was decided."""

    count: int


class AskedBooks(Protocol):
    """Where messages with a decision stand."""

    def work_off(self) -> int:
        """Do what was decided; returns of how many."""
        ...


def decide_messages(books: AskedBooks) -> MessagesDecided:
    """Do what was typed beside messages; a second run finds nothing."""
    return MessagesDecided(books.work_off())
