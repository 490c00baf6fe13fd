"""A company folder: where things lie in it, and its `o2c.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from o2c_xl.domain.issue import CannotRun
from o2c_xl.domain.setting import BadSetting, read_value
from o2c_xl.domain.settings import BY_NAME

__all__ = ["CONFIG", "Config", "Folder", "Mailbox", "find_folder"]

CONFIG = "o2c.toml"


class Mailbox(BaseModel):
    """A mailbox whose attachments are dropped: read by IMAP. The password is in the keyring or the environment.

    `handled` is a folder that mails are moved to when their files have landed (empty = they are only marked as read).
    `proved_by` is the name your own mail server signs its checks with (Authentication-Results, RFC 8601): set, only
    mails that it found genuine (dmarc=pass) are taken.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    server: str
    user: str
    port: int = 993
    security: Literal["TLS", "STARTTLS", "None"] = "TLS"
    folder: str = "INBOX"
    handled: str = ""
    proved_by: str = ""
    most_mb: int = 50
    every_seconds: int = 60


class Config(BaseModel):
    """What `o2c.toml` says; unknown names are refused, so that a slip of the pen is not a silent default."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    ledger: str = "ledger.db"
    settings: dict[str, str | int | bool] = {}
    mailbox: Mailbox | None = None

    def setting_values(self) -> dict[str, str]:
        """The settings by their proper names; raises CannotRun naming the one that cannot be read."""
        values = {}
        for name, value in self.settings.items():
            setting = BY_NAME.get(name.strip().casefold())
            if setting is None:
                raise CannotRun(f"{CONFIG}: [settings] has no setting '{name}'. See o2c show Settings for the names.")
            text = ("Yes" if value else "No") if isinstance(value, bool) else str(value)
            try:
                values[setting.name] = read_value(setting, text)
            except BadSetting as bad:
                raise CannotRun(f"{CONFIG}: {bad}") from bad
        return values


@dataclass(frozen=True, slots=True)
class Folder:
    """The places in a company folder; nothing of the company is ever written outside it."""

    root: Path

    @property
    def books(self) -> Path:
        """Workbooks that people share."""
        return self.root / "books"

    @property
    def versions(self) -> Path:
        """The versions of workbooks before each write-back."""
        return self.root / "work" / "versions"

    @property
    def locks(self) -> Path:
        """Our own locks and temporary files."""
        return self.root / "work" / "locks"

    @property
    def undo(self) -> Path:
        """What was last written into each workbook, so that it can be taken back."""
        return self.root / "work" / "undo"

    @property
    def claims(self) -> Path:
        """Dropped files that a watcher has in hand."""
        return self.root / "work" / "claims"

    @property
    def health(self) -> Path:
        """One file per watcher that tells how it is."""
        return self.root / "work" / "health"

    @property
    def watchers(self) -> Path:
        """The company's own drop folders, one TOML file per kind; without it the program's own hold."""
        return self.root / "watchers"

    @property
    def outbox(self) -> Path:
        """Documents and messages on their way out."""
        return self.root / "outbox"

    @property
    def reports(self) -> Path:
        """Report workbooks."""
        return self.root / "reports"

    @property
    def logs(self) -> Path:
        """Logs, tracebacks included."""
        return self.root / "logs"

    @property
    def layouts(self) -> Path:
        """The company's own document layouts; an empty folder means the built-in ones."""
        return self.root / "layouts"

    @property
    def templates(self) -> Path:
        """The company's own words for messages, a folder per language; without it the program's own hold."""
        return self.root / "templates"

    @property
    def partners(self) -> Path:
        """Layouts of partners' files; a file that holds none of our tables is read by the one that fits."""
        return self.layouts / "partners"

    @property
    def bank_profiles(self) -> Path:
        """How banks' own csv files are read, a TOML file each; most are known by their headers without one."""
        return self.layouts / "bank"

    @property
    def inbox(self) -> Path:
        """Drop folders, one per kind of file."""
        return self.root / "inbox"

    def make(self) -> None:
        """Make the folders that are not there yet."""
        kinds = ("orders", "receipts", "stock-counts", "payments", "bank", "prices", "surveys")
        for path in (
            self.books, self.versions, self.locks, self.outbox, self.reports, self.logs,
            self.partners, self.bank_profiles, self.root / "done", self.root / "set-aside",
            *(self.inbox / kind for kind in kinds),
        ):  # fmt: skip
            path.mkdir(parents=True, exist_ok=True)

    def config(self) -> Config:
        """Read `o2c.toml`; raises CannotRun with the place of the fault."""
        path = self.root / CONFIG
        try:
            raw: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8-sig"))
            return Config.model_validate(raw)
        except FileNotFoundError as error:
            raise CannotRun(
                f"{self.root} is not a company folder: it has no {CONFIG}. Make one with: o2c init FOLDER"
            ) from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise CannotRun(f"{path} cannot be read: {error}. Mend that line, or restore the file.") from error
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(part) for part in first["loc"])
            raise CannotRun(f"{path}: {place}: {first['msg']}.") from error

    def ledger_address(self) -> Path | str:
        """Where the ledger is: a file in the folder, or a PostgreSQL address."""
        address = self.config().ledger
        return address if address.startswith("postgresql") else self.root / address


def find_folder(start: Path) -> Folder:
    """The company folder at `start` or above it; raises CannotRun when there is none."""
    start = start.resolve()
    for candidate in (start, *start.parents):
        if (candidate / CONFIG).is_file():
            return Folder(candidate)
    raise CannotRun(
        f"No company folder at {start} or above it. Make one with: o2c init FOLDER, or name one with -C FOLDER."
    )
