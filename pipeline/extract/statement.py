"""Bank statements: labelled amounts of the header, the period, and the rows of the transactions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from pipeline.dates import DateOrder, find_dates, likely_order
from pipeline.doctypes.definition import DocType
from pipeline.extract.candidate import found
from pipeline.extract.layout import Anchor, find, in_box, letters, right_of, spanned, text_of, until_gap
from pipeline.extract.transactions import find_transactions
from pipeline.money import currency_of, looks_like_money, parse_money
from pipeline.types import FieldValue, Page, Word

_BANK = re.compile(
    r"\b(bank\w*|\w*kasse|raiffeisen\w*|caisse|cassa|caja|cooperative|cr[eé]dit|credit union|building society|"
    r"spar(kasse|bank)|banque|banco|volksbank|savings|"
    r"financial|trust|capital partners|mutual)\b|bank\b|sparkasse",
    re.IGNORECASE,
)
_CITY = re.compile(
    r"[A-Za-z .'-]+,? ?[A-Z]{2},? \d{2} ?\d{3}(-\d{4})?$|\b\d{5} [A-ZÄÖÜ]|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}$"
)
_PERIOD_LINKS = re.compile(r"\b(to|through|thru|until|bis|au|al)\b|[-–—]", re.IGNORECASE)


_AMOUNTS = ("opening_balance", "closing_balance", "total_deposits", "total_withdrawals")
_LONGEST_NAME = 6
"""Words; more of them, or some in small letters, are a sentence that speaks of account holders."""
_CLEAR = 0.9
"""An anchor below this is taken only when no label is read better."""


@dataclass(frozen=True, slots=True)
class _Label:
    """A place that announces an amount: its page, its phrase's place among the field's phrases, and its words."""

    page: Page
    place: int
    anchor: Anchor

    @property
    def is_clear(self) -> bool:
        return self.anchor.score >= _CLEAR

    def is_rather(self, other: _Label) -> bool:
        """Whether another field's label consists of the same words and reads better."""
        same_words = set(self.anchor.words) <= set(other.anchor.words)
        return self.page is other.page and same_words and other.anchor.score > self.anchor.score


def fields_of_statement(pages: Sequence[Page], doc_type: DocType) -> list[FieldValue]:
    """The fields of a bank statement. The header stands on the first page; amounts may stand on any.

    Args:
        pages: as read, with level lines.
        doc_type: the definition, whose anchors announce the fields.
    """
    if not pages:
        return []
    order = likely_order(page.text for page in pages)
    period = _period(pages, order)
    labels = {name: _labels(pages, doc_type.field(name).anchors) for name in _AMOUNTS}
    opening, closing, deposits, withdrawals = (_amount(name, _own(name, labels)) for name in _AMOUNTS)
    start, end = (date.fromisoformat(str(v.value)) if v else None for v in period)
    opening_value = opening.value if opening is not None and isinstance(opening.value, float) else None
    values = [
        _bank(pages[0]),
        _holder(pages[0], doc_type.field("account_holder").anchors),
        _account(pages, doc_type.field("account_number").anchors),
        *period,
        opening,
        closing,
        _positive(deposits),
        _positive(withdrawals),
        _currency(pages),
        find_transactions(pages, start, end, order, opening_value),
    ]
    return [value for value in values if value is not None]


def _labels(pages: Sequence[Page], phrases: Sequence[str]) -> list[_Label]:
    """Where a field is announced, the likeliest place first."""
    labels = [
        _Label(page, place, anchor)
        for page in pages
        for place, phrase in enumerate(phrases)
        for anchor in find(page, (phrase,))
    ]
    return sorted(labels, key=lambda each: (not each.is_clear, each.place, each.page.number, each.anchor.box.y0))


def _own(name: str, labels: Mapping[str, Sequence[_Label]]) -> list[_Label]:
    """The labels of a field without those that read better as another's: "total paid out" is almost "total paid in"."""
    others = [each for other, theirs in labels.items() if other != name for each in theirs]
    return [mine for mine in labels[name] if not any(mine.is_rather(other) for other in others)]


