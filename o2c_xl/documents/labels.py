"""The words on the documents: a file for each language in `words/`; what a language lacks is English.

A template asks for `words.due` and never holds a sentence of its own.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

__all__ = ["LANGUAGES", "words_for", "words_of_ours", "words_of_terms"]

_WORDS = Path(__file__).parent / "words"
_FALLBACK = "en"
LANGUAGES = tuple(sorted(path.stem for path in _WORDS.glob("*.toml")))
"""The languages that there are words in."""


@cache
def _file(language: str) -> Mapping[str, Any]:
    if language not in LANGUAGES:
        return {}
    return tomllib.loads((_WORDS / f"{language}.toml").read_text(encoding="utf-8"))


@cache
def words_for(language: str) -> Mapping[str, str]:
    """The words of a language by our names for them."""
    every = {**_file(_FALLBACK), **_file(language)}
    return {name: word for name, word in every.items() if isinstance(word, str)}


def words_of_ours(language: str) -> Mapping[str, str]:
    """What the ledger itself says on a document, by its own (English) word: freight, what changed an account."""
    found: Mapping[str, str] = _file(language).get("ours", {})
    return found


def words_of_terms(language: str) -> Mapping[str, str]:
    """Sentences for payment terms, with gaps for days and percent; none where they are said as they are typed."""
    found: Mapping[str, str] = _file(language).get("terms", {})
    return found
