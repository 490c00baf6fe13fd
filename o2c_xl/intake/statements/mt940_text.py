"""What `:86:` tells of a booking: German subfields (`?20…`), SWIFT's words (`/REMI/`), Polish labels, plain text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from o2c_xl.intake.statements.model import clean_text

__all__ = ["Told", "told"]

_SUBFIELDS = re.compile(r"\s*([0-9]{3})([^A-Za-z0-9\s])(?=[0-9]{2})")
_WORDS = (
    "ADDR|BENM|BIC|CHGS|CNTP|CSID|EREF|EXCH|IBAN|ID|IREF|ISDT|KREF|MARF|NAME|NRTX|OCMT|ORDP|PREF|PURP|REMI|RREF|RTRN|"
    "SVCL|TRCD|TRTP|ULTB|ULTC|ULTD|UDTR|VACC|ACCW"
)
_SLASHED = re.compile(rf"/({_WORDS})/")
_SEPA = re.compile(r"(EREF|KREF|MREF|CRED|DEBT|COAM|OAMT|SVWZ|ABWA|ABWE|IBAN|BIC|PURP|MTLG(?=:))[+:]")
_STRUCTURED = re.compile(r"(?:STRD/(?:CUR|ISO)?/?|CDTRREFTP.*?CDTRREF/)([^/]*)")
_UNSTRUCTURED = re.compile(r"^USTD/+")
_POLISH = re.compile(r"(Z RACH\.|NA RACH\.|OD|DLA|TYT\.|TNR|ID IPH):", re.IGNORECASE)
_ACCOUNT = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{8,30}|[0-9]{6,34}")
_FULL = 27  # characters of a subfield; a shorter one ends with a blank that is not sent
_WIDE = 65  # characters of a line
_RETURN_CODES = frozenset({"108", "109", "159", "160", "161", "181", "182", "183", "184"})
_RETURNED = re.compile(
    r"R(?:UE|Ü|u|ü)?CKLASTSCHRIFT|RETOURE|RTRN|R-TRANSACTION|CHARGEBACK|RETURNED|REJECT", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Told:
    """Who, from which account, for what; `returned`: the bank's code tells of a payment come back, `worded`: words."""

    text: str = ""
    name: str = ""
    account: str = ""
    end_to_end: str = ""
    reference: str = ""
    code: str = ""
    returned: bool = False
    worded: bool = False


def told(lines: Sequence[str]) -> Told:
    """What the lines of the field say."""
    head = _SUBFIELDS.match("".join(lines))
    if head:
        return _german("".join(lines), head[1], head[2])
    whole = _together(lines)
    if len(_SLASHED.findall(whole)) > 1 or whole.lstrip().startswith("/"):
        return _slashed(whole)
    if len(_POLISH.findall(whole)) > 1:
        return _polish(whole)
    return Told(clean_text(whole), worded=_RETURNED.search(whole) is not None)


def _together(lines: Sequence[str]) -> str:
    """Lines joined as they were before they were cut: a full one goes on without a blank."""
    return "".join(line if len(line) >= _WIDE else f"{line} " for line in lines)


def _german(text: str, code: str, sign: str) -> Told:
    fields: dict[str, str] = {}
    for part in text.partition(sign)[2].split(sign):
        if part[:2].isdigit():
            fields[part[:2]] = fields.get(part[:2], "") + part[2:]
    purpose = "".join(
        _filled(fields[key]) for key in sorted(fields) if key[0] == "2" or key in ("60", "61", "62", "63")
    )
    tags = _tagged(purpose, _SEPA)
    text = tags.get("SVWZ", "") if "SVWZ" in tags else tags.get("", purpose)
    account = fields.get("38", "") or fields.get("31", "") or tags.get("IBAN", "")
    name = "".join(_filled(fields.get(key, "")) for key in ("32", "33"))
    about = clean_text(text) or clean_text(fields.get("00", ""))
    return Told(
        about,
        clean_text(tags.get("ABWA", "") or name),
        account.replace(" ", ""),
        clean_text(tags.get("EREF", "")),
        code=code,
        returned=code in _RETURN_CODES,
        worded=_RETURNED.search(fields.get("00", "")) is not None,
    )


def _filled(part: str) -> str:
    return part if len(part) >= _FULL or not part else f"{part} "


def _tagged(text: str, words: re.Pattern[str]) -> dict[str, str]:
    """The text behind each code word; what stands before the first under ''."""
    found: dict[str, str] = {}
    at, word = 0, ""
    for one in words.finditer(text):
        found.setdefault(word, text[at : one.start()])
        at, word = one.end(), one[1].upper()
    found.setdefault(word, text[at:])
    return {key: value for key, value in found.items() if value.strip()}


def _slashed(text: str) -> Told:
    parts = {key: value.strip().strip("/").strip() for key, value in _tagged(text, _SLASHED).items()}
    side = parts.get("CNTP", "").split("/")
    name = parts.get("NAME", "") or (side[2] if len(side) > 2 else "")  # noqa: PLR2004 - account/BIC/name/town
    account = parts.get("IBAN", "") or (side[0] if side[0:1] and _ACCOUNT.fullmatch(side[0]) else "")
    remitted = parts.get("REMI", "")
    structured = _STRUCTURED.match(remitted)
    about = structured[1] if structured else _UNSTRUCTURED.sub("", remitted)
    return Told(
        clean_text(about or parts.get("", "")),
        clean_text(name),
        account.replace(" ", ""),
        clean_text(parts.get("EREF", "")),
        clean_text(about) if structured else "",
        returned="RTRN" in parts,
    )


def _polish(text: str) -> Told:
    parts = {key.upper(): value.strip().rstrip(";").strip() for key, value in _tagged(text, _POLISH).items()}
    account = re.sub(r"\s", "", parts.get("Z RACH.", "") or parts.get("NA RACH.", ""))
    name = parts.get("OD", "") or parts.get("DLA", "")
    return Told(clean_text(parts.get("TYT.", "") or text), clean_text(name), account)
