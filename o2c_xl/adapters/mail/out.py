"""Mail on its way out, by SMTP (RFC 5321).

The last byte of a mail is sent apart from all before it: until then the server can have nothing, so whatever happens
the mail may be tried again; after it only the server's answer tells.
"""

from __future__ import annotations

import os
import re
import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from typing import cast

from o2c_xl.adapters.mail.faults import PASSWORD, SERVICE, connection_fault, let_in_fault, refused_us
from o2c_xl.company.post import Delivery, Fate, MailServer, Post, Unreachable

__all__ = ["SmtpPost", "post_office"]

_TIMEOUT = 30  # seconds for a step
_ANSWER = 600  # seconds for the answer to a whole mail (RFC 5321, 4.5.3.2.6)
_DOT = re.compile(rb"(?m)^\.")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_OK, _GO_ON, _TEMPORARY, _PERMANENT, _CLOSING = 250, 354, 400, 500, 421
_WHO_ARE_YOU = (530, 534, 535, 538)  # about the account and the connection, never about a mail (RFC 4954, 6)


def post_office(server: MailServer) -> Post:
    """The mail server of a company; nothing is connected before the first mail."""
    return SmtpPost(server)


class SmtpPost:
    """One connection for many mails; a server that hangs up is called once more for the next."""

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._line: smtplib.SMTP | None = None
        self._let_in = False  # a password was given and taken

    def deliver(self, sender: str, to: str, content: bytes, last: Callable[[], bool]) -> Delivery:
        """See `Post.deliver`."""
        line = self._begun(sender)
        try:
            refused = self._envelope(line, to)
            if refused is not None:
                return refused
            # the dot ends a mail only on a line of its own: all but it goes first
            line.send(_DOT.sub(b"..", content if content.endswith(b"\r\n") else content + b"\r\n"))
        except (OSError, smtplib.SMTPException) as fault:
            self._hang_up()
            return Delivery(Fate.LATER, f"The connection broke before the mail was through: {_words(fault)}")
        if not last():
            self._hang_up()  # without its end the server drops it
            return Delivery(Fate.LEFT)
        return self._end(line)

    def close(self) -> None:
        """Say goodbye."""
        if self._line is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._line.quit()
            self._line = None

    def _begun(self, sender: str) -> smtplib.SMTP:
        """A connection on which the sender is said; raises Unreachable, as no refusal so far is about a mail of ours.

        A server that has had enough of a connection that was good is called once more.
        """
        for used in (self._line is not None, False):
            line = self._ready()
            try:
                code, said = line.docmd("MAIL", f"FROM:<{sender}>")
            except (OSError, smtplib.SMTPException) as fault:
                code, said = -1, _words(fault).encode()
            if code == _OK:
                return line
            self._hang_up()
            if not used or code not in (-1, _CLOSING):
                break
        raise refused_us(self._server, code, said.decode("utf-8", "replace"), sender, let_in=self._let_in)

    def _envelope(self, line: smtplib.SMTP, to: str) -> Delivery | None:
        """Receiver and the wish to send; what the server says against it, None for nothing. Raises Unreachable."""
        for command, argument in (("RCPT", f"TO:<{to}>"), ("DATA", "")):
            code, said = line.docmd(command, argument)
            if code in (_OK, 251, _GO_ON):
                continue
            text = said.decode("utf-8", "replace")
            # many servers let anyone say who they are and ask for the password only here
            if code in _WHO_ARE_YOU or (not self._let_in and line.has_extn("auth") and "relay" in text.casefold()):
                self._hang_up()
                raise refused_us(self._server, code, text, "", let_in=self._let_in)
            return self._refusal(line, code, said)
        return None

    def _refusal(self, line: smtplib.SMTP, code: int, said: bytes) -> Delivery:
        if code == _CLOSING or code < 0:
            self._hang_up()
        else:
            with suppress(OSError, smtplib.SMTPException):
                line.rset()
        text = f"{code} {said.decode('utf-8', 'replace')}"
        return Delivery(Fate.REFUSED if code >= _PERMANENT else Fate.LATER, text)

    def _end(self, line: smtplib.SMTP) -> Delivery:
        try:
            if line.sock is not None:
                line.sock.settimeout(_ANSWER)
            line.send(b".\r\n")
            code, said = line.getreply()
        except (OSError, smtplib.SMTPException) as fault:
            self._hang_up()
            return Delivery(Fate.UNKNOWN, f"The connection broke after the mail was through: {_words(fault)}.")
        if line.sock is not None:
            line.sock.settimeout(_TIMEOUT)
        if not 200 <= code <= 299 and code < _TEMPORARY:  # noqa: PLR2004 -- what means yes (RFC 5321, 4.2.1)
            self._hang_up()
            return Delivery(Fate.UNKNOWN, f"The server's answer to the whole mail cannot be understood: {code}.")
        return Delivery(Fate.SENT) if code < _TEMPORARY else self._refusal(line, code, said)

    def _ready(self) -> smtplib.SMTP:
        """A connection that answers; raises Unreachable."""
        if self._line is not None:
            with suppress(OSError, smtplib.SMTPException):
                if self._line.noop()[0] == _OK:
                    return self._line
            self._hang_up()
        try:
            self._line = self._connected()
        except smtplib.SMTPAuthenticationError as fault:
            raise let_in_fault(self._server, fault.smtp_code, _words(fault)) from fault
        except (OSError, smtplib.SMTPException, UnicodeError, ValueError) as fault:
            raise connection_fault(self._server, fault, _words(fault)) from fault
        return self._line

    def _connected(self) -> smtplib.SMTP:
        told = self._server
        password = _password(told.user)
        if password and told.security == "None" and told.host not in _LOOPBACK:
            raise Unreachable(
                f"The password would go to {told.host} for all to read. Set Mail security to STARTTLS or TLS."
            )
        if told.security == "TLS":
            line: smtplib.SMTP = smtplib.SMTP_SSL(
                told.host, told.port, timeout=_TIMEOUT, context=ssl.create_default_context()
            )
        else:
            line = smtplib.SMTP(told.host, told.port, timeout=_TIMEOUT)
        try:
            if told.security == "STARTTLS":
                line.starttls(context=ssl.create_default_context())
            line.ehlo_or_helo_if_needed()
            if password:
                line.login(told.user, password)
            self._let_in = bool(password)
        except BaseException:
            line.close()
            raise
        return line

    def _hang_up(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None


def _password(user: str) -> str:
    """From the environment, else the system's keyring; empty where neither has one, for servers that ask for none."""
    password = os.environ.get(PASSWORD, "")
    if not password:
        with suppress(Exception):  # no keyring, or none that answers: the server says whether it wants a password
            password = cast("str | None", import_module("keyring").get_password(SERVICE, user)) or ""
    return password


def _words(fault: BaseException) -> str:
    """What went wrong in one line; the server's own words where there are."""
    said = getattr(fault, "smtp_error", None)
    if isinstance(said, bytes):
        return f"{getattr(fault, 'smtp_code', '')} {said.decode('utf-8', 'replace')}".strip()
    return " ".join(str(fault).split()).rstrip(".") or type(fault).__name__
