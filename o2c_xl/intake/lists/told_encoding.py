"""The encoding of texts as a person tells it, for senders whose programs write neither UTF-8 nor Western Windows."""

from __future__ import annotations

import codecs
import io
from pathlib import Path

from o2c_xl.domain.issue import CannotRun
from o2c_xl.workbook.opc.kind import Kind, kind_of

__all__ = ["check_encoding", "in_utf8", "told_text"]

_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def check_encoding(encoding: str) -> str:
    """The same name; raises ValueError where no encoding of texts has it."""
    try:
        b"a".decode(encoding or "utf-8")
    except LookupError as error:
        message = (
            f"{encoding} is no encoding that is known; write cp1250, cp1251, cp1252, iso-8859-2, mac-roman or such"
        )
        raise ValueError(message) from error
    return encoding


def in_utf8(copy: Path, encoding: str, name: str) -> None:
    """Write our own copy of a text anew in UTF-8; what tells its encoding itself, or is no text, stays as it is.

    Raises CannotRun where the file called `name` cannot be in that encoding.
    """
    data = copy.read_bytes() if encoding else b""
    told = data.startswith(_MARKS) or data.lstrip().startswith(b"<")
    if told or kind_of(io.BytesIO(data)) is not Kind.TEXT or _is_utf8(data):
        return
    copy.write_bytes(told_text(data, encoding, name).encode("utf-8-sig"))


def told_text(data: bytes, encoding: str, name: str) -> str:
    """The text of the file called `name` in the encoding that was told; raises CannotRun where it cannot be in it."""
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise CannotRun(
            f"{name} is not written in {encoding}, as was told: line {line} holds a sign that it does not have. "
            "Save it as CSV UTF-8, or tell the encoding it has."
        ) from error


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
