"""The quick way to a QR code gives one of the codes that segno makes."""

from __future__ import annotations

import io

import segno
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from o2c_xl.documents.qr import qr_modules, qr_png


def codes_of(text: str) -> list[list[str]]:
    def code(mask: int):
        return segno.make(text, error="m", boost_error=False, micro=False, encoding="utf-8", eci=False, mask=mask)

    return [["".join(map(str, row)) for row in code(mask).matrix] for mask in range(8)]


@settings(max_examples=15, deadline=None)
@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=150))
def test_a_code_is_that_of_segno_with_one_of_its_masks(text):
    assert qr_modules(text).rows() in codes_of(text)


def test_the_picture_shows_the_code_within_its_quiet_zone():
    picture = Image.open(io.BytesIO(qr_png("BCD", scale=2))).convert("1")

    rows = qr_modules("BCD").rows()
    assert picture.size == ((len(rows) + 8) * 2,) * 2
    shown = [
        "".join("0" if picture.getpixel(((x + 4) * 2, (y + 4) * 2)) else "1" for x in range(len(rows)))
        for y in range(len(rows))
    ]
    assert shown == rows
    assert all(picture.getpixel((x, 7)) for x in range(picture.width))
