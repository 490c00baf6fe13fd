"""The one spec of the tab: `macros/ribbon.toml`, read strictly."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

__all__ = ["MODULE", "Button", "Group", "Ribbon", "load_ribbon", "macros_folder", "ribbon_from"]

MODULE = "RibbonO2C"

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,30}$")]
Text = Annotated[
    str, StringConstraints(pattern=r"^[ -~]+$", max_length=200)
]  # printable ASCII: VBA source has a code page
Label = Annotated[str, StringConstraints(pattern=r"^[ -~]+$", max_length=24)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Button(_Strict):
    """One button; `python` is a function without arguments, `twin` the command that does the same without Excel."""

    id: Id
    label: Label
    tip: Text
    python: Annotated[str, StringConstraints(pattern=r"^o2c_xl\.adapters\.ribbon\.[a-z][a-z0-9_]*$")]
    icon: Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Za-z]+$")]
    size: Literal["large", "normal"]
    writes: bool
    twin: Annotated[str, StringConstraints(pattern=r"^o2c [ -~]+$")]

    @property
    def function(self) -> str:
        """The Python function's bare name."""
        return self.python.rpartition(".")[2]

    @property
    def control(self) -> str:
        """The control's id on the ribbon."""
        return f"o2c_{self.id}"

    @property
    def callback(self) -> str:
        """What Excel calls, with its module: a bare name could be another add-in's."""
        return f"{MODULE}.{self.id}_onAction"


class Group(_Strict):
    """Buttons that stand together under a caption."""

    id: Id
    label: Label
    buttons: Annotated[list[Button], Field(min_length=1)]

    @property
    def control(self) -> str:
        """The group's id on the ribbon."""
        return f"o2c_group_{self.id}"


class Ribbon(_Strict):
    """The whole tab."""

    id: Id
    label: Label
    groups: Annotated[list[Group], Field(min_length=1)]

    @property
    def buttons(self) -> Iterator[Button]:
        """All buttons, from left to right."""
        return (button for group in self.groups for button in group.buttons)

    @model_validator(mode="after")
    def _every_name_once(self) -> Ribbon:
        ids = [self.id, *(group.control for group in self.groups), *(button.control for button in self.buttons)]
        functions = [button.python for button in self.buttons]
        twice = [name for names in (ids, functions) for name, count in Counter(names).items() if count > 1]
        if twice:
            raise ValueError(f"these stand twice: {', '.join(twice)}")
        return self


def ribbon_from(text: str) -> Ribbon:
    """The spec in this toml text; raises pydantic.ValidationError with every fault."""
    return Ribbon.model_validate(tomllib.loads(text))


@cache
def load_ribbon() -> Ribbon:
    """The spec that this installation came with."""
    return ribbon_from((macros_folder() / "ribbon.toml").read_text(encoding="utf-8"))


def macros_folder() -> Path:
    """Where the add-in's text sources lie: in the installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "macros"
    return installed if installed.is_dir() else package.parent / "macros"
