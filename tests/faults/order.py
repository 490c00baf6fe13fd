"""Proves from a log of calls that whatever gets a name was on the disk before, and that the name got there after.

Three rules, on every rename and on every link with the unlink that makes it one:
1. the file was flushed after the last write to it, before it got the name;
2. the folder of the new name is flushed afterwards, and for a link into another folder before the old name goes:
   else a power cut can take both;
3. a dropped file gets its place in `done` or `set-aside` only when all that was written to the ledger is on the disk.

Locks and what watchers say of themselves are no facts; they are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

from tests.faults.shim import Call

__all__ = ["out_of_order"]

_NO_FACTS = ("/work/health/", "/work/locks/", "/logs/")
_PLACES = ("/done/", "/set-aside/")


@dataclass
class _Seen:
    """What is known while going through the log: files not flushed since a write, names not flushed, links."""

    flushed: set[str] = field(default_factory=set)
    dirty: set[str] = field(default_factory=set)
    names: dict[str, Call] = field(default_factory=dict)  # new names whose folder was not flushed yet
    links: dict[str, str] = field(default_factory=dict)  # old name: new name


def out_of_order(calls: Sequence[Call]) -> Iterator[str]:
    """Each breach of a rule as a line."""
    seen = _Seen()
    for call in calls:
        if call.answer < 0 or any(part in call.path for part in _NO_FACTS):
            continue
        if call.what in {"write", "truncate"}:
            seen.dirty.add(call.path)
            seen.flushed.discard(call.path)
        elif call.what == "fsync":
            _flush(seen, call.path)
        elif call.what in {"rename", "link"}:
            yield from _named(seen, call)
        elif call.what == "unlink":
            yield from _gone(seen, call)
    yield from (f"{call.other} (call {call.number}): its folder is never flushed" for call in seen.names.values())


def _flush(seen: _Seen, path: str) -> None:
    seen.dirty.discard(path)
    seen.flushed.add(path)
    seen.names = {name: call for name, call in seen.names.items() if str(PurePath(name).parent) != path}


def _named(seen: _Seen, call: Call) -> Iterator[str]:
    if call.path not in seen.flushed:
        yield f"{call.other} (call {call.number}): {call.path} was not flushed before it got this name"
    unsafe = sorted(path for path in seen.dirty if path.endswith(("ledger.db", "ledger.db-wal")))
    if any(place in call.other for place in _PLACES) and unsafe:
        yield f"{call.other} (call {call.number}): {unsafe[0]} was written and not flushed before"
    seen.flushed.add(call.other)
    seen.names[call.other] = call
    if call.what == "link":
        seen.links[call.path] = call.other


def _gone(seen: _Seen, call: Call) -> Iterator[str]:
    new = seen.links.pop(call.path, "")
    if new in seen.names and PurePath(new).parent != PurePath(call.path).parent:
        yield f"{new} (call {call.number}): the old name {call.path} goes before the folder of the new one is flushed"
    seen.flushed.discard(call.path)
    seen.dirty.discard(call.path)
    seen.names.pop(call.path, None)
