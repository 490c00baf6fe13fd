"""The fields of a camt entry, by one walk along the known paths; what nobody asks for is not looked at."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

__all__ = ["SEPARATOR", "Values", "entry_values"]

Values = dict[str, str]
"""The first text of each known path, by the path's short name; repeated ones are joined by a blank.

`SEPARATOR` joins those that belong to others by their order.
"""
SEPARATOR = "\x1f"


@dataclass(slots=True)
class _Node:
    """A place in the entry: the name its text is kept under, and what may stand in it, by full tag."""

    name: str = ""
    counted: str = ""
    joined: bool = False
    money: bool = False
    item: bool = False
    parts: dict[str, _Node] = field(default_factory=dict)


_PATHS = """
Amt=amount! CdtDbtInd=side RvslInd=reversal Sts=status Sts/Cd=status BookgDt/Dt=booked BookgDt/DtTm=booked
ValDt/Dt=valued ValDt/DtTm=valued NtryDtls/Btch/NbOfTxs=count
AcctSvcrRef=bank_reference NtryRef=entry_reference AddtlNtryInf=about
"""
_ITEM_PATHS = """
Amt=amount! AmtDtls/TxAmt/Amt=part! CdtDbtInd=side Refs/EndToEndId=end_to_end Refs/AcctSvcrRef=bank_reference
Refs/TxId=transaction Refs/UETR=transaction RmtInf/Ustrd=text+ RmtInf/Strd/CdtrRefInf/Ref=reference
RmtInf/Strd/RfrdDocInf/Nb=text+document
RmtInf/Strd/RfrdDocAmt/RmtdAmt=remitted+remitted RmtInf/Strd/AddtlRmtInf=text+ RtrInf=returned RtrInf/Rsn/Cd=reason
Chrgs/Amt=charges+ Chrgs/Rcrd/Amt=charges+
RltdPties/Dbtr/Nm=Dbtr RltdPties/Dbtr/Pty/Nm=Dbtr RltdPties/UltmtDbtr/Nm=UltmtDbtr RltdPties/UltmtDbtr/Pty/Nm=UltmtDbtr
RltdPties/Cdtr/Nm=Cdtr RltdPties/Cdtr/Pty/Nm=Cdtr RltdPties/UltmtCdtr/Nm=UltmtCdtr RltdPties/UltmtCdtr/Pty/Nm=UltmtCdtr
RltdPties/DbtrAcct/Id/IBAN=DbtrAcct RltdPties/DbtrAcct/Id/Othr/Id=DbtrAcct
RltdPties/CdtrAcct/Id/IBAN=CdtrAcct RltdPties/CdtrAcct/Id/Othr/Id=CdtrAcct
"""


@lru_cache(16)
def _paths_in(namespace: str) -> _Node:
    """What is known of an entry whose tags stand in this namespace (`{urn}`, or nothing)."""
    root = _planted(_Node(), _PATHS, namespace)
    item = _planted(_Node(item=True), _ITEM_PATHS, namespace)
    root.parts[f"{namespace}NtryDtls"].parts[f"{namespace}TxDtls"] = item
    return root


def _planted(root: _Node, paths: str, namespace: str) -> _Node:
    for word in paths.split():
        path, name = word.split("=")
        node = root
        for part in path.split("/"):
            node = node.parts.setdefault(f"{namespace}{part}", _Node())
        node.name, joined, node.counted = name.rstrip("!").partition("+")
        node.joined, node.money = bool(joined), name.endswith("!")
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
        if inner.name:
            _keep(values, inner, part)
        if inner.item:
            item: Values = {}
            items.append(item)
            _walk(part, inner, item, items)
        elif inner.parts:
            _walk(part, inner, values, items)


def _keep(values: Values, node: _Node, element: Any) -> None:  # noqa: ANN401
    text, name = element.text, node.name
    if node.counted and text:
        key = f"{node.counted}s"
        values[key] = f"{values[key]}{SEPARATOR}{text.strip()}" if key in values else text.strip()
    if not values.get(name):
        values[name] = text.strip() if text else ""
        if node.money:
            values[f"{name} in"] = element.get("Ccy", "")
    elif text and node.joined:
        values[name] = f"{values[name]} {text.strip()}"
