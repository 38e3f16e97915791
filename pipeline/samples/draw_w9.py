"""Filled-in W-9 forms: either revision, every tax classification, typed in several ways."""

from __future__ import annotations

import datetime
import random
from dataclasses import dataclass

from pipeline.samples import people
from pipeline.samples.amounts_and_dates import day_between
from pipeline.samples.sheet import COURIER, HELVETICA, INK, LETTER, PEN_BLUE, TIMES, Drawing, Sheet
from pipeline.samples.w9_forms import (
    CHECK_BOX_SIDE_PT,
    COMB_CELL_PT,
    EIN_CELLS_X,
    MARCH_2024,
    OCTOBER_2018,
    SSN_CELLS_X,
    BlankW9,
)
from pipeline.types import JsonValue

CLASSIFICATIONS = {
    "individual": "Individual/sole proprietor",
    "c_corporation": "C corporation",
    "s_corporation": "S corporation",
    "partnership": "Partnership",
    "trust": "Trust/estate",
    "llc": "Limited liability company",
    "other": "Other",
}
"""The printed check boxes, by their keys in `BlankW9.check_boxes`, as a truth names them."""

_LEGAL_FORMS = {"c_corporation": "Inc.", "s_corporation": "Corp.", "partnership": "LLP", "llc": "LLC"}
_OTHER_KINDS = ("Nonprofit corporation", "Cooperative", "501(c)(3) organization", "Credit union")
_DATE_FORMATS = ("%m/%d/%Y", "%m/%d/%Y", "%m/%d/%y", "%m-%d-%Y", "%B %d, %Y", "%b %d, %Y")
_FIRST_DAY = {"2024_03": datetime.date(2024, 4, 1), "2018_10": datetime.date(2018, 11, 5)}
_LAST_DAY = {"2024_03": datetime.date(2026, 3, 31), "2018_10": datetime.date(2024, 2, 28)}


@dataclass(frozen=True, slots=True)
class _Hand:
    """How a form was filled in: font, size, colour, and the shape of its check mark."""

    font: str
    size: float
    color: str
    mark: str


def draw_w9(rng: random.Random) -> Drawing:
    """Draws page 1 of a W-9."""
    form = rng.choice((MARCH_2024, OCTOBER_2018))
    return draw_w9_on(form, rng)


def draw_w9_on(form: BlankW9, rng: random.Random) -> Drawing:
    """Draws page 1 of a W-9 of that revision."""
    box = rng.choice(("individual", "individual", "individual", *CLASSIFICATIONS))
    llc_code = rng.choice("CSP") if box == "llc" else ""
    other_text = rng.choice(_OTHER_KINDS) if box == "other" else ""
    detail = llc_code or other_text
    day = day_between(rng, _FIRST_DAY[form.revision], _LAST_DAY[form.revision])
    truth = _truth(rng, box, f"{CLASSIFICATIONS[box]} ({detail})" if detail else CLASSIFICATIONS[box], day)
    hand = _Hand(
        font=rng.choice((HELVETICA.regular, HELVETICA.regular, COURIER.regular, COURIER.bold, TIMES.regular)),
        size=rng.choice((9.0, 9.5, 10.0, 10.5)),
        color=rng.choice((INK, INK, "#10103c")),
        mark=rng.choice(("cross", "cross", "tick", "letter")),
    )

    sheet = Sheet(LETTER, "Form W-9")
    form.print_on(sheet)
    _check(sheet, form.check_boxes[box], hand)
    if "foreign" in form.check_boxes and (box in ("partnership", "trust") or llc_code == "P") and rng.random() < 0.4:
        _check(sheet, form.check_boxes["foreign"], hand)
    printed = {key: value for key, value in truth.items() if isinstance(value, str)}
    printed |= {
        "llc_code": llc_code,
        "other_text": other_text,
        "signature_date": day.strftime(rng.choice(_DATE_FORMATS)),
    }
    for field, (x, y) in form.blanks.items():
        if printed.get(field):
            sheet.text(x, y, printed[field], hand.font, hand.size, color=hand.color)
    _comb(sheet, SSN_CELLS_X, form.ssn_top, printed.get("ssn", ""), hand)
    _comb(sheet, EIN_CELLS_X, form.ein_top, printed.get("ein", ""), hand)
    if rng.random() < 0.5:
        x, y = form.blanks["requester"]
        sheet.lines(x, y, [people.firm(rng), people.us_address(rng).street], hand.font, 9, 11.5, hand.color)
    x, y = form.blanks["signature"]
    sheet.signature(x, y, rng.uniform(80, 120), rng, rng.choice((PEN_BLUE, INK)))
    return Drawing(sheet.pdf(), truth, people.slug(str(truth["name"])))


def _truth(rng: random.Random, box: str, classification: str, day: datetime.date) -> dict[str, JsonValue]:
    address = people.us_address(rng)
    takes_ssn = box == "individual" and rng.random() < 0.8
    return {
        "name": _name(rng, box),
        "business_name": people.firm(rng) if rng.random() < 0.35 else None,
        "federal_tax_classification": classification,
        "exempt_payee_code": str(rng.randint(1, 13)) if box != "individual" and rng.random() < 0.3 else None,
        "address": address.street,
        "city_state_zip": address.town,
        "account_numbers": people.digits(rng, rng.choice((8, 9, 10))) if rng.random() < 0.4 else None,
        "ssn": people.ssn(rng) if takes_ssn else None,
        "ein": None if takes_ssn else people.ein(rng),
        "signature_date": day.isoformat(),
    }


def _name(rng: random.Random, box: str) -> str:
    if box == "individual":
        return people.person(rng).full_name
    if box == "trust":
        return f"The {people.person(rng).surname} Family Trust"
    if box == "other":
        return f"{people.firm(rng)} Foundation"
    return f"{people.firm(rng)} {_LEGAL_FORMS[box]}"


def _comb(sheet: Sheet, cells_x: tuple[float, ...], top: float, number: str, hand: _Hand) -> None:
    width, height = COMB_CELL_PT
    for x, digit in zip(cells_x, number.replace("-", ""), strict=False):
        sheet.text(x + width / 2, top + height - 8, digit, hand.font, 12, align="center", color=hand.color)


def _check(sheet: Sheet, corner: tuple[float, float], hand: _Hand) -> None:
    x, y = corner
    side = CHECK_BOX_SIDE_PT
    if hand.mark == "letter":
        sheet.text(x + side / 2, y + side - 0.8, "X", HELVETICA.bold, 9, align="center", color=hand.color)
    elif hand.mark == "tick":
        sheet.rule(x + 1.2, y + 4.2, x + 3.4, y + 6.8, 1.3, hand.color)
        sheet.rule(x + 3.4, y + 6.8, x + 7.2, y + 0.8, 1.3, hand.color)
    else:
        sheet.rule(x + 0.8, y + 0.8, x + side - 0.8, y + side - 0.8, 1.1, hand.color)
        sheet.rule(x + 0.8, y + side - 0.8, x + side - 0.8, y + 0.8, 1.1, hand.color)
