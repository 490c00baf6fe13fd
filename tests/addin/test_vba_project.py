"""The writers of the VBA project against other people's readers and the specification's own examples."""

from __future__ import annotations

import io

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from o2c_xl.addin.compound import _Entry, _fill, compound_file
from o2c_xl.addin.compression import compress
from o2c_xl.addin.obfuscation import conceal, reveal
from o2c_xl.addin.project import PROJECT_ID
from tests.addin.addin_files import olevba

EXAMPLE_ID = "{917DED54-440B-4FD1-A5C1-74ACF261E600}"  # MS-OVBA 3.1.10


def read_back(data: bytes) -> bytes:
    return bytes(olevba().decompress_stream(bytearray(compress(data))))


@pytest.mark.parametrize(
    ("text", "packed"),
    [
        # MS-OVBA 3.2.1 no compression, 3.2.2 normal, 3.2.3 maximum
        ("abcdefghijklmnopqrstuv.", "0119b000616263646566676800696a6b6c6d6e6f70007172737475762e"),
        (
            "#aaabcdefaaaaghijaaaaaklaaamnopqaaaaaaaaaaaarstuvwxyzaaa",
            "012fb000236161616263646582660070616768696a013808616b6c00306d6e6f700671027004107273747576107778797a003c",
        ),
        ("a" * 73, "0103b002614500"),
    ],
)
def test_the_examples_of_the_specification(text: str, packed: str) -> None:
    data = text.encode()

    # of several runs of one length any may be named; the specification's second example names a farther one
    assert len(compress(data)) == len(bytes.fromhex(packed))
    assert text.startswith("#") or compress(data).hex() == packed
    assert bytes(olevba().decompress_stream(bytearray.fromhex(packed))) == read_back(data) == data


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from([b"Sub ", b"End Sub\r\n", b"x", b"ab", b"\xe4", b"    "]), max_size=3000).map(b"".join))
@example(b"")
@example(b"a" * 4096)
@example(b"a" * 4097)
@example(bytes(range(256)) * 40)
def test_what_is_compressed_is_read_back_by_another_reader(data: bytes) -> None:
    assert (read_back(data) if data else b"") == data


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=9000))
def test_bytes_that_do_not_shrink_come_back_too(data: bytes) -> None:
    back = read_back(data) if data else b""

    assert back[: len(data)] == data
    assert not any(back[len(data) :])


def test_the_protection_of_the_specifications_example_is_understood() -> None:
    assert reveal("0705D8E3D8EDDBF1DBF1DBF1DBF1", EXAMPLE_ID) == bytes(4)
    assert reveal("0E0CD1ECDFF4E7F5E7F5E7", EXAMPLE_ID) == b"\0"
    assert reveal("1517CAF1D6F9D7F9D706", EXAMPLE_ID) == b"\xff"


def test_the_protection_of_the_specifications_example_is_written() -> None:
    assert conceal(bytes(4), EXAMPLE_ID, 0x07)[:6] == "0705D8"  # what follows begins with bytes to ignore


@given(st.binary(max_size=40), st.integers(0, 255))
def test_what_is_concealed_is_revealed(data: bytes, seed: int) -> None:
    assert reveal(conceal(data, PROJECT_ID, seed), PROJECT_ID) == data


def test_a_value_of_another_project_is_refused() -> None:
    with pytest.raises(ValueError, match="another project"):
        reveal(conceal(b"x", PROJECT_ID, 9), EXAMPLE_ID)


names = st.text("ABCDEFGHxyz_019", min_size=1, max_size=20)


@settings(max_examples=80, deadline=None)
@given(
    st.dictionaries(names, st.binary(max_size=9000), max_size=12),
    st.dictionaries(names, st.binary(max_size=99), max_size=40),
)
def test_every_stream_is_read_back_whole_from_a_compound_file(top: dict[str, bytes], inner: dict[str, bytes]) -> None:
    import olefile

    top = {name: data for name, data in {n.upper(): d for n, d in top.items()}.items() if name != "VBA"}
    inner = {name.upper(): data for name, data in inner.items()}

    made = compound_file({**top, "VBA": inner})

    file = olefile.OleFileIO(io.BytesIO(made), raise_defects=olefile.DEFECT_POTENTIAL)
    assert file.parsing_issues == []
    assert {"/".join(path) for path in file.listdir()} == {*top, *(f"VBA/{name}" for name in inner)}
    for name, data in [*top.items(), *((f"VBA/{name}", data) for name, data in inner.items())]:
        assert file.openstream(name).read() == data


def test_a_large_stream_is_read_back_and_a_giant_one_refused() -> None:
    import olefile

    data = bytes(range(256)) * 8000  # more than one FAT sector

    assert olefile.OleFileIO(io.BytesIO(compound_file({"A": data}))).openstream("A").read() == data
    with pytest.raises(ValueError, match="too large"):
        compound_file({"A": bytes(8_000_000)})


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 6, 7, 8, 12, 31, 32, 40])
def test_siblings_stand_in_a_sorted_red_black_tree(count: int) -> None:
    """MS-CFB 2.6.4: programs look streams up by this order, so a wrong tree hides them."""
    directory = [_Entry("Root Entry", 5)]
    _fill(directory, 0, {f"{'n' * (place % 3 + 1)}{place}": b"" for place in range(count)})

    def walk(place: int, under_red: bool) -> tuple[list[str], int]:
        if place == 0xFFFFFFFF:
            return [], 1
        entry = directory[place]
        red = entry.colour == 0
        assert not (red and under_red)
        (left, blacks), (right, others) = walk(entry.left, red), walk(entry.right, red)
        assert blacks == others
        return [*left, entry.name, *right], blacks + (not red)

    names, _ = walk(directory[0].child, True)

    assert names == sorted(names, key=lambda name: (len(name), name.upper()))
    assert len(names) == count