def _amount(name: str, labels: Sequence[_Label]) -> FieldValue | None:
    """The amount that belongs to a label: right of it on its row, else right below it in its box."""
    for page, anchor in ((each.page, each.anchor) for each in labels):
        beside = [w for w in right_of(page, anchor.box) if looks_like_money(w.text)]
        columns = _labels_between(page, anchor, beside)
        if beside and not columns:
            word = beside[0]
            return _money_field(name, page, word, 0.95 * anchor.score)
        below = _money_below(page, anchor)
        if below is not None:
            return _money_field(name, page, below, 0.9 * anchor.score)
        if beside:
            return _money_field(name, page, beside[-1], 0.7 * anchor.score)
    return None


def _labels_between(page: Page, anchor: Anchor, money: Sequence[Word]) -> bool:
    """Whether other words than dates and dots stand between a label and the amount: then it is another label's."""
    if not money:
        return False
    between = [
        w for w in right_of(page, anchor.box) if w.box.x1 <= money[0].box.x0 and re.search("[A-Za-z]{3}", w.text)
    ]
    wordy = [
        w for w in between if not find_dates(text_of(between)) and letters(w.text) not in ("on", "as", "of", "items")
    ]
    return len(wordy) > 3


def _money_below(page: Page, anchor: Anchor) -> Word | None:
    box = anchor.box
    height = max(box.y1 - box.y0, 0.008)
    area = in_box(page.words, box.x0 - 0.04, box.y1, box.x1 + 0.12, box.y1 + 3.5 * height)
    amounts = [w for w in area if looks_like_money(w.text)]
    return min(amounts, key=lambda w: (round(w.box.y0, 2), abs(w.box.x0 - box.x0))) if amounts else None


def _money_field(name: str, page: Page, word: Word, engine: float) -> FieldValue | None:
    """The amount of a word, with a sign, DR or bracket that OCR has put into words of their own."""
    words = [word]
    before = [
        w for w in page.words if w.line == word.line and w.box.x1 <= word.box.x0 and word.box.x0 - w.box.x1 < 0.015
    ]
    if before and before[-1].text.strip() in ("-", "−", "–", "(", "-$", "+"):
        words.insert(0, before[-1])
    after = [w for w in page.words if w.line == word.line and 0 <= w.box.x0 - word.box.x1 < 0.015]
    if after and after[0].text.strip().upper() in ("-", "DR", "CR", ")"):
        words.append(after[0])
    value = parse_money(text_of(words).replace(" ", "")) if len(words) > 1 else parse_money(word.text)
    return None if value is None else found(name, value, words, engine)


def _positive(value: FieldValue | None) -> FieldValue | None:
    """Totals are amounts, whatever sign they are printed with."""
    if value is None or not isinstance(value.value, float):
        return value
    return FieldValue(value.name, abs(value.value), value.raw, value.boxes, value.confidence, value.parts)


def _period(pages: Sequence[Page], order: DateOrder) -> tuple[FieldValue | None, FieldValue | None]:
    """Two dates on one line with a word such as "to" between them; the first such line wins."""
    for page in pages[:2]:
        for line in page.lines:
            text = text_of(line)
            dates = find_dates(text, order)
            for first, second in pairwise(dates):
                between = text[first.end : second.start]
                if len(between) < 30 and _PERIOD_LINKS.search(between) and first.value < second.value:
                    return (
                        found(
                            "statement_start_date", first.value.isoformat(), spanned(line, first.start, first.end), 0.93
                        ),
                        found(
                            "statement_end_date",
                            second.value.isoformat(),
                            spanned(line, second.start, second.end),
                            0.93,
                        ),
                    )
    return None, None


