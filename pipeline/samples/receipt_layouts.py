"""Receipts of many trades and countries: supermarkets, restaurants with tip, fuel, pharmacies, hotels, taxis."""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

from pipeline.samples import people
from pipeline.samples.amounts_and_dates import continental, day_between, money, number
from pipeline.samples.sheet import COURIER, HELVETICA, MM, Drawing, Face, Sheet
from pipeline.types import JsonValue

_MARGIN = 12.0


@dataclass(frozen=True, slots=True)
class _Trade:
    """A shop's receipts.

    Attributes:
        shops: names.
        registered: lines below the name, "#" for digits.
        address: makes one.
        currency, shown, plain: ISO 4217 code; prints an amount with its sign, and without.
        days: date formats.
        goods: what is sold, with the least and the greatest price in cents.
        subtotal, tax, total: labels; an empty one is not printed.
        percent: of the tax; where `included`, the prices have it in them.
        face: the till's typeface.
        date_below: whether the date stands below the sums.
        extra: a further line above the total: label and its share of the subtotal in percent.
        rounded: whether cash totals end in 0 or 5.
        card: whether it is paid by card.
    """

    shops: tuple[str, ...]
    registered: tuple[str, ...]
    address: Callable[[random.Random], people.PostalAddress]
    currency: str
    shown: Callable[[int], str]
    plain: Callable[[int], str]
    days: tuple[str, ...]
    goods: tuple[tuple[str, int, int], ...]
    subtotal: str
    tax: str
    total: tuple[str, ...]
    percent: float
    face: Face = COURIER
    included: bool = False
    date_below: bool = False
    extra: tuple[str, int] | None = None
    rounded: bool = False
    card: bool = False


@dataclass(slots=True)
class _Roll:
    """A roll of paper and how far it is printed."""

    sheet: Sheet
    face: Face
    y: float = 30.0

    def middle(self, words: str, size: float = 9.0, bold: bool = False) -> None:
        font = self.face.bold if bold else self.face.regular
        self.sheet.text(self.sheet.width / 2, self.y, words, font, size, align="center")
        self.y += size + 3.5

    def pair(self, left: str, right: str, size: float = 9.0, bold: bool = False) -> None:
        font = self.face.bold if bold else self.face.regular
        self.sheet.text(_MARGIN, self.y, left, font, size)
        self.sheet.text(self.sheet.width - _MARGIN, self.y, right, font, size, align="right")
        self.y += size + 4

    def rule(self) -> None:
        self.sheet.rule(_MARGIN, self.y - 6, self.sheet.width - _MARGIN, self.y - 6)
        self.y += 8


def _draw(trade: _Trade, rng: random.Random) -> Drawing:
    shop, place = rng.choice(trade.shops), trade.address(rng)
    when = day_between(rng, datetime.date(2021, 1, 2), datetime.date(2025, 12, 30))
    goods = [
        (name, rng.randint(low, high)) for name, low, high in rng.sample(trade.goods, rng.randint(1, len(trade.goods)))
    ]
    net = sum(price for _, price in goods)
    tax = round(net * trade.percent / (100 + trade.percent)) if trade.included else round(net * trade.percent / 100)
    extra = round(net * trade.extra[1] / 100) if trade.extra else 0
    exact = net + extra + (0 if trade.included else tax)
    total = 5 * round(exact / 5) if trade.rounded else exact

    roll = _Roll(Sheet((80 * MM, 250.0 + 16 * len(goods)), "Receipt"), trade.face)
    roll.middle(shop, 13, bold=True)
    for line in (*trade.registered, place.street, place.town):
        roll.middle(_filled(line, rng), 8.5)
    roll.y += 6
    stamp = f"{when:{rng.choice(trade.days)}} {rng.randint(7, 21):02d}:{rng.randint(0, 59):02d}"
    if not trade.date_below:
        roll.pair(f"Date: {stamp}" if rng.random() < 0.5 else stamp, f"#{people.digits(rng, 5)}")
    roll.rule()
    for name, price in goods:
        roll.pair(name, trade.plain(price))
    roll.rule()
    _print_sums(roll, trade, rng, net, tax, extra, exact, total)
    if trade.date_below:
        roll.y += 6
        roll.pair(stamp, f"OP {people.digits(rng, 2)}")
    roll.y += 6
    roll.middle(rng.choice(("Thank you", "THANK YOU, COME AGAIN", "* * *")))
    truth: dict[str, JsonValue] = {
        "vendor_name": shop, "date": when.isoformat(), "total": number(total), "currency": trade.currency,
        "address": f"{place.street}, {place.town}",
    }  # fmt: skip
    return Drawing(roll.sheet.pdf(), truth, people.slug(shop) or "shop")


