"""American pay stubs and British payslips: earnings, deductions, this period and year to date."""

from __future__ import annotations

import datetime
import random
from dataclasses import dataclass

from pipeline.samples import people
from pipeline.samples.amounts_and_dates import day_between, money
from pipeline.samples.sheet import A4, COURIER, GREY, HELVETICA, LETTER, TIMES, WHITE, Drawing, Face, Sheet

_COLORS = ("#12406b", "#444444", "#275d38", "#6b2a2a")
_US_DEDUCTIONS = (("Federal Income Tax", 110), ("Social Security", 62), ("Medicare", 14), ("State Income Tax", 38),
                  ("401(k)", 50), ("Medical Insurance", 27), ("Dental", 6))  # fmt: skip
_UK_DEDUCTIONS = (("PAYE Tax", 135), ("National Insurance", 70), ("Workplace Pension", 50), ("Student Loan", 31))


@dataclass(frozen=True, slots=True)
class _Slip:
    """Amounts in cents of this period; the year to date is `periods` times as much."""

    british: bool
    worker: str
    firm: str
    paid: datetime.date
    earnings: tuple[tuple[str, str, str, int], ...]
    deductions: tuple[tuple[str, int], ...]
    periods: int

    @property
    def gross(self) -> int:
        return sum(cents for *_, cents in self.earnings)

    @property
    def net(self) -> int:
        return self.gross - sum(cents for _, cents in self.deductions)


def draw_pay_stub(rng: random.Random) -> Drawing:
    """Draws a pay stub of one page."""
    slip = _slip(rng)
    face = rng.choice((HELVETICA, HELVETICA, COURIER, TIMES))
    color = rng.choice(_COLORS)
    sheet = Sheet(A4 if slip.british else LETTER, "Pay slip")
    y = _head(sheet, rng, slip, face, color)
    y = _earnings(sheet, y + 24, slip, face, color)
    y = _deductions(sheet, y + 24, slip, face, color)
    right = sheet.width - 46
    sheet.box(46, y + 14, right - 46, 30, weight=1, color=color)
    sheet.text(56, y + 34, "NET PAY", face.bold, 12)
    sheet.text(right - 10, y + 34, ("£" if slip.british else "$") + money(slip.net), face.bold, 13, align="right")
    if slip.british:
        words = (
            f"Payment method: BACS    Tax code: {rng.randint(900, 1300)}L    NI number: QQ {people.digits(rng, 6)} C"
        )
    else:
        words = f"Direct deposit to account ending {people.digits(rng, 4)}    Advice No. {people.digits(rng, 7)}"
    sheet.text(56, y + 62, words, face.regular, 8.5, color=GREY)
    return Drawing(sheet.pdf(), {}, people.slug(slip.worker))


