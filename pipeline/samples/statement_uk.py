"""British bank statements: two A4 pages, paid out / paid in / balance, brought forward and carried forward."""

from __future__ import annotations

import random
from dataclasses import dataclass

from pipeline.samples import people
from pipeline.samples.amounts_and_dates import money
from pipeline.samples.bank_ledger import Entry, Ledger, Payees, keep_ledger, row
from pipeline.samples.sheet import A4, GREY, HELVETICA, TIMES, WHITE, Drawing, Face, Sheet
from pipeline.types import JsonValue

_BANKS = ("Wexmouth & County Bank", "Penhallow Building Society", "Kirkdale Bank plc", "The Saddlers' Bank")
_COLORS = ("#0b4f4a", "#4b1d5e", "#9a2a1f", "#23395b")
_IN: Payees = (
    ("BGC THISTLEDOWN LTD SALARY", 150_000, 310_000),
    ("FPI A WHITLOCK RENT SHARE", 20_000, 60_000),
    ("CR REFUND HAZELMOOR RAIL", 900, 9_000),
    ("TFR FROM SAVER ########", 5_000, 50_000),
)
_OUT: Payees = (
    ("DD MOSSBANK WATER", 2_500, 6_000),
    ("DD HARROWBY COUNCIL TAX", 9_500, 18_500),
    ("CARD INKWELL BOOKS ####", 600, 4_200),
    ("CARD NORTHGATE FOODS ####", 900, 13_500),
    ("SO RAVENSCAR LETTINGS", 45_000, 110_000),
    ("ATM LITTLE STOKE HIGH ST ####", 1_000, 20_000),
    ("CONTACTLESS GOLDCREST CAFE ###", 250, 1_900),
    ("DD EVENFALL BROADBAND", 2_200, 4_800),
    ("FPO J JESSOP REF ####", 1_500, 12_000),
    ("CHQ ######", 2_000, 25_000),
)
_LEFT, _RIGHT = 44.0, 551.0
_ROWS_ON_FIRST_PAGE = 16
_COLUMNS = {"out": 404.0, "in": 476.0, "balance": 545.0}


@dataclass(frozen=True, slots=True)
class _Look:
    face: Face
    color: str
    day: str
    every_row: bool
    """Whether each row prints its balance, or only the last of a day."""


def draw_uk(rng: random.Random) -> Drawing:
    """Draws a statement over two pages."""
    ledger = keep_ledger(rng, _IN, _OUT, rng.randint(18, 26), calendar_month=rng.random() < 0.4)
    look = _Look(
        face=rng.choice((HELVETICA, HELVETICA, TIMES)),
        color=rng.choice(_COLORS),
        day=rng.choice(("%d %b %y", "%d %b %Y", "%d/%m/%Y")),
        every_row=rng.random() < 0.6,
    )
    header: dict[str, JsonValue] = {
        "bank_name": rng.choice(_BANKS),
        "account_holder": people.person(rng).full_name,
        "account_number": people.digits(rng, 8),
        "currency": "GBP",
    }
    sort_code = f"{rng.randint(10, 99)}-{rng.randint(0, 99):02d}-{rng.randint(0, 99):02d}"
    sheet = Sheet(A4, "Statement")
    split = _ROWS_ON_FIRST_PAGE
    balances = _printed_balances(ledger, look)
    lines = list(zip(ledger.entries, balances, strict=True))
    y = _first_page_top(sheet, rng, look, ledger, header, sort_code)
    y = _table(sheet, y, look, lines[:split], "BALANCE BROUGHT FORWARD", ledger.opening)
    _carried(sheet, y, look, "BALANCE CARRIED FORWARD", ledger.balances[split - 1])
    _foot(sheet, look, 1)
    sheet.next_page()
    y = _later_page_top(sheet, look, header, sort_code)
    y = _table(sheet, y, look, lines[split:], "BALANCE BROUGHT FORWARD", ledger.balances[split - 1])
    y = _carried(sheet, y, look, "CLOSING BALANCE", ledger.closing)
    _notice(sheet, y + 40, look)
    _foot(sheet, look, 2)
    rows = [row(entry, balance) for entry, balance in lines]
    return Drawing(sheet.pdf(), ledger.truth(rows, **header), f"uk-{people.slug(str(header['account_holder']))}")


def _printed_balances(ledger: Ledger, look: _Look) -> list[int | None]:
    printed: list[int | None] = []
    for index, (entry, balance) in enumerate(zip(ledger.entries, ledger.balances, strict=True)):
        last_of_page = index in (_ROWS_ON_FIRST_PAGE - 1, len(ledger.entries) - 1)
        ends_day = last_of_page or ledger.entries[index + 1].day != entry.day
        printed.append(balance if look.every_row or ends_day else None)
    return printed


