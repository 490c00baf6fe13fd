"""What sending needs of a mail server: the port that `adapters/mail/out.py` fills."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from o2c_xl.domain.issue import CannotRun

__all__ = ["Delivery", "Fate", "MailServer", "Post", "PostOffice", "Unreachable", "server_named", "server_of"]

_MAIL_SETTINGS = ("Mail server", "Mail port", "Mail security", "Mail from", "Mail user")


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


def server_named(settings: Mapping[str, str]) -> str:
    """The mail server as the settings name it: another text where any of them was changed."""
    return "|".join(settings[name] for name in _MAIL_SETTINGS)


def server_of(settings: Mapping[str, str]) -> MailServer:
    """The mail server of the settings; raises Unreachable where one of them is missing."""
    for name in ("Mail server", "Mail from"):
        if not settings[name]:
            raise Unreachable(f"{name} in Settings is empty: no mail can be sent. Fill it in, or set Send mail to No.")
    user = settings["Mail user"] or settings["Mail from"]
    return MailServer(settings["Mail server"], int(settings["Mail port"] or 587), settings["Mail security"], user)
