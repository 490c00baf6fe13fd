"""What partners' words mean: headers, labels, totals and units in many languages, from `words.toml`.

A word counts as known when it is in the list, whatever its case, accents, punctuation, order of words and way of
writing "number". One that is only nearly so (`NEARLY` per cent alike or more) is a candidate for a person to judge.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

__all__ = [
    "NEARLY",
    "candidates",
    "header_of",
    "is_page",
    "is_summary",
    "is_total",
    "is_unit",
    "meanings_of",
    "word_key",
]

NEARLY = 84  # per cent of rapidfuzz's ratio from which a word is shown as a candidate
_FILE = Path(__file__).with_name("words.toml")
_SHORTEST = 4  # characters from which words are compared for being nearly alike
_MOST_CANDIDATES = 3
_LONGEST = 80  # a longer text is a sentence, not a header
_MOST_UNIT = 12
_NUMBER_WORDS = frozenset("no nr num number nummer numero nro nos numer numeru n cislo".split())
_ARTICLES = frozenset("de du des la le les l d del di da do della dell der die das the of van the a el dos das".split())
_COMPOUND = re.compile(r"([a-z]{3,})(?:nummer|nr|nro)")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|（[^（）]*）|【[^【】]*】")
_MONEY = re.compile(r"\b(?:eur|usd|gbp|chf|pln|czk|sek|nok|dkk|jpy|cny|rmb|inr|brl|sgd|aud|cad)\b|[€$£¥]|zł")
_PARTS = re.compile(r"[/\n|]| - | – ")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_MIXED = re.compile(r"(?<=[\u3040-\u30ff\u3400-\u9fff])\s+(?=[\u3040-\u30ff\u3400-\u9fff])")


@dataclass(frozen=True, slots=True)
class _Words:
    meanings: Mapping[str, frozenset[str]]  # by word
    headers: Mapping[str, Mapping[str, str]]  # table → meaning → header
    totals: frozenset[str]
    summary: frozenset[str]
    pages: frozenset[str]
    units: frozenset[str]


@cache
def _words() -> _Words:
    data: dict[str, Any] = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    found: dict[str, set[str]] = {}
    for meaning, languages in data["meanings"].items():
        for words in languages.values():
            for word in words:
                found.setdefault(word_key(word), set()).add(meaning)
    found.pop("", None)
    rows = {name: frozenset(filter(None, map(_plain, words))) for name, words in data["rows"].items()}
    return _Words({word: frozenset(m) for word, m in found.items()}, data["headers"], **rows)


def _plain(text: str) -> str:
    """Lower case without accents, each run of white space one blank; CJK without blanks."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    bare = "".join(char for char in folded if not unicodedata.combining(char) or char in "\u3099\u309a")
    bare = unicodedata.normalize("NFC", bare).replace("ł", "l").replace("ø", "o")
    return _MIXED.sub("", " ".join(bare.split()).strip(" :：.*"))


@lru_cache(maxsize=16_384)
def word_key(text: str) -> str:
    """A header or label reduced to what it says: its words in alphabetical order; empty for a whole sentence."""
    if len(text) > _LONGEST:
        return ""
    plain = _plain(text).replace("#", " no ").replace("№", " no ").replace("n°", " no ").replace("nº", " no ")
    plain = re.sub(r"\bn\.?o\b", " no ", plain)
    tokens = [token for token in re.split(r"[^\w%+〒]+", plain.replace("_", " ")) if token]
    named: list[str] = []
    for token in tokens:
        compound = _COMPOUND.fullmatch(token)
        if compound:
            named += [compound[1], "no"]
        elif token in _NUMBER_WORDS:
            named.append("no")
        elif token not in _ARTICLES or len(tokens) == 1:
            named.append(token)
    return " ".join(sorted(named))


@lru_cache(maxsize=16_384)
def meanings_of(text: str) -> frozenset[str]:
    """What a header or label means by the list; empty when it is not there.

    Tried as it stands, then without brackets and signs of money, then part by part where it is in two languages.
    """
    known = _words().meanings
    for form in _forms(text):
        found = known.get(word_key(form))
        if found:
            return found
    return frozenset()


def _forms(text: str) -> Iterable[str]:
    if len(text) > _LONGEST:
        return
    yield text
    bare = _BRACKETS.sub(" ", text)
    yield bare
    yield _MONEY.sub(" ", bare.casefold())
    parts = _PARTS.split(bare)
    if len(parts) > 1:
        yield from parts
    yield from (inner[1:-1] for inner in _BRACKETS.findall(text))


@lru_cache(maxsize=4096)
def candidates(text: str) -> tuple[str, ...]:
    """Meanings that a text nearly names, the likeliest first; for a person to judge, never taken as such."""
    from rapidfuzz import fuzz, process  # noqa: PLC0415 -- only a header that is not in the list needs it

    key = word_key(text)
    if len(key) < _SHORTEST and not _CJK.search(key):
        return ()
    known = _words().meanings
    near = process.extract(key, known.keys(), scorer=fuzz.token_set_ratio, score_cutoff=NEARLY, limit=12)
    ordered = sorted(near, key=lambda one: -fuzz.ratio(key, one[0]))
    found = dict.fromkeys(meaning for word, _, _ in ordered for meaning in sorted(known[word]))
    return tuple(found)[:_MOST_CANDIDATES]


def header_of(table: str, meaning: str) -> str:
    """Our header for a meaning in a list of that table; empty when the table has none."""
    return _words().headers.get(table, {}).get(meaning, "")


@lru_cache(maxsize=65_536)
def is_total(text: str, *, alone: bool = False) -> bool:
    """Whether a text labels a totals row: it begins or ends with such a word; `alone`: it says nothing else."""
    plain = _plain(_MONEY.sub(" ", text.casefold())) if len(text) <= _LONGEST else ""
    if not plain:
        return False
    totals = _words().totals
    if plain in totals or alone:
        return plain in totals
    if _CJK.search(plain):
        return any(len(word) > 1 and (plain.startswith(word) or plain.endswith(word)) for word in totals)
    tokens = [token for token in re.split(r"[^\w-]+", plain) if token]
    return any(" ".join(tokens[:n]) in totals or " ".join(tokens[-n:]) in totals for n in (1, 2, 3))


@lru_cache(maxsize=65_536)
def is_summary(text: str) -> bool:
    """Whether a text labels a line of a summary under a list: tax, freight, discount."""
    plain = _plain(text) if len(text) <= _LONGEST else ""
    summary = _words().summary
    first = re.split(r"[\s:(%0-9.,]+", plain, maxsplit=1)[0]
    return bool(plain) and (plain in summary or first in summary or any(_CJK.search(w) and w in plain for w in summary))


@lru_cache(maxsize=1024)
def is_page(text: str) -> bool:
    """Whether a text is a page's foot, such as `Page 2 of 5`."""
    plain = _plain(text) if len(text) <= _LONGEST else ""
    return any(plain.startswith(word) and any(map(str.isdigit, plain)) for word in _words().pages)


@lru_cache(maxsize=4096)
def is_unit(text: str) -> bool:
    """Whether a text is a unit or a form to write in, such as `(EUR)`, `Stk`, `dd.mm.yyyy`."""
    plain = _plain(text.strip(" ()[]（）【】"))
    units = _words().units
    return (
        plain in units
        or plain.replace("in ", "", 1) in units
        or (text.strip()[:1] in "([（" and len(plain) <= _MOST_UNIT)
    )
