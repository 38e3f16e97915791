"""Till receipts on a narrow roll, in the till's one typeface."""

from __future__ import annotations

import datetime
import random

from pipeline.samples import people
from pipeline.samples.amounts_and_dates import day_between, money, number
from pipeline.samples.sheet import COURIER, MM, Drawing, Sheet
from pipeline.types import JsonValue

_SHOPS = ("HOLLOW OAK GROCERY", "COPPERLEAF COFFEE", "INKWELL BOOKS", "FERNHILL HARDWARE", "GOLDCREST DELI",
          "LARKFIELD PHARMACY", "DUNLIN OUTDOORS")  # fmt: skip
_GOODS = (
    ("OAT MILK 1L", 229, 399), ("RYE BREAD", 349, 620), ("ESPRESSO DBL", 275, 420), ("PAPERBACK", 799, 1899),
    ("AA BATTERY 8PK", 699, 1299), ("WOOD SCREWS BX", 449, 999), ("TOMATO SOUP", 189, 329), ("APPLES 2LB", 299, 549),
    ("NOTEBOOK A5", 350, 850), ("PASTRAMI SDW", 895, 1350), ("BANDAGE STRIP", 325, 699), ("TRAIL MIX", 399, 799),
    ("GARDEN GLOVES", 599, 1499), ("SPARKLING WTR", 120, 260),
)  # fmt: skip
_MARGIN = 12.0


def draw_receipt(rng: random.Random) -> Drawing:
    """Draws a receipt, as long as its items need."""
    shop = rng.choice(_SHOPS)
    place = people.us_address(rng)
    when = day_between(rng, datetime.date(2022, 1, 2), datetime.date(2025, 12, 30))
    size = rng.choice((8.5, 9.0))
    goods = [
        (name, rng.choice((1, 1, 1, 2, 3)), rng.randint(a, b)) for name, a, b in rng.sample(_GOODS, rng.randint(2, 9))
    ]
    subtotal = sum(count * price for _, count, price in goods)
    tax = (subtotal * rng.choice((600, 725, 825)) + 5_000) // 10_000
    total = subtotal + tax
    day = rng.choice(("%m/%d/%Y", "%m/%d/%y", "%Y-%m-%d", "%b %d, %Y"))
    clock = f"{rng.randint(7, 21):02d}:{rng.randint(0, 59):02d}"
    cash = rng.random() < 0.35

    sheet = Sheet((80 * MM, 210 + 13 * len(goods) + 26.0 + 13 * sum(count > 1 for _, count, _ in goods)), "Receipt")
    middle, right = sheet.width / 2, sheet.width - _MARGIN
    y = 32.0
    sheet.text(middle, y, shop, COURIER.bold, 13, align="center")
    for words in (place.street.upper(), place.town.upper(), f"TEL {people.us_phone(rng)}"):
        y += 12
        sheet.text(middle, y, words, COURIER.regular, size, align="center")
    y += 20
    sheet.text(_MARGIN, y, f"{when:{day}} {clock}", COURIER.regular, size)
    sheet.text(right, y, f"REG {rng.randint(1, 9)} #{people.digits(rng, 4)}", COURIER.regular, size, align="right")
    y = _dashes(sheet, y)
    for name, count, price in goods:
        sheet.text(_MARGIN, y, name, COURIER.regular, size)
        sheet.text(right, y, money(count * price), COURIER.regular, size, align="right")
        y += 13
        if count > 1:
            sheet.text(_MARGIN + 14, y, f"{count} @ {money(price)}", COURIER.regular, size)
            y += 13
    y = _dashes(sheet, y - 13)
    for label, cents in (("SUBTOTAL", subtotal), ("SALES TAX", tax)):
        sheet.text(_MARGIN, y, label, COURIER.regular, size)
        sheet.text(right, y, money(cents), COURIER.regular, size, align="right")
        y += 13
    y += 3
    sheet.text(_MARGIN, y, "TOTAL", COURIER.bold, 12)
    sheet.text(right, y, f"${money(total)}", COURIER.bold, 12, align="right")
    y += 18
    tendered = -(-total // 500) * 500
    paid = (
        (("CASH", money(tendered)), ("CHANGE", money(tendered - total)))
        if cash
        else (("VISA ************" + people.digits(rng, 4), money(total)), ("APPROVED", people.digits(rng, 6)))
    )
    for label, figure in paid:
        sheet.text(_MARGIN, y, label, COURIER.regular, size)
        sheet.text(right, y, figure, COURIER.regular, size, align="right")
        y += 13
    sheet.text(
        middle,
        y + 10,
        rng.choice(("THANK YOU", "THANK YOU - COME AGAIN", "HAVE A NICE DAY")),
        COURIER.regular,
        size,
        align="center",
    )
    truth: dict[str, JsonValue] = {
        "vendor_name": shop,
        "date": when.isoformat(),
        "total": number(total),
        "tax": number(tax),
        "currency": "USD",
        "address": f"{place.street}, {place.town}".upper(),
    }
    return Drawing(sheet.pdf(), truth, people.slug(shop))


def _dashes(sheet: Sheet, y: float) -> float:
    sheet.text(sheet.width / 2, y + 11, "-" * 38, COURIER.regular, 9, align="center")
    return y + 24
