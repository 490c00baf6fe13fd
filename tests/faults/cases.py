"""The days that are disturbed: a company, files that were dropped, and the command that works on them."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.faults.zygote import Warm

__all__ = ["CASES", "DAY", "HEAD", "MASTER", "Case", "drop", "make_company", "put"]

DAY = "2026-03-02"
HEAD = "Order,Customer ID,Order date,SKU,Quantity\n"
MASTER = {
    "customers.csv": "Customer ID,Name,Street,City,Country,Tax group,Payment terms\n"
    "C1,Alpha,Road 1,Town,DE,D,Net 30\nC2,Beta,Road 2,Town,DE,D,Net 30\n",
    "products.csv": "SKU,Name,Unit,Price,Cost,Tax code\nP1,Pen,pcs,2.50,1.00,S\nP2,Ink,pcs,7.00,4.00,S\n",
    "taxrates.csv": "Tax group,Tax code,Rate %\nD,S,19\n",
    "counts.csv": f"Count,SKU,Counted,Counted on,Reason\nO1,P1,50,{DAY},Opening\nO2,P2,50,{DAY},Opening\n",
}
_WATCH = ("watch", "--once", "--on", DAY)


@dataclass(frozen=True)
class Case:
    """`prepare` fills the company, `words` is the command that meets the fault, `after` what puts things right."""

    name: str
    prepare: Callable[[Warm, Path], None]
    words: tuple[str, ...] = _WATCH
    after: tuple[tuple[str, ...], ...] = (_WATCH,)
    books: bool = False
    papers: bool = False


def make_company(
    warm: Warm, folder: Path, *, books: bool = False, papers: bool = False, ledger: str = "ledger.db"
) -> None:
    """A company with a little master data and stock; workbooks and documents only if told, as they take their time."""
    from o2c_xl.company.folder import Folder

    if books:
        ask(warm, folder, "init", folder, "--on", DAY)
    else:
        Folder(folder).make()
        told = f'ledger = "{ledger}"\n[settings]\n"Documents" = "None"\n'
        (folder / "o2c.toml").write_text(told if not papers else told.replace("None", "PDF"), encoding="utf-8")
    files = [put(folder / "work" / name, text) for name, text in MASTER.items()]
    ask(warm, folder, "load", *files, "--on", DAY)
    ask(warm, folder, "run", "--on", DAY)


def ask(warm: Warm, folder: Path, *words: object) -> None:
    """A command that has to succeed."""
    answer = warm.run(folder, *words)
    assert answer.code in {0, 1}, f"o2c {' '.join(map(str, words))}: {answer.code}\n{answer.out}{answer.err}"


def put(path: Path, text: str) -> Path:
    """A file with this text, an hour old."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    os.utime(path, (time.time() - 3600,) * 2)
    return path


def drop(folder: Path, name: str, text: str, kind: str = "orders") -> Path:
    """A file in a drop folder, complete since an hour."""
    return put(folder / "inbox" / kind / name, text)


def _one(_warm: Warm, folder: Path) -> None:
    drop(folder, "web.csv", HEAD + "W1,C1,2026-03-01,P1,3\nW2,C2,2026-03-01,P2,4\n")


def _ten(_warm: Warm, folder: Path) -> None:
    for number in range(10):
        drop(folder, f"web{number}.csv", f"{HEAD}W{number},C{number % 2 + 1},2026-03-01,P1,{number + 1}\n")


def _bad(_warm: Warm, folder: Path) -> None:
    drop(folder, "web.csv", HEAD + "W1,C1,2026-03-01,P1,3\nW2,C9,2026-03-01,P1,x\n")


def _some_bad(warm: Warm, folder: Path) -> None:
    own = folder / "watchers" / "orders.toml"
    put(own, 'folder = "inbox/orders"\nwhole = false\n')
    _bad(warm, folder)