def _account(pages: Sequence[Page], labels: Sequence[str]) -> FieldValue | None:
    anchors = [(page, anchor) for page in pages[:2] for anchor in find(page, labels)]
    beside = [(anchor, until_gap(right_of(page, anchor.box, 0.6), 0.1)) for page, anchor in anchors]
    below = [(anchor, _under(page, anchor)) for page, anchor in anchors]
    for anchor, near in (*beside, *below):
        words = _number_words(near)
        if words:
            return found("account_number", text_of(words), words, 0.95 * anchor.score)
    return None


def _under(page: Page, anchor: Anchor) -> list[Word]:
    box = anchor.box
    height = max(box.y1 - box.y0, 0.008)
    area = in_box(page.words, box.x0 - 0.02, box.y1, box.x1 + 0.15, box.y1 + 2.5 * height)
    return sorted(area, key=lambda w: (round(w.box.y0, 2), w.box.x0))


def _number_words(words: Sequence[Word]) -> list[Word]:
    """The run of words that make an account number or an IBAN."""
    kept: list[Word] = []
    for word in words:
        text = word.text.strip(":.,#")
        if re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]*|[\dXx*•-]{2,}|\d", text):
            kept.append(word)
        elif kept:
            break
    digits = sum(c.isdigit() for w in kept for c in w.text)
    return kept if digits >= 4 else []


def _holder(page: Page, labels: Sequence[str]) -> FieldValue | None:
    """By its label; else the first line of the address block, which ends with a city and a postal code."""
    for anchor in find(page, labels):
        beside = until_gap(right_of(page, anchor.box, 0.45), 0.06)
        words = [w for w in beside if any(c.isalpha() for c in w.text)]
        if _is_name(words) and anchor.score > 0.9 and anchor.box.y0 < 0.4:
            return found("account_holder", text_of(words).strip(" :,"), words, 0.93 * anchor.score)
    lines = [line for line in page.lines if line[0].box.y0 < 0.45]
    for i, line in enumerate(lines):
        if not _CITY.search(text_of(line)):
            continue
        block = [above for above in lines[:i] if abs(above[0].box.x0 - line[0].box.x0) < 0.02
                 and line[0].box.y0 - above[0].box.y0 < 0.09]  # fmt: skip
        named = [above for above in block if not re.search(r"\d", text_of(above)) and len(text_of(above)) > 3]
        if named:
            return found("account_holder", text_of(named[-1]).strip(" ,"), list(named[-1]), 0.8)
    return None


def _is_name(words: Sequence[Word]) -> bool:
    sentence = len(words) > _LONGEST_NAME or any(w.text[:1].islower() and len(w.text) > 3 for w in words)
    return bool(words) and not sentence and not re.search(r"\d", text_of(words))


def _bank(page: Page) -> FieldValue | None:
    """A line near the top that is called a bank; the higher letters are, the more likely it is the head."""
    lines = [line for line in page.lines if line[0].box.y0 < 0.25 and 1 < len(text_of(line)) < 60]
    named = [line for line in lines if _BANK.search(text_of(line)) and not re.search(r"\d{3}|[@:]|www", text_of(line))]
    if not named:
        return None
    best = max(named, key=lambda line: (max(w.box.y1 - w.box.y0 for w in line), -line[0].box.y0))
    words = [w for w in best if re.search(r"\w", w.text)]
    if len(words) > 2 and len(words[0].text) == 1:  # the letter of a logo
        words = words[1:]
    return found("bank_name", text_of(words).strip(" .,|"), words, 0.85)


def _currency(pages: Sequence[Page]) -> FieldValue | None:
    """By the signs and codes on the pages; US address blocks tell dollars where no sign does."""
    code = currency_of("\n".join(page.text for page in pages))
    if code is not None:
        pattern = re.compile({"USD": r"\$|USD", "GBP": r"£|GBP", "EUR": r"€|EUR"}.get(code, code))
        words = [w for page in pages for w in page.words if pattern.search(w.text)][:1]
        return found("currency", code, words, 0.95)
    cities = [line for line in pages[0].lines if re.search(r", [A-Z]{2} \d{5}(-\d{4})?$", text_of(line))]
    return found("currency", "USD", list(cities[0]), 0.8) if cities else None
