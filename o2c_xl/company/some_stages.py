"""Some stages of the process alone, by their names in counts."""

from __future__ import annotations

from collections.abc import Sequence

from o2c_xl.company.stages import STAGES, Stage
from o2c_xl.domain.issue import CannotRun

__all__ = ["stages_named"]


def stages_named(names: Sequence[str]) -> list[Stage]:
    """The stages of these names, in the order of the work; raises CannotRun naming those there are."""
    known = [stage.name for stage in STAGES]
    wrong = next((name for name in names if name not in known), None)
    if wrong is not None:
        raise CannotRun(f"There is no stage {wrong}. The stages are: {', '.join(known)}.")
    return [stage for stage in STAGES if stage.name in names]
