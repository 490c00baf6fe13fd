"""What the buttons do that open the report: `o2c report`."""

from __future__ import annotations

from o2c_xl.company.buttons.pressed import Answer, Desk
from o2c_xl.company.reporting import write_report
from o2c_xl.domain.calendar import year_before

__all__ = ["aging", "report"]


def report(desk: Desk) -> Answer:
    """`o2c report`: the year up to the business date."""
    desk.tell("writing the report")
    path = write_report(desk.company, (year_before(desk.day), desk.day), desk.day, None)
    return Answer(f"{path.name} is written in {path.parent.name}.", opens=path)


def aging(desk: Desk) -> Answer:
    """`o2c report`, opened where it tells what is open by age."""
    answer = report(desk)
    return Answer(answer.text, opens=answer.opens, sheet="Aging")
