"""Invoices of three countries: American with sales tax, British with VAT, German with Mehrwertsteuer."""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable
from dataclasses import dataclass

from pipeline.samples import people
from pipeline.samples.amounts_and_dates import continental, day_between, money, number
from pipeline.samples.sheet import A4, GREY, HELVETICA, LETTER, TIMES, WHITE, Drawing, Face, Sheet
from pipeline.types import JsonValue

_GOODS = (
    ("Oak shelf board 80 cm", 1_490, 4_900),
    ("Site survey, per hour", 6_500, 14_000),
    ("Brass hinge, pair", 390, 1_250),
    ("A3 poster print, matt", 180, 900),
    ("Lens cleaning kit", 890, 2_400),
    ("Linen tea towel", 650, 1_900),
    ("Replacement filter cartridge", 1_200, 5_800),
    ("Delivery and handling", 900, 4_500),
    ("Apple crate, empty", 450, 1_100),
    ("Acoustic panel 60 x 60", 2_900, 8_800),
    ("Soil analysis", 4_500, 12_000),
    ("Annual maintenance plan", 19_000, 64_000),
)
_COLORS = ("#12406b", "#1f5a3d", "#6b2a2a", "#333333", "#4a3a73")


@dataclass(frozen=True, slots=True)
class _Market:
    """How a country writes its invoices. `words` are: title, number, date, due, description, quantity, price, amount,
    subtotal, total, bill to."""

    page: tuple[float, float]
    currency: str
    sign: str
    day: tuple[str, ...]
    tax_label: str
    tax_percent: tuple[int, ...]
    legal_form: str
    print_money: Callable[[int], str]
    address: Callable[[random.Random], people.PostalAddress]
    words: tuple[str, ...]


