"""What a command did: counts per step or table, faults a person must see, what could not go on, notes, the time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from o2c_xl.domain.issue import CannotRun, Issue

__all__ = ["Outcome"]


@dataclass(slots=True)
class Outcome:
    """Grows while a command runs; `counts` by step or table name, `seconds` by the same names.

    `stops` are what could not be done while everything else went on, such as a workbook that could not be written.
    """

    counts: dict[str, int] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    stops: list[CannotRun] = field(default_factory=list)
    seconds: dict[str, Decimal] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """True when all was done and no fault needs a person."""
        return not (self.issues or self.stops)

    @property
    def changed(self) -> bool:
        """True when anything was done."""
        return any(self.counts.values())

    def count(self, name: str, number: int) -> None:
        """Add to a count; a step that did nothing still shows as 0."""
        self.counts[name] = self.counts.get(name, 0) + number

    def fault(self, issues: Iterable[Issue]) -> None:
        """Add faults, each once: one that reads like another at the same place is the same."""
        known = {(issue.row, str(issue)) for issue in self.issues}
        for issue in issues:
            said = (issue.row, str(issue))
            if said not in known:
                known.add(said)
                self.issues.append(issue)

    def stop(self, reason: CannotRun) -> None:
        """Add what could not be done, each sentence once."""
        if str(reason) not in map(str, self.stops):
            self.stops.append(reason)

    def include(self, other: Outcome) -> None:
        """Add what another part of the command did."""
        for name, number in other.counts.items():
            self.count(name, number)
        self.fault(other.issues)
        self.notes.extend(other.notes)
        for reason in other.stops:
            self.stop(reason)
        for name, spent in other.seconds.items():
            self.seconds[name] = self.seconds.get(name, Decimal(0)) + spent
