"""Invoices of many hands: how the head, the table and the sums are arranged, in nine countries' words."""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

from pipeline.samples import invoice_markets as markets
from pipeline.samples import people
from pipeline.samples.amounts_and_dates import day_between, number
from pipeline.samples.invoice_markets import Market
from pipeline.samples.sheet import GREY, HELVETICA, TIMES, Drawing, Face, Sheet
from pipeline.types import JsonValue

_GOODS = ("Oak shelf 80 cm", "Brass hinge pair", "Linen towel", "Filter cartridge", "Acoustic panel", "Soil analysis",
          "Apple crate", "Poster print A3", "Lens kit", "Maintenance visit", "Copper pipe 15 mm",
          "Garden bench")  # fmt: skip
_NOTES = ("as agreed by telephone", "colour: walnut", "incl. delivery to the door", "batch of this spring")
_LEFT, _ROW, _BOTTOM, _GUTTER = 48.0, 17.0, 170.0, 9.0


@dataclass(frozen=True, slots=True)
class _Line:
    code: str
    description: str
    note: str
    quantity: int
    price: int

    @property
    def amount(self) -> int:
        return self.quantity * self.price


@dataclass(frozen=True, slots=True)
class _Invoice:
    """What an invoice says. Amounts in cents; `taxes` are label with percent, and amount."""

    market: Market
    vendor: str
    office: people.PostalAddress
    registered: str
    buyer: str
    home: people.PostalAddress
    title: str
    details: tuple[tuple[str, str], ...]
    number: str
    issued: datetime.date
    due: datetime.date | None
    lines: tuple[_Line, ...]
    taxes: tuple[tuple[str, int], ...]

    @property
    def subtotal(self) -> int:
        return sum(line.amount for line in self.lines)

    @property
    def tax(self) -> int:
        return sum(amount for _, amount in self.taxes)

    def truth(self) -> dict[str, JsonValue]:
        items: list[JsonValue] = [
            {"description": line.description, "quantity": line.quantity, "unit_price": number(line.price),
             "amount": number(line.amount)}
            for line in self.lines
        ]  # fmt: skip
        return {
            "vendor_name": self.vendor,
            "invoice_number": self.number,
            "invoice_date": self.issued.isoformat(),
            "due_date": self.due.isoformat() if self.due else None,
            "currency": self.market.currency,
            "subtotal": number(self.subtotal),
            "tax": number(self.tax),
            "total": number(self.subtotal + self.tax),
            "line_items": items,
        }


_Head = Callable[[Sheet, _Invoice, Face], float]
"""Draws all above the table and gives where that begins."""


def _invoice(rng: random.Random, market: Market, most_lines: int, credit: bool) -> _Invoice:
    words = market.words
    issued = day_between(rng, datetime.date(2022, 1, 3), datetime.date(2025, 12, 20))
    due = issued + datetime.timedelta(days=rng.choice((14, 30))) if rng.random() < 0.7 else None
    name = rng.choice(("", "RE-", f"{issued.year}-", f"A{issued:%y}/")) + people.digits(rng, 5)
    sign = -1 if credit else 1
    lines = tuple(
        _Line(f"{rng.choice('ABKT')}{people.digits(rng, 4)}", goods, rng.choice(_NOTES) if rng.random() < 0.4 else "",
              sign * rng.randint(1, 12), rng.randint(290, 9900))
        for goods in rng.sample(_GOODS, rng.randint(2, most_lines))
    )  # fmt: skip
    net = sum(line.amount for line in lines)
    day = rng.choice(market.days)
    details = [(rng.choice(words.number), name), (rng.choice(words.date), f"{issued:{day}}")]
    details += [(rng.choice(words.due), f"{due:{day}}")] if due else []
    details += [(words.order, people.digits(rng, 5))] if rng.random() < 0.5 else []
    details += [(words.customer, people.digits(rng, 4))] if rng.random() < 0.5 else []
    return _Invoice(
        market, f"{people.firm(rng)} {rng.choice(market.forms)}", market.address(rng), market.registered(rng),
        people.person(rng).full_name, market.address(rng), words.credit if credit else rng.choice(words.title),
        tuple(details), name, issued, due, lines,
        tuple((f"{label} {percent}%", round(net * percent / 100)) for label, percent in market.taxes),
    )  # fmt: skip


def _grid_head(sheet: Sheet, invoice: _Invoice, face: Face) -> float:
    """The vendor at the top left; labels above their values in a row of boxes."""
    sheet.lines(_LEFT, 56, [invoice.office.street, invoice.office.town, invoice.registered], face.regular, 9, 12)
    sheet.text(_LEFT, 42, invoice.vendor, face.bold, 16)
    sheet.text(sheet.width - _LEFT, 44, invoice.title, face.bold, 20, align="right")
    _buyer(sheet, invoice, face, _LEFT, 122)
    width = (sheet.width - 2 * _LEFT) / len(invoice.details)
    for i, (label, value) in enumerate(invoice.details):
        x = _LEFT + i * width
        sheet.box(x, 182, width, 34, color=GREY)
        sheet.text(x + 4, 194, label, face.regular, 7.5, color=GREY)
        sheet.text(x + 4, 209, value, face.bold, 9.5)
    return 244.0