_US = _Market(
    LETTER, "USD", "$", ("%m/%d/%Y", "%B %d, %Y"), "Sales tax", (6, 7, 8), "LLC", money, people.us_address,
    ("INVOICE", "Invoice #", "Invoice date", "Due date", "Description", "Qty", "Unit price", "Amount", "Subtotal",
     "Total due", "Bill to"),
)  # fmt: skip
_UK = _Market(
    A4, "GBP", "£", ("%d/%m/%Y", "%d %B %Y"), "VAT", (20,), "Ltd", money, people.uk_address,
    ("INVOICE", "Invoice number", "Date", "Payment due", "Item", "Quantity", "Price", "Net amount", "Subtotal", "Total",
     "Invoice to"),
)  # fmt: skip
_DE = _Market(
    A4, "EUR", "€", ("%d.%m.%Y",), "MwSt.", (19, 7), "GmbH", continental, people.german_address,
    ("RECHNUNG", "Rechnungsnummer", "Rechnungsdatum", "Fällig am", "Bezeichnung", "Menge", "Einzelpreis", "Betrag",
     "Zwischensumme", "Gesamtbetrag", "Rechnung an"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Line:
    description: str
    quantity: int
    price: int

    @property
    def amount(self) -> int:
        return self.quantity * self.price


def draw_invoice(rng: random.Random) -> Drawing:
    """Draws an invoice of one page."""
    market = rng.choice((_US, _UK, _DE))
    face = rng.choice((HELVETICA, HELVETICA, TIMES))
    color = rng.choice(_COLORS)
    vendor = f"{people.firm(rng)} {market.legal_form}"
    invoice_number = rng.choice((f"INV-{people.digits(rng, 5)}", people.digits(rng, 6), f"{people.digits(rng, 4)}/25"))
    issued = day_between(rng, datetime.date(2022, 1, 3), datetime.date(2025, 12, 20))
    due = issued + datetime.timedelta(days=rng.choice((14, 30, 45)))
    goods = rng.sample(_GOODS, rng.randint(2, 7))
    lines = [_Line(name, rng.randint(1, 12), rng.randint(least, most)) for name, least, most in goods]
    percent = rng.choice(market.tax_percent)
    subtotal = sum(line.amount for line in lines)
    tax = (subtotal * percent + 50) // 100

    sheet = Sheet(market.page, "Invoice")
    day = rng.choice(market.day)
    y = _head(sheet, rng, market, face, color, vendor)
    y = _parties(sheet, y, rng, market, face, (invoice_number, f"{issued:{day}}", f"{due:{day}}"))
    y = _table(sheet, y + 26, market, face, color, lines)
    _totals(sheet, y, market, face, (subtotal, tax, subtotal + tax), percent)
    _payment(sheet, rng, market, face, vendor, invoice_number)
    items: list[JsonValue] = [
        {
            "description": line.description,
            "quantity": line.quantity,
            "unit_price": number(line.price),
            "amount": number(line.amount),
        }
        for line in lines
    ]
    truth: dict[str, JsonValue] = {
        "vendor_name": vendor,
        "invoice_number": invoice_number,
        "invoice_date": issued.isoformat(),
        "due_date": due.isoformat(),
        "currency": market.currency,
        "subtotal": number(subtotal),
        "tax": number(tax),
        "total": number(subtotal + tax),
        "line_items": items,
    }
    return Drawing(sheet.pdf(), truth, people.slug(vendor))


def _head(sheet: Sheet, rng: random.Random, market: _Market, face: Face, color: str, vendor: str) -> float:
    office = market.address(rng)
    if rng.random() < 0.5:
        sheet.box(0, 0, sheet.width, 76, color=None, fill=color)
        sheet.text(46, 44, vendor, face.bold, 18, color=WHITE)
        sheet.text(46, 60, f"{office.street}, {office.town}", face.regular, 8, color=WHITE)
        sheet.text(sheet.width - 46, 48, market.words[0], face.bold, 22, align="right", color=WHITE)
    else:
        sheet.text(46, 54, market.words[0], face.bold, 26, color=color)
        sheet.text(sheet.width - 46, 44, vendor, face.bold, 13, align="right")
        sheet.text(sheet.width - 46, 57, office.street, face.regular, 9, align="right")
        sheet.text(sheet.width - 46, 68, office.town, face.regular, 9, align="right")
        sheet.rule(46, 78, sheet.width - 46, 78, 1.5, color)
    return 112.0


def _parties(
    sheet: Sheet, y: float, rng: random.Random, market: _Market, face: Face, details: tuple[str, str, str]
) -> float:
    home = market.address(rng)
    sheet.text(46, y, market.words[10], face.bold, 9, color=GREY)
    sheet.lines(46, y + 15, [people.person(rng).full_name, home.street, home.town], face.regular, 10, 13)
    for index, value in enumerate(details):
        line = y + 6 + 16 * index
        sheet.text(sheet.width - 240, line, market.words[1 + index], face.regular, 9, color=GREY)
        sheet.text(sheet.width - 46, line, value, face.bold, 10, align="right")
    return y + 54


def _table(sheet: Sheet, y: float, market: _Market, face: Face, color: str, lines: list[_Line]) -> float:
    right = (sheet.width - 210, sheet.width - 130, sheet.width - 52)
    sheet.box(46, y, sheet.width - 92, 20, color=None, fill=color)
    sheet.text(52, y + 13.5, market.words[4], face.bold, 9, color=WHITE)
    for x, words in zip(right, market.words[5:8], strict=True):
        sheet.text(x, y + 13.5, words, face.bold, 9, align="right", color=WHITE)
    y += 36
    for line in lines:
        cells = (str(line.quantity), market.print_money(line.price), market.print_money(line.amount))
        sheet.text(52, y, line.description, face.regular, 9.5)
        for x, words in zip(right, cells, strict=True):
            sheet.text(x, y, words, face.regular, 9.5, align="right")
        sheet.rule(46, y + 6, sheet.width - 46, y + 6, 0.3, "#bbbbbb")
        y += 20
    return y


def _totals(sheet: Sheet, y: float, market: _Market, face: Face, sums: tuple[int, int, int], percent: int) -> None:
    labels = (market.words[8], f"{market.tax_label} {percent}%", market.words[9])
    y += 8
    for label, cents in zip(labels, sums, strict=True):
        strong = label == market.words[9]
        font, size = (face.bold, 12.0) if strong else (face.regular, 10.0)
        figure = market.print_money(cents)
        shown = f"{figure} {market.sign}" if market is _DE else f"{market.sign}{figure}"
        sheet.text(sheet.width - 250, y, label, font, size)
        sheet.text(sheet.width - 52, y, shown, font, size, align="right")
        y += 19


def _payment(sheet: Sheet, rng: random.Random, market: _Market, face: Face, vendor: str, invoice_number: str) -> None:
    foot = sheet.height - 70
    sheet.rule(46, foot - 16, sheet.width - 46, foot - 16, 0.5, GREY)
    if market is _DE:
        words = f"Bitte überweisen Sie auf das Konto {people.german_iban(rng)}, Verwendungszweck {invoice_number}."
    elif market is _UK:
        words = f"Please pay by bank transfer quoting {invoice_number}. VAT number GB {people.digits(rng, 9)}."
    else:
        words = f"Please make checks payable to {vendor}. Questions? Call {people.us_phone(rng)}."
    sheet.text(46, foot, words, face.regular, 8.5)
    sheet.text(46, foot + 14, f"{vendor}  ·  accounts@{people.slug(vendor)}.example", face.regular, 8, color=GREY)
