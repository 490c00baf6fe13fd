"""Papers that leave the outbox are moved, never lost."""

from __future__ import annotations

from pathlib import Path

from o2c_xl.company.papers.withdrawn import put_aside


def test_a_second_withdrawn_paper_of_a_name_lies_beside_the_first(tmp_path: Path) -> None:
    paper = tmp_path / "Reminder C1.pdf"
    paper.write_bytes(b"first")
    put_aside(tmp_path, [paper.name])
    paper.write_bytes(b"second")

    lies = put_aside(tmp_path, [paper.name])

    kept = {path.read_bytes() for path in (tmp_path / "withdrawn").iterdir()}
    assert kept == {b"first", b"second"}
    assert (tmp_path / lies[paper.name]).read_bytes() == b"second"
    assert not paper.exists()


def test_a_paper_that_was_moved_before_is_said_to_lie_where_it_was_moved(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"a")
    first = put_aside(tmp_path, ["a.pdf"])

    assert put_aside(tmp_path, ["a.pdf"]) == first == {"a.pdf": "withdrawn/a.pdf"}
