"""The fields of a camt entry, by one walk along the known paths; what nobody asks for is not looked at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

__all__ = ["SEPARATOR", "Values", "entry_values"]

Values = dict[str, str]
"""The first text of each known path, by the path's short name; repeated ones are joined by a blank.

`charges` are amounts with their currencies. `remitteds` tells of each structured remittance its document, or else its
reference, and its amount, joined by `SEPARATOR`; all of them follow each other the same way.
"""
SEPARATOR = "\x1f"


@dataclass(slots=True)
class _Node:
    """A place in the entry: the name its text is kept under, and what may stand in it, by full tag.

    What stands in a place that has `apart` is told by itself, and given to that with the values and items around it.
    """

    name: str = ""
    joined: bool = False
    money: bool = False
    apart: Callable[[Values, list[Values], Values], None] | None = None
    parts: dict[str, _Node] = field(default_factory=dict)


_PATHS = """
Amt=amount! CdtDbtInd=side RvslInd=reversal Sts=status Sts/Cd=status Sts/Prtry=status
BookgDt/Dt=booked BookgDt/DtTm=booked ValDt/Dt=valued ValDt/DtTm=valued NtryDtls/Btch/NbOfTxs=count
AcctSvcrRef=bank_reference NtryRef=entry_reference AddtlNtryInf=about
"""
_ITEM_PATHS = """
Amt=amount! AmtDtls/TxAmt/Amt=part! CdtDbtInd=side Refs/EndToEndId=end_to_end Refs/AcctSvcrRef=bank_reference
Refs/TxId=transaction Refs/UETR=transaction RmtInf/Ustrd=text+ RmtInf/Strd/CdtrRefInf/Ref=reference+
RmtInf/Strd/RfrdDocInf/Nb=document+
RmtInf/Strd/RfrdDocAmt/RmtdAmt=remitted+ RmtInf/Strd/AddtlRmtInf=text+ RtrInf=returned RtrInf/Rsn/Cd=reason
Chrgs/Amt=charge! Chrgs/CdtDbtInd=side Chrgs/Rcrd/Amt=charge! Chrgs/Rcrd/CdtDbtInd=side
RltdPties/Dbtr/Nm=Dbtr RltdPties/Dbtr/Pty/Nm=Dbtr RltdPties/UltmtDbtr/Nm=UltmtDbtr RltdPties/UltmtDbtr/Pty/Nm=UltmtDbtr
RltdPties/Cdtr/Nm=Cdtr RltdPties/Cdtr/Pty/Nm=Cdtr RltdPties/UltmtCdtr/Nm=UltmtCdtr RltdPties/UltmtCdtr/Pty/Nm=UltmtCdtr
RltdPties/DbtrAcct/Id/IBAN=DbtrAcct RltdPties/DbtrAcct/Id/Othr/Id=DbtrAcct
RltdPties/CdtrAcct/Id/IBAN=CdtrAcct RltdPties/CdtrAcct/Id/Othr/Id=CdtrAcct
"""


@lru_cache(16)
def _paths_in(namespace: str) -> _Node:
    """What is known of an entry whose tags stand in this namespace (`{urn}`, or nothing)."""
    root = _planted(_Node(), _PATHS, namespace)
    item = _planted(_Node(apart=_item), _ITEM_PATHS, namespace)
    item.parts[f"{namespace}RmtInf"].parts[f"{namespace}Strd"].apart = _remit
    charges = item.parts[f"{namespace}Chrgs"]
    charges.apart = charges.parts[f"{namespace}Rcrd"].apart = _charge
    root.parts[f"{namespace}NtryDtls"].parts[f"{namespace}TxDtls"] = item
    return root


def _planted(root: _Node, paths: str, namespace: str) -> _Node:
    for word in paths.split():
        path, name = word.split("=")
        node = root
        for part in path.split("/"):
            node = node.parts.setdefault(f"{namespace}{part}", _Node())
        node.name, node.joined, node.money = name.rstrip("!+"), name.endswith("+"), name.endswith("!")
    return root


def entry_values(entry: Any) -> tuple[Values, list[Values]]:  # noqa: ANN401 - lxml's element
    """What an entry says as a whole, and what each of its items says."""
    whole: Values = {}
    items: list[Values] = []
    _walk(entry, _paths_in(entry.tag.removesuffix("Ntry")), whole, items)
    return whole, items


def _walk(element: Any, node: _Node, values: Values, items: list[Values]) -> None:  # noqa: ANN401
    known = node.parts
    for part in element:
        inner = known.get(part.tag)
        if inner is None:
            continue
        name = inner.name
        if name and not values.get(name):
            values[name] = (part.text or "").strip()
            if inner.money:
                values[f"{name} in"] = part.get("Ccy", "")
        elif inner.joined and part.text:
            values[name] = f"{values[name]} {part.text.strip()}"
        if inner.apart:
            told: Values = {}
            _walk(part, inner, told, items)
            inner.apart(values, items, told)
        elif inner.parts:
            _walk(part, inner, values, items)


def _item(_values: Values, items: list[Values], told: Values) -> None:
    items.append(told)


def _remit(values: Values, _items: list[Values], told: Values) -> None:
    """Add one structured remittance, whose amount is that of its own document or reference."""
    document, reference = told.get("document", ""), told.get("reference", "")
    texts = (document, told.get("text", ""))
    for name, text in (("text", " ".join(filter(None, texts))), ("reference", reference)):
        if text:
            values[name] = f"{values[name]} {text}" if values.get(name) else text
    if not (document or reference or "remitted" in told):
        return
    pair = f"{document or reference}{SEPARATOR}{told.get('remitted', '')}"
    values["remitteds"] = f"{values['remitteds']}{SEPARATOR}{pair}" if "remitteds" in values else pair


def _charge(values: Values, _items: list[Values], told: Values) -> None:
    """Add charges with their currencies; what the bank gave is none."""
    found = [values.get("charges", ""), told.get("charges", "")]
    if "charge" in told and told.get("side") != "CRDT":
        found.append(f"{told['charge']}{told['charge in']}")
    values["charges"] = " ".join(filter(None, found))
