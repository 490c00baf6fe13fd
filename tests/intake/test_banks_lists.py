"""The lists of banks whose headers are public are known by these; of another the headers are told with what to do."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from o2c_xl.domain.issue import CannotRun
from o2c_xl.intake.statements.bank_csv import read_list, rows_of_csv
from o2c_xl.intake.statements.bank_profile import known_banks
from o2c_xl.intake.statements.model import Statement
from o2c_xl.intake.statements.read import bank_list

D = Decimal
OURS, THEIRS = "DE02120300000000202051", "DE89370400440532013000"
ING = (
    "Umsatzanzeige;Datei erstellt am: 03.04.2026 09:00\n\nIBAN;DE02 1203 0000 0000 2020 51\nKontoname;Girokonto\n"
    "Bank;ING\nKunde;We\nZeitraum;01.03.2026 - 03.04.2026\nSaldo;1.234,50;EUR\n\nSortierung;Datum absteigend\n\n"
    "Buchung;Wertstellungsdatum;Auftraggeber/Empfänger;Buchungstext;Verwendungszweck;Saldo;Währung;Betrag;Währung\n"
    "03.04.2026;02.04.2026;Beta KG;Lastschrift;Office 7;1.234,50;EUR;-100,00;EUR\n"
    "01.04.2026;01.04.2026;Alpha GmbH;Gutschrift;INV-1;1.334,50;EUR;1.234,50;EUR\n"
)
ING_NL = (
    '"Datum";"Naam / Omschrijving";"Rekening";"Tegenrekening";"Code";"Af Bij";"Bedrag (EUR)";"Mutatiesoort";'
    '"Mededelingen";"Saldo na mutatie";"Tag"\n'
    f'"20260401";"Alpha";"{OURS}";"{THEIRS}";"GT";"Bij";"1234,50";"Online";"INV-1";"1334,50";""\n'
    f'"20260402";"Beta";"{OURS}";"{THEIRS}";"GT";"Af";"100,00";"Online";"Office 7";"1234,50";""\n'
)
ING_NL_ENGLISH = (
    '"Date";"Name / Description";"Account";"Counterparty";"Code";"Debit/credit";"Amount (EUR)";"Transaction type";'
    '"Notifications"\n'
    f'"20260401";"Alpha";"{OURS}";"{THEIRS}";"GT";"Credit";"1234,50";"Transfer";"INV-1"\n'
    f'"20260402";"Beta";"{OURS}";"{THEIRS}";"GT";"Debit";"100,00";"Transfer";"Office 7"\n'
)
ING_BE = (
    "Numéro de compte;Nom du compte;Compte contrepartie;Numéro de mouvement;Date comptable;Date valeur;Montant;Devise;"
    "Libellés;Détails du mouvement;Message\n"
    f"{OURS};We;{THEIRS};1;01/04/2026;01/04/2026;1.234,50;EUR;INV-1;De Alpha;\n"
    f"{OURS};We;{THEIRS};2;02/04/2026;02/04/2026;-100,00;EUR;Office 7;;\n"
)
REVOLUT = (
    "Date started (UTC),Date completed (UTC),ID,Type,State,Description,Reference,Payer,Card number,Orig currency,"
    "Orig amount,Payment currency,Amount,Total amount,Exchange rate,Fee,Fee currency,Balance,Account,Beneficiary IBAN\n"
    "2026-04-02 08:00:00,2026-04-02 08:00:01,b,TRANSFER,COMPLETED,To Beta,Office 7,,,EUR,-99.50,EUR,-99.50,-100.00,,"
    f"0.50,EUR,1234.50,Main,{THEIRS}\n"
    "2026-04-02 07:00:00,,c,CARD_PAYMENT,PENDING,Shop,,,,EUR,-5.00,EUR,-5.00,-5.00,,0.00,EUR,,Main,\n"
    "2026-04-01 08:00:00,2026-04-01 08:00:02,a,TOPUP,COMPLETED,Payment from Alpha,INV-1,Alpha,,EUR,1235.00,EUR,1235.00,"
    "1234.50,,0.50,EUR,1334.50,Main,\n"
)
REVOLUT_PERSON = (
    "Type,Product,Started Date,Completed Date,Description,Amount,Fee,Currency,State,Balance\n"
    "TOPUP,Current,2026-04-01 07:00:00,2026-04-01 07:00:03,INV-1,1234.50,0.00,EUR,COMPLETED,1334.50\n"
    "TRANSFER,Current,2026-04-02 07:00:00,2026-04-02 07:00:09,Office 7,-99.00,1.00,EUR,COMPLETED,1234.50\n"
)
N26 = (
    '"Booking Date","Value Date","Partner Name","Partner Iban",Type,"Payment Reference","Account Name","Amount (EUR)",'
    '"Original Amount","Original Currency","Exchange Rate"\n'
    f'2026-04-01,2026-04-01,Alpha,{THEIRS},"Credit Transfer","INV-1","Main",1234.50,,,\n'
    f'2026-04-02,2026-04-02,Beta,{THEIRS},"Debit Transfer","Office 7","Main",-100.00,,,\n'
)
N26_OLD = (
    '"Date","Payee","Account number","Transaction type","Payment reference","Amount (EUR)","Exchange Rate"\n'
    f'"2026-04-01","Alpha","{THEIRS}","Income","INV-1","1234.50",""\n'
    f'"2026-04-02","Beta","{THEIRS}","Outgoing Transfer","Office 7","-100.00",""\n'
)
WISE = (
    '"TransferWise ID",Date,Amount,Currency,Description,"Payment Reference","Running Balance","Exchange From",'
    '"Exchange To","Exchange Rate","Payer Name","Payee Name","Payee Account Number",Merchant,Note,"Total fees"\n'
    "TRANSFER-2,02-04-2026,-100.00,EUR,Sent money to Beta,Office 7,1234.50,,,,,Beta,DE1,,,0.41\n"
    "TRANSFER-1,01-04-2026,1234.50,EUR,Received money from Alpha,INV-1,1334.50,,,,Alpha,,,,,0.00\n"
)
COMMERZBANK = (
    "Buchungstag;Wertstellung;Umsatzart;Buchungstext;Betrag;Währung;Auftraggeberkonto;Bankleitzahl Auftraggeberkonto;"
    "IBAN Auftraggeberkonto;Kategorie\n"
    f"02.04.2026;02.04.2026;Lastschrift;Beta Office 7;-100,00;EUR;2020;12030000;{OURS};\n"
    f"01.04.2026;01.04.2026;Gutschrift;Alpha INV-1;1234,50;EUR;2020;12030000;{OURS};\n"
)
COMDIRECT = (
    '\n"Umsätze Girokonto";"Zeitraum: 10 Tage";\n"Neuer Kontostand";"1.234,50 EUR";\n\n'
    '"Buchungstag";"Wertstellung (Valuta)";"Vorgang";"Buchungstext";"Umsatz in EUR";\n'
    '"offen";"03.04.2026";"Karte";"Shop";"-5,00";\n'
    '"02.04.2026";"02.04.2026";"Lastschrift";"Beta Office 7";"-100,00";\n'
    '"01.04.2026";"01.04.2026";"Übertrag / Überweisung";"Auftraggeber: Alpha Buchungstext: INV-1";"1.234,50";\n\n'
    '"Alter Kontostand";"100,00 EUR";\n'
)
DEUTSCHE_BANK = (
    "Umsätze Girokonto;;;Kundennummer: 123 1234567\n01.04.2026 - 02.04.2026\nLetzter Kontostand;;;;1.999,99;EUR\n"
    "Buchungstag;Wert;Umsatzart;Begünstigter / Auftraggeber;Verwendungszweck;IBAN;BIC;Kundenreferenz;Mandatsreferenz;"
    "Gläubiger ID;Fremde Gebühren;Betrag;Abweichender Empfänger;Anzahl der Aufträge;Anzahl der Schecks;Soll;Haben;"
    "Währung\n"
    f"01.04.2026;01.04.2026;SEPA-Gutschrift;Alpha;INV-1;{THEIRS};;;;;;;;;;;1.234,50;EUR\n"
    f"02.04.2026;02.04.2026;SEPA-Lastschrift;Beta;Office 7;{THEIRS};;;;;;;;;;-100,00;;EUR\n"
    "Kontostand;02.04.2026;;;1.234,50;EUR\n"
)
RABOBANK = (
    '"IBAN/BBAN","Munt","BIC","Volgnr","Datum","Rentedatum","Bedrag","Saldo na trn","Tegenrekening IBAN/BBAN",'
    '"Naam tegenpartij","Code","Transactiereferentie","Betalingskenmerk","Omschrijving-1","Omschrijving-2"\n'
    f'"{OURS}","EUR","RABONL2U","1","2026-04-01","2026-04-01","+1234,50","+1334,50","{THEIRS}","Alpha","cb","E1","",'
    '"INV-1",""\n'
    f'"{OURS}","EUR","RABONL2U","2","2026-04-02","2026-04-02","-100,00","+1234,50","{THEIRS}","Beta","tb","E2","",'
    '"Office","7"\n'
)
DKB = (
    f'"Girokonto";"{OURS}"\n"Zeitraum:";"01.04.2026 - 02.04.2026"\n"Kontostand vom 02.04.2026:";"1.234,50 €"\n""\n'
    '"Buchungsdatum";"Wertstellung";"Status";"Zahlungspflichtige*r";"Zahlungsempfänger*in";"Verwendungszweck";'
    '"Umsatztyp";"IBAN";"Betrag (€)";"Gläubiger-ID";"Mandatsreferenz";"Kundenreferenz"\n'
    f'"03.04.26";"";"Vorgemerkt";"We";"Shop";"Karte";"Ausgang";"";"-5";"";"";""\n'
    f'"02.04.26";"02.04.26";"Gebucht";"We";"Beta";"Office 7";"Ausgang";"{THEIRS}";"-100";"";"";""\n'
    f'"01.04.26";"01.04.26";"Gebucht";"Alpha";"We";"INV-1";"Eingang";"{THEIRS}";"1.234,5";"";"";""\n'
)
DKB_OLD = (
    f'"Kontonummer:";"{OURS} / Girokonto";\n\n"Von:";"01.04.2026";\n"Bis:";"02.04.2026";\n'
    '"Kontostand vom 02.04.2026:";"1.234,50 EUR";\n\n'
    '"Buchungstag";"Wertstellung";"Buchungstext";"Auftraggeber / Begünstigter";"Verwendungszweck";"Kontonummer";"BLZ";'
    '"Betrag (EUR)";"Gläubiger-ID";"Mandatsreferenz";"Kundenreferenz";\n'
    f'"02.04.2026";"02.04.2026";"Überweisung";"Beta";"Office 7";"{THEIRS}";"COBADEFF";"-100,00";"";"";"";\n'
    f'"01.04.2026";"01.04.2026";"Gutschrift";"Alpha";"INV-1";"{THEIRS}";"COBADEFF";"1.234,50";"";"";"";\n'
)
BARCLAYS = (
    "Number,Date,Account,Amount,Subcategory,Memo\n"
    ",02/04/2026,20-00-00 12345678,-100.00,PAYMENT,BETA  OFFICE 7 BBP\n"
    ",01/04/2026,20-00-00 12345678,1234.50,DIRECTDEP,Alpha  INV-1 BGC\n"
)
LLOYDS = (
    "Transaction Date,Transaction Type,Sort Code,Account Number,Transaction Description,Debit Amount,Credit Amount,"
    "Balance,\n"
    "02/04/2026,DEB,'30-00-00,12345678,BETA OFFICE 7,100.00,,1234.50\n"
    "01/04/2026,FPI,'30-00-00,12345678,Alpha INV-1,,1234.50,1334.50\n"
)
NATWEST = (
    "Date, Type, Description, Value, Balance, Account Name, Account Number\n"
    '02 Apr 2026,D/D,"Beta , Office 7",-100.00,1234.50,WE LTD,600000-12345678\n'
    '01 Apr 2026,BAC,"Alpha , INV-1",1234.50,1334.50,WE LTD,600000-12345678\n'
)
IN_POUNDS = ("Barclays", "Lloyds", "NatWest")
LISTS = {
    "DKB": DKB, "DKB before": DKB_OLD, "Barclays": BARCLAYS, "Lloyds": LLOYDS, "NatWest": NATWEST,
    "ING": ING, "ING NL": ING_NL, "ING NL English": ING_NL_ENGLISH, "ING BE": ING_BE, "Revolut": REVOLUT,
    "Revolut of a person": REVOLUT_PERSON, "N26": N26, "N26 before": N26_OLD, "Wise": WISE, "Commerzbank": COMMERZBANK,
    "comdirect": COMDIRECT, "Deutsche Bank": DEUTSCHE_BANK, "Rabobank": RABOBANK,
}  # fmt: skip


def statement_of(text: str) -> Statement:
    read = read_list(rows_of_csv(text), [], told=False, own=[OURS])
    assert read is not None
    assert read.faults == []
    (statement,) = read.statements
    return statement


def test_every_bank_has_a_list_here() -> None:
    assert len(known_banks()) == len(LISTS)


@pytest.mark.parametrize("bank", LISTS)
def test_the_list_of_a_bank_is_known_by_its_headers(bank: str) -> None:
    statement = statement_of(LISTS[bank])

    first, second = statement.lines
    assert [(one.booked_on, one.amount, one.currency) for one in (first, second)] == [
        (date(2026, 4, 1), D("1234.50"), "GBP" if bank in IN_POUNDS else "EUR"),
        (date(2026, 4, 2 if bank != "ING" else 3), D("-100.00"), "GBP" if bank in IN_POUNDS else "EUR"),
    ]
    assert "INV-1" in f"{first.reference} {first.text}"
    assert "Alpha" in f"{first.counterparty} {first.text}" or bank == "Revolut of a person"
    assert first.account in ("", THEIRS)
    if statement.closing is not None:
        assert (statement.opening or D("100.00"), statement.closing) == (D("100.00"), D("1234.50"))


@pytest.mark.parametrize("bank", ["ING", "Revolut", "Wise", "comdirect", "Deutsche Bank", "Rabobank", "ING NL"])
def test_the_balances_of_such_a_list_prove_it(bank: str) -> None:
    assert statement_of(LISTS[bank]).closing is not None


def test_a_fee_that_stands_beside_the_amount_is_taken_off_and_told() -> None:
    lines = statement_of(REVOLUT).lines

    assert [(one.amount, one.charges, one.bank_reference) for one in lines] == [
        (D("1234.50"), D("0.50"), "a"),
        (D("-100.00"), D("0.50"), "b"),
    ]


def test_the_headers_of_an_unknown_list_are_told_with_the_profile_to_write(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("When;Wie;Sum\n01.04.2026;A;1,00\n", encoding="utf-8")

    with pytest.raises(
        CannotRun, match=r"no bank statement .*When, Wie, Sum\. Where .*, such as layouts/bank/ours.toml"
    ):
        bank_list(path, "mine.csv", None, told=True)
    assert bank_list(path, "mine.csv", None, told=False) is None


def test_the_line_by_which_excel_is_told_the_delimiter_is_no_record_of_a_banks_list() -> None:
    rows = rows_of_csv("sep=;\r\nDate;Description;Amount\r\n2026-03-02;Lunch, tea, rest;12.50\r\n", 10)

    assert rows.cells == [["Date", "Description", "Amount"], ["2026-03-02", "Lunch, tea, rest", "12.50"]]
    assert rows.places == [2, 3]
