"""Why a mail server gets no mail of ours, in sentences that say what to mend; the messages all wait."""

from __future__ import annotations

import smtplib
import ssl

from o2c_xl.company.post import MailServer, Unreachable

__all__ = ["PASSWORD", "SERVICE", "connection_fault", "let_in_fault", "refused_us"]

PASSWORD = "O2C_MAIL_PASSWORD"  # noqa: S105 -- the name of the variable
SERVICE = "o2c mail"
"""Under what name the keyring holds the password."""

_OTHER_NAME = (62, 64)  # X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH
_OUT_OF_DATE = (9, 10)  # X509_V_ERR_CERT_NOT_YET_VALID, X509_V_ERR_CERT_HAS_EXPIRED
_ENCRYPTION_NEEDED = 538  # RFC 4954, 6
_ASKS_WHO = (530, 534, 535)
_TEMPORARY, _PERMANENT = 400, 500


def connection_fault(server: MailServer, fault: BaseException, words: str) -> Unreachable:
    """There is no connection that can be used; `words` is what went wrong in one line."""
    if isinstance(fault, ssl.SSLCertVerificationError):
        return _said(
            server,
            f"was reached, but its certificate is not trusted: {fault.verify_message.rstrip('.') or words}.",
            _certificate_mend(server, fault.verify_code),
        )
    if isinstance(fault, ssl.SSLError):
        return _said(
            server,
            f"was reached, but speaks no {server.security} there: {words}.",
            "Check Mail port and Mail security in Settings: mostly 465 with TLS, 587 with STARTTLS.",
        )
    if isinstance(fault, smtplib.SMTPNotSupportedError):
        return _said(server, f"was reached, but does not offer what is needed: {words}.", "Check Mail security.")
    if isinstance(fault, smtplib.SMTPResponseException):
        return _said(server, f"was reached, but takes no mail: {words}.", "")
    return _said(server, f"cannot be reached: {words}.", "")


def let_in_fault(server: MailServer, code: int, words: str) -> Unreachable:
    """The account or its password is not taken."""
    if code == _ENCRYPTION_NEEDED:
        return _said(server, f"takes the password only encrypted: {words}.", _ENCRYPT)
    mend = "" if _TEMPORARY <= code < _PERMANENT else f"Check Mail user in Settings and the password: {_place(server)}."
    return _said(server, f"does not let {server.user} in: {words}.", mend)


def refused_us(server: MailServer, code: int, text: str, sender: str, *, let_in: bool) -> Unreachable:
    """The server wants no mail of us; `let_in`: a password was given; `sender` where it was said last."""
    words = " ".join(f"{code if code > 0 else ''} {text}".split()).rstrip(".")
    if "starttls" in text.casefold() or code == _ENCRYPTION_NEEDED:
        return _said(server, f"wants an encrypted connection: {words}.", _ENCRYPT)
    if not let_in and (code in _ASKS_WHO or not sender or "authenticat" in text.casefold()):
        return _said(
            server, f"wants a password for {server.user}, and none was given: {words}.", f"Give it: {_place(server)}."
        )
    if code < _PERMANENT:
        return _said(server, f"takes no mail now: {words}.", "")
    return _said(server, f"takes no mail from {sender or server.user}: {words}.", "Check Mail from and Mail user.")


_ENCRYPT = "Set Mail security in Settings to STARTTLS or TLS."


def _certificate_mend(server: MailServer, code: int) -> str:
    if code in _OTHER_NAME:
        return f"Write the name that it is made for into Mail server in Settings, instead of {server.host}."
    if code in _OUT_OF_DATE:
        return "Ask who keeps the mail server to renew it, and look at this computer's clock."
    return (
        "Let this computer trust who issued it, or name a file with that certificate in the environment as "
        "SSL_CERT_FILE."
    )


def _place(server: MailServer) -> str:
    return f'in the environment as {PASSWORD}, or in the keyring (keyring set "{SERVICE}" {server.user})'


def _said(server: MailServer, what: str, mend: str) -> Unreachable:
    parts = (f"The mail server {server.host}:{server.port} {what}", mend, "Messages wait.")
    return Unreachable(" ".join(filter(None, parts)))
