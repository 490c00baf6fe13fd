"""Numbers in a payer's text can be looked up under the spelling that the books have."""

from __future__ import annotations

import pytest

from o2c_xl.domain.cash.spellings import spellings


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("INV-000012", "INV-000012"),
        ("thanks for inv 000012!", "INV-000012"),
        ("INV000012", "INV-000012"),
        ("Order 4500/77-B", "4500/77-B"),
        ("2025-0817", "2025-0817"),
    ],
)
def test_the_number_is_among_the_spellings(text: str, number: str) -> None:
    assert number in spellings(text)


def test_words_without_a_digit_are_no_numbers() -> None:
    assert spellings("thank you very much") == []


def test_a_long_text_gives_a_bounded_number_of_spellings() -> None:
    assert len(spellings(" ".join(f"A{n}-B{n}" for n in range(1_000)))) < 200
