"""Bank statements as real banks write them, and the place of what cannot be read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from o2c_xl.domain.issue import CannotRun
from o2c_xl.intake.process.jobs import job_named
from o2c_xl.intake.statements.bank_csv import read_list, rows_of_csv
from o2c_xl.intake.statements.bank_profile import Profile
from o2c_xl.intake.statements.camt import read_camt
from o2c_xl.intake.statements.model import Read
from o2c_xl.intake.statements.mt940 import read_mt940
from o2c_xl.intake.statements.ofx import read_ofx

D = Decimal
# File: for each statement account, currency, lines, their sum, and what its balances leave unexplained.
SAMPLES = {
    "camt/camt053_batch.xml": [("NL18INGB00012345678", "EUR", 3, "2934.26", "12774.14")],
    "camt/camt053_debit.xml": [("DE14740618130000033626", "EUR", 5, "-10.00", "66.12")],
    "camt/camt053_v2.xml": [("DE14740618130000033626", "EUR", 5, "-10.00", "0.00")],
    "camt/camt053_v8.xml": [("CH1111111111111111111", "CHF", 3, "542.28", "1251.02")],
    "csv/oca_debit_credit.csv": [("", "", 2, "1500.00", "0.00")],
    "csv/oca_meta_data_separated_credit_debit.xlsx": [("08088804068", "EUR", 4, "1069.32", "0.02")],
    "csv/oca_sample_statement_en.csv": [("", "USD", 1, "-33.50", None), ("", "EUR", 1, "1525.00", None)],
    "csv/oca_sample_statement_en.xlsx": [("", "USD", 1, "-33.50", None), ("", "EUR", 1, "1525.00", None)],
    "mt940/abnamro.sta": [
        ("517852257", "EUR", 8, "-321.44", "-2038.00"),
        ("517852257", "EUR", 2, "-24.49", "-1002.60"),
    ],
    "mt940/cmxl.sta": [
        ("45050050/76198810", "DEM", 11, "87.30", "0.00"),
        ("10020030/1234567", "EUR", 2, "2200.00", "0.00"),
        ("BPHKPLPK/320000546101", "PLN", 3, "10040.00", "0.00"),
    ],
    "mt940/february_30.sta": [("12345678/1020304050", "EUR", 1, "-6.00", "0.00")],
    "mt940/generic.sta": [("11111111", "EUR", 1, "-10.00", "0.00"), ("11111111", "EUR", 1, "-10.00", "0.00")],
    "mt940/ing.sta": [("0001234567", "EUR", 7, "-45.59", "49.06")],
    "mt940/mbank.sta": [("PL29114010810000267002001002", "PLN", 3, "0.03", "0.00")],
    "mt940/rabobank-iban.sta": [
        ("NL71RABO0123456789", "EUR", 2, "-35.00", "0.00"),
        ("NL71RABO0123456789", "EUR", 2, "-35.00", "0.00"),
    ],
    "mt940/sepa_snippet.sta": [
        ("50880050/0194787400888", "EUR", 4, "358593.91", "0.00"),
        ("50880050/0194791600888", "EUR", 7, "-2501917.30", "300.08"),
    ],
    "mt940/triodos.sta": [("TRIODOSBANK/0390123456", "EUR", 2, "-715.70", "111.40")],
    "ofx/bank_medium.ofx": [("12300000012345678", "CAD", 3, "-345.27", None)],
    "ofx/checking.ofx": [("1452687~7", "USD", 3, "-59.50", None)],
    "ofx/oca_test.ofx": [("123456", "USD", 4, "-360", None), ("123412341234", "USD", 0, "0", None)],
    "ofx/suncorp.ofx": [("123456789", "AUD", 1, "-16.85", None)],
}


def test_every_sample_of_the_index_has_an_answer_here(shared_data: Path) -> None:
    there = {path.relative_to(shared_data / "bank").as_posix() for path in (shared_data / "bank").glob("*/*")}

    assert there == set(SAMPLES)


@pytest.mark.parametrize("name", SAMPLES)
def test_each_sample_is_read_line_by_line(name: str, shared_data: Path) -> None:
    heads, lines = job_named("rows")(shared_data / "bank" / name, name, None, None, None)

    assert heads.issues == []
    found = []
    for at, key in enumerate(heads.columns["statement"]):
        head = {field: values[at] for field, values in heads.columns.items()}
        own = [i for i, of in enumerate(lines.columns["statement"]) if of == key]
        total = sum((lines.columns["amount"][i] for i in own), D(0))
        both = head["opening"] is not None and head["closing"] is not None
        rest = head["closing"] - head["opening"] - total if both else None
        found.append((head["account"], head["currency"], len(own), total, rest))
        assert all(lines.columns["raw"][i] and lines.columns["booked_on"][i] for i in own)
    wanted = [(a, c, n, D(total), None if rest is None else D(rest)) for a, c, n, total, rest in SAMPLES[name]]
    assert found == wanted


def mt940(*lines: str, opening: str = "C260301EUR100,00", closing: str = "C260302EUR110,00") -> str:
    head = [":20:X", ":25:DE02120300000000202051", ":28C:7/1", f":60F:{opening}"]
    return "\n".join([*head, *lines, f":62F:{closing}", "-"])


def read(text: str) -> Read:
    return read_mt940(text, "x.sta")


@pytest.mark.parametrize(
    ("mark", "amount", "reversal"),
    [
        ("C", "12.30", False),
        ("D", "-12.30", False),
        ("RC", "-12.30", True),
        ("RD", "12.30", True),
        ("CR", "12.30", False),
    ],
)
def test_mt940_tells_sides_reversals_and_the_letter_of_the_currency_apart(
    mark: str, amount: str, reversal: bool
) -> None:
    (line,) = read(mt940(f":61:2603020302{mark}12,30NTRFNONREF//B1")).statements[0].lines

    assert (line.amount, line.reversal, line.bank_reference) == (D(amount), reversal, "B1")


def test_mt940_takes_amounts_filled_up_with_zeros() -> None:
    (one,) = read(mt940(opening="C180410TRY0000000000000100,00", closing="C180410TRY0000000000000100,00")).statements

    assert (one.opening, one.closing) == (D(100), D(100))


def test_mt940_joins_the_pages_of_one_statement() -> None:
    one = mt940(":61:260302C5,NTRFNONREF").replace(":62F:", ":62M:")
    two = mt940(":61:260302C5,NTRFNONREF", opening="C260302EUR105,00").replace(":60F:", ":60M:").replace("7/1", "7/2")

    (statement,) = read(f"{one}\n{two}").statements

    assert (statement.opening, statement.closing, len(statement.lines)) == (D(100), D(110), 2)


def test_mt940_finds_the_year_of_a_booking_day_at_new_year() -> None:
    (line,) = read(mt940(":61:2512310102C10,00NTRFNONREF")).statements[0].lines

    assert (line.value_on, line.booked_on) == (date(2025, 12, 31), date(2026, 1, 2))


def test_mt940_reads_german_subfields() -> None:
    about = (
        ":86:166?00GUTSCHRIFT?20EREF+E-77?21SVWZ+INV-000012 und INV-000?22013?30X?31DE75512108001245126199"
        "?32Alpha?33 GmbH"
    )

    (line,) = read(mt940(":61:260302C10,00NTRFNONREF", about)).statements[0].lines

    assert (line.counterparty, line.account, line.end_to_end) == ("Alpha GmbH", "DE75512108001245126199", "E-77")
    assert line.text.startswith("INV-000012 und INV-000")


def test_mt940_reads_code_words_between_slashes() -> None:
    about = ":86:/TRTP/SEPA/IBAN/NL70ABNA0987654321/BIC/ABNANL2A/NAME/ALPHA BV/REMI/INV-000012/EREF/E-77"

    (line,) = read(mt940(":61:260302C10,00NTRFNONREF", about)).statements[0].lines

    assert (line.counterparty, line.account) == ("ALPHA BV", "NL70ABNA0987654321")
    assert (line.text, line.end_to_end) == ("INV-000012", "E-77")


@pytest.mark.parametrize(
    ("remitted", "text", "reference"),
    [
        ("USTD//INV-000012/", "INV-000012", ""),
        ("INV-000012", "INV-000012", ""),
        ("STRD/CUR/RF18539007547034", "RF18539007547034", "RF18539007547034"),
        ("/CDTRREFTP//CD/SCOR/CDTRREF/RF18539007547034", "RF18539007547034", "RF18539007547034"),
    ],
)
def test_mt940_tells_structured_references_from_texts(remitted: str, text: str, reference: str) -> None:
    about = f":86:/ORDP//NAME/ALPHA BV/REMI/{remitted}/EREF/E-77"

    (line,) = read(mt940(":61:260302C10,00NTRFNONREF", about)).statements[0].lines

    assert (line.text, line.reference, line.end_to_end) == (text, reference, "E-77")


def test_mt942_leaves_out_what_is_only_expected() -> None:
    lines = ":61:260302EC10,00NTRFNONREF\n:86:to come\n:61:260302C5,00NTRFNONREF\n:86:there"
    text = f":20:X\n:25:DE02120300000000202051\n:28C:1\n:34F:EUR0,\n:13D:2603021200+0100\n{lines}\n-"

    (statement,) = read(text).statements

    assert (statement.kind, statement.interim) == ("MT942", True)
    assert [(line.amount, line.text, line.currency) for line in statement.lines] == [(D(5), "there", "EUR")]


@pytest.mark.parametrize(
    ("text", "place", "field"),
    [
        (mt940(":61:2613020302C12,30NTRFNONREF"), 5, ":61:"),
        (mt940(":61:260302X12,30NTRFNONREF"), 5, ":61:"),
        *(
            (mt940(f":61:2603020302C{sum_}NTRFNONREF"), 5, ":61:")
            for sum_ in ("1.100,00", "1 100,00", "1'100,00", "1.100")
        ),
        (mt940(opening="C260301EURO"), 4, ":60F:"),
        (mt940().replace(":25:DE02120300000000202051\n", ""), 1, ":25:"),
        (mt940().partition(":62F:")[0], 1, ":62F:"),
    ],
)
def test_what_mt940_cannot_mean_is_named_with_its_line_and_field(text: str, place: int, field: str) -> None:
    faults = read(text).faults

    assert [(fault.place, fault.field) for fault in faults] == [(place, field)]


def camt(entries: str, version: str = "053.001.08", kind: str = "Stmt", outer: str = "BkToCstmrStmt") -> bytes:
    return (
        f'<?xml version="1.0"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.{version}">\n<{outer}><{kind}>\n'
        f"<Id>1</Id><Acct><Id><IBAN>DE02120300000000202051</IBAN></Id><Ccy>EUR</Ccy></Acct>\n{entries}\n</{kind}></{outer}>"
        "</Document>"
    ).encode()


def entry(amount: str = "10.00", side: str = "CRDT", details: str = "", more: str = "") -> str:
    return (
        f'<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd>{more}<BookgDt><Dt>2026-03-02</Dt></BookgDt>'
        f"<AcctSvcrRef>R1</AcctSvcrRef><NtryDtls>{details}</NtryDtls></Ntry>"
    )


def item(amount: str, name: str) -> str:
    return (
        f'<TxDtls><Amt Ccy="EUR">{amount}</Amt><RltdPties><Dbtr><Nm>{name}</Nm></Dbtr></RltdPties>'
        f"<RmtInf><Ustrd>for {name}</Ustrd></RmtInf></TxDtls>"
    )


@pytest.mark.parametrize("number", [f"{n:02}" for n in range(1, 14)])
def test_every_version_of_camt_053_is_read(number: str) -> None:
    found = read_camt(camt(entry(details=item("10.00", "A")), f"053.001.{number}"), "x.xml")

    assert [(line.amount, line.counterparty) for line in found.statements[0].lines] == [(D(10), "A")]


@pytest.mark.parametrize(
    ("version", "kind", "outer"),
    [("052.001.06", "Rpt", "BkToCstmrAcctRpt"), ("054.001.04", "Ntfctn", "BkToCstmrDbtCdtNtfctn")],
)
def test_reports_of_the_day_and_notifications_are_interim(version: str, kind: str, outer: str) -> None:
    (statement,) = read_camt(camt(entry(), version, kind, outer), "x.xml").statements

    assert (statement.interim, statement.kind, len(statement.lines)) == (True, f"camt.{version[:3]}", 1)


def test_a_batch_is_itemised_where_its_items_add_up_and_one_line_where_not() -> None:
    sound = entry("30.00", details=item("10.00", "A") + item("20.00", "B"))
    other = entry("30.00", details=item("10.00", "A") + item("10.00", "B"))

    lines = read_camt(camt(sound + other), "x.xml").statements[0].lines

    assert [(line.amount, line.counterparty, line.text) for line in lines] == [
        (D(10), "A", "for A"),
        (D(20), "B", "for B"),
        (D(30), "", "for A for B"),
    ]


def test_what_is_not_booked_yet_is_left_out() -> None:
    pending = entry(more="<Sts><Cd>PDNG</Cd></Sts>") + entry(more="<Sts>INFO</Sts>")

    assert read_camt(camt(pending + entry(more="<Sts><Cd>BOOK</Cd></Sts>")), "x").statements[0].lines[0].amount == 10
    assert read_camt(camt(pending), "x").statements[0].lines == []


def test_a_reversal_and_a_return_are_told() -> None:
    back = "<TxDtls><RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf></TxDtls>"
    entries = entry(side="DBIT", more="<RvslInd>true</RvslInd>") + entry(side="DBIT", details=back)

    lines = read_camt(camt(entries), "x").statements[0].lines

    assert [(line.amount, line.reversal) for line in lines] == [(D(-10), True)] * 2


def test_a_debit_that_names_the_customer_as_debtor_keeps_name_and_account() -> None:
    them = "<Dbtr><Nm>Beta</Nm></Dbtr><DbtrAcct><Id><IBAN>DE22</IBAN></Id></DbtrAcct>"
    us = "<CdtrAcct><Id><IBAN>DE02120300000000202051</IBAN></Id></CdtrAcct>"
    for parties in (them, them + us):
        details = f"<TxDtls><RltdPties>{parties}</RltdPties></TxDtls>"

        (line,) = read_camt(camt(entry(side="DBIT", details=details)), "x").statements[0].lines

        assert (line.counterparty, line.account) == ("Beta", "DE22")


@pytest.mark.parametrize(
    ("amounts", "remitted"),
    [(("100.00", "19.50"), "INV 1 100.00; INV-2 19.50"), (("100.00", ""), ""), (("", ""), ""), (("100.00", "x"), "")],
)
def test_what_is_paid_of_each_document_is_read_where_each_has_its_amount(
    amounts: tuple[str, str], remitted: str
) -> None:
    parts = "".join(
        f"<Strd><RfrdDocInf><Nb>{number}</Nb></RfrdDocInf>"
        + (f'<RfrdDocAmt><RmtdAmt Ccy="EUR">{amount}</RmtdAmt></RfrdDocAmt>' if amount else "")
        + "</Strd>"
        for number, amount in zip(("INV 1", "INV-2"), amounts, strict=True)
    )
    details = f"<TxDtls><RmtInf>{parts}</RmtInf></TxDtls>"

    (line,) = read_camt(camt(entry(details=details)), "x").statements[0].lines

    assert (line.text, line.remitted) == ("INV 1 INV-2", remitted)


@pytest.mark.parametrize(
    ("amounts", "remitted"), [(("100.00", "19.50"), "RF1 100.00; RF2 19.50"), (("", ""), ""), (("100.00", ""), "")]
)
def test_every_structured_reference_of_a_payment_is_read_each_with_its_amount(
    amounts: tuple[str, str], remitted: str
) -> None:
    parts = "".join(
        (f'<Strd><RfrdDocAmt><RmtdAmt Ccy="EUR">{amount}</RmtdAmt></RfrdDocAmt>' if amount else "<Strd>")
        + f"<CdtrRefInf><Ref>{number}</Ref></CdtrRefInf></Strd>"
        for number, amount in zip(("RF1", "RF2"), amounts, strict=True)
    )
    more = "<Strd><AddtlRmtInf>Thanks</AddtlRmtInf></Strd>"
    details = f"<TxDtls><RmtInf>{parts}{more}</RmtInf></TxDtls>"

    (line,) = read_camt(camt(entry(details=details)), "x").statements[0].lines

    assert (line.text, line.reference, line.remitted) == ("Thanks", "RF1 RF2", remitted)


@pytest.mark.parametrize(
    ("charges", "told"),
    [
        ('<Amt Ccy="EUR">1.50</Amt>', "1.50"),
        ('<Amt Ccy="EUR">1.50</Amt><CdtDbtInd>CRDT</CdtDbtInd>', None),
        ('<Amt Ccy="USD">1.50</Amt>', None),
        (
            '<Rcrd><Amt Ccy="EUR">1.50</Amt><CdtDbtInd>DBIT</CdtDbtInd></Rcrd><Rcrd><Amt Ccy="EUR">2</Amt></Rcrd>',
            "3.50",
        ),
        ('<Rcrd><Amt Ccy="EUR">1.50</Amt><CdtDbtInd>CRDT</CdtDbtInd></Rcrd>', None),
    ],
)
def test_charges_are_what_the_bank_kept_in_the_currency_of_the_booking(charges: str, told: str | None) -> None:
    details = f"<TxDtls><Chrgs>{charges}</Chrgs></TxDtls>"

    (line,) = read_camt(camt(entry(details=details)), "x").statements[0].lines

    assert line.charges == (told and D(told))


@pytest.mark.parametrize("status", ["<Prtry>PEND</Prtry>", "<Prtry>Pending</Prtry>", "<Cd>INFO</Cd>", "PDNG"])
def test_a_state_of_the_banks_own_that_says_not_booked_is_understood(status: str) -> None:
    read = read_camt(camt(entry(more=f"<Sts>{status}</Sts>")), "x")

    assert [line for statement in read.statements for line in statement.lines] == []


def test_who_pays_in_the_end_and_the_structured_reference_are_read() -> None:
    details = (
        "<TxDtls><RltdPties><Dbtr><Pty><Nm>Pay Service</Nm></Pty></Dbtr><UltmtDbtr><Pty><Nm>Alpha</Nm></Pty>"
        "</UltmtDbtr><DbtrAcct><Id><IBAN>DE75 5121</IBAN></Id></DbtrAcct></RltdPties><RmtInf><Strd><CdtrRefInf>"
        "<Ref>RF18539007547034</Ref></CdtrRefInf></Strd></RmtInf></TxDtls>"
    )

    (line,) = read_camt(camt(entry(details=details)), "x").statements[0].lines

    assert (line.counterparty, line.account, line.reference) == ("Alpha", "DE755121", "RF18539007547034")


@pytest.mark.parametrize(
    ("data", "place", "field"),
    [
        (camt(entry("x")), 5, "Ntry/Amt"),
        (camt(entry("100000000000.00")), 5, "Ntry/Amt"),
        (camt(entry(side="")), 5, "Ntry/CdtDbtInd"),
        (camt(entry().replace("2026-03-02", "2026-02-30")), 5, "Ntry/BookgDt"),
        (camt(entry())[:-30], 6, "XML"),
        (camt("").replace(b"<Document", b"<!DOCTYPE a [<!ENTITY b 'c'>]>\n<Document"), 1, "DOCTYPE"),
    ],
)
def test_what_camt_cannot_mean_is_named_with_its_line_and_field(data: bytes, place: int, field: str) -> None:
    faults = read_camt(data, "x.xml").faults

    assert [(fault.place, fault.field) for fault in faults] == [(place, field)]


def test_raw_entries_are_those_of_the_file_whatever_stands_in_their_texts() -> None:
    plain = read_camt(camt(entry(details=item("10.00", "A &amp; B"))), "x").statements[0].lines[0]
    odd = read_camt(camt(entry(details=item("10.00", "<![CDATA[<Ntry>]]>")) + entry()), "x").statements[0].lines

    assert plain.raw == entry(details=item("10.00", "A &amp; B"))
    assert plain.counterparty == "A & B"
    assert odd[0].counterparty == "<Ntry>"
    assert "BookgDt" in odd[1].raw


def ofx(line: str) -> str:
    return (
        "OFXHEADER:100\n\n<OFX><STMTRS><CURDEF>EUR<BANKACCTFROM><ACCTID>12</BANKACCTFROM>\n<BANKTRANLIST>\n"
        f"{line}\n</BANKTRANLIST></STMTRS></OFX>"
    )


@pytest.mark.parametrize(
    ("written", "amount"), [(".50", "0.50"), ("-100.", "-100"), ("+1,5", "1.5"), ("1.234", "1.234")]
)
def test_ofx_amounts_may_leave_out_digits_about_the_point(written: str, amount: str) -> None:
    (line,) = (
        read_ofx(ofx(f"<STMTTRN><DTPOSTED>20260302<TRNAMT>{written}<FITID>1</STMTTRN>"), "x.ofx").statements[0].lines
    )

    assert line.amount == D(amount)


@pytest.mark.parametrize(
    ("text", "place", "field"),
    [
        (ofx("<STMTTRN><DTPOSTED>20260302<TRNAMT>1,234<FITID>1</STMTTRN>"), 5, "TRNAMT"),
        (ofx("<STMTTRN><DTPOSTED>20260302<TRNAMT>x<FITID>1</STMTTRN>"), 5, "TRNAMT"),
        (ofx("<STMTTRN><DTPOSTED>20260302<TRNAMT>100000000000.00<FITID>1</STMTTRN>"), 5, "TRNAMT"),
        (ofx("<STMTTRN><DTPOSTED>20260230<TRNAMT>1.00<FITID>1</STMTTRN>"), 5, "DTPOSTED"),
        (ofx("")[:-10], 6, "/OFX"),
        (ofx("<STMTTRN>"), 6, "/BANKTRANLIST"),
    ],
)
def test_what_ofx_cannot_mean_is_named_with_its_line_and_field(text: str, place: int, field: str) -> None:
    faults = read_ofx(text, "x.ofx").faults

    assert [(fault.place, fault.field) for fault in faults] == [(place, field)]


def listed(text: str, *profiles: Profile) -> Read:
    found = read_list(rows_of_csv(text), profiles)
    assert found is not None
    return found


def test_a_german_list_is_known_by_its_words_and_read_upwards() -> None:
    text = (
        "Buchungstag;Wertstellung;Auftraggeber/Empfänger;Verwendungszweck;Betrag;Währung;Saldo\n"
        "03.03.2026;03.03.2026;Beta KG;INV-2;-1.000,00;EUR;234,50\n"
        "02.03.2026;02.03.2026;Alpha GmbH;INV-1;1.134,50;EUR;1.234,50\n"
    )

    (statement,) = listed(text).statements

    assert (statement.opening, statement.closing) == (D(100), D("234.50"))
    assert [(line.booked_on.day, line.amount, line.place) for line in statement.lines] == [
        (2, D("1134.50"), 3),
        (3, D(-1000), 2),
    ]


@pytest.mark.parametrize(
    "written",
    [
        "02 Mar 2026",
        "2-Mar-26",
        "March 2, 2026",
        "Mar 02, 2026",
        "2. März 2026",
        "02 mars 2026",
        "2 mrt. 2026",
        "02-MAR-2026",
    ],
)
def test_a_month_may_be_a_word(written: str) -> None:
    (statement,) = listed(f'Date;Text;Amount\n"{written}";A;1.50\n').statements

    assert [line.booked_on for line in statement.lines] == [date(2026, 3, 2)]


@pytest.mark.parametrize("written", ["(1,050.00)", "(€1,050.00)", "€(1,050.00)", "(1,050.00) EUR", "-1,050.00"])
def test_an_amount_in_brackets_is_money_out(written: str) -> None:
    (statement,) = listed(f"Date;Text;Amount\n2026-03-02;A;{written}\n").statements

    assert [line.amount for line in statement.lines] == [D(-1050)]


@pytest.mark.parametrize(
    "row", ["02 Foo 2026;A;1.00", "31 Feb 2026;A;1.00", "2026-03-02;A;(-1.00)", "2026-03-02;A;(1.00"]
)
def test_what_only_looks_like_such_a_day_or_amount_is_refused(row: str) -> None:
    assert len(listed(f"Date;Text;Amount\n{row}\n").faults) == 1


def test_a_profile_says_what_a_list_does_not_prove() -> None:
    text = "When|What|Sum|Way\n01/04/26|INV-1|1,234|in\n02/04/26|INV-2|2,500|away\n"
    columns = {"booked_on": "When", "text": "What", "amount": "Sum", "side": "Way"}
    profile = Profile(
        columns=columns, dates="DMY", decimal=".", out=["away"], account="DE02120300000000202051", currency="EUR"
    )

    (statement,) = listed(text, profile).statements

    assert statement.account == "DE02120300000000202051"
    assert [(line.booked_on, line.amount) for line in statement.lines] == [
        (date(2026, 4, 1), D(1234)),
        (date(2026, 4, 2), D(-2500)),
    ]


@pytest.mark.parametrize(
    ("into", "out"),
    [
        ("Incoming", "Outgoing"),
        ("CR", "DEB"),
        ("Credit", "DEBIT CARD"),
        ("Gutschrift", "Lastschrift"),
        ("Eingang", "Belastung"),
        ("Créditeur", "Débiteur"),
        ("Bij", "Af"),
        ("Abono", "Cargo"),
        ("Avere", "Dare"),
        ("Ma", "Winien"),
    ],
)
@pytest.mark.parametrize("sign", ["", "-"])
def test_words_beside_the_amounts_tell_what_went_out_in_the_languages_known(into: str, out: str, sign: str) -> None:
    (statement,) = listed(
        f"Date;Text;Direction;Amount\n2026-03-02;A;{into};100.00\n2026-03-03;B;{out};{sign}238.00\n"
    ).statements

    assert [line.amount for line in statement.lines] == [D(100), D(-238)]


@pytest.mark.parametrize(
    ("rows", "amounts"),
    [
        (["A;Hin;100.00;", "B;Weg;-238.00;"], ["100.00", "-238.00"]),  # by the signs
        (["A;Hin;100.00;1100.00", "B;Weg;238.00;862.00", "C;Hin;1.00;863.00"], ["100.00", "-238.00", "1.00"]),
        (["C;Hin;1.00;863.00", "B;Weg;238.00;862.00", "A;Hin;100.00;1100.00"], ["100.00", "-238.00", "1.00"]),
        (["A;Hin;100.00;", "B;Weg;238.00;"], [2, 3]),  # nothing tells
        (["A;Cr;100.00;", "B;Weg;238.00;"], [3]),
        (["A;Cr;100.00;", "B;;238.00;"], [3]),
        (["A;Weg;100.00;", "B;Weg;-238.00;", "C;Hin;1.00;"], [2, 3, 4]),  # one word, both signs
        (["A;Cr;100.00;", "B;Cr;-238.00;", "C;Dr;-1.00;"], [3]),  # the sign says the contrary
        (["A;Dr;100.00;", "B;Dr;-238.00;"], [2]),
    ],
)
def test_an_unknown_word_beside_an_amount_is_proved_or_refused(rows: list[str], amounts: list[str | int]) -> None:
    body = "".join(f"2026-03-0{day};{row}\n" for day, row in enumerate(rows, 2))
    if rows[0].startswith("C"):
        body = "".join(f"2026-03-0{9 - day};{row}\n" for day, row in enumerate(rows, 2))

    read = listed(f"Date;Text;Direction;Amount;Balance\n{body}")

    assert [(one.place, one.field) for one in read.faults] == [
        (place, "Direction") for place in amounts if isinstance(place, int)
    ]
    if not read.faults:
        assert [str(line.amount) for line in read.statements[0].lines] == amounts


def test_a_profile_says_which_words_mean_money_in_and_out() -> None:
    profile = Profile(
        columns={"booked_on": "Date", "amount": "Amount", "side": "Way"}, dates="DMY", out=["Weg"], into=["Hin"]
    )

    (statement,) = listed("Date;Amount;Way\n2026-03-02;1.00;Hin\n2026-03-03;2.00;Weg\n", profile).statements

    assert [line.amount for line in statement.lines] == [D(1), D(-2)]


def test_a_balance_among_the_bookings_behind_its_day_is_no_booking() -> None:
    rows = "03/01/2026,Beginning balance as of 03/01/2026,,1000.00\n03/25/2026,Alpha,100.00,1100.00\n"

    (statement,) = listed(f"Date,Description,Amount,Running balance\n{rows}").statements

    assert [(line.text, line.amount) for line in statement.lines] == [("Alpha", D(100))]
    assert statement.opening == D(1000)


@pytest.mark.parametrize("out", ["Paid out (GBP)", "Paid out (£)", "Withdrawal (-)", "Paid out [EUR]"])
def test_a_unit_or_sign_behind_a_header_says_nothing_else(out: str) -> None:
    rows = "2026-04-01,INV-1,,50.00,150.00\n2026-04-02,Rent,20.00,,130.00\n"
    text = f"Date,Description,{out},Deposit (+),Balance (EUR)\n{rows}"

    (statement,) = listed(text).statements

    assert [line.amount for line in statement.lines] == [D(50), D(-20)]
    assert statement.closing == D(130)


def test_what_a_list_leaves_in_doubt_is_refused_at_its_line_and_header() -> None:
    faults = listed("Date,Description,Amount\n01/04/2026,INV-1,1.50\n02/04/2026,INV-2,x\n").faults

    assert [(fault.place, fault.field) for fault in faults] == [(2, "Date"), (3, "Date"), (3, "Amount")]


def test_a_file_that_is_no_statement_is_refused_where_one_is_wanted(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("A,B\n1,2\n", encoding="utf-8")

    with pytest.raises(CannotRun, match="no bank statement"):
        job_named("rows")(path, "x.csv", "Statements", None, None)


def test_a_list_of_dates_texts_and_amounts_is_a_statement_only_where_somebody_says_so() -> None:
    rows = rows_of_csv("Date,Description,Amount\n2026-03-02,Lunch,12.50\n")

    assert read_list(rows, [], told=False) is None
    assert read_list(rows, []) is not None


def test_a_reversal_in_the_column_of_credits_is_money_out_and_banks_write_debits_with_a_minus() -> None:
    reversed_ = listed(
        "Date,Description,Debit,Credit\n2026-01-20,A,,444.00\n2026-01-21,B,,-444.00\n2026-01-21,C,5.00,\n"
    )
    minus = listed("Date,Description,Debit,Credit\n2026-01-20,A,-100.00,\n2026-01-21,B,,30.00\n")

    assert [line.amount for line in reversed_.statements[0].lines] == [D("444.00"), D("-444.00"), D("-5.00")]
    assert [line.amount for line in minus.statements[0].lines] == [D("-100.00"), D("30.00")]


def test_debits_of_both_signs_are_read_by_their_balances_or_refused() -> None:
    rows = ["2026-01-20,A,100.00,,900.00", "2026-01-21,B,-40.00,,940.00"]
    proved = listed("Date,Description,Debit,Credit,Balance\n" + "\n".join(rows))
    unproved = listed("Date,Description,Debit,Credit\n" + "\n".join(row.rpartition(",")[0] for row in rows))

    assert [line.amount for line in proved.statements[0].lines] == [D("-100.00"), D("40.00")]
    assert [(one.place, one.field) for one in unproved.faults] == [(3, "Debit")]


@pytest.mark.parametrize("word", ["Umsatz vorgemerkt", "Pending", "En attente", "REVERTED"])
def test_what_a_list_says_is_not_booked_is_left_out_with_a_note(word: str) -> None:
    read = listed(f"Date,Text,Amount,Balance,State\n2026-01-20,A,4.00,5.00,Booked\n2026-01-21,B,1.00,,{word}\n")

    assert [line.text for line in read.statements[0].lines] == ["A"]
    assert read.statements[0].closing == D("5.00")
    assert read.notes == [f"Left out, since the bank has not booked them ({word}): 1."]


def test_a_profile_names_the_column_and_the_words_of_what_is_not_booked() -> None:
    columns: dict[str, str | list[str]] = {"booked_on": "Day", "amount": "Sum", "text": "What", "status": "Flag"}
    profile = Profile(columns=columns, pending=["soon"])

    read = listed("Day,What,Sum,Flag\n2026-01-20,A,4.00,done\n2026-01-21,B,1.00,Soon\n", profile)

    assert [line.text for line in read.statements[0].lines] == ["A"]


@pytest.mark.parametrize("name", ["", "Umsatzliste_DE02120300000000202051.csv"])
def test_a_column_iban_beside_the_own_account_is_the_payers(name: str) -> None:
    above = "" if name else '"Girokonto";"DE02120300000000202051"\n'
    text = f"{above}Datum;IBAN;Text;Betrag\n20.01.26;DE89370400440532013000;A;4\n21.01.26;DE75512108001245126199;B;5\n"

    read = read_list(rows_of_csv(text), [], name=name)

    assert read is not None
    (statement,) = read.statements
    assert statement.account == "DE02120300000000202051"
    assert [line.account for line in statement.lines] == ["DE89370400440532013000", "DE75512108001245126199"]


OURS, ANTON, BETA = "DE02120300000000202051", "DE89370400440532013000", "DE75512108001245126199"
DKB = "Buchungsdatum;Zahlungspflichtige*r;Verwendungszweck;IBAN;Betrag (€)"
SPARKASSE = "Auftragskonto;Buchungstag;Verwendungszweck;Beguenstigter/Zahlungspflichtiger;IBAN;Betrag"
OLD_DKB = "Buchungstag;Auftraggeber / Begünstigter;Verwendungszweck;Kontonummer;BLZ;Betrag (EUR)"
VOLKSBANK = "IBAN Auftragskonto;Buchungstag;Name Zahlungsbeteiligter;IBAN Zahlungsbeteiligter;Verwendungszweck;Betrag"


def whose(header: str, *rows: str, own: Sequence[str] = (OURS,), name: str = "") -> list[tuple[str, list[str]]] | str:
    """Each statement's account with the payers', else the header in doubt."""
    read = read_list(rows_of_csv("\n".join([header, *rows])), [], name=name, own=own)
    assert read is not None
    if read.faults:
        return read.faults[0].field
    return [(one.account, [line.account for line in one.lines]) for one in read.statements]


@pytest.mark.parametrize(
    ("header", "rows", "payers"),
    [
        ("Buchungstag;Name;IBAN;Verwendungszweck;Betrag", [f"30.01.2026;Anton;{ANTON};R-10;1010,10"], [ANTON]),
        (DKB, [f"30.01.26;Anton;R-10;{ANTON};1,10", f"31.01.26;Beta;R-11;{BETA};2,10"], [ANTON, BETA]),
        (DKB, [f"30.01.26;Anton;R-10;{ANTON};1,10", "31.01.26;Bank;Entgelt;;-2,10"], [ANTON, ""]),
        (OLD_DKB, ["30.01.2026;Anton;R-10;532013000;37040044;1,10"], ["532013000"]),
    ],
)
def test_accounts_that_are_not_the_companys_are_the_payers(header: str, rows: list[str], payers: list[str]) -> None:
    assert whose(header, *rows) == [("", payers)]


@pytest.mark.parametrize(
    ("header", "row"),
    [
        (SPARKASSE, f"{OURS};30.01.2026;R-10;Anton;{ANTON};1,10"),
        (VOLKSBANK, f"{OURS};30.01.2026;Anton;{ANTON};R-10;1,10"),
        ("Konto;Buchungstag;Name;IBAN;Verwendungszweck;Betrag", f"{OURS};30.01.2026;Anton;{ANTON};R-10;1,10"),
        ("Name;IBAN;Buchungstag;Auftragskonto;Verwendungszweck;Betrag", f"Anton;{ANTON};30.01.2026;{OURS};R-10;1,10"),
        ("Datum;Konto;Naam tegenpartij;Tegenrekening;Betrag", f"30.01.2026;{OURS};Anton;{ANTON};1,10"),
    ],
)
def test_our_account_may_stand_beside_the_payers(header: str, row: str) -> None:
    assert whose(header, row) == [(OURS, [ANTON])]
    assert whose(header, row, own=[BETA], name=f"Umsatz_{OURS}.csv") == [(OURS, [ANTON])]


def test_a_column_of_our_accounts_is_known_and_one_that_may_be_either_is_refused() -> None:
    header = "Date;Account;Payee;Text;Amount"
    anton, beta = f"2026-01-20;{ANTON};Anton;A;4.00", f"2026-01-21;{BETA};Beta;B;5.00"
    shared = [anton, f"2026-01-21;{ANTON};Beta;B;5.00"]

    assert whose(header, anton, beta, own=[ANTON, BETA]) == [(ANTON, [""]), (BETA, [""])]
    assert whose(header, "2026-01-20;Main;Anton;A;4.00") == [("Main", [""])]
    assert whose(header, *shared, own=()) == [(ANTON, ["", ""])]
    assert whose(header, anton, beta, own=()) == [("", [ANTON, BETA])]
    assert whose(header, anton, own=()) == "Account"
    assert whose(header, *shared) == "Account"
    assert whose(header, anton, f"2026-01-21;{OURS};Beta;B;5.00") == "Account"
    assert whose("Date;IBAN;Text;Amount", f"2026-01-20;{ANTON};A;4.00") == "IBAN"


def test_a_second_text_of_one_mt940_booking_goes_on_with_the_first() -> None:
    (line,) = (
        read(mt940(":61:2603020302C10,00NTRFNONREF", ":86:first part", ":86:second part OLD-1")).statements[0].lines
    )

    assert line.text == "first part second part OLD-1"
    assert "second part OLD-1" in line.raw
