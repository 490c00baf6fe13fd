"""Codes that stand in e-invoices as people type them: schemes of addresses and registers, reasons for no tax.

The lists are those of the rules BR-CL-25 (EAS), BR-CL-11 (ICD) and BR-CL-22 (VATEX) of EN 16931.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Protocol

from stdnum import ean
from stdnum.au import abn
from stdnum.be import vat as be_vat
from stdnum.dk import cvr
from stdnum.fr import siren, siret
from stdnum.it import iva
from stdnum.no import orgnr as no_orgnr
from stdnum.se import orgnr as se_orgnr

__all__ = [
    "ADDRESS_SCHEMES", "EXEMPTIONS", "REGISTER_SCHEMES", "address_problem", "exemption_code", "exemption_problem",
    "exemption_said", "register_problem", "schemed",
]  # fmt: skip

_OF_CATEGORY = {"AE": "VATEX-EU-AE", "K": "VATEX-EU-IC", "G": "VATEX-EU-G", "O": "VATEX-EU-O"}

ADDRESS_SCHEMES = frozenset(
    """
    0002 0007 0009 0037 0060 0088 0096 0097 0106 0130 0135 0142 0147 0151 0154 0158 0170 0177 0183 0184 0188 0190 0191
    0192 0193 0194 0195 0196 0198 0199 0200 0201 0202 0203 0204 0205 0208 0209 0210 0211 0212 0213 0215 0216 0217 0218
    0219 0220 0221 0225 0230 0235 0240 0242 0244 0245 0246 0248 9910 9913 9914 9915 9918 9919 9920 9922 9923 9924 9925
    9926 9927 9928 9929 9930 9931 9932 9933 9934 9935 9936 9937 9938 9939 9940 9941 9942 9943 9944 9945 9946 9947 9948
    9949 9950 9951 9952 9953 9957 9959 AN AQ AS AU EM
    """.split()
)
"""Electronic address schemes (EAS)."""

REGISTER_SCHEMES = frozenset(f"{number:04}" for number in range(2, 249)) - {"0092", "0103", "0181", "0182"}
"""Schemes of registers (ISO 6523, ICD)."""

EXEMPTIONS = frozenset(
    f"VATEX-{code}"
    for code in """
    EU-79-C EU-132 EU-132-1A EU-132-1B EU-132-1C EU-132-1D EU-132-1E EU-132-1F EU-132-1G EU-132-1H EU-132-1I EU-132-1J
    EU-132-1K EU-132-1L EU-132-1M EU-132-1N EU-132-1O EU-132-1P EU-132-1Q EU-135-1 EU-143 EU-143-1A EU-143-1B EU-143-1C
    EU-143-1D EU-143-1E EU-143-1F EU-143-1FA EU-143-1G EU-143-1H EU-143-1I EU-143-1J EU-143-1K EU-143-1L EU-144
    EU-146-1E EU-148 EU-148-A EU-148-B EU-148-C EU-148-D EU-148-E EU-148-F EU-148-G EU-151 EU-151-1A EU-151-1AA
    EU-151-1B EU-151-1C EU-151-1D EU-151-1E EU-153 EU-159 EU-309 EU-AE EU-D EU-F EU-G EU-I EU-IC EU-J EU-O
    FR-298SEXDECIESA FR-AE FR-CGI261-1 FR-CGI261-2 FR-CGI261-3 FR-CGI261-4 FR-CGI261-5 FR-CGI261-7 FR-CGI261-8
    FR-CGI261A FR-CGI261B FR-CGI261C-1 FR-CGI261C-2 FR-CGI261C-3 FR-CGI261D-1 FR-CGI261D-1BIS FR-CGI261D-2 FR-CGI261D-3
    FR-CGI261D-4 FR-CGI261E-1 FR-CGI261E-2 FR-CGI275 FR-CGI277A FR-CGI295 FR-CNWVAT FR-FRANCHISE
    """.split()
)
"""Reasons for no tax (VATEX)."""

_SCHEMED = re.compile(r"([0-9]+|EM|A[NQSU]):(.*)", re.DOTALL)
_VATEX = re.compile(r"VATEX-[A-Z]{2}-[0-9A-Z-]*[0-9A-Z]")


class _Checked(Protocol):
    def is_valid(self, number: str) -> bool: ...


# Schemes whose numbers bear check digits.
_CHECKED: Mapping[str, _Checked] = {
    "0002": siren, "0007": se_orgnr, "0009": siret, "0088": ean, "0151": abn, "0184": cvr, "0192": no_orgnr,
    "0208": be_vat, "0211": iva,
}  # fmt: skip


def schemed(text: str) -> tuple[str, str]:
    """`0204:123` as scheme and identifier; a text without a scheme has none."""
    found = _SCHEMED.fullmatch(text)
    return (found[1], found[2]) if found else ("", text)


def address_problem(text: str) -> tuple[str, str]:
    """What is wrong with an e-invoice address and how it is mended; two empty texts when nothing is."""
    scheme, address = schemed(text)
    if not text:
        return "", ""
    if not scheme:
        meant = f"EM:{text}" if "@" in text else "0088:4012345000009 for a GLN"
        return f"{text} has no scheme before it.", f"Write it with its scheme, such as {meant}."
    if scheme not in ADDRESS_SCHEMES:
        return (
            f"{scheme} is no scheme of e-invoice addresses (EAS).",
            "Write it with one, such as 0088 for a GLN.",
        )
    return _check_digits(text, scheme, address)


def register_problem(text: str) -> tuple[str, str]:
    """What is wrong with a register entry that bears a scheme, and how it is mended; else two empty texts."""
    scheme, number = schemed(text)
    if scheme and scheme.isdigit() and scheme not in REGISTER_SCHEMES:
        return f"{scheme} is no scheme of registers (ICD).", "Write the entry with its scheme, or without any."
    return _check_digits(text, scheme, number)


def _check_digits(text: str, scheme: str, number: str) -> tuple[str, str]:
    if scheme in _CHECKED and not _CHECKED[scheme].is_valid(number):
        return f"{text}: its check digits do not fit scheme {scheme}.", "Copy it from where it was told."
    return "", ""


def exemption_said(reason: str) -> str:
    """The VATEX code that stands in a reason; empty where there is none."""
    found = _VATEX.search(reason.upper())
    return found[0] if found else ""


def exemption_problem(reason: str) -> tuple[str, str]:
    """What is wrong with the VATEX code in a reason, and how it is mended; two empty texts when nothing is."""
    code = exemption_said(reason)
    if not code or code in EXEMPTIONS:
        return "", ""
    return (
        f"{code} is no code of a reason (VATEX).",
        "Write a code such as VATEX-EU-132-1A, or the reason in words alone.",
    )


def exemption_code(category: str, reason: str = "") -> str:
    """The VATEX code of a category, or the one that the reason itself names; empty where there is none."""
    named = exemption_said(reason)
    return named if named in EXEMPTIONS else _OF_CATEGORY.get(category, "")