def _beside_head(sheet: Sheet, invoice: _Invoice, face: Face) -> float:
    """The vendor at the top right; "label: value" down the left side."""
    right = sheet.width - _LEFT
    sheet.text(right, 44, invoice.vendor, face.bold, 15, align="right")
    for i, line in enumerate((invoice.office.street, invoice.office.town, invoice.registered)):
        sheet.text(right, 60 + 12 * i, line, face.regular, 9, align="right")
    sheet.text(_LEFT, 50, invoice.title, face.bold, 22)
    for i, (label, value) in enumerate(invoice.details):
        end = sheet.text(_LEFT, 84 + 15 * i, f"{label}:", face.regular, 9.5)
        sheet.text(_LEFT + end + 5, 84 + 15 * i, value, face.regular, 9.5)
    return _buyer(sheet, invoice, face, _LEFT, 176) + 34


def _block_head(sheet: Sheet, invoice: _Invoice, face: Face) -> float:
    """The vendor in the middle; the buyer at the left, labels and values in two columns at the right."""
    middle = sheet.width / 2
    sheet.text(middle, 42, invoice.vendor, face.bold, 17, align="center")
    where = f"{invoice.office.street}, {invoice.office.town} · {invoice.registered}"
    sheet.text(middle, 57, where, face.regular, 8, align="center")
    sheet.rule(_LEFT, 66, sheet.width - _LEFT, 66, 1.0, GREY)
    sheet.text(_LEFT, 96, invoice.title, face.bold, 15)
    for i, (label, value) in enumerate(invoice.details):
        sheet.text(sheet.width - 250, 96 + 15 * i, label, face.regular, 9.5)
        sheet.text(sheet.width - 130, 96 + 15 * i, value, face.regular, 9.5)
    return _buyer(sheet, invoice, face, _LEFT, 126) + 46


def _letter_head(sheet: Sheet, invoice: _Invoice, face: Face) -> float:
    """A letter: the sender in small above the address and in the foot, the number in the line of the title."""
    sender = f"{invoice.vendor} · {invoice.office.street} · {invoice.office.town}"
    sheet.text(_LEFT, 110, sender, face.regular, 7, color=GREY)
    sheet.lines(_LEFT, 126, [invoice.buyer, invoice.home.street, invoice.home.town], face.regular, 10, 13)
    (label, name), (_, day), *others = invoice.details
    sheet.text(_LEFT, 210, f"{invoice.title} {label.split()[-1] if ' ' in label else 'Nr.'} {name}", face.bold, 14)
    sheet.text(
        sheet.width - _LEFT, 190, f"{invoice.office.town.split(' ', 1)[-1]}, {day}", face.regular, 10, align="right"
    )
    for i, (word, value) in enumerate(others):
        sheet.text(_LEFT, 228 + 13 * i, f"{word}: {value}", face.regular, 9.5)
    foot = sheet.height - 48
    sheet.rule(_LEFT, foot - 12, sheet.width - _LEFT, foot - 12, 0.5, GREY)
    sheet.text(_LEFT, foot, f"{invoice.vendor}   {invoice.registered}", face.regular, 8, color=GREY)
    return 290.0


def _buyer(sheet: Sheet, invoice: _Invoice, face: Face, x: float, y: float) -> float:
    sheet.text(x, y, invoice.market.words.bill_to, face.bold, 9, color=GREY)
    sheet.lines(x, y + 13, [invoice.buyer, invoice.home.street, invoice.home.town], face.regular, 9.5, 12)
    return y + 40


@dataclass(frozen=True, slots=True)
class _Table:
    """How the table is arranged: its columns left to right, of "pos", "code", "description", "quantity", "price",
    "tax" and "amount"; whether headings take two lines; whether notes stand below the description.
    """

    columns: tuple[str, ...]
    two_lines: bool = False
    notes: bool = False
    most_lines: int = 6


_WIDTHS = {"pos": 28.0, "code": 52.0, "quantity": 56.0, "price": 78.0, "tax": 44.0, "amount": 84.0}
_AT_LEFT = ("pos", "code", "description")


def _draw_table(sheet: Sheet, y: float, invoice: _Invoice, table: _Table, face: Face, rng: random.Random) -> float:
    places = _places(sheet.width, table.columns)
    words = invoice.market.words
    heads = {"pos": "Pos", "code": "Code", "tax": f"{invoice.taxes[0][0].split()[0]} %"} | {
        name: rng.choice(getattr(words, name)) for name in ("description", "quantity", "price", "amount")
    }
    y = _draw_heads(sheet, y, places, heads, table.two_lines, face)
    for i, line in enumerate(invoice.lines, start=1):
        if y > sheet.height - _BOTTOM:
            sheet.text(sheet.width - _LEFT - 90, y, words.carried, face.italic, 9, align="right")
            sheet.next_page()
            y = _draw_heads(sheet, 60, places, heads, table.two_lines, face)
        percent = str(sum(p for _, p in invoice.market.taxes))
        cells = {"pos": str(i), "code": line.code, "description": line.description, "quantity": str(line.quantity),
                 "price": invoice.market.plain(line.price), "tax": percent,
                 "amount": invoice.market.plain(line.amount)}  # fmt: skip
        for name, x in places.items():
            sheet.text(x, y, cells[name], face.regular, 9.5, align="left" if name in _AT_LEFT else "right")
        if table.notes and line.note:
            y += 11
            sheet.text(places["description"], y, line.note, face.italic, 8, color=GREY)
        y += _ROW
    return y


