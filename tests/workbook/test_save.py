"""Replacing the file: only the one that was read, only when nobody has it open, whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import sys
from pathlib import Path

import pytest
from filelock import FileLock

from o2c_xl.domain.issue import CannotRun
from o2c_xl.workbook.errors import ChangedMeanwhile, InUse, Refused, WriteFault
from o2c_xl.workbook.locks import lock_holder
from o2c_xl.workbook.patch import save
from o2c_xl.workbook.patch.edit import TableEdit, apply_edits
from tests.ordinary import ordinary_user
from tests.workbook.files import small

EDIT = TableEdit("T", {(2, "Text"): "new"})
OLD = small()
NEW = apply_edits(OLD, [EDIT])


def names(folder: Path) -> list[str]:
    """What is in the folder, hidden files too."""
    return sorted(path.name for path in folder.iterdir())


class Place:
    """A workbook in a company's folder."""

    def __init__(self, folder: Path) -> None:
        self.books = folder / "books"
        self.books.mkdir()
        self.versions = folder / "versions"
        self.path = self.books / "Orders.xlsx"
        self.path.write_bytes(OLD)

    def save(self, new: bytes = NEW, old: bytes = OLD, edits=(EDIT,)) -> None:
        read = hashlib.sha256(old).hexdigest()
        save.save_if_unchanged(self.path, new, read_sha256=read, versions=self.versions, stamp="20240229", edits=edits)

    def kept(self) -> list[str]:
        return sorted(p.name for p in self.versions.iterdir() if not p.name.startswith("."))

    def untouched(self) -> bool:
        return self.path.read_bytes() == OLD and names(self.books) == ["Orders.xlsx"]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_the_new_version_replaces_the_old_one_which_is_kept(place: Place):
    place.save()

    assert place.path.read_bytes() == NEW
    assert names(place.books) == ["Orders.xlsx"]
    assert place.kept() == ["Orders 20240229.xlsx"]
    assert (place.versions / "Orders 20240229.xlsx").read_bytes() == OLD


def test_two_versions_of_one_moment_are_both_kept(place: Place):
    place.save()
    place.save(new=OLD, old=NEW, edits=None)

    assert place.kept() == ["Orders 20240229 2.xlsx", "Orders 20240229.xlsx"]
    assert place.path.read_bytes() == OLD


def _written(path: Path) -> tuple[int, int]:
    """Which file it is and when it was written; when it was last read tells nothing."""
    found = path.stat()
    return found.st_ino, found.st_mtime_ns


def test_nothing_to_write_writes_nothing(place: Place):
    before = _written(place.path)

    place.save(new=OLD)

    assert _written(place.path) == before
    assert not place.versions.exists() or not place.kept()


def test_a_workbook_changed_or_gone_since_it_was_read_is_left_alone(place: Place):
    place.path.write_bytes(OLD + b"x")
    with pytest.raises(ChangedMeanwhile, match="changed since"):
        place.save()
    assert place.path.read_bytes() == OLD + b"x"

    place.path.unlink()
    with pytest.raises(ChangedMeanwhile, match="moved or deleted"):
        place.save()


def test_a_change_in_the_last_moment_is_seen(place: Place, monkeypatch: pytest.MonkeyPatch):
    keep = save._keep

    def somebody_saves(*args):
        place.path.write_bytes(OLD + b"x")
        return keep(*args)

    monkeypatch.setattr(save, "_keep", somebody_saves)

    with pytest.raises(ChangedMeanwhile):
        place.save()

    assert place.path.read_bytes() == OLD + b"x"
    assert names(place.books) == ["Orders.xlsx"]
    assert place.kept() == []


EXCEL_OWNER = b"\x04Anna".ljust(55, b" ") + b"\x04\x00" + "Anna".encode("utf-16-le").ljust(108, b" ")
OPENED = {
    "~$Orders.xlsx": (EXCEL_OWNER, "Anna (Excel)"),
    ".~lock.Orders.xlsx#": (b"Bj\xc3\xb6rn,bj,desk4,29.02.2024 10:00,file:///x;", "Björn on desk4 (LibreOffice)"),
}


@pytest.mark.parametrize("lock", OPENED, ids=str)
def test_a_workbook_that_somebody_has_open_is_left_alone_and_named(place: Place, lock: str):
    data, who = OPENED[lock]
    (place.books / lock).write_bytes(data)

    assert lock_holder(place.path) == who
    with pytest.raises(InUse, match="open at"):
        place.save()

    assert place.path.read_bytes() == OLD


