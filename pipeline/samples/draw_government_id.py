"""Identity documents of states that do not exist: driving licences in an American and a European style, passports."""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable
from dataclasses import dataclass

from pipeline.samples import people
from pipeline.samples.amounts_and_dates import day_between, years_later
from pipeline.samples.card_print import Palette, field, guilloche, portrait
from pipeline.samples.passport_mrz import td3
from pipeline.samples.sheet import COURIER, GREY, HELVETICA, MM, TIMES, WHITE, Drawing, Sheet
from pipeline.types import JsonValue

_CARD = (85.6 * MM, 53.98 * MM)
"""ISO/IEC 7810 ID-1."""
_PASSPORT_PAGE = (125 * MM, 88 * MM)
"""ISO/IEC 7810 ID-3."""
_MRZ_SIZE_PT = 12.0
"""Courier's letters are 0.6 of its size wide: 10 to the inch, as ICAO Doc 9303 asks."""
_STATES = (
    ("CASCADIA", "CQ", "Evergreen State", Palette("#1d5c4a", "#eef5ef", "#bfdccb")),
    ("NEW ALBION", "NB", "The Harbor State", Palette("#7a2436", "#f7efee", "#e5c7c5")),
    ("FRANKLIN", "FK", "Land of Rivers", Palette("#1f3f77", "#edf2f9", "#bcd0ea")),
)
_COUNTRIES = (
    ("ARDENIA", "QRD", "ARDENIAN", "MINISTRY OF THE INTERIOR", Palette("#5b1f2a", "#f5eee6", "#dcc7ae")),
    ("VALTORA", "QVT", "VALTORAN", "PASSPORT OFFICE BELMARE", Palette("#1a3a5f", "#eaf1f4", "#b4d0dc")),
    (
        "KINGDOM OF SUNDERMARK",
        "QSM",
        "SUNDERMARKIAN",
        "ROYAL POLICE",
        Palette("#24502c", "#f0f4e6", "#c9d8ae"),
    ),
)
_TOWNS = ("BELMARE", "OSTRAVIK", "LINDHOLM", "CASTELNOVO", "PORT ELGAR")
_TODAY = datetime.date(2026, 1, 15)
"""Documents are drawn as of this day, so that the same seed gives the same document in any year."""


@dataclass(frozen=True, slots=True)
class _Holder:
    """Whose document it is, and its dates."""

    person: people.Person
    birth: datetime.date
    issue: datetime.date
    expiry: datetime.date
    number: str

    @property
    def given_names(self) -> str:
        return " ".join(part for part in (self.person.given, self.person.middle) if part).upper()

    @property
    def surname(self) -> str:
        return self.person.surname.upper()

    def truth(self, id_type: str, authority: str, address: str | None, nationality: str | None) -> dict[str, JsonValue]:
        return {
            "id_type": id_type,
            "document_number": self.number,
            "full_name": f"{self.given_names} {self.surname}",
            "date_of_birth": self.birth.isoformat(),
            "issue_date": self.issue.isoformat(),
            "expiry_date": self.expiry.isoformat(),
            "address": address,
            "sex": self.person.sex,
            "issuing_authority": authority,
            "nationality": nationality,
        }


def draw_government_id(rng: random.Random) -> Drawing:
    """Draws a driving licence or a passport."""
    draw: Callable[[random.Random], Drawing] = rng.choice((draw_state_licence, draw_national_licence, draw_passport))
    return draw(rng)


