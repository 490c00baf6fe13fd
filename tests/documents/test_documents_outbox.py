"""File names that every system takes, and files that are whole, once and never over another."""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pathvalidate import is_valid_filename

import tests.documents.document_samples as samples
from o2c_xl.documents.names import file_name, safe_name
from o2c_xl.documents.outbox import write_outbox


def named(name: str) -> str:
    return file_name(samples.invoice(buyer=replace(samples.BUYER, name=name)), "pdf")


def test_a_plain_name_stays_as_it_is():
    assert named("Alfreds Futterkiste") == "Invoice INV-000123 Alfreds Futterkiste.pdf"
    assert named("Blondel père et fils") == "Invoice INV-000123 Blondel père et fils.pdf"


def test_each_kind_of_document_has_its_name():
    assert file_name(samples.credit_note(), ".xlsx") == "Credit note CN-000009 Alfreds Futterkiste.xlsx"
    assert file_name(samples.purchase_order(), "pdf") == "Purchase order PO-000031 Exotic Liquids Ltd.pdf"
    assert file_name(samples.packing_slip(), "pdf") == "Packing slip SH-000077 Alfreds Futterkiste.pdf"
    assert file_name(samples.pick_list(), "pdf") == "Pick list PK-000019.pdf"


HOSTILE = [
    "../../etc/passwd",
    "a/b",
    "a\\b",
    "C:\\x",
    "a:b",
    "x\x00y",
    "x\ny",
    "name.",
    "a\u202efdp.exe",
    "?",
    "Ä" * 300,
    "<>|*",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_becomes_a_safe_one_with_a_hash(name):
    result = named(name)

    assert is_valid_filename(result, platform="universal")
    assert Path(result).name == result
    assert len(result.encode()) <= 100
    assert result != named(name + "x")


@given(st.text(st.characters(codec=None, exclude_categories=()), max_size=200))
def test_every_title_gives_a_safe_name(title):
    result = safe_name(title, "pdf")

    assert is_valid_filename(result, platform="universal")
    assert result.endswith(".pdf")
    assert not result.startswith(".")
    assert len(result.encode()) <= 100


@pytest.mark.parametrize("title", ["CON", "nul", "LPT1", "", ".", "..", "~$x"])
def test_reserved_names_are_avoided(title):
    assert is_valid_filename(safe_name(title, "pdf"), platform="universal")


def test_names_that_differ_only_in_forbidden_signs_stay_apart():
    assert named("A/B") != named("A:B")


def test_the_same_content_twice_is_one_file(tmp_path):
    first = write_outbox(tmp_path / "outbox", "a.pdf", b"one")

    second = write_outbox(tmp_path / "outbox", "a.pdf", b"one")

    assert first == second == tmp_path / "outbox" / "a.pdf"
    assert [path.name for path in (tmp_path / "outbox").iterdir()] == ["a.pdf"]


def test_another_file_is_never_overwritten(tmp_path):
    write_outbox(tmp_path, "a.pdf", b"one")

    second = write_outbox(tmp_path, "a.pdf", b"two")

    assert (tmp_path / "a.pdf").read_bytes() == b"one"
    assert second.read_bytes() == b"two"
    assert write_outbox(tmp_path, "a.pdf", b"two") == second
    assert len(list(tmp_path.iterdir())) == 2


def test_a_name_cannot_leave_the_folder(tmp_path):
    path = write_outbox(tmp_path / "outbox", "../escaped.pdf", b"one")

    assert path.parent == tmp_path / "outbox"
    assert list(tmp_path.glob("*.pdf")) == []


@pytest.mark.parametrize("call", ["fsync", "open"])
def test_a_write_that_fails_leaves_no_file_of_that_name_and_can_be_repeated(tmp_path, monkeypatch, call):
    def fail(*_args, **_kwargs):
        raise OSError(28, "no space left on device")

    monkeypatch.setattr(os, call, fail)
    with pytest.raises(OSError):
        write_outbox(tmp_path, "a.pdf", b"one")
    assert not (tmp_path / "a.pdf").exists()
    monkeypatch.undo()

    assert write_outbox(tmp_path, "a.pdf", b"one").read_bytes() == b"one"
    assert [path.name for path in tmp_path.iterdir()] == ["a.pdf"]


@pytest.mark.skipif(os.name == "nt", reason="Windows renames without links")
def test_a_file_system_without_links_is_served_too(tmp_path, monkeypatch):
    def no_links(*_args, **_kwargs):
        raise OSError(95, "not supported")

    monkeypatch.setattr(os, "link", no_links)

    assert write_outbox(tmp_path, "a.pdf", b"one").read_bytes() == b"one"
    assert write_outbox(tmp_path, "a.pdf", b"two").read_bytes() == b"two"
    assert len(list(tmp_path.iterdir())) == 2


def test_a_temporary_file_that_a_killed_run_left_is_completed(tmp_path):
    digest = hashlib.sha256(b"content").hexdigest()
    (tmp_path / f".{digest[:32]}.tmp").write_bytes(b"con")

    path = write_outbox(tmp_path, "a.pdf", b"content")

    assert path.read_bytes() == b"content"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.pdf"]
