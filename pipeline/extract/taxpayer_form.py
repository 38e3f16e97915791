"""The W-9, revisions 2007 to 2024: what stands between two printed labels, and what the file's own form says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from rapidfuzz import fuzz

from pipeline.confidence import clarity
from pipeline.doctypes.definition import DocType
from pipeline.doctypes.w9 import W9
from pipeline.extract.candidate import absent, found
from pipeline.extract.layout import Anchor, first, in_box, letters, right_of, text_of
from pipeline.extract.tax_classification import FIELD as CLASSIFICATION
from pipeline.extract.tax_classification import classification_of
from pipeline.extract.us_states import STATE_NAMES
from pipeline.extract.written_day import day_in
from pipeline.types import Box, ConfidenceParts, FieldValue, Page, Word

_LANDMARKS = {
    "requester": ("Requester's name and address (optional)",),
    "part one": ("Taxpayer Identification Number (TIN)",),
    "certification": ("Under penalties of perjury, I certify that",),
    "signature": ("Signature of U.S. person", "Signature of"),
}
"""Printed text that tells where a field ends, beside the fields' own labels."""
_LEFT_LABELS = ("name", "business_name", CLASSIFICATION, "address", "city_state_zip", "account_numbers")
_LEAST_LABELS = 4
_RIGHT_COLUMN = 0.55
_REQUESTER_X = 0.62
_LINE_PITCH = 24 / 792
"""From the label of line 5 to that of line 6, and so on, in every revision, as a share of the page's height."""
_NUMBER_COLUMN = 0.022
"""Width of the column of line numbers left of the labels."""
_LINE_NUMBER = re.compile(r"[1-7][ab]?\.?")
_DIGIT_LIKE = str.maketrans({"O": "0", "o": "0", "Q": "0", "C": "0", "D": "0", "I": "1", "l": "1", "Z": "2", "S": "5",
                             "s": "5", "B": "8", "G": "6", "g": "9"})  # fmt: skip
_LETTER_LIKE = str.maketrans({"0": "O", "1": "I", "5": "S", "8": "B"})
_UNREADABLE = 0.25
"""Below this clarity the frames of empty cells were read as digits."""
_MOST_PAYEE_CODE = 13
_FORM, _LABELLED, _OPEN_ENDED = 0.99, 0.97, 0.7


def fields_of_w9(pages: Sequence[Page], doc_type: DocType) -> list[FieldValue]:
    """The fields of a W-9; its first page is the one with line 1 on it.

    Args:
        pages: as read, with level lines.
        doc_type: the definition, whose anchors are the form's printed labels.
    """
    for page in pages:
        anchors = _anchors(page, doc_type)
        if sum(name in anchors for name in (*_LEFT_LABELS, "ssn", "ein")) >= _LEAST_LABELS:
            return _Form(page, anchors).fields()
    return []


def _anchors(page: Page, doc_type: DocType) -> dict[str, Anchor]:
    """The labels of the form; labels of lines 5 to 7 that were not read are taken to be where they must be."""
    right = Box(page.number, _RIGHT_COLUMN, 0, 1, 1)
    found_here: dict[str, Anchor] = {}
    for name, phrases in {**{spec.name: spec.anchors for spec in doc_type.fields}, **_LANDMARKS}.items():
        # The paragraph on the left names the numbers too; "Date" is on many lines.
        anchor = first(page, phrases, right if name == "ein" else None) if name != "signature_date" else None
        if anchor is not None:
            found_here[name] = anchor
    for name, known, steps in (
        ("address", "requester", 0),
        ("address", "city_state_zip", -1),
        ("city_state_zip", "address", 1),
        ("account_numbers", "city_state_zip", 1),
    ):
        if name not in found_here and known in found_here:
            place = _moved(found_here[known].box, steps * _LINE_PITCH)
            found_here[name] = Anchor((), replace(place, x0=_left_edge(found_here), x1=0.5), 0.7)
    return found_here


def _moved(box: Box, step: float) -> Box:
    return replace(box, y0=box.y0 + step, y1=box.y1 + step)


def _left_edge(anchors: dict[str, Anchor]) -> float:
    return min((anchors[name].box.x0 for name in _LEFT_LABELS if name in anchors), default=0.115)


