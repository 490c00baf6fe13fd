"""Tells whether a text without Unicode is written in the code page of Western Windows; in doubt it is not.

The bytes of other code pages read as Western text too: `Dvoøák` (cp1250), `Iþýk` (cp1254), `Grš§e` (Mac), `5 ¤`
(ISO 8859-15). What betrays them is the place: the vowels of the west stand where others have consonants, and signs
stand inside of words. So each letter that means another one elsewhere must stand as its own languages have it; one
that does not is enough, since all of a file comes from one program.
"""

from __future__ import annotations

import re

__all__ = ["western"]

# A character of UTF-8; a text in cp1252 that holds one is most likely a broken UTF-8 file.
_UTF8 = re.compile(rb"[\xc3-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_ASCII = bytes(range(128))
_ALIKE = _ASCII + "äöüßéóúâôç".encode("cp1252")  # no rule is about them
_WORDS = bytes(at if at > 127 or chr(at).isalpha() else 32 for at in range(256))  # noqa: PLR2004 - ASCII ends there
_LETTERS = "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿŒœŠšŽžŸ"
_SIGNS = "«»‹›“”„‘’‚–—…•·€£§°ª²³¹º¼½¾±×´µ®©™¿¡\xa0"
_KNOWN = frozenset(_LETTERS + _SIGNS)
_V = "aeiouyàáâãäåæèéêëìíîïòóôõöøùúûüýœ"
_C = "bcdfghjklmnpqrstvwxzçñßðþšž"
_L = r"[^\W\d_]"
_END = rf"(?!{_L})"
_START = rf"(?<!{_L})"
# Where a letter stands as in no western language, each with the letters it would be elsewhere.
_FOREIGN = (
    rf"[aeáéíóúěý]è|è[aeiouáíóúý]|{_START}èn?[{_C}]",  # č: Tomáè, Èech
    r"ê[bdgjkwz]|iê(?!n)",  # ę: Wêgrzyn
    r"ë(?<![aeiouyéá]ë)",  # ė, beside no vowel
    rf"ì{_L}|[{_V}]ì",  # ě
    rf"ï(?<![aeouéy]ï)|ï(?![{_C}eo])",  # ď
    r"ñ(?![aeiouáéíóú])",  # ń: Gdañsk
    rf"[aeoyáéíóúý]ò|ò[aeouáéíóúý]|{_START}ò",  # ň: Plzeò
    r"õ(?!e)",  # ő: Gyõr
    rf"ã(?!os?{_END}|es?{_END}|s?{_END}|oz)",  # ă
    rf"ù{_L}|[aeyáéíóú]ù",  # ů: Dvùr
    r"[yá]û|û[jzg]",  # ű
    rf"[{_V}]œ|œ(?!u|il|[dstn]|cu|co)|œ[sn][^eéoau]",  # ś: Jaœko
    rf"ð(?<!{_L}ð)|[þ](?![{_V}rvj])",  # š, ğ
    rf"[{_C}][šž][{_C}]",  # ö of a Mac: Kšln
    rf"{_START}íe|[aou]áe|ÿ(?<![aou]ÿ)",
    # Signs inside of words, or right at them.
    rf"{_L}[„”‚“‹›§€£©®™±×µ¿¡•…«»²³¹¼½¾ªº]{_L}|[£€µ×±©®]{_L}{_L}|{_L}{_L}[¹³¼½¾£]|{_L}[£¼½¾„‚]",
    rf"(?<!{_L})´|[a-zß-ÿ][–—][a-zß-ÿ]|{_L}[¿¡]",
)
_CASED = re.compile(r"[a-zß-ÿ][À-ÞŠŽŒŸ]|[À-ÿ]{4}")  # cp850, Mac; Cyrillic, Greek
_IMPLAUSIBLE = re.compile("|".join(_FOREIGN))
_NORDIC = re.compile(rf"[{_V.translate(str.maketrans('', '', 'yåæø'))}][øæ]|[øæ][aeiouáéíóúý]")  # ř, ć: Jiøí, Petroviæ
_ACUTE = frozenset("áíóúÁÍÓÚ")


def western(data: bytes) -> str:
    """The text in the code page of Western Windows; empty when it may be another."""
    if _UTF8.search(data):
        return ""
    try:
        others = set(bytes(set(data.translate(None, _ASCII))).decode("cp1252"))
    except UnicodeDecodeError:
        return ""
    if not others <= _KNOWN or (not others.isdisjoint("þÞðÐýÝ") and others.isdisjoint(_ACUTE)):
        return ""  # Turkish has those letters' bytes, and no acute vowels
    words = {word for word in data.translate(_WORDS).split() if word.translate(None, _ALIKE)}
    shown = "\n".join(f" {word.decode('cp1252')} " for word in words)
    if _CASED.search(shown) or _IMPLAUSIBLE.search(lowered := shown.lower()):
        return ""
    return data.decode("cp1252") if _is_nordic(others) or not _NORDIC.search(lowered) else ""


def _is_nordic(letters: set[str]) -> bool:
    """No language has ř and ć, and hardly one the ĺ that å would be."""
    both = not letters.isdisjoint("øØ") and not letters.isdisjoint("æÆ") and letters.isdisjoint(_ACUTE)
    return both or not letters.isdisjoint("åÅ")