def test_a_lock_file_that_says_nothing_still_locks(tmp_path: Path):
    path = tmp_path / "a.xlsx"
    assert lock_holder(path) is None

    (tmp_path / "~$a.xlsx").write_bytes(b"")
    assert lock_holder(path) == "somebody (Excel)"

    (tmp_path / "~$a.xlsx").unlink()
    (tmp_path / ".~lock.a.xlsx#").write_bytes(b",,,,;")
    assert lock_holder(path) == "somebody (LibreOffice)"


def test_two_runs_never_write_at_once(place: Place, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(save, "_WAIT_SECONDS", 0)
    place.versions.mkdir()

    with FileLock(place.versions / ".Orders.xlsx.lock"), pytest.raises(InUse, match="another run"):
        place.save()

    assert place.untouched()


def test_a_version_that_is_not_what_was_meant_never_arrives(place: Place):
    wrong = apply_edits(OLD, [TableEdit("T", {(2, "Text"): "new", (3, "Text"): "more"})])

    with pytest.raises(WriteFault):
        place.save(new=wrong)

    assert place.untouched()


def _fails_at(monkeypatch: pytest.MonkeyPatch, number: int, error: OSError) -> list[int]:
    """Let the n-th call of any write to the disk fail."""
    calls = [0]

    def counted(function):
        def call(*args, **kwargs):
            calls[0] += 1
            if calls[0] == number:
                raise error
            return function(*args, **kwargs)

        return call

    monkeypatch.setattr(os, "fsync", counted(os.fsync))
    monkeypatch.setattr(os, "replace", counted(os.replace))
    monkeypatch.setattr(Path, "replace", counted(Path.replace))
    monkeypatch.setattr(Path, "open", counted(Path.open))
    return calls


@pytest.mark.parametrize("number", range(1, 9))
@pytest.mark.parametrize("code", [28, 5, 13])
def test_a_disk_that_fails_at_any_point_leaves_the_old_or_the_new_and_no_leftover(
    place: Place, monkeypatch: pytest.MonkeyPatch, number: int, code: int
):
    with monkeypatch.context() as patch:
        calls = _fails_at(patch, number, OSError(code, os.strerror(code)))
        try:
            place.save()
            failed = False
        except CannotRun as error:
            failed = True
            assert str(error).endswith(".")  # noqa: PT017 - it may fail or not, by the point

    assert failed == (calls[0] >= number)
    assert names(place.books) == ["Orders.xlsx"]
    assert place.path.read_bytes() in (OLD, NEW)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows flushes no folders")
def test_a_share_whose_folders_cannot_be_flushed_is_written_to(place: Place, monkeypatch: pytest.MonkeyPatch):
    flush = os.fsync

    def of_files_only(handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        flush(handle)

    monkeypatch.setattr(os, "fsync", of_files_only)
    place.save()

    assert place.path.read_bytes() == NEW


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of POSIX")
def test_a_read_only_folder_is_said_in_one_sentence(place: Place):
    place.books.chmod(0o555)
    try:
        with ordinary_user(), pytest.raises(CannotRun, match="may not be changed"):
            place.save()
    finally:
        place.books.chmod(0o755)

    assert place.untouched()


def test_a_workbook_marked_read_only_is_left_alone(place: Place):
    place.path.chmod(stat.S_IREAD | stat.S_IRGRP | stat.S_IROTH)
    try:
        with pytest.raises(Refused, match=r"Orders\.xlsx is marked read-only"):
            place.save()
        mode = stat.S_IMODE(place.path.stat().st_mode)
    finally:
        place.path.chmod(stat.S_IREAD | stat.S_IWRITE)

    assert place.untouched()
    assert not mode & stat.S_IWRITE


def test_a_leftover_of_a_killed_run_is_no_hindrance(place: Place):
    (place.books / ".Orders.xlsx.o2c.tmp").write_bytes(b"half")

    place.save()

    assert names(place.books) == ["Orders.xlsx"]


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of POSIX")
def test_permissions_and_links_stay(place: Place, tmp_path: Path):
    place.path.chmod(0o640)
    link = tmp_path / "link.xlsx"
    link.symlink_to(place.path)
    place.path = link

    place.save()

    assert link.is_symlink()
    assert stat.S_IMODE(link.stat().st_mode) == 0o640
    assert link.read_bytes() == NEW
