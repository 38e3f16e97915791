"""American bank statements on letter paper: sections for money in and out, or one table with signed amounts."""

from __future__ import annotations

import random

from pipeline.samples import people
from pipeline.samples.amounts_and_dates import money
from pipeline.samples.bank_ledger import Entry, Ledger, Payees, keep_ledger, row
from pipeline.samples.sheet import COURIER, GREY, HELVETICA, LETTER, TIMES, WHITE, Drawing, Face, Sheet
from pipeline.types import JsonValue

_BANKS = (
    "First Larkspur National Bank",
    "Tidewater Savings Bank",
    "Granite State Mutual",
    "Bluestem Federal Credit Union",
)
_COLORS = ("#7b1f2b", "#12406b", "#1f5a3d", "#3b3b3b", "#5a3a7a")
_IN: Payees = (
    ("DIRECT DEP STONEBRIDGE PAYROLL", 120_000, 320_000),
    ("ACH CREDIT FERNHILL INSURANCE REFUND", 2_000, 60_000),
    ("ATM CHECK DEPOSIT #### MAIN ST", 5_000, 90_000),
    ("ONLINE TRANSFER FROM SAV ...####", 10_000, 120_000),
    ("INTEREST EARNED", 12, 900),
)
_OUT: Payees = (
    ("POS PURCHASE HOLLOW OAK GROCERY ####", 1_100, 19_000),
    ("CHECK ####", 3_000, 95_000),
    ("ACH DEBIT EVENFALL ELECTRIC CO", 4_000, 21_000),
    ("DEBIT CARD COPPERLEAF COFFEE ###", 350, 1_900),
    ("ATM WITHDRAWAL #### ELM AVE", 2_000, 30_000),
    ("ONLINE PMT DUNLIN WIRELESS", 3_500, 12_000),
    ("POS PURCHASE RAVENSCAR FUEL ####", 1_800, 7_500),
    ("RECURRING LARKFIELD STREAMING", 799, 2_299),
    ("MONTHLY SERVICE FEE", 500, 1_500),
)


def draw_sections(rng: random.Random) -> Drawing:
    """Draws deposits and withdrawals in sections of their own; no balance per row."""
    ledger = keep_ledger(rng, _IN, _OUT, rng.randint(8, 14))
    face = rng.choice((HELVETICA, TIMES))
    color = rng.choice(_COLORS)
    day = rng.choice(("%m/%d", "%m/%d/%y", "%b %d"))
    header, sheet = _letterhead(rng, face, color, ledger, "Account Statement")
    y = 196.0
    y = _summary(sheet, y, face, color, ledger)
    plus = [entry for entry in ledger.entries if entry.cents > 0]
    minus = [entry for entry in ledger.entries if entry.cents < 0]
    titles = rng.choice(
        (
            ("Deposits and Other Credits", "Withdrawals and Other Debits"),
            ("Deposits & Additions", "Payments & Subtractions"),
        )
    )
    sign = rng.choice(("", "-"))
    y = _section(sheet, y + 26, face, color, titles[0], plus, day, "")
    y = _section(sheet, y + 22, face, color, titles[1], minus, day, sign)
    _ending_balances(sheet, y + 22, face, color, ledger, day)
    sheet.text(sheet.width / 2, 762, "Member FDIC   Page 1 of 1", face.regular, 7, align="center", color=GREY)
    rows = [row(entry, None) for entry in plus + minus]
    return Drawing(sheet.pdf(), ledger.truth(rows, **header), f"us-{people.slug(str(header['account_holder']))}")


def draw_single_table(rng: random.Random) -> Drawing:
    """Draws one table with a signed amount and the running balance in each row."""
    ledger = keep_ledger(rng, _IN, _OUT, rng.randint(9, 16), calendar_month=False)
    face = rng.choice((HELVETICA, COURIER))
    color = rng.choice(_COLORS)
    day = rng.choice(("%m/%d/%Y", "%m/%d/%y", "%d %b %Y"))
    header, sheet = _letterhead(rng, face, color, ledger, "Statement of Account")
    y = 200.0
    sheet.box(40, y, 532, 18, color=None, fill=color)
    right = {"amount": 480.0, "balance": 566.0}
    for x, words in ((46.0, "Date"), (116.0, "Transaction description")):
        sheet.text(x, y + 12.5, words, face.bold, 9, color=WHITE)
    sheet.text(right["amount"], y + 12.5, "Amount", face.bold, 9, align="right", color=WHITE)
    sheet.text(right["balance"], y + 12.5, "Balance", face.bold, 9, align="right", color=WHITE)
    y += 31
    sheet.text(116, y, "Beginning balance", face.bold, 9)
    sheet.text(right["balance"], y, f"${money(ledger.opening)}", face.bold, 9, align="right")
    for index, (entry, balance) in enumerate(zip(ledger.entries, ledger.balances, strict=True)):
        y += 16
        if index % 2 == 0:
            sheet.box(40, y - 11, 532, 16, color=None, fill="#f1f1f1")
        sheet.text(46, y, f"{entry.day:{day}}", face.regular, 8.5)
        sheet.text(116, y, entry.description, face.regular, 8.5)
        sheet.text(right["amount"], y, money(entry.cents), face.regular, 8.5, align="right")
        sheet.text(right["balance"], y, money(balance), face.regular, 8.5, align="right")
    y += 18
    sheet.rule(40, y - 12, 572, y - 12, 0.8)
    sheet.text(116, y, "Ending balance", face.bold, 9)
    sheet.text(right["balance"], y, f"${money(ledger.closing)}", face.bold, 9, align="right")
    y += 24
    for label, cents in (("Total deposits", ledger.deposits), ("Total withdrawals", ledger.withdrawals)):
        sheet.text(116, y, label, face.regular, 9)
        sheet.text(right["balance"], y, f"${money(cents)}", face.regular, 9, align="right")
        y += 14
    sheet.text(40, 762, "Please examine your statement at once and report errors within 60 days.", face.italic, 7)
    rows = [row(entry, balance) for entry, balance in zip(ledger.entries, ledger.balances, strict=True)]
    return Drawing(sheet.pdf(), ledger.truth(rows, **header), f"us-{people.slug(str(header['account_holder']))}")


