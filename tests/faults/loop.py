"""Kill or fail a command at its n-th call to the disk, let the next run put things right, and compare.

    python -m tests.faults.loop --all              every point of every case (half an hour on two processors)
    python -m tests.faults.loop --every 7 "one file"
    python -m tests.faults.loop --errors --every 20        --every goes before --all

Prints points tried, lost, doubled. A point that is not as it should be leaves its company in the folder that is named.
"""

from __future__ import annotations

import argparse
import errno
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from sqlalchemy.exc import SQLAlchemyError

from tests.faults.cases import CASES, DAY, HEAD, Case, drop, make_company
from tests.faults.judge import State, differences, litter, state_of
from tests.faults.shim import FAIL_ON, FAIL_ONCE, HALF, KILL, Call, Fault, build, calls_of
from tests.faults.zygote import Warm

__all__ = ["Bench", "Found", "Quiet", "workbench"]

_SIGKILL, CANNOT_RUN = -9, 2
_ERRORS = (errno.EIO, errno.ENOSPC, errno.EACCES)


@dataclass
class Found:
    """Points tried of a case, and what was wrong at which."""

    case: str
    points: int = 0
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        kinds = {kind: sum(f" {kind}: " in line for line in self.wrong) for kind in ("lost", "doubled")}
        other = len(self.wrong) - sum(kinds.values())
        return (
            f"{self.case}: {self.points} points, {kinds['lost']} lost, {kinds['doubled']} doubled, {other} else wrong"
        )


@dataclass(frozen=True)
class Quiet:
    """A case without a fault: the company before it, its calls, how the commands ended, what came of it.

    `first` is what there is after the first command, `state` after all.
    """

    start: Path
    calls: Sequence[Call]
    codes: Sequence[int]
    first: State
    state: State


