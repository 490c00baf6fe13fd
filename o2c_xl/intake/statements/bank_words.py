"""The words of banks' lists in several languages, without case, accents, blanks and signs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

__all__ = ["ACCOUNTS", "BALANCES", "BEGINNINGS", "ENDINGS", "HEADERS", "INTO", "NOT_MADE", "OUT", "plain"]


def plain(text: str) -> str:
    """A word as it is compared: `Buchungs-Tag ` is `buchungstag`, `Libellé` is `libelle`."""
    flat = unicodedata.normalize("NFKD", text.replace("ß", "ss").replace("ł", "l").casefold())
    return re.sub(r"[^a-z0-9/+-]|(?<=[a-z])-(?=[a-z])", "", flat)


def _words(text: str) -> frozenset[str]:
    return frozenset(plain(word) for word in text.split(","))


HEADERS: Mapping[str, frozenset[str]] = {
    "booked_on": _words(
        "Date,Booking date,Posting date,Transaction date,Booked on,Entry date,"
        "Buchungstag,Buchungsdatum,Buchung,Datum,"
        "Date comptable,Date operation,Date d'opération,Date de l'operation,Boekdatum,Boekingsdatum,Fecha,"
        "Fecha operación,F. operación,Data,Data contabile,Data operazione,Data operacji,Data księgowania,Bokföringsdag,"
        "Bokföringsdatum,Bogføringsdato,Dato"
    ),
    "value_on": _words(
        "Value date,Valuta,Valutadatum,Wertstellung,Wertstellungstag,Date valeur,Date de valeur,Rentedatum,Valutadatum,"
        "Fecha valor,Data valuta,Data waluty,Valutadag,Valørdato"
    ),
    "amount": _words(
        "Amount,Betrag,Umsatz,Betrag in EUR,Betrag EUR,Montant,Montant EUR,Bedrag,Importe,"
        "Importo,Kwota,Belopp,Beløb,Transaction amount"
    ),
    "debit": _words(
        "Debit,Debit amount,Money out,Paid out,Withdrawal,Withdrawals,Soll,Lastschrift,Ausgang,Débit,Debet,Af,Cargo,"
        "Dare,"
        "Addebiti,Uscite,Obciążenia,Payments"
    ),
    "credit": _words(
        "Credit,Credit amount,Money in,Paid in,Deposit,Deposits,Haben,Gutschrift,Eingang,Crédit,Bij,Abono,Avere,"
        "Accrediti,Entrate,Uznania,Receipts"
    ),
    "side": _words(
        "D/C,C/D,Dr/Cr,Debit/Credit,Credit/Debit,Soll/Haben,S/H,Af Bij,Af/Bij,Debet/Credit,Sens,Direction,Indicator"
    ),
    "balance": _words(
        "Balance,Running balance,Balance after,Saldo,Kontostand,Saldo nach Buchung,Solde,Saldo na mutatie,"
        "Saldo contable,Saldo po operacji,Saldo po transakcji"
    ),
    "currency": _words("Currency,Ccy,Währung,Devise,Munt,Muntsoort,Valuta,Moneda,Divisa,Waluta,Waehrung"),
    "counterparty": _words(
        "Counterparty,Counterparty name,Partner Name,Name,Payee,Payer,Beneficiary,Payer/Payee,Auftraggeber/Empfänger,"
        "Auftraggeber / Begünstigter,"
        "Beguenstigter/Zahlungspflichtiger,Begünstigter/Zahlungspflichtiger,Name Zahlungsbeteiligter,Empfänger,Zahler,"
        "Auftraggeber,Zahlungspflichtige*r,Tiers,Contrepartie,Nom,Naam tegenpartij,Tegenpartij,Naam/Omschrijving,"
        "Naam / Omschrijving,Beneficiario,Ordenante,Controparte,Ordinante,Kontrahent,Nadawca/Odbiorca"
    ),
    "account": _words(
        "Counterparty account,Counterparty IBAN,Partner account,Partner IBAN,Bank Account,Account of counterparty,"
        "Kontonummer/IBAN,"
        "IBAN Zahlungsbeteiligter,IBAN Auftraggeber,Konto/IBAN,Compte contrepartie,Tegenrekening,"
        "Tegenrekening IBAN/BBAN,Rekening tegenpartij,Cuenta contrapartida,IBAN controparte,Rachunek kontrahenta"
    ),
    "text": _words(
        "Text,Label,Description,Details,Detail,Narrative,Purpose,Payment details,Remittance information,Message,Memo,"
        "Reference text,Verwendungszweck,Buchungstext,Vorgang/Verwendungszweck,Libellé,Omschrijving,Mededelingen,"
        "Omschrijving-1,Omschrijving-2,Concepto,Descripción,Descrizione,Causale,Opis operacji,Tytuł,Opis,Meddelande"
    ),
    "reference": _words(
        "Reference,Structured reference,Creditor reference,Payment reference,Referenz,Kundenreferenz,Référence,"
        "Betalingskenmerk,Referencia,Riferimento"
    ),
    "end_to_end": _words(
        "End to end id,End-to-end reference,Kundenreferenz (End-to-End),End-to-End-Referenz,EndToEndId"
    ),
    "bank_reference": _words(
        "Transaction ID,Bank reference,Operation Number,Unique ID,FITID,Bankreferenz,Transaktions-ID,"
        "Transactiereferentie,Volgnr,Numéro d'opération,Entry reference"
    ),
    "fee": _words("Fee besides the amount"),
    "own_account": _words("Own account,Auftragskonto,IBAN Auftragskonto,Eigenes Konto"),
    "status": _words(
        "Status,State,Info,Booking status,Transaction status,Buchungsstatus,Umsatzstatus,Statut,État,Estado,Stato,Stan"
    ),
}
"""By our name of a column the headers that mean it; the first that fits counts, so `Valuta` is a date."""

ACCOUNTS = _words(
    "Account,Account Number,Account No,IBAN,Konto,Kontonummer,Compte,Numéro de compte,Rekening,IBAN/BBAN,Cuenta,Conto,"
    "Rachunek"
)
"""Headers that mean our account in the lists of one bank and the payer's in those of another."""

