"""Drop folders: which names are files to take, when one is complete, whose it is, and where it ends."""

from __future__ import annotations

import errno
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from o2c_xl.domain.issue import CannotRun
from o2c_xl.intake.folders.claims import Claims
from o2c_xl.intake.folders.names import is_passed_over
from o2c_xl.intake.folders.scan import Scan
from o2c_xl.intake.folders.settling import Look, Settling, look_at
from o2c_xl.intake.folders.stored import Moving, free_place, place, place_new
from o2c_xl.intake.folders.watched import Watched, watched_folders

ORDERS = Watched(kind="orders", folder="orders", settle_seconds=2.0)


@pytest.mark.parametrize(
    "name",
    [
        "~$Orders.xlsx", ".~lock.Orders.xlsx#", ".hidden.csv", "orders.tmp", "ORDERS.TMP", "orders.csv.part",
        "orders.csv.filepart", "orders.xlsx.crdownload", "orders.csv~", ".orders.csv.swp", "x.swp", "Thumbs.db",
        "desktop.ini", "3F2A91BC", "3f2a91bc.tmp", "~WRL0001.tmp",
    ],
)  # fmt: skip
def test_lock_and_temporary_files_are_passed_over(name: str) -> None:
    assert is_passed_over(name)


@pytest.mark.parametrize(
    "name", ["orders.csv", "Orders 2026.xlsx", "12345678.csv", "deadbeef.xlsx", "ünïcode.csv", "a"]
)
def test_other_files_are_taken(name: str) -> None:
    assert not is_passed_over(name)


def test_a_file_older_than_the_settle_time_is_complete_at_the_first_look() -> None:
    settling = Settling(2.0)

    assert settling.wait(Path("a"), Look(5, 1_000_000_000_000, 1), now=1003.0, clock=50.0) == 0


def test_a_file_with_a_time_to_come_is_complete_when_it_stayed_the_same_by_our_own_clock() -> None:
    settling = Settling(2.0)
    look = Look(5, 9_000_000_000_000, 1)

    first = settling.wait(Path("a"), look, now=1000.0, clock=50.0)
    later = settling.wait(Path("a"), look, now=1002.1, clock=52.1)

    assert first == pytest.approx(2.0)
    assert later == 0


def test_a_file_that_grows_waits_anew() -> None:
    settling = Settling(2.0)
    settling.wait(Path("a"), Look(5, 1_000_000_000_000, 1), now=1000.5, clock=50.0)

    assert settling.wait(Path("a"), Look(9, 1_001_900_000_000, 1), now=1002.0, clock=51.5) == pytest.approx(1.9)


def test_a_workbook_without_its_end_waits_a_minute_and_then_counts_as_damaged() -> None:
    settling = Settling(2.0)
    look = Look(5, 1_000_000_000_000, 1, whole=False)

    assert settling.wait(Path("a"), look, now=1003.0, clock=3.0) == pytest.approx(57.0)
    assert settling.wait(Path("a"), look, now=1060.0, clock=60.0) == 0


def test_a_look_tells_whether_a_zip_has_its_directory(tmp_path: Path) -> None:
    (tmp_path / "half").write_bytes(b"PK\3\4" + b"x" * 5000)
    (tmp_path / "whole").write_bytes(b"PK\3\4" + b"x" * 5000 + b"PK\5\6" + b"\0" * 18)
    (tmp_path / "text").write_bytes(b"Order,Line\n")

    assert [look_at(tmp_path / name).whole for name in ("half", "whole", "text")] == [False, True, True]


def test_a_look_tells_whether_the_last_line_of_a_list_has_an_end(tmp_path: Path) -> None:
    texts = {"a.csv": b"A,B\n1,2\n", "b.csv": b"A,B\n1,2", "c.csv": b"A,B\n1", "d.xml": b"<a/>", "e.TXT": b"A\r\n1\r\n"}
    texts |= {"f.csv": "A\n".encode("utf-16"), "g.csv": "A\n1".encode("utf-16-be"), "h.csv": b""}
    for name, text in texts.items():
        (tmp_path / name).write_bytes(text)

    assert [name for name in texts if not look_at(tmp_path / name).whole] == ["b.csv", "c.csv", "g.csv"]


def test_a_scan_tells_the_complete_from_the_waiting_and_opens_no_pipe(tmp_path: Path) -> None:
    folder = tmp_path / "orders"
    folder.mkdir()
    for name, age in (("old.csv", 60), ("young.csv", 0), ("open.xlsx", 60), ("~$open.xlsx", 60), ("x.tmp", 60)):
        (folder / name).write_text("x", encoding="utf-8")
        os.utime(folder / name, (time.time() - age, time.time() - age))
    (folder / "a folder").mkdir()
    (folder / "link.csv").symlink_to(folder / "old.csv")
    os.mkfifo(folder / "pipe.csv")

    looked = Scan(tmp_path, [ORDERS]).look(time.time(), 10.0)

    assert [dropped.path.name for dropped in looked.ready] == ["old.csv"]
    assert {waits.path.name: waits.seconds is None for waits in looked.waiting} == {
        "young.csv": False,
        "open.xlsx": True,
        "link.csv": True,
        "pipe.csv": True,
    }