def draw_state_licence(rng: random.Random) -> Drawing:
    """Draws a driver license with the field numbers of AAMVA's card design standard."""
    state, code, motto, palette = rng.choice(_STATES)
    holder = _holder(rng, f"{rng.choice('BFHKPT')}{people.digits(rng, rng.choice((7, 8)))}", rng.choice((4, 8)))
    street = people.us_address(rng).street.upper()
    town_line = f"{rng.choice(_TOWNS)}, {code} {people.digits(rng, 5)}"
    face = rng.choice((HELVETICA, HELVETICA, TIMES))
    day = rng.choice(("%m/%d/%Y", "%m-%d-%Y"))
    portrait_left = rng.random() < 0.7
    look = rng.randint(0, 10**6)

    sheet = Sheet(_CARD, "Driver license")
    guilloche(sheet, palette, rng)
    sheet.box(0, 0, sheet.width, 21, color=None, fill=palette.strong)
    sheet.text(8, 15, state, face.bold, 14, color=WHITE)
    title = rng.choice(("DRIVER LICENSE", "DRIVER'S LICENSE"))
    sheet.text(sheet.width - 8, 11, title, face.bold, 8.5, align="right", color=WHITE)
    sheet.text(sheet.width - 8, 17.5, f"{motto}  USA", face.italic, 5, align="right", color=WHITE)
    picture, left = (8.0, 84.0) if portrait_left else (sheet.width - 74.0, 9.0)
    portrait(sheet, picture, 28, 66, 84, random.Random(look))
    ghost = sheet.width - 34 if portrait_left else 132.0
    portrait(sheet, ghost, 112, 26, 33, random.Random(look))

    field(sheet, left, 31, "4d DLN", holder.number, face, 8.5, palette.strong)
    field(sheet, left + 84, 31, "9 CLASS", rng.choice("CDM"), face, 7, palette.strong)
    field(sheet, left, 47, "4b EXP", f"{holder.expiry:{day}}", face, 7.5, palette.strong)
    field(sheet, left + 62, 47, "4a ISS", f"{holder.issue:{day}}", face, 7, palette.strong)
    sheet.text(left, 64, "1", face.regular, 4.6, color=palette.strong)
    sheet.text(left + 5, 66, holder.surname, face.bold, 8)
    sheet.text(left, 73, "2", face.regular, 4.6, color=palette.strong)
    sheet.text(left + 5, 75, holder.given_names, face.bold, 8)
    sheet.text(left, 82, "8", face.regular, 4.6, color=palette.strong)
    sheet.text(left + 5, 84, street, face.regular, 6.2)
    sheet.text(left + 5, 91.5, town_line, face.regular, 6.2)
    field(sheet, left, 101, "3 DOB", f"{holder.birth:{day}}", face, 8, palette.strong)
    field(sheet, left + 62, 101, "15 SEX", holder.person.sex, face, 7, palette.strong)
    field(sheet, left + 88, 101, "18 EYES", rng.choice(("BRO", "BLU", "HAZ", "GRN")), face, 7, palette.strong)
    field(sheet, left, 117, "16 HGT", f"{rng.randint(5, 6)}'-{rng.randint(0, 11):02d}\"", face, 7, palette.strong)
    field(sheet, left + 36, 117, "12 RESTR", rng.choice(("NONE", "B")), face, 7, palette.strong)
    field(sheet, left + 72, 117, "9a END", "NONE", face, 7, palette.strong)
    field(sheet, left, 133, "5 DD", people.digits(rng, 12), face, 6, palette.strong)
    sheet.signature(picture + 4, 133, 50, rng)
    truth = holder.truth("driver_license", state, f"{street}, {town_line}", None)
    return Drawing(sheet.pdf(), truth, f"license-{people.slug(holder.person.full_name)}")


def draw_national_licence(rng: random.Random) -> Drawing:
    """Draws a driving licence with the numbered lines of the European model (directive 2006/126/EC, annex I)."""
    country, code, _, _, palette = rng.choice(_COUNTRIES)
    authority = f"{rng.choice(_TOWNS)} TRAFFIC OFFICE"
    holder = _holder(rng, f"{people.digits(rng, 6)}{rng.choice('ABCDEF')}{rng.randint(10, 99)}", 10)
    face = rng.choice((HELVETICA, HELVETICA, COURIER))
    day = rng.choice(("%d.%m.%Y", "%d/%m/%Y"))
    sheet = Sheet(_CARD, "Driving licence")
    guilloche(sheet, palette, rng)
    sheet.box(8, 8, 26, 17, color=None, fill=palette.strong, radius=2)
    sheet.text(21, 19.5, code[1:], HELVETICA.bold, 10, align="center", color=WHITE)
    sheet.text(42, 16, "DRIVING LICENCE", face.bold, 10.5, color=palette.strong)
    sheet.text(42, 24, country, face.regular, 6.5, color=palette.strong)
    portrait(sheet, 8, 34, 62, 80, random.Random(rng.randint(0, 10**6)))
    rows = (
        ("1.", holder.surname),
        ("2.", holder.given_names),
        ("3.", f"{holder.birth:{day}}  {rng.choice(_TOWNS)}"),
        ("4a.", f"{holder.issue:{day}}"),
        ("4b.", f"{holder.expiry:{day}}"),
        ("4c.", authority),
        ("5.", holder.number),
    )
    y = 42.0
    for label, value in rows:
        sheet.text(77, y, label, face.regular, 6, color=GREY)
        sheet.text(92, y, value, face.bold, 7.6)
        y += 12.2
    sheet.text(77, 130, "7.", face.regular, 6, color=GREY)
    sheet.signature(92, 132, 60, rng)
    sheet.text(77, 145, "9.", face.regular, 6, color=GREY)
    sheet.text(92, 145, rng.choice(("AM/B/L", "B", "A/B/BE")), face.bold, 8)
    truth = holder.truth("driver_license", authority, None, None) | {"sex": None}
    return Drawing(sheet.pdf(), truth, f"licence-{people.slug(holder.person.full_name)}")


