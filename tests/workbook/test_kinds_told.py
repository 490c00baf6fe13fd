"""What a file is that holds NUL bytes is told as what it is."""

from __future__ import annotations

import io

import pytest

from o2c_xl.workbook.opc.kind import kind_of, refusal


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("Order,SKU\n1,2\n".encode("utf-16-le"), "UTF-16 without the mark"),
        ("Order,SKU\n1,2\n".encode("utf-16-be"), "UTF-16 without the mark"),
        (b"--mail boundary\r\n\r\nPK\3\4\x14\0\0\0", "other bytes in front"),
        (b"Order,SKU\n1,2\n\0\0\0\0", "NUL bytes"),
    ],
)
def test_bytes_that_no_text_has_are_named(data: bytes, said: str) -> None:
    assert said in refusal(kind_of(io.BytesIO(data)))