def _draw_heads(
    sheet: Sheet, y: float, places: Mapping[str, float], heads: Mapping[str, str], two_lines: bool, face: Face
) -> float:
    for name, x in places.items():
        first, _, second = heads[name].partition(" ") if two_lines else (heads[name], "", "")
        for i, text in enumerate(filter(None, (first, second))):
            sheet.text(x, y + 11 * i, text, face.bold, 9, align="left" if name in _AT_LEFT else "right")
    y += 11 if two_lines else 0
    sheet.rule(_LEFT, y + 6, sheet.width - _LEFT, y + 6, 0.8, GREY)
    return y + 22


def _places(width: float, columns: Sequence[str]) -> dict[str, float]:
    """Where each column's text begins, or for numbers ends."""
    free = width - 2 * _LEFT - sum(_WIDTHS.get(name, 0.0) for name in columns)
    x, places = _LEFT, {}
    for name in columns:
        size = _WIDTHS.get(name, free)
        places[name] = x + (_GUTTER if x > _LEFT else 0.0) if name in _AT_LEFT else x + size
        x += size
    return places


def _sums(sheet: Sheet, y: float, invoice: _Invoice, face: Face, rng: random.Random) -> None:
    words, market = invoice.market.words, invoice.market
    rows = [(rng.choice(words.subtotal), invoice.subtotal), *invoice.taxes]
    y += 10
    for label, cents in rows:
        sheet.text(sheet.width - 240, y, label, face.regular, 10)
        sheet.text(sheet.width - _LEFT, y, market.plain(cents), face.regular, 10, align="right")
        y += 16
    sheet.text(sheet.width - 240, y + 4, rng.choice(words.total), face.bold, 11.5)
    total = market.shown(invoice.subtotal + invoice.tax)
    sheet.text(sheet.width - _LEFT, y + 4, total, face.bold, 11.5, align="right")


def _draw(market: Market, head: _Head, table: _Table, rng: random.Random, *, credit: bool = False) -> Drawing:
    face = rng.choice((HELVETICA, HELVETICA, TIMES))
    invoice = _invoice(rng, market, table.most_lines, credit)
    sheet = Sheet(market.page, "Invoice")
    y = head(sheet, invoice, face)
    y = _draw_table(sheet, y, invoice, table, face, rng)
    _sums(sheet, y, invoice, face, rng)
    return Drawing(sheet.pdf(), invoice.truth(), people.slug(invoice.vendor))


_PLAIN = _Table(("description", "quantity", "price", "amount"))
_COUNTED = _Table(("pos", "code", "description", "quantity", "price", "amount"), two_lines=True)
_NOTED = _Table(("quantity", "description", "price", "amount"), notes=True)
_TAXED = _Table(("code", "description", "price", "quantity", "tax", "amount"), notes=True)
_LONG = _Table(("pos", "description", "quantity", "price", "amount"), notes=True, most_lines=12)

INVOICE_LAYOUTS: Mapping[str, Callable[[random.Random], Drawing]] = MappingProxyType({
    "invoice-us-grid": partial(_draw, markets.US, _grid_head, _PLAIN),
    "invoice-us-noted": partial(_draw, markets.US, _block_head, _NOTED),
    "invoice-gb-beside": partial(_draw, markets.GB, _beside_head, _TAXED),
    "invoice-gb-credit": partial(_draw, markets.GB, _grid_head, _PLAIN, credit=True),
    "invoice-au-block": partial(_draw, markets.AU, _block_head, _LONG),
    "invoice-in-grid": partial(_draw, markets.IN, _grid_head, _COUNTED),
    "invoice-in-beside": partial(_draw, markets.IN, _beside_head, _PLAIN),
    "invoice-de-letter": partial(_draw, markets.DE, _letter_head, _COUNTED),
    "invoice-de-block": partial(_draw, markets.DE, _block_head, _TAXED),
    "invoice-fr-beside": partial(_draw, markets.FR, _beside_head, _COUNTED),
    "invoice-fr-grid": partial(_draw, markets.FR, _grid_head, _NOTED),
    "invoice-es-grid": partial(_draw, markets.ES, _grid_head, _PLAIN),
    "invoice-it-block": partial(_draw, markets.IT, _block_head, _PLAIN),
    "invoice-nl-beside": partial(_draw, markets.NL, _beside_head, _NOTED),
})  # fmt: skip
"""Layouts by name; the same (layout, generator) draws the same invoice."""
