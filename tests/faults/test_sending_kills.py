"""`o2c send` killed at any call to the disk: no message is sent twice, none is lost, and doubt is told as doubt.

Here some points; all of them by `python -m tests.faults.test_sending_kills`.
"""

from __future__ import annotations

import csv
import io
import shutil
import sqlite3
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from pypdf import PdfReader

from tests.adapters.mail_server import MailServer, serving
from tests.faults.cases import DAY, ask, make_company, put
from tests.faults.loop import Bench, workbench
from tests.faults.shim import HALF, KILL, Call, Fault, calls_of

POINTS = 12
_SEND = ("send", "--on", DAY)
_SETTINGS = """Setting,Value
Send mail,Yes
Mail server,127.0.0.1
Mail port,{}
Mail security,None
Mail from,office@alpha.example
"""
_ONE_KIND = "Setting,Value\nTell customers of,Shipment\n"
_CUSTOMERS = "Customer ID,Email,Invoice by\nC1,one@alpha.example,Email\nC2,,Online portal\n"
_LETTERS = "Customer ID,Name,Street,City,Country,Tax group,Invoice by\nC3,Gamma,Road 3,Town,DE,D,Mail\n"
_ORDERS = "Order,Customer ID,Order date,SKU,Quantity\n" + "".join(
    f"W{n},C{1 + n % 3},2026-03-01,P1,1\n" for n in range(9)
)
_NINE = 9


def _waiting(bench: Bench, server: MailServer, at: Path) -> None:
    """A company with three mails, three portal messages and three letters that wait."""
    shutil.rmtree(at, ignore_errors=True)
    make_company(bench.warm, at)
    work = at / "work"
    files = [put(work / name, text) for name, text in (("Customers.csv", _CUSTOMERS), ("More.csv", _LETTERS))]
    for file in files:
        ask(bench.warm, at, "load", file, "--table", "Customers", "--on", DAY)
    ask(bench.warm, at, "load", put(work / "Settings.csv", _ONE_KIND), "--on", DAY)
    ask(bench.warm, at, "load", put(work / "Orders.csv", _ORDERS), "--on", DAY)
    ask(bench.warm, at, "run", "--on", DAY)
    settings = put(work / "Settings.csv", _SETTINGS.format(server.port))
    ask(bench.warm, at, "load", settings, "--on", DAY)


def _kinds(at: Path) -> dict[str, str]:
    """The status of each message about a shipment, by its number."""
    with closing(sqlite3.connect(at / "ledger.db")) as conn:
        return dict(conn.execute("SELECT message, status FROM outbox WHERE kind = 'Shipment'").fetchall())


def _wrong(bench: Bench, server: MailServer, at: Path) -> Iterator[str]:
    """What is not as it should be after the kill and another run."""
    after = bench.warm.run(at, *_SEND)
    if after.code not in {0, 1}:
        yield f"the next send ended with {after.code}: {after.out}{after.err}"
    states = Counter(_kinds(at).values())
    twice = [ident for ident, number in Counter(server.idents).items() if number > 1]
    if twice:
        yield f"doubled: {twice}"
    if states["Sent"] + states["Uncertain"] != _NINE or states["Uncertain"] > 1:
        yield f"lost: {states}"
    if not 0 <= len(server.taken) - (3 - states["Uncertain"]) <= states["Uncertain"]:
        yield f"lost: {len(server.taken)} mails came, {states}"
    index = at / "outbox" / "portal" / "C2" / "index.csv"
    rows = list(csv.DictReader(io.StringIO(index.read_text(encoding="utf-8-sig"))))
    if len(rows) != 3 or len({row["Message"] for row in rows}) != 3:
        yield f"portal: {rows}"
    pages = [page for path in (at / "outbox" / "print").glob("*.pdf") for page in PdfReader(path).pages]
    shown = Counter(word for page in pages for word in page.extract_text().split() if word.startswith("SH-"))
    if len(pages) != 3 or len(shown) != 3:
        yield f"print: {len(pages)} pages, {shown}"
    proved = bench.warm.run(at, "verify")
    if proved.code:
        yield f"verify: {proved.out}"


def _tried(bench: Bench, every: int | None) -> tuple[int, int, list[str]]:
    """Points tried, how many left a message uncertain, and what was wrong."""
    wrong, uncertain = [], 0
    with serving() as server:
        start, at = bench.folder / "sending", bench.folder / "at" / "sending"
        _waiting(bench, server, start)
        shutil.copytree(start, at)
        answer = bench.warm.run(at, *_SEND, fault=Fault())
        assert len(server.taken) == 3, answer.out + answer.err
        points = _points(calls_of(answer.log), every)
        for point in points:
            server.taken.clear()
            shutil.rmtree(at)
            shutil.copytree(start, at)
            bench.warm.run(at, *_SEND, fault=point)
            wrong += [f"at {point.at} ({point.mode}): {line}" for line in _wrong(bench, server, at)]
            uncertain += "Uncertain" in _kinds(at).values()
    return len(points), uncertain, wrong


def _points(calls: list[Call], every: int | None) -> list[Fault]:
    points = [Fault(KILL, call.number) for call in calls]
    points += [Fault(HALF, call.number) for call in calls if call.what == "write" and call.answer > 1]
    points.sort(key=lambda point: (point.at, point.mode))
    step = every or max(len(points) // POINTS, 1)
    return points[step // 2 :: step]


def test_no_message_is_sent_twice_or_lost_wherever_sending_is_killed(bench: Bench) -> None:
    tried, uncertain, wrong = _tried(bench, None)

    assert wrong == []
    assert uncertain < tried


if __name__ == "__main__":
    with workbench() as folder, Bench(Path(folder)) as made:
        found = _tried(made, int(sys.argv[1]) if len(sys.argv) > 1 else 1)
    print(*found[2], f"{found[0]} points, {found[1]} with a message uncertain, {len(found[2])} wrong", sep="\n")  # noqa: T201