def test_a_folder_below_is_said_unless_it_is_watched_or_holds_what_was_handled(tmp_path: Path) -> None:
    own = ORDERS.model_copy(update={"kind": "own", "folder": "orders/partners/own", "done": "orders/done"})
    for name in ("orders/done/x.csv", "orders/partners/own/x.csv", "orders/.hidden/x.csv", "orders/empty/x.tmp"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text("x", encoding="utf-8")
    scan = Scan(tmp_path, [ORDERS, own])

    before = scan.look(time.time(), 10.0)
    (tmp_path / "orders" / "partners" / "x.csv").write_text("x", encoding="utf-8")
    after = scan.look(time.time(), 10.0)

    assert [waits.name for waits in before.waiting] == ["x.csv"]
    assert [waits.name for waits in after.waiting] == ["orders/partners", "x.csv"]


def test_a_folder_out_of_reach_is_an_alert_and_nothing_else(tmp_path: Path) -> None:
    looked = Scan(tmp_path, [ORDERS]).look(time.time(), 10.0)

    assert (looked.ready, looked.waiting, len(looked.alerts)) == ([], [], 1)


def test_each_file_is_claimed_by_one_of_many(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    for number in range(200):
        (inbox / f"{number}.csv").write_text(str(number), encoding="utf-8")
    files = [(path, "orders") for path in sorted(inbox.iterdir())]
    watchers = [Claims(tmp_path / "claims") for _ in range(4)]
    got: dict[int, list[str]] = {}
    threads = [
        threading.Thread(target=lambda i=i, w=w: got.__setitem__(i, [c.name for c in w.claim(files)]))
        for i, w in enumerate(watchers)
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    names = [name for part in got.values() for name in part]
    assert sorted(names) == sorted(path.name for path, _ in files)
    assert not list(inbox.iterdir())


def test_claims_of_a_watcher_that_was_killed_are_taken_over_and_those_of_a_living_one_are_not(tmp_path: Path) -> None:
    inbox, root = tmp_path / "inbox", tmp_path / "claims"
    inbox.mkdir()
    for name in ("dead.csv", "alive.csv"):
        (inbox / name).write_text(name, encoding="utf-8")
    code = (
        "import os, signal, sys; from pathlib import Path; from o2c_xl.intake.folders.claims import Claims\n"
        "claims = Claims(Path(sys.argv[1])); claims.claim([(Path(sys.argv[2]), 'orders')])\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", code, root, inbox / "dead.csv"], check=False)
    alive = Claims(root)
    alive.claim([(inbox / "alive.csv", "orders")])

    heir = Claims(root)
    count = heir.adopt()

    assert count == 1
    assert [(claim.name, claim.kind) for claim in heir.held()] == [("dead.csv", "orders")]
    assert [claim.name for claim in alive.held()] == ["alive.csv"]


def test_a_claim_given_back_lies_where_it_was_dropped(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a", encoding="utf-8")
    claims = Claims(tmp_path / "claims")
    (claim,) = claims.claim([(tmp_path / "a.csv", "orders")])

    claims.give_back(claim, tmp_path)
    claims.close()

    assert (tmp_path / "a.csv").read_text(encoding="utf-8") == "a"
    assert not any((tmp_path / "claims").iterdir())


def test_a_file_that_cannot_be_fetched_from_another_disk_keeps_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "a.csv").write_text("a", encoding="utf-8")
    rename = Path.rename

    def to_another_disk(source: Path, target: Path) -> Path:
        if source.parent == inbox != target.parent:
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
        return rename(source, target)

    def full(_source: Path, target: Path) -> None:
        target.write_text("", encoding="utf-8")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "rename", to_another_disk)
    claims = Claims(tmp_path / "claims")
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(shutil, "copyfile", full)
        with pytest.raises(OSError, match="No space left"):
            claims.claim([(inbox / "a.csv", "orders")])

    assert [path.name for path in inbox.iterdir()] == ["a.csv"]
    assert [claim.name for claim in claims.claim([(inbox / "a.csv", "orders")])] == ["a.csv"]


@settings(deadline=None)  # it waits for the disk
@given(names=st.lists(st.sampled_from(["a.csv", "b.csv", "x" * 250 + ".csv"]), min_size=1, max_size=8))
def test_stored_files_keep_their_name_and_replace_none(tmp_path_factory: pytest.TempPathFactory, names) -> None:
    folder = tmp_path_factory.mktemp("stored")
    contents = {}

    for number, name in enumerate(names):
        file = folder / "in" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(str(number), encoding="utf-8")
        wanted = free_place(folder / "done", name, "abcdef0123456789", file)
        contents[place(file, wanted, name, "abcdef0123456789")] = (name, str(number))

    assert len(contents) == len(names)
    for path, (name, content) in contents.items():
        assert path.read_text(encoding="utf-8") == content
        assert name in str(path.relative_to(folder))


def test_a_move_that_was_cut_short_between_its_halves_is_finished(tmp_path: Path) -> None:
    file, target = tmp_path / "a.csv", tmp_path / "done" / "a.csv"
    target.parent.mkdir()
    file.write_text("a", encoding="utf-8")
    os.link(file, target)

    assert place(file, target, "a.csv", "0" * 64) == target
    assert not file.exists()


def test_the_same_content_of_our_own_is_one_file(tmp_path: Path) -> None:
    paths = [place_new(tmp_path, "a.xlsx", content, "1" * 64) for content in (b"one", b"two", b"one")]

    assert [path.name for path in paths] == ["a.xlsx", "11111111 a.xlsx", "a.xlsx"]


def test_a_company_may_replace_add_and_switch_off_drop_folders(tmp_path: Path) -> None:
    (tmp_path / "orders.toml").write_text('folder = "elsewhere"\ncustomers = ["C1"]\n', encoding="utf-8")
    (tmp_path / "alfki.toml").write_text('folder = "inbox/alfki"\nsender = "a@example.com"\n', encoding="utf-8")
    (tmp_path / "surveys.toml").write_text('folder = "inbox/surveys"\noff = true\n', encoding="utf-8")

    folders = {watched.kind: watched for watched in watched_folders(tmp_path)}

    assert folders["orders"].folder == "elsewhere"
    assert folders["alfki"].sender == "a@example.com"
    assert "surveys" not in folders
    assert folders["receipts"].tables == ["Receipts"]


@pytest.mark.parametrize(
    "text", ["folder = 3\n", "folder = \n", 'folder = "x"\ntabels = []\n', 'folder = "x"\ntables = ["Log"]\n']
)
def test_a_slip_in_a_watcher_file_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "orders.toml").write_text(text, encoding="utf-8")

    with pytest.raises(CannotRun, match=r"orders\.toml"):
        watched_folders(tmp_path)