def _slip(rng: random.Random) -> _Slip:
    british = rng.random() < 0.35
    hours, rate = rng.randint(64, 86), rng.randint(1_650, 6_200)
    earnings = [("Regular", f"{hours}.00", money(rate), hours * rate)]
    if rng.random() < 0.6:
        extra = rng.randint(2, 12)
        earnings.append(("Overtime", f"{extra}.00", money(rate * 3 // 2), extra * (rate * 3 // 2)))
    if rng.random() < 0.3:
        bonus = rng.randint(10_000, 90_000)
        earnings.append(("Bonus", "", "", bonus))
    gross = sum(cents for *_, cents in earnings)
    kinds = _UK_DEDUCTIONS if british else _US_DEDUCTIONS
    chosen = kinds[: rng.randint(3, len(kinds))]
    return _Slip(
        british=british,
        worker=people.person(rng).full_name,
        firm=f"{people.firm(rng)} {'Ltd' if british else 'Inc.'}",
        paid=day_between(rng, datetime.date(2022, 2, 1), datetime.date(2025, 12, 19)),
        earnings=tuple(earnings),
        deductions=tuple((name, gross * per_mille // 1000) for name, per_mille in chosen),
        periods=rng.randint(2, 20),
    )


def _head(sheet: Sheet, rng: random.Random, slip: _Slip, face: Face, color: str) -> float:
    office = people.uk_address(rng) if slip.british else people.us_address(rng)
    right = sheet.width - 46
    sheet.text(46, 54, slip.firm, face.bold, 15, color=color)
    sheet.text(46, 68, f"{office.street}, {office.town}", face.regular, 8.5, color=GREY)
    title = "PAYSLIP" if slip.british else rng.choice(("EARNINGS STATEMENT", "PAY STUB"))
    sheet.text(right, 56, title, face.bold, 15, align="right")
    sheet.rule(46, 78, right, 78, 1.2, color)
    first = slip.paid - datetime.timedelta(days=18)
    last = slip.paid - datetime.timedelta(days=5)
    day = "%d/%m/%Y" if slip.british else "%m/%d/%Y"
    rows = (
        ("Employee", slip.worker, "Pay date", f"{slip.paid:{day}}"),
        ("Employee ID", people.digits(rng, 6), "Pay period", f"{first:{day}} - {last:{day}}"),
        (
            "Department",
            rng.choice(("Operations", "Warehouse", "Finance", "Design")),
            "Pay frequency",
            "Fortnightly" if slip.british else "Biweekly",
        ),
    )
    y = 98.0
    for label, value, second_label, second_value in rows:
        sheet.text(46, y, label, face.regular, 8.5, color=GREY)
        sheet.text(126, y, value, face.bold, 9)
        sheet.text(330, y, second_label, face.regular, 8.5, color=GREY)
        sheet.text(right, y, second_value, face.bold, 9, align="right")
        y += 16
    return y


def _bar(sheet: Sheet, y: float, titles: tuple[str, ...], face: Face, color: str) -> None:
    columns = _columns(sheet)
    sheet.box(46, y, sheet.width - 92, 18, color=None, fill=color)
    sheet.text(52, y + 12.5, titles[0], face.bold, 8.5, color=WHITE)
    for x, words in zip(columns, titles[1:], strict=True):
        sheet.text(x, y + 12.5, words, face.bold, 8.5, align="right", color=WHITE)


def _columns(sheet: Sheet) -> tuple[float, ...]:
    right = sheet.width - 52
    return (right - 270, right - 190, right - 95, right)


def _row(sheet: Sheet, y: float, cells: tuple[str, ...], font: str) -> float:
    sheet.text(52, y, cells[0], font, 9)
    for x, words in zip(_columns(sheet), cells[1:], strict=True):
        sheet.text(x, y, words, font, 9, align="right")
    return y + 15


def _earnings(sheet: Sheet, y: float, slip: _Slip, face: Face, color: str) -> float:
    _bar(sheet, y, ("Earnings", "Hours", "Rate", "This period", "Year to date"), face, color)
    y += 33
    for name, hours, rate, cents in slip.earnings:
        y = _row(sheet, y, (name, hours, rate, money(cents), money(cents * slip.periods)), face.regular)
    sheet.rule(46, y - 11, sheet.width - 46, y - 11, 0.5)
    return _row(sheet, y + 2, ("Gross pay", "", "", money(slip.gross), money(slip.gross * slip.periods)), face.bold)


def _deductions(sheet: Sheet, y: float, slip: _Slip, face: Face, color: str) -> float:
    _bar(sheet, y, ("Deductions", "", "", "This period", "Year to date"), face, color)
    y += 33
    for name, cents in slip.deductions:
        y = _row(sheet, y, (name, "", "", money(cents), money(cents * slip.periods)), face.regular)
    total = slip.gross - slip.net
    sheet.rule(46, y - 11, sheet.width - 46, y - 11, 0.5)
    return _row(sheet, y + 2, ("Total deductions", "", "", money(total), money(total * slip.periods)), face.bold)
