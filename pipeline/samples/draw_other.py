"""Papers of no type that is read: letters, minutes, leases, menus, course certificates."""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable

from pipeline.samples import people
from pipeline.samples.amounts_and_dates import day_between, money
from pipeline.samples.sheet import GREY, HELVETICA, LETTER, TIMES, Drawing, Face, Sheet

_SUBJECTS = ("the footpath behind the mill", "our autumn lecture series", "the shared garden plots",
             "the choir's new piano", "parking during the road works", "the return of borrowed tools")  # fmt: skip
_SENTENCES = (
    "Thank you for coming to see us last week and for the patience that you showed when the hall was double booked.",
    "We have since spoken with the caretaker, who will keep a written list of dates from now on.",
    "Several neighbours have asked whether the gate could stay open until nine during the summer.",
    "The committee finds the idea sound, provided that somebody takes charge of the key.",
    "Please let us know before the end of the month whether you can lend a hand on the first Saturday.",
    "Tools, gloves and tea will be there; bring boots if it has rained.",
    "We enclose a sketch of the plan and would be glad of your remarks, however small.",
    "The survey of the roof showed no damage beyond two slipped slates, which were put back the same day.",
)
_DISHES = (("Leek and potato soup", 650), ("Smoked trout, rye toast", 1150), ("Barley risotto", 1480),
           ("Roast hen, sage", 1890),
           ("Pear tart", 790), ("Cheese board", 1250), ("Braised fennel", 890), ("Walnut bread", 450))  # fmt: skip


def draw_other(rng: random.Random) -> Drawing:
    """Draws one of these papers."""
    face = rng.choice((HELVETICA, TIMES, TIMES))
    draw: Callable[[random.Random, Face], Drawing] = rng.choice((_letter, _minutes, _lease, _menu, _certificate))
    return draw(rng, face)


def _day(rng: random.Random) -> str:
    return f"{day_between(rng, datetime.date(2022, 1, 3), datetime.date(2025, 12, 20)):%B %d, %Y}"


def _letter(rng: random.Random, face: Face) -> Drawing:
    writer, reader = people.person(rng), people.person(rng)
    home, far = people.us_address(rng), people.us_address(rng)
    sheet = Sheet(LETTER, "Letter")
    sheet.lines(380, 72, [writer.full_name, home.street, home.town], face.regular, 10.5, 14)
    sheet.text(380, 130, _day(rng), face.regular, 10.5)
    sheet.lines(72, 166, [reader.full_name, far.street, far.town], face.regular, 10.5, 14)
    sheet.text(72, 230, f"Re: {rng.choice(_SUBJECTS)}", face.bold, 10.5)
    y = sheet.paragraph(72, 260, 468, f"Dear {reader.given},", face.regular, 10.5, 15) + 6
    sentences = rng.sample(_SENTENCES, 7)
    for part in (sentences[:3], sentences[3:5], sentences[5:]):
        y = sheet.paragraph(72, y, 468, " ".join(part), face.regular, 10.5, 15) + 8
    sheet.text(72, y + 10, "Yours sincerely,", face.regular, 10.5)
    sheet.signature(76, y + 46, 100, rng)
    sheet.text(72, y + 72, writer.full_name, face.regular, 10.5)
    return Drawing(sheet.pdf(), {}, f"letter-{people.slug(writer.full_name)}")


def _minutes(rng: random.Random, face: Face) -> Drawing:
    society = f"{people.firm(rng).split()[0]} Residents' Association"
    sheet = Sheet(LETTER, "Minutes")
    sheet.text(306, 76, society, face.bold, 16, align="center")
    sheet.text(306, 96, f"Minutes of the meeting held on {_day(rng)}", face.regular, 11, align="center")
    present = ", ".join(people.person(rng, middle_share=0).full_name for _ in range(5))
    y = sheet.paragraph(
        72, 136, 468, f"Present: {present}. Apologies were received from two members.", face.regular, 10.5, 15
    )
    for item, subject in enumerate(rng.sample(_SUBJECTS, 4), start=1):
        sheet.text(72, y + 14, f"{item}. {subject[0].upper()}{subject[1:]}", face.bold, 11)
        y = sheet.paragraph(90, y + 31, 450, " ".join(rng.sample(_SENTENCES, 2)), face.regular, 10.5, 15)
    sheet.text(72, y + 24, "There being no further business, the meeting was adjourned.", face.regular, 10.5)
    return Drawing(sheet.pdf(), {}, f"minutes-{people.slug(society)}")