class _Form:
    """A page with the labels that were found on it."""

    def __init__(self, page: Page, anchors: dict[str, Anchor]) -> None:
        self.page = page
        self.at = anchors
        self.left = _left_edge(anchors) - _NUMBER_COLUMN
        numbers = {id(word) for anchor in anchors.values() if (word := self._line_number(anchor)) is not None}
        printed = {id(word) for anchor in anchors.values() for word in anchor.words}
        upward = _printed_upward(page)
        self.written = [w for w in page.words if id(w) not in numbers | printed | upward]

    def _line_number(self, label: Anchor) -> Word | None:
        """The number of the form's line, which stands before the label."""
        beside = [
            word
            for word in in_box(self.page.words, label.box.x0 - 0.05, label.box.y0 - 0.004, label.box.x0 + 0.004,
                               label.box.y1 + 0.004)
            if _LINE_NUMBER.fullmatch(word.text)
        ]  # fmt: skip
        return max(beside, key=lambda word: word.box.x0, default=None)

    def fields(self) -> list[FieldValue]:
        """Every field of the form."""
        requester = self.at["requester"].box.x0 - 0.01 if "requester" in self.at else _REQUESTER_X
        return [
            self._between("name", ("business_name", CLASSIFICATION), 0.99),
            self._between("business_name", (CLASSIFICATION,), 0.99),
            self._classification(),
            self._payee_code(),
            self._between("address", ("city_state_zip",), requester),
            _with_state_and_zip(self._between("city_state_zip", ("account_numbers", "part one"), requester)),
            self._between("account_numbers", ("part one",), requester if self._requester_is_tall() else 0.99),
            self._number("ssn", (3, 2, 4), ("ein", "certification")),
            self._number("ein", (2, 7), ("certification",)),
            self._signature_date(),
        ]

    def _requester_is_tall(self) -> bool:
        """Before 2014 the requester's address stood beside lines 5 to 7; its own label is then the higher one."""
        label, address = self.at.get("requester"), self.at.get("address")
        return label is not None and address is not None and "name" in self.at and not self._has_line_numbers()

    def _has_line_numbers(self) -> bool:
        return any(self._line_number(self.at[name]) is not None for name in _LEFT_LABELS if name in self.at)

    def _between(self, name: str, nexts: tuple[str, ...], right: float) -> FieldValue:
        """What is written below a label and above the next."""
        label = self.at.get(name)
        if label is None:
            return absent(name)
        below = next((self.at[n] for n in nexts if n in self.at), None)
        top = _first_box(label).y1 - 0.002
        bottom = _first_box(below).y0 if below is not None else top + 1.2 * _LINE_PITCH
        typed = self._typed(name, self.left, top, right, bottom)
        if typed is not None:
            return typed
        lines = {word.line for anchor in (label, below) if anchor is not None for word in anchor.words}
        words = [
            word
            for word in in_box(self.written, self.left, top, right, bottom)
            if word.line not in lines and any(c.isalnum() for c in word.text)
        ]
        kept = [w for line in _by_line(words) for w in line if not _is_printed(text_of(line))]
        if not kept:
            return absent(name)
        sure = _LABELLED * label.score if below is not None else _OPEN_ENDED
        return found(name, text_of(kept).strip(" .,|_"), kept, sure)

    def _typed(self, name: str, x0: float, y0: float, x1: float, y1: float) -> FieldValue | None:
        """What the file's own form holds there: names of fields differ from file to file, their places don't."""
        values = sorted(
            (
                value
                for value in self.page.form
                if value.checked is None
                and x0 <= (value.box.x0 + value.box.x1) / 2 <= x1
                and y0 <= (value.box.y0 + value.box.y1) / 2 <= y1
            ),
            key=lambda value: (value.box.x0, value.box.y0),
        )
        if not values:
            return None
        text = " ".join(" ".join(value.value.split()) for value in values)
        words = [w for value in values for w in _words_in(self.page.words, value.box)]
        if words:
            return found(name, text, words, _FORM)
        parts = ConfidenceParts(_FORM, 1.0, 1.0)
        return FieldValue(name, text, text, tuple(value.box for value in values), parts.product, parts)

    def _classification(self) -> FieldValue:
        label, below = self.at.get(CLASSIFICATION), self.at.get("address")
        top = label.box.y0 if label is not None else 0.15
        bottom = _first_box(below).y0 if below is not None else top + 0.16
        return classification_of(self.page, top, bottom)

    def _payee_code(self) -> FieldValue:
        name = "exempt_payee_code"
        label = self.at.get(name)
        if label is None:
            return absent(name)
        for word in right_of(self.page, label.box, 0.25):
            text = word.text.strip("._-() ")
            code = text.translate(_DIGIT_LIKE) if len(text) <= 2 else ""
            if code.isdecimal() and 1 <= int(code) <= _MOST_PAYEE_CODE:
                return found(name, str(int(code)), [word], 0.9 if text == code else 0.6)
        return absent(name)

    def _number(self, name: str, groups: tuple[int, ...], nexts: tuple[str, ...]) -> FieldValue:
        """The digits in the cells below a label."""
        label = self.at.get(name)
        if label is None:
            return absent(name)
        top = label.box.y1
        bottom = min([top + 0.045, *(self.at[n].box.y0 for n in nexts if n in self.at and self.at[n].box.y0 > top)])
        left = label.box.x0 - 0.03
        typed = self._typed(name, left, top - 0.004, 0.99, bottom + 0.004)
        cells = [w for w in in_box(self.written, left, top, 0.99, bottom)
                 if not re.fullmatch(r"(?i)or|part|[|\[\]_\-–—.]+", w.text)]  # fmt: skip
        cells = sorted(cells, key=lambda w: w.box.x0)
        text = str(typed.value) if typed is not None else "".join(w.text.translate(_DIGIT_LIKE) for w in cells)
        digits = re.sub(r"\D", "", text)
        if fuzz.ratio(letters(text_of(cells)), "appliedfor") >= 85:
            return found(name, "Applied For", cells, 0.9)
        size = sum(groups)
        if not 4 <= len(digits) <= size + 2 or (typed is None and clarity(cells) < _UNREADABLE):
            return absent(name)
        value = "-".join(_grouped(digits, groups)) if len(digits) == size else digits
        if typed is not None:
            return replace(typed, value=value)
        return found(name, value, cells, _LABELLED if len(digits) == size else 0.3)

    def _signature_date(self) -> FieldValue:
        """The date right of the word "Date" beside the signature, or on the signature's row."""
        name = "signature_date"
        top = self.at["certification"].box.y1 if "certification" in self.at else 0.5
        rows = [
            (right_of(self.page, _start_of(w), 0.4), 0.96)
            for w in self.page.words
            if w.box.x0 > 0.5 and top < w.box.y0 < top + 0.35 and fuzz.ratio(letters(w.text)[:5], "date") >= 75
        ]
        signature = self.at.get("signature")
        if signature is not None and signature.box.y0 > top:
            box = signature.box
            row = in_box(self.page.words, 0.55, box.y0 - 0.012, 1.0, box.y1 + 0.02)
            rows.append((sorted(row, key=lambda w: w.box.x0), 0.75))
        for row, sure in rows:
            words = [word for word in row if re.search(r"\w", word.text) and letters(word.text) != "date"]
            day = day_in(words, "MDY")
            if day is not None:
                return found(name, day[0].isoformat(), day[1], sure * day[2])
        return absent(name)


