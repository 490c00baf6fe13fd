"""Text in cells: identifiers that keep their zeros, line numbers, free text and e-mail addresses."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from o2c_xl.domain.visible import trimmed
from o2c_xl.tables.define.spec import Kind
from o2c_xl.tables.parse.error_values import ERROR_VALUES
from o2c_xl.tables.parse.fault import Fault, quoted, seen

__all__ = [
    "error_fault",
    "parse_email",
    "parse_identifier",
    "parse_line",
    "parse_long_text",
    "parse_text",
    "plain_texts",
]

_LONGEST = {Kind.CODE: 100, Kind.LINE: 20, Kind.TEXT: 255, Kind.LONG_TEXT: 4000, Kind.EMAIL: 254}
# How Excel shows a long number, and what it then saves into a csv: the other digits are gone.
_SHORTENED = re.compile(r"[+-]?[0-9](?:[.,][0-9]+)?E\+[0-9]{2,3}", re.IGNORECASE)
_LOST = "\ufffd"
_BREAKS = str.maketrans("", "", "\n\t")
# One address, nothing else: no display name, no list, nothing that could end a header line (RFC 5321 lengths).
_EMAIL = re.compile(r"[^\s@<>(),;:\\\"\[\]]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{1,62}")
_MOST_LINES = 10**9
_WHOLE = re.compile(r"0*([1-9][0-9]*)(?:[.,]0{1,2})?")
_LINE_FIX = "Enter 1, 2, 3 … or leave it empty."


def error_fault(text: str) -> Fault | None:
    """A fault if the cell shows a spreadsheet's error value instead of a result."""
    if text in ERROR_VALUES:
        return Fault(f"The cell shows the error {text}.", "Mend the formula or type the value.")
    return None


def parse_identifier(value: object) -> str | Fault | None:
    """An identifier: text, trimmed, Unicode NFC; a number is refused, since a lost zero cannot be guessed."""
    if value is None:
        return None
    if not isinstance(value, str):
        return _no_identifier(value)
    text = _clean(value, Kind.CODE)
    if isinstance(text, str) and _SHORTENED.fullmatch(text):
        problem = f"{quoted(text)} is a number that Excel shortened, so most of its digits are lost."
        return Fault(problem, "Format the column as text and enter the identifier anew, with every digit.")
    return text


def parse_line(value: object) -> str | Fault | None:
    """A line number: text, or a whole number above 0, which is the same line however it is written: 1, 01 or 1.0."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        if 0 < value < _MOST_LINES and value == int(value):
            return str(int(value))
        return Fault(f"{seen(value)} is not a whole number above 0.", _LINE_FIX)
    if value is None or isinstance(value, str):
        text = None if value is None else _clean(value, Kind.LINE)
        whole = _WHOLE.fullmatch(text) if isinstance(text, str) else None
        return whole[1] if whole else text
    return Fault(f"{quoted(value)} is not a line number.", _LINE_FIX)


def parse_text(value: object) -> str | Fault | None:
    """Free text; a number is taken as it is seen."""
    return _free(value, Kind.TEXT)


def parse_long_text(value: object) -> str | Fault | None:
    """Notes: free text of several lines."""
    return _free(value, Kind.LONG_TEXT)


def parse_email(value: object) -> str | Fault | None:
    """One e-mail address, checked for its form only."""
    if value is None:
        return None
    fix = "Enter one address such as orders@alfreds.example."
    if not isinstance(value, str):
        return Fault(f"{seen(value)} is not an e-mail address.", fix)
    text = _clean(value, Kind.EMAIL)
    if isinstance(text, str) and not _EMAIL.fullmatch(text):
        return error_fault(text) or Fault(f"{quoted(text)} is not an e-mail address.", fix)
    return text


def plain_texts(kind: Kind, values: Sequence[object]) -> list[str] | None:
    """The whole column at once, where every value is plain ASCII text of allowed length; else None.

    The common case of identifiers and names; it spares a look at each value.
    """
    if kind not in (Kind.CODE, Kind.TEXT) or not values or set(map(type, values)) != {str}:
        return None
    texts: Sequence[str] = values  # type: ignore[assignment]
    joined = "".join(texts)
    if not joined.isascii() or not joined.isprintable() or "#" in joined or max(map(len, texts)) > _LONGEST[kind]:
        return None
    if "E+" in joined or "e+" in joined:
        return None
    trimmed = list(map(str.strip, texts))
    return None if "" in trimmed else trimmed


def _clean(value: str, kind: Kind) -> str | Fault | None:
    text = trimmed(value)
    if not text:
        return None
    if not text.isprintable():
        problem = f"{quoted(text)} holds {_unseen(text)}, which cannot be seen."
        return Fault(problem, "Type it again by hand, on one line.")
    return _sized(text, kind)


def _free(value: object, kind: Kind) -> str | Fault | None:
    if value is None:
        return None
    if not isinstance(value, str):
        return seen(value)
    text = trimmed(value)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text:
        return None
    if not text.translate(_BREAKS).isprintable():
        wrong = next((char for char in text if _unstorable(char)), "")
        if wrong:
            problem = f"The text holds the control character U+{ord(wrong):04X}, which no document can show."
            return Fault(problem, "Delete it or type the text again.")
    return _sized(text, kind)


def _sized(text: str, kind: Kind) -> str | Fault:
    if _LOST in text:
        return Fault(f"In {quoted(text)} a character was lost before the file came.", "Type the text again.")
    longest = _LONGEST[kind]
    if len(text) > longest:
        return Fault(f"The text has {len(text)} characters, more than {longest}.", "Shorten it.")
    return error_fault(text) or text if text[0] == "#" else text


def _unstorable(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cs", "Cn") and char not in "\n\t"


def _unseen(text: str) -> str:
    char = next(char for char in text if not char.isprintable())
    names = {"\n": "a line break", "\t": "a tab", "\xa0": "a no-break space", "\u200b": "a zero-width space"}
    return names.get(char, f"the character U+{ord(char):04X}")


def _no_identifier(value: object) -> Fault:
    fix = "Format the cell as text and enter the identifier again, with every zero."
    if isinstance(value, bool):
        return Fault(f"{seen(value)} is a logical value where text is expected.", fix)
    if isinstance(value, int | float):
        problem = f"{seen(value)} is a number where text is expected, so zeros in front may be lost."
        return Fault(problem, fix)
    return Fault(f"{quoted(value)} is a date or time where text is expected.", fix)