def _lease(rng: random.Random, face: Face) -> Drawing:
    landlord, tenant = people.person(rng).full_name, people.person(rng).full_name
    home = people.us_address(rng)
    sheet = Sheet(LETTER, "Lease")
    sheet.text(306, 80, "RESIDENTIAL LEASE AGREEMENT", face.bold, 15, align="center")
    clauses = (
        f"THIS AGREEMENT is made on {_day(rng)} between {landlord} (the Landlord) and {tenant} (the Tenant).",
        f"PREMISES. The Landlord lets to the Tenant the dwelling at {home.street}, {home.town}, with its fixtures.",
        f"TERM. The lease runs for {rng.choice((6, 12, 24))} months and renews monthly unless notice is given.",
        f"RENT. The Tenant shall pay ${money(rng.randint(80_000, 260_000))} on the first day of each month.",
        "MAINTENANCE. The Tenant shall keep the premises clean and report any damage without delay.",
        "QUIET ENJOYMENT. The Landlord shall enter only after twenty-four hours' notice, except in an emergency.",
        "GOVERNING LAW. This agreement is governed by the law of the state in which the premises stand.",
    )
    y = 116.0
    for number, clause in enumerate(clauses, start=1):
        y = sheet.paragraph(72, y, 468, f"{number}. {clause}", face.regular, 10.5, 15) + 9
    for x, who in ((72.0, "Landlord"), (330.0, "Tenant")):
        sheet.signature(x + 10, y + 50, 110, rng)
        sheet.rule(x, y + 58, x + 200, y + 58)
        sheet.text(x, y + 70, who, face.regular, 9, color=GREY)
    return Drawing(sheet.pdf(), {}, f"lease-{people.slug(tenant)}")


def _menu(rng: random.Random, face: Face) -> Drawing:
    name = f"The {people.firm(rng).split()[0]} Table"
    sheet = Sheet(LETTER, "Menu")
    sheet.box(40, 40, 532, 712, weight=1.4)
    sheet.text(306, 108, name, face.bold_italic, 28, align="center")
    sheet.text(306, 132, "Supper, Thursday to Sunday", face.italic, 12, align="center")
    y = 190.0
    for dish, cents in rng.sample(_DISHES, 7):
        sheet.text(110, y, dish, face.regular, 13)
        sheet.text(502, y, money(cents), face.regular, 13, align="right")
        y += 52
    sheet.text(306, y + 30, "Tell us about allergies, we cook around them.", face.italic, 10, align="center")
    return Drawing(sheet.pdf(), {}, f"menu-{people.slug(name)}")


def _certificate(rng: random.Random, face: Face) -> Drawing:
    holder = people.person(rng).full_name
    course = rng.choice(("Dry Stone Walling", "First Aid at Work", "Bee Keeping"))
    sheet = Sheet((792.0, 612.0), "Certificate")
    sheet.box(30, 30, 732, 552, weight=3, color="#7a6230")
    sheet.box(38, 38, 716, 536, weight=0.8, color="#7a6230")
    lines = (
        ("Certificate of Completion", face.bold, 34.0, 150.0),
        ("This is to certify that", face.italic, 15.0, 220.0),
        (holder, face.bold, 26.0, 272.0),
        (
            f"has completed the course {course}",
            face.regular,
            15.0,
            322.0,
        ),
        (f"on {_day(rng)}", face.regular, 13.0, 350.0),
    )
    for words, font, size, y in lines:
        sheet.text(396, y, words, font, size, align="center")
    sheet.signature(340, 460, 110, rng)
    sheet.rule(310, 470, 482, 470)
    sheet.text(396, 484, "Course leader", face.regular, 10, align="center", color=GREY)
    return Drawing(sheet.pdf(), {}, f"certificate-{people.slug(holder)}")
