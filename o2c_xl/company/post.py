"""What sending needs of a mail server: the port that `adapters/mail_out.py` fills."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from o2c_xl.domain.issue import CannotRun

__all__ = ["Delivery", "Fate", "MailServer", "Post", "PostOffice", "Unreachable"]


class Unreachable(CannotRun):
    """The mail server cannot be reached, or does not let us in; nothing was sent."""


class Fate(Enum):
    """What became of a mail."""

    SENT = "the server has it"
    LATER = "the server does not take it now"
    REFUSED = "the server will never take it"
    UNKNOWN = "the server may have it"
    LEFT = "someone else sends it"


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a mail, and the server's own words."""

    fate: Fate
    said: str = ""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mails are given up; `security` is STARTTLS, TLS or None; `user` may be empty."""

    host: str
    port: int
    security: str
    user: str


class Post(Protocol):
    """A mail server that takes one mail after another."""

    def deliver(self, sender: str, to: str, content: bytes, last: Callable[[], bool]) -> Delivery:
        """Send a mail. Right before its last byte leaves `last` is asked; False breaks it off, and nothing is sent.

        Raises Unreachable where there is no server to talk to.
        """
        ...

    def close(self) -> None:
        """Say goodbye."""
        ...


PostOffice = Callable[[MailServer], Post]