def _print_sums(
    roll: _Roll, trade: _Trade, rng: random.Random, net: int, tax: int, extra: int, exact: int, total: int
) -> None:
    if trade.subtotal:
        roll.pair(trade.subtotal, trade.plain(net))
    if trade.tax and not trade.included:
        roll.pair(trade.tax, trade.plain(tax))
    if trade.extra:
        roll.pair(trade.extra[0], trade.plain(extra))
    if trade.rounded:
        roll.pair("Rounding Adj", trade.plain(total - exact))
    roll.y += 3
    roll.pair(rng.choice(trade.total), trade.shown(total), 11.5, bold=True)
    if trade.card:
        roll.pair(f"VISA ****{people.digits(rng, 4)}", trade.plain(total))
        roll.pair("AUTH", people.digits(rng, 6))
    else:
        given = -(-total // 1000) * 1000
        roll.pair("Cash", trade.plain(given))
        roll.pair("Change", trade.plain(given - total))
    if trade.included:
        roll.pair(trade.tax, trade.plain(tax), 8)


def _filled(text: str, rng: random.Random) -> str:
    return "".join(rng.choice("0123456789") if c == "#" else c for c in text)


def _malaysian(rng: random.Random) -> people.PostalAddress:
    street = f"No {rng.randint(1, 90)}, Jalan {rng.choice(('Melur', 'Kenanga', 'Cempaka'))} {rng.randint(1, 9)}"
    return people.PostalAddress(street, f"4{people.digits(rng, 4)} {rng.choice(('Batu Lima', 'Kota Seri'))}, Selangor")


_GROCERIES = (("MILK 1L", 180, 420), ("BREAD", 220, 560), ("EGGS 10", 300, 700), ("RICE 5KG", 900, 2400),
              ("SOAP", 150, 480), ("TEA 50S", 250, 790))  # fmt: skip
_MEALS = (("House salad", 750, 1300), ("Grilled trout", 1800, 2900), ("Pasta verde", 1200, 2100),
          ("Espresso", 250, 420), ("Sparkling water", 300, 520))  # fmt: skip
_FUEL = (("Unleaded 95", 2500, 9000), ("Car wash", 700, 1500))
_DRUGS = (("IBUPROFEN 200", 399, 1299), ("BANDAGE", 250, 799), ("VITAMIN C", 699, 1999))
_NIGHTS = (("Room 214, 2 nights", 16000, 42000), ("Breakfast", 1200, 3600), ("Parking", 800, 2400))
_US_DAYS, _DAY_FIRST = ("%m/%d/%Y", "%m/%d/%y", "%b %d, %Y"), ("%d/%m/%Y", "%d-%m-%Y", "%d %b %Y")


def _dollars(cents: int) -> str:
    return f"${money(cents)}"


RECEIPT_LAYOUTS: Mapping[str, Callable[[random.Random], Drawing]] = MappingProxyType({
    "receipt-us-supermarket": partial(_draw, _Trade(
        ("PRAIRIE FOODS MARKET", "OLD MILL GROCERY"), ("Store #### Tel (555) 555-01##",), people.us_address, "USD",
        _dollars, money, _US_DAYS, _GROCERIES, "SUBTOTAL", "TAX", ("TOTAL", "BALANCE DUE"), 6.0, date_below=True)),
    "receipt-us-restaurant": partial(_draw, _Trade(
        ("The Copper Ladle", "Juniper Grill"), (), people.us_address, "USD", _dollars, money, _US_DAYS, _MEALS,
        "Subtotal", "Sales Tax", ("Total", "Amount Due"), 8.0, face=HELVETICA, extra=("Tip", 18), card=True)),
    "receipt-us-pharmacy": partial(_draw, _Trade(
        ("LARKFIELD PHARMACY", "CORNER DRUG CO"), ("STORE MANAGER M. HALE",), people.us_address, "USD", _dollars, money,
        _US_DAYS, _DRUGS, "SUBTOTAL", "SALES TAX", ("TOTAL",), 7.0, card=True)),
    "receipt-gb-cafe": partial(_draw, _Trade(
        ("Wexmouth Tea Rooms", "The Lantern Cafe"), ("VAT No GB #########",), people.uk_address, "GBP",
        lambda c: f"£{money(c)}", money, _DAY_FIRST, _MEALS, "", "VAT @ 20% incl.", ("Total", "To Pay", "AMOUNT DUE"),
        20.0, face=HELVETICA, included=True, card=True)),
    "receipt-gb-fuel": partial(_draw, _Trade(
        ("KIRKDALE SERVICE STATION", "HARROWBY FUELS LTD"), ("VAT ### #### ##",), people.uk_address, "GBP",
        lambda c: f"£{money(c)}", money, _DAY_FIRST, _FUEL, "", "VAT 20%", ("TOTAL", "SALE TOTAL"), 20.0, included=True,
        card=True, date_below=True)),
    "receipt-my-market": partial(_draw, _Trade(
        ("KEDAI RUNCIT SERI LIMA SDN BHD", "PASAR MINI KENANGA ENTERPRISE"), ("(######-X)", "GST ID : 000########"),
        _malaysian, "MYR", lambda c: f"RM {money(c)}", money, _DAY_FIRST, _GROCERIES, "Sub Total", "GST 6%",
        ("Total", "Total Rounded", "Grand Total", "Nett Total"), 6.0, rounded=True)),
    "receipt-my-restaurant": partial(_draw, _Trade(
        ("RESTORAN NASI MELUR", "KOPITIAM BATU LIMA SDN. BHD."), ("Co. Reg. No: ######-T", "Tel: 03-5550 0###"),
        _malaysian, "MYR", lambda c: f"RM{money(c)}", money, _DAY_FIRST, _MEALS, "Subtotal", "SST 6%",
        ("TOTAL", "Total Amount"), 6.0, extra=("Service Charge 10%", 10), date_below=True, rounded=True)),
    "receipt-de-supermarkt": partial(_draw, _Trade(
        ("Lindenhof Markt GmbH", "Birkenfurt Frische OHG"), ("USt-IdNr. DE#########",), people.german_address, "EUR",
        lambda c: f"{continental(c)} EUR", continental, ("%d.%m.%Y", "%d.%m.%y"), _GROCERIES, "", "MwSt 19%",
        ("SUMME", "Gesamtbetrag", "Zu zahlen"), 19.0, included=True, date_below=True)),
    "receipt-de-hotel": partial(_draw, _Trade(
        ("Hotel Talblick", "Gasthof zur Mühle"), ("Tel. 030 5550 ###",), people.german_address, "EUR",
        lambda c: f"{continental(c)} €", continental, ("%d.%m.%Y",), _NIGHTS, "Netto", "MwSt 7%",
        ("Gesamtbetrag", "Summe"), 7.0, face=HELVETICA, card=True)),
    "receipt-us-taxi": partial(_draw, _Trade(
        ("CITY FALCON CAB CO", "HARBOR TAXI INC"), ("Medallion ####",), people.us_address, "USD", _dollars, money,
        _US_DAYS, (("FARE", 900, 4800), ("TOLLS", 200, 800)), "", "SURCHARGE", ("TOTAL", "TOTAL FARE"), 3.0,
        extra=("TIP", 15), card=True)),
})  # fmt: skip
"""Layouts by name; the same (layout, generator) draws the same receipt."""
