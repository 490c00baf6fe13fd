"""What a rule of the books is: a name people understand and a question to the database.

A rule's SQL gives rows `at`, `expected`, `found`; none when the rule holds. It is plain SQL that SQLite and PostgreSQL
both understand, so that an accountant can read it and run it by hand.
"""

# ruff: noqa: S608 -- rules are made of texts that stand in the program
from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Rule", "equal"]


@dataclass(frozen=True, slots=True)
class Rule:
    """A name people understand and the question; `exact` when the values compared are amounts or quantities."""

    name: str
    sql: str
    exact: bool = True


def equal(name: str, left: str, right: str) -> Rule:
    """`left` and `right` each give rows (at, v); per `at` their sums must be equal."""
    return Rule(
        name,
        f"""SELECT at, SUM(l) AS expected, SUM(r) AS found FROM (
            SELECT a.at, a.v AS l, 0 AS r FROM ({left}) AS a UNION ALL SELECT b.at, 0, b.v FROM ({right}) AS b
        ) AS both_sides GROUP BY at HAVING SUM(l) <> SUM(r)""",
    )