def test_a_lock_without_a_folder_is_swept_once_it_is_surely_a_dead_watcher_s(tmp_path: Path) -> None:
    old, young = tmp_path / "gone-1-a.alive", tmp_path / "begins-2-b.alive"
    for path in (old, young):
        path.touch()
    os.utime(old, (1, 1))
    claims = Claims(tmp_path)

    claims.adopt()

    assert not old.exists()
    assert young.exists()
    claims.close()


def test_files_moved_together_have_both_names_until_they_are_settled(tmp_path: Path) -> None:
    moving = Moving()
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text(name, encoding="utf-8")
        moving.place(tmp_path / name, tmp_path / "done" / name, name, "0" * 64)

    before = sorted(path.name for path in tmp_path.glob("*.csv"))
    moving.settle()

    assert before == ["a.csv", "b.csv"]
    assert list(tmp_path.glob("*.csv")) == []
    assert sorted(path.read_text(encoding="utf-8") for path in (tmp_path / "done").iterdir()) == before


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ('done = "../elsewhere"', 'done: "../elsewhere" leaves the company folder'),
        ('set_aside = "inbox/orders"', 'set_aside: "inbox/orders" is a drop folder'),
        ('set_aside = "inbox/../inbox/own"', "is a drop folder"),
        ('done = "books/done"', "is for the workbooks that people share"),
    ],
)
def test_handled_files_are_put_below_the_company_and_not_where_they_are_taken_again(
    tmp_path: Path, told: str, why: str
) -> None:
    own = tmp_path / "watchers"
    own.mkdir()
    (own / "own.toml").write_text(f'folder = "inbox/own"\n{told}\n', encoding="utf-8")

    with pytest.raises(CannotRun, match=re.escape(why)):
        watched_folders(own)


@pytest.mark.parametrize(
    "folder",
    [
        ".", "..", "../drop", "inbox/../../drop", "inbox/..", "books", "Books/new", "work/claims", "done", "set-aside",
        "outbox", "layouts/partners", "watchers", "reports", "logs", "data", "to-books",
    ],
)  # fmt: skip
def test_a_drop_folder_lies_apart_from_what_the_company_keeps(folder: str, tmp_path: Path) -> None:
    own = tmp_path / "company" / "watchers"
    own.mkdir(parents=True)
    (own.parent / "books").mkdir()
    (own.parent / "to-books").symlink_to(own.parent / "books")
    (own / "a.toml").write_text(f'folder = "{folder}"\n', encoding="utf-8")

    with pytest.raises(CannotRun, match=r"a\.toml: folder: "):
        watched_folders(own, own.parent / "data" / "ledger.db")


def test_a_drop_folder_may_be_below_the_inbox_or_a_whole_path_elsewhere(tmp_path: Path) -> None:
    own = tmp_path / "company" / "watchers"
    own.mkdir(parents=True)
    for name, folder in (("a", "inbox/new"), ("b", str(tmp_path / "share" / "books")), ("c", "data/../drop")):
        (own / f"{name}.toml").write_text(f'folder = "{folder}"\n', encoding="utf-8")

    assert {"a", "b", "c"} <= {one.kind for one in watched_folders(own, "postgresql://server/o2c")}
