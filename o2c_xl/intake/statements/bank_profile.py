"""How a bank writes its lists, as data: a small TOML file each, ours for banks whose headers are public in `banks/`.

A company's own stand in its folder `layouts/bank/` and come first.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from o2c_xl.domain.issue import CannotRun
from o2c_xl.intake.statements.bank_words import HEADERS

__all__ = ["Order", "Profile", "known_banks", "profiles_in"]

Order = Literal["DMY", "MDY", "YMD"]
_BANKS = Path(__file__).parent / "banks"


class Profile(BaseModel):
    """How a bank writes its lists.

    `columns` gives its header (or several) for ours, such as `booked_on`; a list that lacks one of them is another's.
    `more` gives headers that a list may lack; those there count. A `fee` stands besides the amount and is taken off it.
    `dates` is the order of day, month and year, `decimal` the decimal sign, where a list need not prove them;
    `out` and `into` are words of the column `side` that mark money going out and money coming in, `pending` those of
    the column `status` that mark what is not booked yet; `account` and `currency` are those of
    lists that do not tell them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    columns: dict[str, str | list[str]]
    more: dict[str, list[str]] = {}
    dates: Order | None = None
    decimal: Literal[",", "."] | None = None
    out: list[str] = []
    into: list[str] = []
    pending: list[str] = []
    account: str = ""
    currency: Annotated[str, Field(pattern="^([A-Z]{3})?$")] = ""
    encoding: str = ""


def profiles_in(folder: Path) -> list[Profile]:
    """The company's own profiles; raises CannotRun naming file and key."""
    found = []
    for path in sorted(folder.glob("*.toml")):
        try:
            profile = Profile.model_validate(tomllib.loads(path.read_text(encoding="utf-8-sig")))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
            raise CannotRun(f"{path} cannot be read: {error}. Mend that line, or take the file away.") from error
        except ValidationError as error:
            first = error.errors()[0]
            raise CannotRun(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}.") from error
        unknown = sorted({*profile.columns, *profile.more} - set(HEADERS))
        if unknown:
            raise CannotRun(f"{path}: columns: {unknown[0]} is not known. Write one of {', '.join(HEADERS)}.")
        found.append(profile)
    return found


@cache
def known_banks() -> tuple[Profile, ...]:
    """The lists of banks whose headers are public."""
    return tuple(profiles_in(_BANKS))
