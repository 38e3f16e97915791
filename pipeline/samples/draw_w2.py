"""W-2 wage and tax statements, with the boxes a to f and 1 to 20 of the IRS's form."""

from __future__ import annotations

import random

from pipeline.samples import people
from pipeline.samples.amounts_and_dates import money
from pipeline.samples.sheet import COURIER, HELVETICA, LETTER, Drawing, Sheet
from pipeline.samples.tax_boxes import TaxBox, draw_boxes

_COPIES = (
    "Copy B—To Be Filed With Employee's FEDERAL Tax Return.",
    "Copy C—For EMPLOYEE'S RECORDS",
    "Copy 2—To Be Filed With Employee's State, City, or Local Income Tax Return",
)
_LEFT = 36.0
_HEIGHT = 330.0


def draw_w2(rng: random.Random) -> Drawing:
    """Draws one or two copies of a W-2 on a letter page."""
    year = rng.randint(2019, 2025)
    worker = people.person(rng)
    boxes = _boxes(rng, worker)
    typed = rng.choice((COURIER.regular, COURIER.bold, HELVETICA.regular))
    copies = rng.sample(_COPIES, rng.choice((1, 2)))
    sheet = Sheet(LETTER, "Form W-2")
    for index, copy in enumerate(copies):
        top = 46 + index * (_HEIGHT + 44)
        draw_boxes(sheet, _LEFT, top, boxes, HELVETICA, typed)
        foot = top + _HEIGHT + 8
        sheet.text(_LEFT, foot + 4, "Form", HELVETICA.regular, 7)
        sheet.text(_LEFT + 20, foot + 6, "W-2", HELVETICA.bold, 17)
        sheet.text(_LEFT + 66, foot + 5, "Wage and Tax Statement", HELVETICA.bold, 11)
        sheet.text(_LEFT + 270, foot + 6, str(year), HELVETICA.bold, 17, align="center")
        sheet.text(
            576, foot, "Department of the Treasury—Internal Revenue Service", HELVETICA.regular, 7, align="right"
        )
        sheet.text(_LEFT, foot + 15, copy, HELVETICA.bold, 7)
        sheet.text(576, foot + 15, "OMB No. 1545-0008", HELVETICA.regular, 7, align="right")
    return Drawing(sheet.pdf(), {}, people.slug(worker.full_name))


def _boxes(rng: random.Random, worker: people.Person) -> list[TaxBox]:
    employer, home = people.us_address(rng), people.us_address(rng)
    state = home.town.split()[-2]
    wages = rng.randint(2_800_000, 12_000_000)
    federal, state_tax = wages * rng.randint(9, 22) // 100, wages * rng.randint(2, 6) // 100
    retirement = wages * rng.choice((0, 3, 5)) // 100
    social = wages + retirement

    def dollars(cents: int) -> tuple[str, ...]:
        return (money(cents),)

    right = (
        ("1  Wages, tips, other compensation", dollars(wages), "2  Federal income tax withheld", dollars(federal)),
        ("3  Social security wages", dollars(social), "4  Social security tax withheld", dollars(social * 62 // 1000)),
        ("5  Medicare wages and tips", dollars(social), "6  Medicare tax withheld", dollars(social * 145 // 10_000)),
        ("7  Social security tips", (), "8  Allocated tips", ()),
        ("9", (), "10  Dependent care benefits", ()),
        (
            "11  Nonqualified plans",
            (),
            "12a  See instructions for box 12",
            (f"D   {money(retirement)}",) if retirement else (),
        ),
        (
            "13  Statutory employee / Retirement plan / Third-party sick pay",
            ("      X" if retirement else "",),
            "12b",
            (),
        ),
        ("14  Other", (), "12c", ()),
    )
    boxes = [
        TaxBox(0, 0, 300, 26, "a  Employee's social security number", (people.ssn(rng),)),
        TaxBox(300, 0, 240, 26, "This information is being furnished to the Internal Revenue Service."),
        TaxBox(0, 26, 300, 28, "b  Employer identification number (EIN)", (people.ein(rng),)),
        TaxBox(0, 54, 300, 70, "c  Employer's name, address, and ZIP code",
               (f"{people.firm(rng)} Inc.", employer.street, employer.town)),
        TaxBox(0, 124, 300, 26, "d  Control number", (people.digits(rng, 6),)),
        TaxBox(0, 150, 300, 100, "e  Employee's first name and initial  Last name  Suff.    f  Employee's address and "
               "ZIP code", (worker.full_name, home.street, home.town)),
    ]  # fmt: skip
    for index, (first, first_value, second, second_value) in enumerate(right):
        y = 26 + index * 28
        boxes.append(TaxBox(300, y, 120, 28, first, first_value))
        boxes.append(TaxBox(420, y, 120, 28, second, second_value))
    local = (
        ("15  State", (state,), 40),
        ("Employer's state ID number", (people.digits(rng, 9),), 110),
        ("16  State wages, tips, etc.", dollars(wages), 100),
        ("17  State income tax", dollars(state_tax), 90),
        ("18  Local wages, tips, etc.", (), 80),
        ("19  Local income tax", (), 70),
        ("20  Locality name", (), 50),
    )
    x = 0.0
    for label, lines, width in local:
        boxes.append(TaxBox(x, 250, width, 80, label, (*lines, "", "") if lines else ()))
        x += width
    return boxes