def _first_page_top(
    sheet: Sheet, rng: random.Random, look: _Look, ledger: Ledger, header: dict[str, JsonValue], sort_code: str
) -> float:
    face = look.face
    home = people.uk_address(rng)
    sheet.box(_LEFT, 36, 30, 30, color=None, fill=look.color, radius=6)
    sheet.text(
        _LEFT + 15, 58, str(header["bank_name"]).removeprefix("The ")[0], TIMES.bold, 22, align="center", color=WHITE
    )
    sheet.text(_LEFT + 40, 58, str(header["bank_name"]), face.bold, 17, color=look.color)
    sheet.text(_RIGHT, 48, rng.choice(("Your statement", "Current account statement")), face.bold, 13, align="right")
    sheet.text(_RIGHT, 61, f"Telephone {people.uk_phone(rng)}", face.regular, 8, align="right", color=GREY)
    sheet.lines(_LEFT, 112, [str(header["account_holder"]), home.street, home.town], face.regular, 10, 13.5)
    details = (
        ("Account name", str(header["account_holder"])),
        ("Sort code", sort_code),
        ("Account number", str(header["account_number"])),
        ("Statement period", f"{ledger.first:%d %B %Y} to {ledger.last:%d %B %Y}"),
    )
    y = 100.0
    for label, value in details:
        sheet.text(300, y, label, face.regular, 8.5, color=GREY)
        sheet.text(382, y, value, face.bold, 8.5)
        y += 14
    sheet.box(_LEFT, 176, _RIGHT - _LEFT, 44, weight=0.8, color=look.color)
    summary = (
        ("Opening balance", ledger.opening),
        ("Total paid in", ledger.deposits),
        ("Total paid out", ledger.withdrawals),
        ("Closing balance", ledger.closing),
    )
    for index, (label, cents) in enumerate(summary):
        x = _LEFT + 12 + index * 126
        sheet.text(x, 193, label, face.regular, 8.5, color=GREY)
        sheet.text(x, 209, f"£{money(cents)}", face.bold, 11)
    return 248.0


def _later_page_top(sheet: Sheet, look: _Look, header: dict[str, JsonValue], sort_code: str) -> float:
    sheet.text(_LEFT, 54, str(header["bank_name"]), look.face.bold, 12, color=look.color)
    words = f"{header['account_holder']}    Sort code {sort_code}    Account number {header['account_number']}"
    sheet.text(_LEFT, 72, words, look.face.regular, 8.5)
    return 100.0


def _table(
    sheet: Sheet, y: float, look: _Look, lines: list[tuple[Entry, int | None]], first_label: str, first_balance: int
) -> float:
    face = look.face
    sheet.box(_LEFT, y, _RIGHT - _LEFT, 20, color=None, fill=look.color)
    for x, words in ((_LEFT + 6, "Date"), (_LEFT + 82, "Payment type and details")):
        sheet.text(x, y + 13.5, words, face.bold, 9, color=WHITE)
    for key, words in (("out", "Paid out"), ("in", "Paid in"), ("balance", "Balance")):
        sheet.text(_COLUMNS[key], y + 13.5, words, face.bold, 9, align="right", color=WHITE)
    y += 36
    sheet.text(_LEFT + 82, y, first_label, face.bold, 8.5)
    sheet.text(_COLUMNS["balance"], y, money(first_balance), face.bold, 8.5, align="right")
    for entry, balance in lines:
        y += 19
        sheet.rule(_LEFT, y - 13, _RIGHT, y - 13, 0.3, "#c8c8c8")
        sheet.text(_LEFT + 6, y, f"{entry.day:{look.day}}", face.regular, 9)
        sheet.text(_LEFT + 82, y, entry.description, face.regular, 9)
        column = _COLUMNS["in" if entry.cents > 0 else "out"]
        sheet.text(column, y, money(abs(entry.cents)), face.regular, 9, align="right")
        if balance is not None:
            sheet.text(_COLUMNS["balance"], y, money(balance), face.regular, 9, align="right")
    return y


def _carried(sheet: Sheet, y: float, look: _Look, label: str, cents: int) -> float:
    y += 21
    sheet.rule(_LEFT, y - 14, _RIGHT, y - 14, 0.8, look.color)
    sheet.text(_LEFT + 82, y, label, look.face.bold, 8.5)
    sheet.text(_COLUMNS["balance"], y, money(cents), look.face.bold, 8.5, align="right")
    return y


def _notice(sheet: Sheet, y: float, look: _Look) -> None:
    sheet.text(_LEFT, y, "About this account", look.face.bold, 10, color=look.color)
    words = (
        "Interest on arranged overdrafts is charged monthly at 34.9% EAR variable. If you think an entry on this "
        "statement is wrong, tell us within 13 months. Eligible deposits are protected up to the limit set by the "
        "compensation scheme."
    )
    sheet.paragraph(_LEFT, y + 15, _RIGHT - _LEFT, words, look.face.regular, 8, 11)


def _foot(sheet: Sheet, look: _Look, page: int) -> None:
    sheet.text(_RIGHT, 814, f"Page {page} of 2", look.face.regular, 8, align="right", color=GREY)
