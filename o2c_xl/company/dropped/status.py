"""`o2c watch --status`: which watchers run and how they are, and what lies in the drop folders now."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from o2c_xl.company.dropped.pulse import watchers_of
from o2c_xl.company.opened import Company
from o2c_xl.intake.folders.names import known_name
from o2c_xl.intake.folders.scan import Scan
from o2c_xl.intake.folders.watched import watched_folders

__all__ = ["status_lines", "status_of"]


def status_of(company: Company) -> dict[str, Any]:
    """`ok` where a watcher lives and no folder is out of reach; `watchers`, `folders`, `waiting`, `alerts`."""
    folders = watched_folders(company.folder.watchers, company.folder.ledger_address())
    looked = Scan(company.folder.root, folders).look(time.time(), time.monotonic())
    watchers = watchers_of(company.folder.health)
    return {
        "ok": any(one["alive"] for one in watchers) and not looked.alerts,
        "watchers": watchers,
        "folders": [{"kind": one.kind, "folder": one.folder, "tables": one.tables} for one in folders],
        "ready": [known_name(dropped.path.name) for dropped in looked.ready],
        "waiting": [{"file": waits.name, "why": waits.why} for waits in looked.waiting],
        "alerts": list(looked.alerts.values()),
    }


def status_lines(status: dict[str, Any]) -> Iterator[str]:
    """The status for people, a line an item."""
    if not any(one["alive"] for one in status["watchers"]):
        yield "No watcher runs here. Start one with: o2c watch"
    for one in status["watchers"]:
        counts = ", ".join(f"{name}: {number}" for name, number in one["counts"].items() if number) or "nothing yet"
        state = one["state"] if one["alive"] else "ended without saying so; the next one takes up its work"
        yield f"{one['watcher']}: {state}, last seen {one['seen']}; {counts}"
        if one["alive"] and one.get("error"):
            yield f"  {one['error']}"
    for folder in status["folders"]:
        yield f"{folder['folder']}: {', '.join(folder['tables']) or 'any table'}"
    yield f"{len(status['ready'])} dropped files are ready to be taken."
    yield from (f"{waits['file']} waits: {waits['why']}" for waits in status["waiting"])
    yield from status["alerts"]