def draw_passport(rng: random.Random) -> Drawing:
    """Draws a passport's data page with its machine-readable zone."""
    country, code, nationality, authority, palette = rng.choice(_COUNTRIES)
    holder = _holder(rng, f"{rng.choice('CEKPX')}{people.digits(rng, rng.choice((7, 8)))}", 10)
    face = rng.choice((HELVETICA, TIMES))
    day = rng.choice(("%d %b %Y", "%d %b %Y", "%d.%m.%Y"))
    sheet = Sheet(_PASSPORT_PAGE, "Passport")
    guilloche(sheet, palette, rng)
    sheet.text(12, 20, country, face.bold, 13, color=palette.strong)
    sheet.text(sheet.width - 12, 20, "PASSPORT / PASSEPORT", face.bold, 9, align="right", color=palette.strong)
    sheet.rule(12, 25, sheet.width - 12, 25, 0.8, palette.strong)
    portrait(sheet, 12, 34, 96, 124, random.Random(rng.randint(0, 10**6)))
    left, right = 118.0, 258.0

    def put(x: float, y: float, label: str, value: str) -> None:
        field(sheet, x, y, label, value, face, 8.5)

    put(left, 36, "Type / Type", "P")
    put(left + 42, 36, "Country code / Code du pays", code)
    put(right, 36, "Passport No. / No. du passeport", holder.number)
    put(left, 55, "Surname / Nom", holder.surname)
    put(left, 74, "Given names / Prénoms", holder.given_names)
    put(left, 93, "Nationality / Nationalité", nationality)
    put(right, 93, "Sex / Sexe", holder.person.sex)
    put(left, 112, "Date of birth / Date de naissance", f"{holder.birth:{day}}".upper())
    put(right, 112, "Place of birth / Lieu de naissance", rng.choice(_TOWNS))
    put(left, 131, "Date of issue / Date de délivrance", f"{holder.issue:{day}}".upper())
    put(left, 150, "Date of expiry / Date d'expiration", f"{holder.expiry:{day}}".upper())
    put(left, 169, "Authority / Autorité", authority)
    sheet.signature(18, 178, 80, rng)
    sheet.box(0, 186, sheet.width, sheet.height - 186, color=None, fill=WHITE)
    first, second = td3(
        issuer=code,
        surname=holder.surname,
        given_names=holder.given_names,
        document_number=holder.number,
        nationality=code,
        birth=holder.birth,
        sex=holder.person.sex,
        expiry=holder.expiry,
    )
    start = (sheet.width - 44 * _MRZ_SIZE_PT * 0.6) / 2
    sheet.text(start, 213, first, COURIER.bold, _MRZ_SIZE_PT)
    sheet.text(start, 231, second, COURIER.bold, _MRZ_SIZE_PT)
    truth = holder.truth("passport", authority, None, nationality)
    return Drawing(sheet.pdf(), truth, f"passport-{people.slug(holder.person.full_name)}")


def _holder(rng: random.Random, number: str, years_valid: int) -> _Holder:
    issue = day_between(rng, datetime.date(2018, 3, 1), _TODAY)
    expiry = years_later(issue, years_valid) - datetime.timedelta(days=1)
    birth = day_between(rng, datetime.date(1944, 1, 1), datetime.date(1999, 12, 31))
    return _Holder(people.person(rng), birth, issue, expiry, number)
