"""Bills for electricity, gas, water and internet, with meter readings where there is a meter and a tear-off slip."""

from __future__ import annotations

import datetime
import random
from dataclasses import dataclass

from pipeline.samples import people
from pipeline.samples.amounts_and_dates import day_between, money
from pipeline.samples.sheet import GREY, HELVETICA, LETTER, TIMES, WHITE, Drawing, Face, Sheet


@dataclass(frozen=True, slots=True)
class _Service:
    """What is supplied; `price` is in hundredths of a cent per unit, 0 for a flat rate."""

    name: str
    suppliers: tuple[str, ...]
    unit: str
    price: int
    usage: tuple[int, int]
    color: str
    charges: tuple[tuple[str, int, int], ...]


_SERVICES = (
    _Service("Electric", ("Evenfall Electric Co.", "Halcyon Power & Light"), "kWh", 1_450, (280, 1_400), "#b4690e",
             (("Customer charge", 900, 1_600), ("Distribution charge", 1_800, 4_200), ("Franchise fee", 150, 480))),
    _Service("Natural Gas", ("Tiverton Gas Company", "Cinder Valley Gas"), "therms", 9_800, (12, 140), "#1c4587",
             (("Basic service charge", 1_100, 1_900), ("Delivery charge", 900, 3_900), ("Public surcharge", 90, 350))),
    _Service("Water & Sewer", ("Mossbank Water District", "Lake Corbin Utilities"), "CCF", 43_000, (3, 21), "#0b6b72",
             (("Sewer service", 1_900, 4_400), ("Storm water fee", 450, 900))),
    _Service("Internet", ("Larkfield Fiber", "Northgate Broadband"), "", 0, (0, 0), "#5a2a7a",
             (("Home Internet 500 Mbps", 4_900, 7_900), ("Modem rental", 900, 1_500), ("Regulatory fee", 120, 420))),
)  # fmt: skip


def draw_utility_bill(rng: random.Random) -> Drawing:
    """Draws a bill of one page."""
    service = rng.choice(_SERVICES)
    face = rng.choice((HELVETICA, HELVETICA, TIMES))
    supplier = rng.choice(service.suppliers)
    customer, home = people.person(rng).full_name, people.us_address(rng)
    account = f"{people.digits(rng, 4)} {people.digits(rng, 6)}-{rng.randint(0, 9)}"
    billed = day_between(rng, datetime.date(2022, 1, 5), datetime.date(2025, 12, 12))
    due = billed + datetime.timedelta(days=rng.choice((18, 21, 25)))
    charges = [(name, rng.randint(least, most)) for name, least, most in service.charges]

    sheet = Sheet(LETTER, "Utility bill")
    sheet.ellipse(62, 52, 17, 17, service.color)
    sheet.text(62, 58, supplier[0], TIMES.bold, 18, align="center", color=WHITE)
    sheet.text(88, 50, supplier, face.bold, 17, color=service.color)
    sheet.text(
        88,
        63,
        f"Customer service {people.us_phone(rng)}  ·  www.{people.slug(supplier)}.example",
        face.regular,
        8,
        color=GREY,
    )
    sheet.text(570, 54, f"{service.name} bill", face.bold, 14, align="right")
    sheet.lines(44, 112, [customer, home.street, home.town], face.regular, 10, 13)
    details = (
        ("Account number", account),
        ("Bill date", f"{billed:%B %d, %Y}"),
        ("Due date", f"{due:%B %d, %Y}"),
        ("Service address", home.street),
    )
    y = 106.0
    for label, value in details:
        sheet.text(330, y, label, face.regular, 9, color=GREY)
        sheet.text(570, y, value, face.bold, 9, align="right")
        y += 15
    y = 190.0
    if service.price:
        used = rng.randint(*service.usage)
        y = _meter(sheet, y, rng, service, face, billed, used)
        charges.insert(1, (f"Usage {used} {service.unit} @ ${service.price / 10_000:.5f}", used * service.price // 100))
    total = _charges(sheet, y, rng, service, face, charges)
    _slip(sheet, face, supplier, account, f"{due:%m/%d/%Y}", total)
    return Drawing(sheet.pdf(), {}, people.slug(supplier))


def _meter(
    sheet: Sheet, y: float, rng: random.Random, service: _Service, face: Face, billed: datetime.date, used: int
) -> float:
    before = rng.randint(2_000, 80_000)
    first = billed - datetime.timedelta(days=33)
    sheet.text(44, y, "Meter readings", face.bold, 11, color=service.color)
    sheet.rule(44, y + 4, 570, y + 4, 1, service.color)
    titles = ("Meter number", "Service from", "Service to", "Previous", "Current", f"Usage ({service.unit})")
    cells = (
        people.digits(rng, 8),
        f"{first:%m/%d/%Y}",
        f"{billed - datetime.timedelta(days=3):%m/%d/%Y}",
        str(before),
        str(before + used),
        str(used),
    )
    for index, (title, cell) in enumerate(zip(titles, cells, strict=True)):
        x = 44 + index * 89
        sheet.text(x, y + 18, title, face.regular, 8, color=GREY)
        sheet.text(x, y + 31, cell, face.bold, 9)
    y += 60
    sheet.text(44, y, "Your usage over the year", face.regular, 8, color=GREY)
    for month in range(13):
        tall = 42 * (used if month == 12 else rng.uniform(0.5, 1.3) * used) / (1.3 * used)
        fill = service.color if month == 12 else "#c9c9c9"
        sheet.box(44 + month * 20, y + 56 - tall, 13, tall, color=None, fill=fill)
    return y + 84


def _charges(
    sheet: Sheet, y: float, rng: random.Random, service: _Service, face: Face, charges: list[tuple[str, int]]
) -> int:
    previous = rng.randint(3_000, 14_000)
    tax = sum(cents for _, cents in charges) * rng.choice((30, 52, 68)) // 1000
    sheet.text(44, y, "Account summary", face.bold, 11, color=service.color)
    sheet.rule(44, y + 4, 570, y + 4, 1, service.color)
    rows = [("Previous balance", previous), ("Payment received - thank you", -previous), *charges, ("Taxes", tax)]
    y += 20
    for label, cents in rows:
        sheet.text(50, y, label, face.regular, 9.5)
        sheet.text(564, y, money(cents), face.regular, 9.5, align="right")
        y += 15
    total = sum(cents for _, cents in rows)
    sheet.rule(440, y - 10, 570, y - 10, 0.6)
    sheet.text(50, y + 4, "Total amount due", face.bold, 12)
    sheet.text(564, y + 4, f"${money(total)}", face.bold, 12, align="right")
    return total


def _slip(sheet: Sheet, face: Face, supplier: str, account: str, due: str, total: int) -> None:
    y = 640.0
    for dash in range(66):
        sheet.rule(44 + dash * 8, y, 48 + dash * 8, y, 0.6, GREY)
    sheet.text(306, y + 12, "Please detach and return this portion with your payment", face.italic, 8, align="center")
    sheet.lines(44, y + 44, [supplier, "PO Box 0199", "Payment Processing Center"], face.regular, 9, 12)
    sheet.box(380, y + 26, 190, 62, weight=0.8)
    rows = (("Account", account), ("Due date", due), ("Amount due", f"${money(total)}"))
    for index, (label, value) in enumerate(rows):
        sheet.text(388, y + 42 + index * 17, label, face.regular, 9, color=GREY)
        sheet.text(562, y + 42 + index * 17, value, face.bold, 9.5, align="right")
