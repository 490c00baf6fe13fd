"""A real mail server on the loopback that keeps what it took and errs where it is told to."""

from __future__ import annotations

import email
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

__all__ = ["MailServer", "serving"]


class MailServer:
    """What came in; `at_rcpt` and `at_end` may say no, `hang_up` closes after the final dot without an answer."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.tried: list[str] = []
        self.at_rcpt: Callable[[str], str] = lambda _to: ""
        self.at_end: Callable[[EmailMessage], str] = lambda _mail: ""
        self.hang_up: Callable[[EmailMessage], bool] = lambda _mail: False
        self.sessions = 0
        self.port = 0

    @property
    def idents(self) -> list[str]:
        return [str(mail["Message-ID"]) for mail in self.taken]

    def subjects(self) -> list[str]:
        return [str(mail["Subject"]) for mail in self.taken]

    async def handle_RCPT(  # noqa: N802 -- aiosmtpd's name
        self, server: SMTP, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        self.tried.append(address)
        if no := self.at_rcpt(address):
            return no
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Any, envelope: Any) -> str:  # noqa: N802
        mail = email.message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        if no := self.at_end(mail):
            return no
        self.taken.append(mail)
        if self.hang_up(mail):
            server.transport.close()
        return "250 taken"


@contextmanager
def serving(port: int = 0, **options: Any) -> Iterator[MailServer]:
    """A server that runs while the block does."""
    handler = MailServer()
    controller = Controller(handler, hostname="127.0.0.1", port=port or _free_port(), **options)
    controller.start()
    handler.port = controller.port
    try:
        yield handler
    finally:
        controller.stop()


def _free_port() -> int:
    import socket

    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def let_in(user: str, password: str) -> Callable[..., AuthResult]:
    """Lets only this account in."""

    def check(_server: SMTP, _session: Any, _envelope: Any, _mechanism: str, told: Any) -> AuthResult:
        right = isinstance(told, LoginPassword) and (told.login, told.password) == (user.encode(), password.encode())
        return AuthResult(success=right)

    return check


def tls_context(certificate: str, key: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context
