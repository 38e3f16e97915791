"""Continental bank statements: one A4 page, IBAN, signed amounts with comma decimals; in German, or in English."""

from __future__ import annotations

import random
from dataclasses import dataclass

from pipeline.samples import people
from pipeline.samples.amounts_and_dates import continental
from pipeline.samples.bank_ledger import Ledger, Payees, keep_ledger, row
from pipeline.samples.sheet import A4, GREY, HELVETICA, TIMES, Drawing, Face, Sheet
from pipeline.types import JsonValue

_BANKS = ("Lindenheimer Volkskasse", "Bankhaus Steinhagen AG", "Auental Kreditbank eG")
_COLORS = ("#b3261e", "#1c4587", "#3f5f1f")
_IN: Payees = (
    ("GEHALT BIRKENFURT MASCHINENBAU", 180_000, 390_000),
    ("GUTSCHRIFT KINDERGELD", 25_000, 50_000),
    ("ÜBERWEISUNG M. ROSENTHAL", 3_000, 45_000),
)
_OUT: Payees = (
    ("LASTSCHRIFT STADTWERKE OBERWIES", 6_000, 18_000),
    ("KARTENZAHLUNG MARKT ####", 800, 14_000),
    ("DAUERAUFTRAG MIETE", 60_000, 125_000),
    ("BARGELDAUSZAHLUNG GA ####", 2_000, 40_000),
    ("LASTSCHRIFT RUNDFUNK", 5_508, 5_508),
    ("KARTENZAHLUNG BÄCKEREI ZELLER", 250, 2_200),
    ("ENTGELT KONTOFÜHRUNG", 290, 990),
)
_LEFT, _RIGHT = 56.0, 540.0


@dataclass(frozen=True, slots=True)
class _Words:
    title: str
    holder: str
    number: str
    period: str
    opening: str
    closing: str
    paid_in: str
    paid_out: str
    day: str
    details: str
    amount: str
    balance: str


_GERMAN = _Words("Kontoauszug", "Kontoinhaber", "IBAN", "Zeitraum", "Alter Kontostand", "Neuer Kontostand",
                 "Summe Gutschriften", "Summe Belastungen", "Buchungstag", "Verwendungszweck", "Betrag EUR",
                 "Saldo EUR")  # fmt: skip
_ENGLISH = _Words("Account statement", "Account holder", "IBAN", "Period", "Opening balance", "Closing balance",
                  "Total credits", "Total debits", "Booking date", "Details", "Amount EUR", "Balance EUR")  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Look:
    words: _Words
    face: Face
    color: str
    with_balance: bool
    sign_last: bool

    def signed(self, cents: int) -> str:
        """As printed: "-1.234,56" and "+1.234,56", or the sign behind the number."""
        sign = "-" if cents < 0 else "+"
        figure = continental(abs(cents))
        return f"{figure} {sign}" if self.sign_last else sign + figure


def draw_continental(rng: random.Random) -> Drawing:
    """Draws a statement of one page."""
    ledger = keep_ledger(rng, _IN, _OUT, rng.randint(9, 15))
    look = _Look(
        words=rng.choice((_GERMAN, _GERMAN, _ENGLISH)),
        face=rng.choice((HELVETICA, HELVETICA, TIMES)),
        color=rng.choice(_COLORS),
        with_balance=rng.random() < 0.6,
        sign_last=rng.random() < 0.35,
    )
    header: dict[str, JsonValue] = {
        "bank_name": rng.choice(_BANKS),
        "account_holder": people.person(rng).full_name,
        "account_number": people.german_iban(rng),
        "currency": "EUR",
    }
    sheet = Sheet(A4, look.words.title)
    _top(sheet, rng, look, ledger, header)
    _table(sheet, look, ledger)
    sheet.rule(_LEFT, 800, _RIGHT, 800, 0.4, GREY)
    imprint = f"{header['bank_name']}  ·  www.{people.slug(str(header['bank_name']))}.example"
    sheet.text(_LEFT, 812, imprint, look.face.regular, 7, color=GREY)
    rows = [
        row(entry, balance if look.with_balance else None)
        for entry, balance in zip(ledger.entries, ledger.balances, strict=True)
    ]
    return Drawing(sheet.pdf(), ledger.truth(rows, **header), f"eu-{people.slug(str(header['account_holder']))}")


def _top(sheet: Sheet, rng: random.Random, look: _Look, ledger: Ledger, header: dict[str, JsonValue]) -> None:
    words, face = look.words, look.face
    home = people.german_address(rng)
    sheet.box(0, 0, sheet.width, 10, color=None, fill=look.color)
    sheet.ellipse(_RIGHT - 14, 48, 14, 14, look.color)
    sheet.ellipse(_RIGHT - 14, 48, 7, 7, "#ffffff")
    sheet.text(_RIGHT - 38, 54, str(header["bank_name"]), face.bold, 15, align="right", color=look.color)
    sheet.lines(_LEFT, 110, [str(header["account_holder"]), home.street, home.town], face.regular, 10, 13)
    sheet.text(_LEFT, 186, f"{words.title} {ledger.last.month}/{ledger.last.year}", face.bold, 15)
    details = (
        (words.holder, str(header["account_holder"])),
        (words.number, str(header["account_number"])),
        (words.period, f"{ledger.first:%d.%m.%Y} - {ledger.last:%d.%m.%Y}"),
    )
    y = 206.0
    for label, value in details:
        sheet.text(_LEFT, y, f"{label}:", face.regular, 9, color=GREY)
        sheet.text(_LEFT + 90, y, value, face.bold, 9)
        y += 14


def _table(sheet: Sheet, look: _Look, ledger: Ledger) -> None:
    words, face = look.words, look.face
    amount_x = 455.0 if look.with_balance else _RIGHT - 4
    y = 270.0
    sheet.rule(_LEFT, y, _RIGHT, y, 1.2, look.color)
    y += 14
    sheet.text(_LEFT + 4, y, words.day, face.bold, 9)
    sheet.text(_LEFT + 84, y, words.details, face.bold, 9)
    sheet.text(amount_x, y, words.amount, face.bold, 9, align="right")
    if look.with_balance:
        sheet.text(_RIGHT - 4, y, words.balance, face.bold, 9, align="right")
    y += 6
    sheet.rule(_LEFT, y, _RIGHT, y, 0.6, look.color)
    y += 16
    sheet.text(_LEFT + 84, y, f"{words.opening} {ledger.first:%d.%m.%Y}", face.bold, 9)
    sheet.text(_RIGHT - 4, y, look.signed(ledger.opening), face.bold, 9, align="right")
    for entry, balance in zip(ledger.entries, ledger.balances, strict=True):
        y += 18
        sheet.text(_LEFT + 4, y, f"{entry.day:%d.%m.%Y}", face.regular, 9)
        sheet.text(_LEFT + 84, y, entry.description, face.regular, 9)
        sheet.text(amount_x, y, look.signed(entry.cents), face.regular, 9, align="right")
        if look.with_balance:
            sheet.text(_RIGHT - 4, y, look.signed(balance), face.regular, 9, align="right")
    y += 10
    sheet.rule(_LEFT, y, _RIGHT, y, 0.6, look.color)
    totals = (
        (words.paid_in, ledger.deposits),
        (words.paid_out, -ledger.withdrawals),
        (f"{words.closing} {ledger.last:%d.%m.%Y}", ledger.closing),
    )
    for label, cents in totals:
        y += 17
        sheet.text(_LEFT + 84, y, label, face.bold, 9)
        sheet.text(_RIGHT - 4, y, look.signed(cents), face.bold, 9, align="right")