class Bench:
    """A folder to work in and a warm process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.warm = Warm(build(folder), folder)
        self._tread()
        self._quiet: dict[str, Quiet] = {}

    def _tread(self) -> None:
        """Let the warm process go the usual ways once."""
        at = self.folder / "trodden"
        make_company(self.warm, at)
        drop(at, "a.csv", HEAD + "W1,C1,2026-03-01,P1,3\n")
        drop(at, "b.csv", HEAD + "W1,C9,2026-03-01,P1,x\n")
        for words in (("watch", "--once", "--on", DAY), ("verify",)):
            self.warm.run(at, *words, warm=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_failure: object) -> None:
        self.warm.close()

    def quiet(self, case: Case) -> Quiet:
        """The case as it goes when nothing happens."""
        if case.name not in self._quiet:
            self._quiet[case.name] = self._undisturbed(case)
        return self._quiet[case.name]

    def _undisturbed(self, case: Case) -> Quiet:
        bare = self.folder / f"company{'-books' * case.books}{'-papers' * case.papers}"
        at = self.folder / "at" / "company"
        if not bare.exists():
            self._fresh(None, at)
            make_company(self.warm, at, books=case.books, papers=case.papers)
            shutil.copytree(at, bare)
        self._fresh(bare, at)
        case.prepare(self.warm, at)
        start = self.folder / case.name
        shutil.copytree(at, start)
        answer = self.warm.run(at, *self._words(case.words, at), fault=Fault())
        calls = calls_of(answer.log)
        assert not self._after_effects(at), (answer.out, answer.err, self._after_effects(at))
        first = state_of(at)
        codes = [self.warm.run(at, *self._words(words, at)).code for words in case.after]
        assert self._verified(at) == ""
        return Quiet(start, calls, [answer.code, *codes], first, state_of(at))

    def tried(self, case: Case, quiet: Quiet, faults: Iterable[Fault]) -> Found:
        """The case with each of these faults in turn, put right by its commands, compared."""
        found = Found(case.name)
        for fault in faults:
            at = self.folder / "at" / "company"
            self._fresh(quiet.start, at)
            wrong = list(self._disturbed(case, quiet, fault, at))
            found.points += 1
            if wrong:
                kept = self.folder / "wrong" / f"{case.name} {fault.mode} {fault.at} {fault.error}"
                shutil.copytree(at, kept, dirs_exist_ok=True)
                found.wrong += [f"{case.name}, {_told(fault, quiet)}: {line}" for line in wrong]
        return found

    def _disturbed(self, case: Case, quiet: Quiet, fault: Fault, at: Path) -> Iterator[str]:
        answer = self.warm.run(at, *self._words(case.words, at), fault=fault)
        if fault.mode in {KILL, HALF}:
            if answer.code != _SIGKILL:
                yield f"differs: it was not killed but ended with {answer.code}: {answer.out}{answer.err}"
        else:
            yield from _bad_manners(answer.code, answer.out + answer.err)
            if answer.code == quiet.codes[0]:
                yield from (f"false done: {line}" for line in differences(quiet.first, state_of(at)))
            shutil.rmtree(at / "logs", ignore_errors=True)  # what the fault did may stand there
        for words, code in zip(case.after, quiet.codes[1:], strict=True):
            answer = self.warm.run(at, *self._words(words, at))
            if answer.code != code:
                yield f"differs: o2c {words[0]} afterwards ended with {answer.code}: {answer.out}{answer.err}"
        yield from self._after_effects(at)
        try:
            yield from differences(quiet.state, state_of(at))
        except SQLAlchemyError as error:
            yield f"lost: the ledger: {error}"
        yield from filter(None, [self._verified(at)])

    def _after_effects(self, at: Path) -> list[str]:
        wrong = [f"differs: {name} lies about" for name in litter(at)]
        logs = [path.read_text(encoding="utf-8") for path in (at / "logs").glob("*")]
        return wrong + [f"differs: a traceback in the log: {text[-900:]}" for text in logs if "Traceback" in text]

    def _verified(self, at: Path) -> str:
        answer = self.warm.run(at, "verify")
        return "" if answer.code == 0 else f"differs: o2c verify: {answer.out[-500:]}{answer.err}"

    @staticmethod
    def _words(words: Sequence[str], at: Path) -> list[str]:
        return [word.format(folder=at) for word in words]

    @staticmethod
    def _fresh(start: Path | None, at: Path) -> None:
        shutil.rmtree(at, ignore_errors=True)
        if start is not None:
            shutil.copytree(start, at)


def _bad_manners(code: int, said: str) -> Iterator[str]:
    if code not in {0, 1, 2}:
        yield f"differs: it ended with {code}: {said}"
    if "Traceback" in said or "sqlalchemy" in said.casefold():
        yield f"differs: a traceback was shown: {said[-900:]}"
    if code == CANNOT_RUN and len([line for line in said.splitlines() if line.startswith("o2c: ")]) != 1:
        yield f"differs: not one sentence: {said}"


def _told(fault: Fault, quiet: Quiet) -> str:
    call = quiet.calls[fault.at - 1] if fault.at <= len(quiet.calls) else None
    how = {KILL: "killed at", HALF: "killed in the middle of", FAIL_ONCE: "failed once at", FAIL_ON: "failing from"}
    of = f"{call.what} {'/'.join(Path(call.path).parts[-2:])}" if call else "?"
    return f"{how[fault.mode]} call {fault.at} ({of}){f' with {errno.errorcode[fault.error]}' if fault.error else ''}"


def kills(quiet: Quiet, every: int, first: int = 1) -> Iterator[Fault]:
    """Every k-th call as a plain end and, where it writes, as an end in the middle."""
    points = [Fault(KILL, call.number) for call in quiet.calls]
    points += [Fault(HALF, call.number) for call in quiet.calls if call.what == "write" and call.answer > 1]
    yield from sorted(points, key=lambda fault: (fault.at, fault.mode))[first - 1 :: every]


def errors(quiet: Quiet, every: int, first: int = 1) -> Iterator[Fault]:
    """Every k-th call failing once or from then on, with each error in turn."""
    points = [
        Fault(mode, call.number, error) for call in quiet.calls for mode in (FAIL_ONCE, FAIL_ON) for error in _ERRORS
    ]
    yield from points[first - 1 :: every]


def workbench() -> tempfile.TemporaryDirectory[str]:
    """A folder in memory where there is one: what is tried here is ends of processes, not of disks."""
    memory = Path("/dev/shm")
    return tempfile.TemporaryDirectory(prefix="o2c-faults-", dir=memory if memory.is_dir() else None)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> int:
    """Try what the command line asks for; 1 when anything was lost, doubled or wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="*", help="names of cases; none: all")
    parser.add_argument("--all", action="store_true", help="every point")
    parser.add_argument("--every", type=int, help="every k-th point, 10 if nothing is told; goes before --all")
    parser.add_argument("--first", type=int, default=1, help="which point to begin with")
    parser.add_argument("--errors", action="store_true", help="calls that fail instead of ends")
    parser.add_argument("--keep", action="store_true", help="keep the folder")
    told = parser.parse_args()
    folder = workbench()
    wrong = points = 0
    with Bench(Path(folder.name)) as bench:
        for case in CASES:
            if told.cases and case.name not in told.cases:
                continue
            quiet = bench.quiet(case)
            faults = (errors if told.errors else kills)(quiet, told.every or (1 if told.all else 10), told.first)
            found = bench.tried(case, quiet, faults)
            points, wrong = points + found.points, wrong + len(found.wrong)
            _say("\n".join([str(found), *(f"  {line}" for line in found.wrong)]))
    _say(f"{points} points, {wrong} wrong")
    if told.keep or wrong:
        _say(f"Kept in {folder.name}")
        folder._finalizer.detach()  # type: ignore[attr-defined]
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
