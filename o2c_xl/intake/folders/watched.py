"""Drop folders as data: one small TOML file per kind says what is watched and who may bring what.

The program brings a set of its own (`watchers/`); a file of the same name in a company's folder `watchers/` takes
the place of one, any other name adds a folder.
"""

from __future__ import annotations

import tomllib
from fnmatch import fnmatch
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from o2c_xl.domain.issue import CannotRun
from o2c_xl.intake.folders.apart import why_not_apart, why_not_put
from o2c_xl.intake.lists.told_encoding import check_encoding
from o2c_xl.tables.define.catalogue import find_table

__all__ = ["Watched", "built_in", "watched_folders"]


_OF_BANKS = frozenset({"Statements", "BankLines"})  # nobody types their rows: banks' files bring them


class Watched(BaseModel):
    """One kind of drop folder; `folder`, `done`, `set_aside` and `layout` are below the company's folder or absolute.

    `tables` are those that files here may bring rows of (empty = any), `customers` those it may order for (empty =
    any). `sender` is the address that is told of refused files; what it mails lands here, and what `mail_from` mails:
    addresses, or domains such as `@alfki.example`. `whole`: one fault refuses the whole file; unset, the setting
    `All or nothing files` decides. `encoding` is that of texts without Unicode; unset, Western Windows where that is
    sure. `decisions`: files here are the company's own, and what only its people decide counts in them. Times are
    seconds.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    kind: str = ""
    folder: str
    patterns: list[str] = ["*"]
    tables: list[str] = []
    layout: str = ""
    customers: list[str] = []
    sender: str = ""
    mail_from: list[str] = []
    whole: bool | None = None
    decisions: bool = False
    settle_seconds: Annotated[float, Field(ge=0, le=3600)] = 2.0
    poll_seconds: Annotated[float, Field(gt=0, le=3600)] = 5.0
    events: bool = True
    mark: bool = True
    encoding: Annotated[str, AfterValidator(check_encoding)] = ""
    done: str = "done"
    set_aside: str = "set-aside"
    off: bool = False

    def hears(self, address: str) -> bool:
        """Whether mails from this address bring files into this folder."""
        folded = address.casefold()
        known = {one.casefold() for one in (*self.mail_from, self.sender) if one}
        return folded in known or f"@{folded.rpartition('@')[2]}" in known

    def takes(self, name: str) -> bool:
        """Whether a file of this name is looked at here."""
        return any(fnmatch(name.casefold(), pattern.casefold()) for pattern in self.patterns)


def built_in() -> Path:
    """The folder of the program's own watcher files: in the installed package, else beside its source."""
    package = Path(__file__).parents[2]
    packaged = package / "watchers"
    return packaged if packaged.is_dir() else package.parent / "watchers"


def watched_folders(own: Path, ledger: Path | str = "") -> tuple[Watched, ...]:
    """All drop folders of a company whose own files are in `own`; raises CannotRun naming file and key.

    `ledger` is where its ledger is: no folder that holds it is watched.
    """
    files = {path.stem: path for place in (built_in(), own) for path in sorted(place.glob("*.toml"))}
    read = (_read(kind, path) for kind, path in sorted(files.items()))
    watched = tuple(one for one in read if not one.off)
    for one in watched:
        if why := why_not_apart(own.parent, one.folder, ledger if isinstance(ledger, Path) else None):
            raise CannotRun(f"{files[one.kind]}: folder: {why}")
        for key, place in (("done", one.done), ("set_aside", one.set_aside)):
            if why := why_not_put(own.parent, place, [other.folder for other in watched]):
                raise CannotRun(f"{files[one.kind]}: {key}: {why}")
    return watched


def _read(kind: str, path: Path) -> Watched:
    try:
        watched = Watched.model_validate({**tomllib.loads(path.read_text(encoding="utf-8-sig")), "kind": kind})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise CannotRun(f"{path} cannot be read: {error}. Mend that line, or restore the file.") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise CannotRun(f"{path}: {place}: {first['msg']}.") from error
    for name in watched.tables:
        table = find_table(name)
        if table is None or not (table.typed or table.name in _OF_BANKS):
            raise CannotRun(f"{path}: tables: no file brings rows of {name}. See o2c docs for the tables' names.")
    return watched
