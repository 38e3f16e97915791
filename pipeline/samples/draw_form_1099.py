"""Forms 1099: NEC, INT and MISC, with the boxes and wording of the IRS's forms."""

from __future__ import annotations

import random
from dataclasses import dataclass

from pipeline.samples import people
from pipeline.samples.amounts_and_dates import money
from pipeline.samples.sheet import COURIER, HELVETICA, LETTER, Drawing, Sheet
from pipeline.samples.tax_boxes import TaxBox, draw_boxes

_LEFT, _TOP = 36.0, 56.0
_HALF = 270.0
_CORRECTED = (
    ((_HALF - 40, "CORRECTED (if checked)"),),
    ((_HALF - 60, "VOID"), (_HALF + 20, "CORRECTED")),
)
_INSTRUCTIONS = (
    "Recipient's taxpayer identification number (TIN). For your protection, this form may show only the last four "
    "digits of your TIN (social security number (SSN), individual taxpayer identification number (ITIN), adoption "
    "taxpayer identification number (ATIN), or employer identification number (EIN)). However, the issuer has reported "
    "your complete TIN to the IRS. Account number. May show an account or other unique number the payer assigned to "
    "distinguish your account. Box 4. Shows backup withholding. A payer must backup withhold on certain payments if "
    "you did not give your TIN to the payer. See Form W-9 for information on backup withholding. Include this amount "
    "on your income tax return as tax withheld."
)


@dataclass(frozen=True, slots=True)
class _Kind:
    """One form of the series; `boxes` are labels in reading order, two to a row."""

    name: str
    title: str
    omb: str
    boxes: tuple[str, ...]


_NEC = _Kind("1099-NEC", "Nonemployee Compensation", "1545-0116", (
    "1  Nonemployee compensation", "2  Payer made direct sales totaling $5,000 or more of consumer products",
    "3", "4  Federal income tax withheld", "5  State tax withheld", "6  State/Payer's state no.", "7  State income", "",
))  # fmt: skip
_INT = _Kind("1099-INT", "Interest Income", "1545-0112", (
    "1  Interest income", "2  Early withdrawal penalty", "3  Interest on U.S. Savings Bonds and Treasury obligations",
    "4  Federal income tax withheld", "5  Investment expenses", "6  Foreign tax paid",
    "8  Tax-exempt interest", "9  Specified private activity bond interest",
))  # fmt: skip
_MISC = _Kind("1099-MISC", "Miscellaneous Information", "1545-0115", (
    "1  Rents", "2  Royalties", "3  Other income", "4  Federal income tax withheld", "5  Fishing boat proceeds",
    "6  Medical and health care payments", "8  Substitute payments in lieu of dividends or interest",
    "10  Gross proceeds paid to an attorney",
))  # fmt: skip


def draw_form_1099(rng: random.Random) -> Drawing:
    """Draws one form of the series on the upper half of a letter page, instructions below."""
    kind = rng.choice((_NEC, _INT, _MISC))
    payee = people.person(rng).full_name
    typed = rng.choice((COURIER.regular, HELVETICA.regular, COURIER.bold))
    year = rng.randint(2020, 2025)
    sheet = Sheet(LETTER, f"Form {kind.name}")
    for x, words in rng.choice(_CORRECTED):
        sheet.box(_LEFT + x - 12, 37, 8, 8, weight=0.6)
        sheet.text(_LEFT + x, 44, words, HELVETICA.bold, 8)
    draw_boxes(sheet, _LEFT, _TOP, _parties(rng, payee) + _amounts(rng, kind), HELVETICA, typed)
    _year_block(sheet, kind, year)
    foot = _TOP + 262
    sheet.text(_LEFT, foot, "Form", HELVETICA.regular, 7)
    sheet.text(_LEFT + 18, foot, kind.name, HELVETICA.bold, 10)
    sheet.text(_LEFT + 120, foot, "(keep for your records)", HELVETICA.regular, 7)
    sheet.text(_LEFT + 240, foot, f"www.irs.gov/Form{kind.name.replace('-', '')}", HELVETICA.regular, 7)
    sheet.text(576, foot, "Department of the Treasury - Internal Revenue Service", HELVETICA.regular, 7, align="right")
    sheet.text(_LEFT, foot + 34, "Instructions for Recipient", HELVETICA.bold, 11)
    sheet.paragraph(_LEFT, foot + 50, 540, _INSTRUCTIONS, HELVETICA.regular, 8, 10)
    return Drawing(sheet.pdf(), {}, f"{kind.name[5:].lower()}-{people.slug(payee)}")


def _parties(rng: random.Random, payee: str) -> list[TaxBox]:
    office, home = people.us_address(rng), people.us_address(rng)
    payer = (f"{people.firm(rng)} LLC", office.street, office.town, people.us_phone(rng))
    number = rng.choice((people.ssn(rng), f"XXX-XX-{people.digits(rng, 4)}"))
    return [
        TaxBox(0, 0, _HALF, 78, "PAYER'S name, street address, city or town, state or province, country, ZIP or "
               "foreign postal code, and telephone no.", payer),
        TaxBox(0, 78, _HALF / 2, 32, "PAYER'S TIN", (people.ein(rng),)),
        TaxBox(_HALF / 2, 78, _HALF / 2, 32, "RECIPIENT'S TIN", (number,)),
        TaxBox(0, 110, _HALF, 36, "RECIPIENT'S name", (payee,)),
        TaxBox(0, 146, _HALF, 36, "Street address (including apt. no.)", (home.street,)),
        TaxBox(0, 182, _HALF, 36, "City or town, state or province, country, and ZIP or foreign postal code",
               (home.town,)),
        TaxBox(0, 218, _HALF, 32, "Account number (see instructions)", (people.digits(rng, 10),)),
    ]  # fmt: skip


def _amounts(rng: random.Random, kind: _Kind) -> list[TaxBox]:
    filled = {0, 3} if kind is not _MISC else {rng.choice((0, 1, 2)), 3}
    boxes = []
    for index, label in enumerate(kind.boxes):
        x, y = _HALF + (index % 2) * 135, 78 + (index // 2) * 43
        least, most = (40_000, 6_000_000) if index < 3 else (1_000, 90_000)
        value = (f"${money(rng.randint(least, most))}",) if index in filled else ()
        boxes.append(TaxBox(x, y, 135, 43, label, value))
    return boxes


def _year_block(sheet: Sheet, kind: _Kind, year: int) -> None:
    x = _LEFT + _HALF
    sheet.box(x, _TOP, 110, 78, weight=0.6)
    sheet.text(x + 55, _TOP + 12, f"OMB No. {kind.omb}", HELVETICA.regular, 7, align="center")
    sheet.text(x + 55, _TOP + 34, "Form", HELVETICA.regular, 7, align="center")
    sheet.text(x + 55, _TOP + 48, kind.name, HELVETICA.bold, 12, align="center")
    sheet.text(x + 55, _TOP + 66, f"For calendar year {year}", HELVETICA.regular, 7.5, align="center")
    sheet.box(x + 110, _TOP, 160, 78, weight=0.6)
    first, _, rest = kind.title.partition(" ")
    sheet.text(x + 190, _TOP + 26, first, HELVETICA.bold, 14, align="center")
    sheet.text(x + 190, _TOP + 44, rest, HELVETICA.bold, 14, align="center")
    sheet.text(x + 264, _TOP + 66, "Copy B  For Recipient", HELVETICA.bold, 8, align="right")
