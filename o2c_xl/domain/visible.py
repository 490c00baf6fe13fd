"""Texts as people see them: one of which nothing can be seen says nothing."""

from __future__ import annotations

import unicodedata

__all__ = ["trimmed"]

_INVISIBLE = frozenset({"Cf", "Zs", "Zl", "Zp"})  # zero-width signs, spaces of any kind
_FILLERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # letters by their category, blank on paper


def trimmed(value: str) -> str:
    """Without spaces around it, Unicode NFC; a text of which nothing can be seen is empty."""
    text = value.strip()
    if text.isascii():
        return text
    text = unicodedata.normalize("NFC", text)
    return text if any(map(_visible, text)) else ""


def _visible(char: str) -> bool:
    return char not in _FILLERS and unicodedata.category(char) not in _INVISIBLE
