"""The W-9, revisions 2018-10 and 2024-03: what stands between one printed label and the next."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rapidfuzz import fuzz

from pipeline.confidence import clarity
from pipeline.dates import find_dates
from pipeline.extract.candidate import absent, found
from pipeline.extract.layout import Anchor, first, in_box, letters, right_of, text_of, until_gap
from pipeline.types import Box, FieldValue, Mark, Page, Word

_LABELS = {
    "name": ("Name of entity/individual. An entry is required.", "Name (as shown on your income tax return)"),
    "business_name": ("Business name/disregarded entity name, if different from above",),
    "classification": ("Check the appropriate box for federal tax classification",),
    "exemptions": ("Exemptions (codes apply only to",),
    "address": ("Address (number, street, and apt. or suite no.)",),
    "city": ("City, state, and ZIP code",),
    "requester": ("Requester's name and address (optional)",),
    "accounts": ("List account number(s) here (optional)",),
    "tin": ("Taxpayer Identification Number (TIN)",),
    "ssn": ("Social security number",),
    "ein": ("Employer identification number",),
    "payee_code": ("Exempt payee code (if any)",),
    "certification": ("Under penalties of perjury, I certify that",),
}
_PRINTED = (
    "entity's name on line 2.)",
    "owner's name on line 1, and enter the business/disregarded",
    "(For a sole proprietor or disregarded entity, enter the",
    "Name is required on this line; do not leave this line blank.",
    "See instructions.",
    "Print or type.",
    "See Specific Instructions on page 3.",
    "Requester's name and address (optional)",
    "Part I",
    "following seven boxes",
    "line 1. Check only one of the",
    "(codes apply only to",
)
_CHOICES = (
    ("Individual/sole proprietor", "Individual/sole proprietor"),
    ("C corporation", "C corporation"),
    ("S corporation", "S corporation"),
    ("Partnership", "Partnership"),
    ("Trust/estate", "Trust/estate"),
    ("LLC. Enter the tax", "LLC"),
    ("Limited liability company", "LLC"),
    ("Other (see instructions)", "Other"),
)
_RIGHT_COLUMN = 0.55
_DIGIT_LIKE = str.maketrans({"O": "0", "o": "0", "Q": "0", "I": "1", "l": "1", "Z": "2", "S": "5", "s": "5", "B": "8",
                             "G": "6", "g": "9"})  # fmt: skip
_LINE_HEIGHT = 0.012
_UNREADABLE = 0.25
"""Below this clarity the frames of empty cells were read as digits."""


def fields_of_w9(pages: Sequence[Page]) -> list[FieldValue]:
    """The fields of a W-9; its first page is the one with line 1 on it."""
    for page in pages:
        anchors = {name: anchor for name in _LABELS if (anchor := _anchor(page, name)) is not None}
        if len(anchors) >= 5:
            form = _Form(page, anchors)
            return [value for value in form.fields() if value is not None]
    return []


def _anchor(page: Page, name: str) -> Anchor | None:
    if name == "ein":  # the paragraph on the left names it too
        return first(page, _LABELS[name], Box(page.number, _RIGHT_COLUMN, 0, 1, 1))
    return first(page, _LABELS[name])


class _Form:
    """A page with the labels that were found on it."""

    def __init__(self, page: Page, anchors: dict[str, Anchor]) -> None:
        self.page = page
        self.at = anchors
        self.left = min((a.box.x0 for n, a in anchors.items() if n in ("name", "business_name", "address", "city")),
                        default=0.1) - 0.03  # fmt: skip

    def fields(self) -> list[FieldValue | None]:
        """Every field of the form."""
        requester = self.at["requester"].box.x0 - 0.01 if "requester" in self.at else 0.62
        return [
            self._between("name", "name", ("business_name", "classification"), 0.99),
            self._between("business_name", "business_name", ("classification",), 0.99),
            self._classification(),
            self._payee_code(),
            self._between("address", "address", ("city",), requester),
            self._between("city_state_zip", "city", ("accounts",), requester),
            self._between("account_numbers", "accounts", ("tin",), 0.99),
            self._number("ssn", (3, 2, 4), "ein"),
            self._number("ein", (2, 7), "certification"),
            self._signature_date(),
        ]

    def _between(self, name: str, label: str, nexts: tuple[str, ...], right: float) -> FieldValue | None:
        """What is written below a label and above the next."""
        if label not in self.at:
            return None
        top = self.at[label].box.y1 - 0.002
        below = next((self.at[n].box.y0 for n in nexts if n in self.at), None)
        bottom = below if below is not None else top + 3 * _LINE_HEIGHT
        words = in_box(self.page.words, self.left, top, right, bottom)
        words = [w for w in words if not _is_label_noise(w, words)]
        kept = [w for line in _by_line(words) for w in line if not _is_printed(line)]
        kept = _without_line_number(kept)
        if not kept:
            return absent(name)
        engine = 0.97 * self.at[label].score if below is not None else 0.7
        return found(name, text_of(kept).strip(" .,|_"), kept, engine)

    def _classification(self) -> FieldValue | None:
        """The label right of the check box with the most ink."""
        top = self.at["classification"].box.y0 if "classification" in self.at else 0.15
        bottom = self.at["address"].box.y0 if "address" in self.at else top + 0.15
        marks = [m for m in self.page.marks if top <= m.box.y0 <= bottom and m.box.x0 < 0.75]
        options = [(mark, option) for mark in marks if (option := self._option(mark)) is not None]
        if not options:
            return None
        mark, (value, label) = max(options, key=lambda pair: pair[0].fill)
        if not mark.checked:
            return absent("federal_tax_classification")
        rivals = sum(other.checked for other, _ in options)
        words = list(label.words)
        engine = 0.97 if rivals == 1 else 0.6
        if value == "LLC":
            code = self._llc_code(label)
            value = f"Limited liability company ({code.text.upper()})" if code else "Limited liability company"
            words += [code] if code else []
            engine = engine if code else 0.4
        elif value == "Other":
            detail = self._other_detail(label)
            value = f"Other ({text_of(detail)})" if detail else "Other"
            words += detail
        return found("federal_tax_classification", value, words, engine)

    def _option(self, mark: Mark) -> tuple[str, Anchor] | None:
        """The choice printed right of a check box."""
        beside = right_of(self.page, mark.box, 0.25)
        if not beside:
            return None
        row = Page(self.page.number, 1, 1, self.page.source, "", tuple(
            Word(w.text, w.box, w.confidence, 0) for w in beside))  # fmt: skip
        best: tuple[float, str, Anchor] | None = None
        for phrase, value in _CHOICES:
            anchor = first(row, (phrase,))
            if anchor is None or anchor.box.x0 - mark.box.x1 > 0.05:
                continue
            if best is None or anchor.score > best[0]:
                best = (anchor.score, value, anchor)
        return None if best is None else (best[1], best[2])

    def _llc_code(self, label: Anchor) -> Word | None:
        """The letter entered behind the LLC line."""
        beside = [w for w in right_of(self.page, label.box, 0.6) if w.box.x0 < 0.75]
        codes = [w for w in beside if re.fullmatch(r"[CSPcsp][.,]?", w.text)]
        # "(C = C corporation, S = S corporation, P = Partnership)" is printed; what is entered comes behind it.
        printed = max((w.box.x1 for w in beside if "partnership" in letters(w.text)), default=1.0)
        entered = [w for w in codes if w.box.x0 > printed]
        return entered[-1] if entered else None

    def _other_detail(self, label: Anchor) -> list[Word]:
        beside = [w for w in right_of(self.page, label.box, 0.45) if w.box.x1 < 0.75 and re.search(r"\w\w", w.text)]
        return until_gap(beside, 0.05)

    def _payee_code(self) -> FieldValue | None:
        if "payee_code" not in self.at:
            return None
        beside = right_of(self.page, self.at["payee_code"].box, 0.25)
        codes = [w for w in beside if re.fullmatch(r"\d{1,2}|[A-M]", w.text)]
        return found("exempt_payee_code", codes[0].text, codes[:1], 0.85) if codes else absent("exempt_payee_code")

    def _number(self, name: str, groups: tuple[int, ...], next_label: str) -> FieldValue | None:
        """The digits in the cells below a label."""
        label = self.at.get(name)
        if label is None:
            return None
        top = label.box.y1
        bottom = min(top + 0.045, self.at[next_label].box.y0 if next_label in self.at else 1.0)
        cells = in_box(self.page.words, label.box.x0 - 0.03, top, 0.99, bottom)
        cells = [w for w in cells if not re.fullmatch(r"(?i)or|part|[|\[\]_\-–—.]+", w.text)]
        cells = sorted(cells, key=lambda w: w.box.x0)
        digits = re.sub(r"\D", "", "".join(w.text.translate(_DIGIT_LIKE) for w in cells))
        size = sum(groups)
        if not 4 <= len(digits) <= size + 2 or clarity(cells) < _UNREADABLE:
            return absent(name)
        if len(digits) != size:
            return found(name, digits, cells, 0.3)
        starts = [sum(groups[:i]) for i in range(len(groups))]
        value = "-".join(digits[s : s + g] for s, g in zip(starts, groups, strict=True))
        return found(name, value, cells, 0.97)

    def _signature_date(self) -> FieldValue | None:
        """The date right of the word "Date" beside the signature."""
        top = self.at["certification"].box.y1 if "certification" in self.at else 0.5
        labels = [
            w
            for w in self.page.words
            if w.box.x0 > 0.5 and top < w.box.y0 < top + 0.35 and fuzz.ratio(letters(w.text), "date") >= 75
        ]
        for label in labels:
            words = [w for w in right_of(self.page, label.box, 0.4) if re.search(r"\w", w.text)]
            dates = find_dates(text_of(words))
            if dates:
                used = _words_at(words, dates[0].start, dates[0].end)
                return found("signature_date", dates[0].value.isoformat(), used, 0.95)
        return absent("signature_date")


def _words_at(words: Sequence[Word], start: int, end: int) -> list[Word]:
    """The words that make characters `start` to `end` of their joined text."""
    used = []
    position = 0
    for word in words:
        if position < end and position + len(word.text) > start:
            used.append(word)
        position += len(word.text) + 1
    return used


def _by_line(words: Sequence[Word]) -> list[list[Word]]:
    lines: dict[int, list[Word]] = {}
    for word in words:
        lines.setdefault(word.line, []).append(word)
    return [sorted(line, key=lambda w: w.box.x0) for line in lines.values()]


def _is_printed(line: Sequence[Word]) -> bool:
    """Whether a line is the form's own text."""
    text = letters(text_of(line))
    if len(text) < 5:
        return False
    printed = [letters(phrase) for phrase in (*_PRINTED, *(p for group in _LABELS.values() for p in group))]
    return any(fuzz.ratio(text, phrase) > 80 or (len(text) > 14 and fuzz.partial_ratio(text, phrase) > 88)
               for phrase in printed)  # fmt: skip


def _is_label_noise(word: Word, words: Sequence[Word]) -> bool:
    """Rules, frames and arrows that OCR reads as characters."""
    return not any(c.isalnum() for c in word.text) and len(words) > 1


def _without_line_number(words: list[Word]) -> list[Word]:
    """The number of the form's line (1 to 7) stands alone at the left edge."""
    if words and re.fullmatch(r"[1-7]", words[0].text) and len(words) > 1:
        return words[1:]
    return words
