"""The transactions of a statement: rows that begin with a date and end with amounts, over all pages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from rapidfuzz import fuzz

from pipeline.confidence import clarity
from pipeline.dates import DateOrder, find_dates
from pipeline.extract.layout import letters, rows, text_of
from pipeline.money import looks_like_money, parse_money
from pipeline.types import Box, ConfidenceParts, FieldValue, Page, Word

_OUT = ("paid out", "withdrawals", "withdrawal", "debit", "debits", "money out", "payments", "soll", "belastung")
_IN = ("paid in", "deposits", "deposit", "credit", "credits", "money in", "haben", "gutschrift", "receipts")
_BALANCE = ("balance", "saldo", "running balance", "kontostand", "solde")
_AMOUNT = ("amount", "betrag", "montant", "importe")
_SHORT_DATE = re.compile(r"^(\d{1,2})[/.-](\d{1,2})\.?$")
_SECTION_IN = re.compile(r"deposits|additions|credits|gutschriften|money in|paid in", re.IGNORECASE)
_SECTION_OUT = re.compile(r"withdrawals|subtractions|debits|checks|fees|belastungen|money out|paid out", re.IGNORECASE)
_NOT_A_ROW = re.compile(r"\b(opening|closing|beginning|ending|previous|new|total|brought forward|carried forward|"
                        r"kontostand|daily)\b", re.IGNORECASE)  # fmt: skip
_CENT = 0.011


@dataclass(frozen=True, slots=True)
class _Row:
    """A transaction as read; the sign is not sure before the balances were looked at."""

    day: date
    description: str
    amount: float
    signed: bool
    balance: float | None
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class _Columns:
    """Right edges of the amount columns, where a header row names them."""

    out: float | None = None
    into: float | None = None
    amount: float | None = None
    balance: float | None = None

    @property
    def known(self) -> bool:
        return any(edge is not None for edge in (self.out, self.into, self.amount))


def find_transactions(pages: Sequence[Page], start: date | None, end: date | None, order: DateOrder,
                      opening: float | None) -> FieldValue | None:  # fmt: skip
    """The rows of all pages as one table, or None when there are none.

    Args:
        pages: as read.
        start, end: the statement's period: rows often leave out the year.
        order: of numeric dates.
        opening: the opening balance, which tells the first row's sign.
    """
    found: list[_Row] = []
    columns = _Columns()
    sign: float | None = None
    for page in pages:
        for row in rows(page.words):
            header = _header(row)
            if header.known:
                columns = header
                continue
            section = _section(row)
            if section is not None:
                sign = section
                continue
            read = _read_row(row, columns, sign, start, end, order)
            if read is not None:
                found.append(read)
    if not found:
        return None
    signed, share = _with_signs(found, opening)
    words = [word for row in signed for word in row.words]
    parts = ConfidenceParts(0.6 + 0.37 * share, 1.0, clarity(words))
    boxes = tuple(Box.around([w.box for w in row.words]) for row in signed)
    raw = "\n".join(text_of(row.words) for row in signed)
    table = [
        {"date": r.day.isoformat(), "description": r.description, "amount": round(r.amount, 2), "balance": r.balance}
        for r in signed
    ]
    return FieldValue("transactions", table, raw, boxes, parts.product, parts)


def _header(row: Sequence[Word]) -> _Columns:
    """The columns that a row of headings names; a heading may be two words ("Paid out")."""
    best: dict[str, tuple[float, float]] = {}
    texts = [letters(word.text) for word in row]
    for i, word in enumerate(row):
        pair = texts[i] + (texts[i + 1] if i + 1 < len(texts) else "")
        right = row[i + 1].box.x1 if i + 1 < len(row) else word.box.x1
        for name, labels in (("out", _OUT), ("into", _IN), ("balance", _BALANCE), ("amount", _AMOUNT)):
            for label in labels:
                text, edge = (pair, right) if " " in label else (texts[i], word.box.x1)
                likeness = fuzz.ratio(letters(label), text)
                if likeness > 88:  # "Paid out" says it, where "Payment type" only seems to
                    best[name] = max(best.get(name, (0.0, 0.0)), (likeness, edge))
    edges = {name: edge for name, (_, edge) in best.items()}
    amounts = [w for w in row if looks_like_money(w.text)]
    dated = any(fuzz.ratio(t, label) > 85 for t in texts for label in ("date", "datum", "buchung", "valuta"))
    return _Columns(**edges) if edges and not amounts and (dated or len(edges) >= 2) else _Columns()


def _section(row: Sequence[Word]) -> float | None:
    """+1 or -1 when the row is the heading of a section of deposits or withdrawals, else None."""
    text = text_of(row)
    if any(looks_like_money(w.text) for w in row) or len(text) > 60 or re.search(r"\d", text):
        return None
    if _SECTION_OUT.search(text) and not _SECTION_IN.search(text):
        return -1.0
    return 1.0 if _SECTION_IN.search(text) and not _SECTION_OUT.search(text) else None


def _read_row(row: Sequence[Word], columns: _Columns, sign: float | None, start: date | None, end: date | None,
              order: DateOrder) -> _Row | None:  # fmt: skip
    dated = _leading_date(row, start, end, order)
    if dated is None:
        return None
    day, used = dated
    money = _amounts(row[used:])
    if not money:
        return None
    first = row.index(money[0][0][0])
    description = _description(row[used:first], start, end, order)
    if not description or _NOT_A_ROW.search(description):
        return None
    read = _by_columns(money, columns) if columns.known else _by_place(money)
    if read is None:
        return None
    amount, signed, balance = read
    if not signed and sign is not None and amount > 0:
        amount, signed = sign * amount, True
    return _Row(day, description, amount, signed or amount < 0, balance, tuple(row))


def _leading_date(row: Sequence[Word], start: date | None, end: date | None, order: DateOrder
                  ) -> tuple[date, int] | None:  # fmt: skip
    """The date that a row begins with, and how many words it takes."""
    for count in (1, 2, 3, 4):
        text = text_of(row[:count])
        dates = find_dates(text, order)
        if dates and dates[0].start <= 1 and len(text) - dates[0].end <= 1:
            return dates[0].value, count
    short = _SHORT_DATE.match(row[0].text)
    if short:
        day = _in_period(int(short[1]), int(short[2]), start, end, order)
        return None if day is None else (day, 1)
    if len(row) >= 2 and start is not None:
        for text in (f"{row[0].text} {row[1].text}", f"{row[1].text} {row[0].text}"):
            for year in {start.year, (end or start).year}:
                dates = find_dates(f"{text} {year}", order)
                if dates and dates[0].start == 0 and (end is None or dates[0].value <= end):
                    return dates[0].value, 2
    return None


def _in_period(first: int, second: int, start: date | None, end: date | None, order: DateOrder) -> date | None:
    """Day and month with the year of the period, which may cross New Year."""
    month, day = (first, second) if order == "MDY" and first <= 12 else (second, first)
    anchor = end or start
    if anchor is None:
        return None
    for year in (anchor.year, anchor.year - 1):
        try:
            candidate = date(year, month, day)
        except ValueError:
            return None
        if candidate <= anchor:
            return candidate
    return None


def _amounts(row: Sequence[Word]) -> list[tuple[list[Word], float]]:
    """The amounts of a row, each with its words: a sign or DR may be a word of its own."""
    found: list[tuple[list[Word], float]] = []
    for i, word in enumerate(row):
        if not looks_like_money(word.text):
            continue
        words = [word]
        if i and row[i - 1].text in ("-", "−", "–", "+", "-$") and word.box.x0 - row[i - 1].box.x1 < 0.02:
            words.insert(0, row[i - 1])
        if i + 1 < len(row) and row[i + 1].text.upper() in ("-", "DR", "CR") and row[i + 1].box.x0 - word.box.x1 < 0.02:
            words.append(row[i + 1])
        value = parse_money("".join(w.text for w in words))
        if value is not None:
            found.append((words, value))
    return found


def _description(words: Sequence[Word], start: date | None, end: date | None, order: DateOrder) -> str:
    """What stands between date and amounts, without a second (value) date and a short transaction code."""
    kept = list(words)
    if kept:
        second = _leading_date(kept, start, end, order)
        if second is not None and second[1] == 1:
            kept = kept[1:]
    if len(kept) > 1 and re.fullmatch(r"[A-Z]{2,3}", kept[0].text) and kept[1].box.x0 - kept[0].box.x1 > 0.015:
        kept = kept[1:]
    text = text_of([w for w in kept if not re.fullmatch(r"[.·…_|]+", w.text)])
    return re.sub(r"[.·…]{3,}", "", text).strip(" .|")


def _by_columns(
    money: Sequence[tuple[list[Word], float]], columns: _Columns
) -> tuple[float, bool, float | None] | None:
    """Amount and balance by the column whose right edge is nearest."""
    edges = {name: edge for name in ("out", "into", "amount", "balance")
             if (edge := getattr(columns, name)) is not None}  # fmt: skip
    amount: tuple[float, bool] | None = None
    balance = None
    for words, value in money:
        right = words[-1].box.x1
        name = min(edges, key=lambda n: abs(edges[n] - right))
        if name == "balance" and (amount is not None or len(money) == 1 or words is not money[0][0]):
            balance = value
        elif amount is None:
            explicit = value < 0 or any("+" in w.text for w in words)
            amount = {"out": (-abs(value), True), "into": (abs(value), True)}.get(name, (value, explicit))
    return None if amount is None else (*amount, balance)


def _by_place(money: Sequence[tuple[list[Word], float]]) -> tuple[float, bool, float | None]:
    """Without headings: the first amount is the row's, a second one the balance."""
    words, value = money[0]
    explicit = value < 0 or any("+" in w.text for w in words)
    return value, explicit, money[1][1] if len(money) > 1 else None


def _with_signs(found: Sequence[_Row], opening: float | None) -> tuple[list[_Row], float]:
    """The rows with the signs that the balances ask for, and the share of rows whose balance adds up (or 0.5)."""
    previous = opening
    signed: list[_Row] = []
    agreeing = checked = 0
    for row in found:
        amount = row.amount
        if row.balance is not None and previous is not None:
            checked += 1
            change = row.balance - previous
            if abs(abs(change) - abs(amount)) <= _CENT:
                amount = change
                agreeing += 1
        signed.append(replace(row, amount=round(amount, 2)))
        previous = row.balance if row.balance is not None else None
    if not checked and all(row.signed for row in found):
        return signed, 0.9
    return signed, agreeing / checked if checked else 0.5