def _first_box(label: Anchor) -> Box:
    """The place of a label's first word: the label itself may climb or sink on a page that is askew."""
    return label.words[0].box if label.words else label.box


def _start_of(word: Word) -> Box:
    """A sliver at a word's left end, so that a date glued to its label counts as right of it."""
    return replace(word.box, x1=word.box.x0)


def _words_in(words: Sequence[Word], box: Box) -> list[Word]:
    return in_box(words, box.x0, box.y0, box.x1, box.y1)


def _printed_upward(page: Page) -> set[int]:
    """The words at the left edge that are printed upwards: most are higher than wide, and the rest stand among them."""
    found_here: set[int] = set()
    for line in page.lines:
        upward = [word.box.x1 for word in line if len(word.text) > 2 and not _is_upright(word, page)]
        if upward:
            found_here.update(id(word) for word in line if (word.box.x0 + word.box.x1) / 2 <= max(upward))
    return found_here


def _is_upright(word: Word, page: Page) -> bool:
    width, height = (word.box.x1 - word.box.x0) * page.width_pt, (word.box.y1 - word.box.y0) * page.height_pt
    return width > height


def _grouped(digits: str, groups: tuple[int, ...]) -> list[str]:
    starts = [sum(groups[:i]) for i in range(len(groups))]
    return [digits[start : start + group] for start, group in zip(starts, groups, strict=True)]


def _with_state_and_zip(value: FieldValue) -> FieldValue:
    """Letters in the ZIP code and digits in the state's abbreviation are misread: the one has none, the other no."""
    match = re.fullmatch(r"(.*?)(\w\w)?(\W+)([\dOoQCDIlZSBGsg]{5})((?:-[\d]{4})?)", str(value.value or ""))
    if match is None or sum(c.isdigit() for c in match[4]) < 3:
        return value
    state = match[2] or ""
    if state and (lettered := state.translate(_LETTER_LIKE).upper()) in STATE_NAMES and not state.isalpha():
        state = lettered
    return replace(value, value=f"{match[1]}{state}{match[3]}{match[4].translate(_DIGIT_LIKE)}{match[5]}")


def _by_line(words: Sequence[Word]) -> list[list[Word]]:
    lines: dict[int, list[Word]] = {}
    for word in words:
        lines.setdefault(word.line, []).append(word)
    return [sorted(line, key=lambda w: w.box.x0) for line in lines.values()]


@cache
def _printed_phrases() -> tuple[str, ...]:
    labels = (phrase for spec in W9.fields for phrase in spec.anchors)
    landmarks = (phrase for phrases in _LANDMARKS.values() for phrase in phrases)
    return tuple(letters(phrase) for phrase in (*labels, *landmarks, *W9.other_labels))


def _is_printed(line: str) -> bool:
    """Whether a line is the form's own text."""
    text = letters(line)
    if len(text) < 5:
        return False
    return any(
        fuzz.ratio(text, phrase) > 80 or (len(text) > 14 and fuzz.partial_ratio(text, phrase) > 88)
        for phrase in _printed_phrases()
    )
