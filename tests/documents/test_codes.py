"""The lists of codes are those of the official rules, and what is typed is held against them."""

from __future__ import annotations

import pytest

from o2c_xl.domain.einvoice.codes import (
    ADDRESS_SCHEMES,
    EXEMPTIONS,
    REGISTER_SCHEMES,
    address_problem,
    exemption_problem,
    register_problem,
)
from tests.documents.official_rules import rule_files


@pytest.mark.parametrize(
    ("rule", "ours"), [("BR-CL-25", ADDRESS_SCHEMES), ("BR-CL-11", REGISTER_SCHEMES), ("BR-CL-22", EXEMPTIONS)]
)
def test_our_list_of_codes_is_the_one_of_the_official_rule(rule: str, ours: frozenset[str]) -> None:
    text = (rule_files() / "ubl-2.1/EN16931-UBL-validation.xslt").read_text(encoding="utf-8")

    codes = text[: text.index(rule)].rpartition("contains('")[2].partition("'")[0]

    assert ours == set(codes.split())


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("0088:4012345000009", ""),
        ("0088:4012345000008", "check digits"),
        ("0204:04011000-12345-34", ""),
        ("EM:ada@a.example", ""),
        ("9999:123", "no scheme of e-invoice addresses"),
        ("4012345000009", "has no scheme"),
        ("ada@a.example", "has no scheme"),
        ("0208:0403170702", "check digits"),
    ],
)
def test_an_address_that_no_e_invoice_may_bear_is_told(address: str, said: str) -> None:
    problem, fix = address_problem(address)

    assert (said in problem, bool(fix)) == (True, bool(said))
    assert bool(problem) == bool(said)


def test_a_register_entry_needs_no_scheme_but_one_that_exists() -> None:
    assert [bool(register_problem(text)[0]) for text in ("HRB 12345", "0106:12345678", "7777:1", "")] == [
        False, False, True, False,
    ]  # fmt: skip


def test_a_code_of_no_tax_is_of_the_official_list() -> None:
    assert exemption_problem("VATEX-EU-132-1I education") == ("", "")
    assert exemption_problem("Small business") == ("", "")
    assert "VATEX-XX-NOPE" in exemption_problem("VATEX-XX-NOPE")[0]