def _letterhead(
    rng: random.Random, face: Face, color: str, ledger: Ledger, title: str
) -> tuple[dict[str, JsonValue], Sheet]:
    bank = rng.choice(_BANKS)
    holder = people.person(rng).full_name
    account = rng.choice((people.digits(rng, 10), f"{people.digits(rng, 4)}-{people.digits(rng, 6)}"))
    home, office = people.us_address(rng), people.us_address(rng)
    sheet = Sheet(LETTER, title)
    sheet.shape([(40, 62), (58, 34), (76, 62)], color)
    sheet.box(46, 52, 24, 4, color=None, fill=WHITE)
    sheet.text(86, 50, bank, face.bold, 17, color=color)
    sheet.text(86, 62, f"{office.street}, {office.town}   {people.us_phone(rng)}", face.regular, 7.5, color=GREY)
    sheet.text(572, 50, title, face.bold, 12, align="right")
    sheet.lines(40, 112, [holder, home.street, home.town], face.regular, 10, 13)
    period = rng.choice(("{:%m/%d/%Y} - {:%m/%d/%Y}", "{:%B %d, %Y} through {:%B %d, %Y}"))
    sheet.box(340, 84, 232, 80, weight=0.7, color=color)
    labels = (
        ("Account number", account),
        ("Statement period", period.format(ledger.first, ledger.last)),
        ("Account type", rng.choice(("Everyday Checking", "Student Checking", "Premier Checking"))),
    )
    y = 101.0
    for label, value in labels:
        sheet.text(348, y, label, face.regular, 7.5, color=GREY)
        sheet.text(348, y + 10, value, face.bold, 9)
        y += 23
    header: dict[str, JsonValue] = {
        "bank_name": bank,
        "account_holder": holder,
        "account_number": account,
        "currency": "USD",
    }
    return header, sheet


def _summary(sheet: Sheet, y: float, face: Face, color: str, ledger: Ledger) -> float:
    sheet.text(40, y, "Account Summary", face.bold, 12, color=color)
    sheet.rule(40, y + 4, 572, y + 4, 1, color)
    rows = (
        (f"Beginning balance on {ledger.first:%m/%d/%Y}", ledger.opening),
        ("Total deposits and credits", ledger.deposits),
        ("Total withdrawals and debits", ledger.withdrawals),
        (f"Ending balance on {ledger.last:%m/%d/%Y}", ledger.closing),
    )
    y += 6
    for label, cents in rows:
        y += 14
        sheet.text(46, y, label, face.regular, 9)
        sheet.text(320, y, f"${money(cents)}", face.bold, 9, align="right")
    return y


def _section(
    sheet: Sheet, y: float, face: Face, color: str, title: str, entries: list[Entry], day: str, sign: str
) -> float:
    sheet.text(40, y, title, face.bold, 12, color=color)
    sheet.rule(40, y + 4, 572, y + 4, 1, color)
    y += 16
    for x, words in ((46.0, "Date"), (110.0, "Description")):
        sheet.text(x, y, words, face.bold, 8, color=GREY)
    sheet.text(566, y, "Amount", face.bold, 8, align="right", color=GREY)
    for entry in entries:
        y += 13.5
        sheet.text(46, y, f"{entry.day:{day}}", face.regular, 9)
        sheet.text(110, y, entry.description, face.regular, 9)
        sheet.text(566, y, sign + money(abs(entry.cents)), face.regular, 9, align="right")
    y += 15
    sheet.rule(470, y - 11, 572, y - 11, 0.5)
    sheet.text(110, y, f"Total {title}", face.bold, 9)
    sheet.text(566, y, f"${money(abs(sum(entry.cents for entry in entries)))}", face.bold, 9, align="right")
    return y


def _ending_balances(sheet: Sheet, y: float, face: Face, color: str, ledger: Ledger, day: str) -> None:
    sheet.text(40, y, "Daily Ending Balance", face.bold, 12, color=color)
    sheet.rule(40, y + 4, 572, y + 4, 1, color)
    daily = {entry.day: balance for entry, balance in zip(ledger.entries, ledger.balances, strict=True)}
    for index, (date, balance) in enumerate(daily.items()):
        x, line = 46 + 180 * (index % 3), y + 18 + 13 * (index // 3)
        sheet.text(x, line, f"{date:{day}}", face.regular, 8.5)
        sheet.text(x + 140, line, money(balance), face.regular, 8.5, align="right")