OUT = _words(
    "D,Dr,DBIT,Debit,Debits,DEB,Debit card,Direct debit,Out,Outgoing,Outbound,Outward,Sent,Paid out,Money out,"
    "Withdrawal,Withdrawn,-,S,Soll,Lastschrift,Belastung,Ausgang,Ausgehend,Zahlungsausgang,Abgang,Ausgabe,Auszahlung,"
    "Abbuchung,Débit,Débits,Débiteur,Sortie,Sortant,Décaissement,Af,Debet,Afschrijving,Uitgaand,Uitgaande,Uit,"
    "Cargo,Debe,Débito,Adeudo,Deudor,Salida,Saída,Gasto,Egreso,Dare,Addebito,Uscita,A debito,Winien,Wn,Obciążenie,"
    "Wychodzący,Wychodząca,Wychodzące,Wypłata,Wydatek,Uttag,Utbetalning,Utgående,Udbetaling,Udgående,Hævet"
)
"""What marks money going out in a column of sides."""
INTO = _words(
    "C,Cr,CRDT,Credit,Credits,CRED,Direct credit,In,Incoming,Inbound,Inward,Received,Paid in,Money in,Deposit,"
    "Deposited,+,H,Haben,Gutschrift,Eingang,Eingehend,Zahlungseingang,Zugang,Einnahme,Einzahlung,Crédit,Crédits,"
    "Créditeur,Entrée,Entrant,Encaissement,Bij,Bijschrijving,Inkomend,Inkomende,Abono,Haber,Crédito,Acreedor,"
    "Entrada,Ingreso,Avere,Accredito,Entrata,A credito,Ma,Uznanie,Przychodzący,Przychodząca,Przychodzące,Wpływ,"
    "Wpłata,Przychód,Kredit,Insättning,Inbetalning,Inkommande,Indbetaling,Indgående,Indsat"
)
"""What marks money coming in."""
NOT_MADE = _words(
    "Pending,Pending booking,PEND,Not booked,Unposted,Uncleared,Authorised,Authorized,Reserved,Scheduled,PDNG,FUTR,"
    "Declined,Reverted,Failed,Rejected,Cancelled,Canceled,"
    "Vorgemerkt,Umsatz vorgemerkt,Vorgemerkte Buchung,Vormerkung,Nicht gebucht,Ausstehend,Abgelehnt,Storniert,Geplant,"
    "En attente,En cours,À venir,A venir,Non comptabilisé,Non comptabilisée,Refusé,Annulé,"
    "In behandeling,Gereserveerd,Nog niet geboekt,Geweigerd,Pendiente,Rechazado,Programado,In attesa,"
    "Non contabilizzato,In sospeso,Rifiutato,Oczekująca,Oczekujące,Oczekujący,Blokada,Odrzucona,Väntande,Reserverat,"
    "Reserveret,Afventer"
)
"""What says in a column of states that the bank has not made a booking, or never will."""
BEGINNINGS = tuple(
    map(
        plain,
        (
            "Opening balance,Balance at start,Beginning balance,Balance brought forward,Anfangssaldo,Saldo alt,"
            "Alter Kontostand,Solde initial,Ancien solde,Beginsaldo,Saldo inicial,Saldo iniziale,Saldo początkowe"
        ).split(","),
    )
)
ENDINGS = tuple(
    map(
        plain,
        (
            "Closing balance,Balance at end,Ending balance,Balance carried forward,Endsaldo,Saldo neu,Neuer Kontostand,"
            "Solde final,Nouveau solde,Eindsaldo,Saldo final,Saldo finale,Saldo końcowe"
        ).split(","),
    )
)
BALANCES = {"kontostand": "closing", "letzterkontostand": ""}
"""The first cell of a row among the bookings that is none: which balance it tells, '' where that is not said."""