def _same_order(_warm: Warm, folder: Path) -> None:
    drop(folder, "a.csv", HEAD + "W1,C1,2026-03-01,P1,3\n")
    drop(folder, "b.csv", HEAD + "W1,C2,2026-03-01,P1,9\n")


def _same_bytes(_warm: Warm, folder: Path) -> None:
    for name in ("a.csv", "b.csv"):
        drop(folder, name, HEAD + "W1,C1,2026-03-01,P1,3\n")


def _again(warm: Warm, folder: Path) -> None:
    _one(warm, folder)
    ask(warm, folder, *_WATCH)
    _one(warm, folder)
    drop(folder, "other.csv", HEAD + "W1,C1,2026-03-01,P1,3\nW2,C2,2026-03-01,P2,4\n")


def _mended(warm: Warm, folder: Path) -> None:
    _bad(warm, folder)
    ask(warm, folder, *_WATCH)
    drop(folder, "web.csv", HEAD + "W1,C1,2026-03-01,P1,3\nW2,C2,2026-03-01,P1,4\n")


def _adopted(_warm: Warm, folder: Path) -> None:
    """Claims of a watcher that died: one untouched, one with its private copy, one on its way from another disk."""
    from o2c_xl.intake.folders.claims import Claims

    dead = Claims(folder / "work" / "claims")
    files = [drop(folder, f"{name}.csv", f"{HEAD}{name},C1,2026-03-01,P1,3\n") for name in ("W1", "W2")]
    dead.claim([(path, "orders") for path in files])
    (dead.folder / "orders" / ".o2c~half").write_bytes(b"Order,Cus")
    drop(folder, ".o2c-gone-1-2~W3.csv", HEAD + "W3,C1,2026-03-01,P1,3\n")
    drop(folder, "W4.csv", HEAD + "W4,C1,2026-03-01,P1,3\n")
    dead._lock.release()


def _receipts(_warm: Warm, folder: Path) -> None:
    """Several kinds at once, one leaning on another."""
    drop(folder, "prices.csv", "Price list,SKU,Minimum quantity,Price\nRetail,P1,1,3.10\n", "prices")
    drop(folder, "count.csv", f"Count,SKU,Counted,Counted on,Reason\nN1,P1,40,{DAY},Count\n", "stock-counts")
    drop(folder, "web.csv", HEAD + "W1,C1,2026-03-01,P1,3\n")


def _shipped(warm: Warm, folder: Path) -> None:
    """Orders that ship and are invoiced: documents are written."""
    _one(warm, folder)


def _loaded(_warm: Warm, folder: Path) -> None:
    put(folder / "work" / "late.csv", HEAD + "W1,C1,2026-03-01,P1,3\nW2,C2,2026-03-01,P2,4\n")


def _written_back(warm: Warm, folder: Path) -> None:
    put(folder / "work" / "late.csv", HEAD + "W1,C1,2026-03-01,P1,3\n")
    ask(warm, folder, "load", folder / "work" / "late.csv", "--on", DAY)


_LOAD = ("load", "{folder}/work/late.csv", "--on", DAY)
_RUN = ("run", "--on", DAY)
CASES = (
    Case("one file", _one),
    Case("ten files", _ten),
    Case("a bad file", _bad),
    Case("a bad file and its letter", _bad, papers=True),
    Case("a file with some bad rows", _some_bad),
    Case("two files with the same order", _same_order),
    Case("the same bytes under two names", _same_bytes),
    Case("files that were done before", _again),
    Case("a refused file that was mended", _mended),
    Case("claims of a dead watcher", _adopted),
    Case("files of three kinds", _receipts),
    Case("orders to invoices with documents", _shipped, _RUN, papers=True),
    Case("o2c load", _loaded, _LOAD, (_LOAD, _WATCH)),
    Case("write-back of a workbook", _written_back, ("sync", "--on", DAY), (("sync", "--on", DAY),), books=True),
    Case("one file and its write-back", _one, books=True),
)
