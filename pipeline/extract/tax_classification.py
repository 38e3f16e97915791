"""Line 3 of the W-9: which box is checked, and what is written behind it.

Check boxes come from the page's picture or from the file's own form. A label may have swallowed its box (OCR draws the
first word around both), so a label belongs to the box that it begins at.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from pipeline.extract.candidate import absent, found
from pipeline.extract.layout import letters, right_of, text_of, until_gap
from pipeline.types import Box, ConfidenceParts, FieldValue, Page, Word

FIELD = "federal_tax_classification"
_LLC, _OTHER = "Limited liability company", "Other"
_CHOICES = (
    ("Individual/sole proprietor", "Individual/sole proprietor"),
    ("C corporation", "C corporation"),
    ("S corporation", "S corporation"),
    ("Corporation", "C corporation"),
    ("Partnership", "Partnership"),
    ("Trust/estate", "Trust/estate"),
    ("LLC. Enter the tax", _LLC),
    (_LLC, _LLC),
    ("Other (see instructions)", _OTHER),
)
"""What the revisions of 2007 to 2024 print beside the boxes, and what it stands for."""
_VALUES = tuple(dict.fromkeys(value for _, value in _CHOICES))
_LIKE_ENOUGH = 80.0
_CROSS = re.compile(r"[\[(]?[xX✓✔✗✘☑☒][\])]?")
_RIGHT_EDGE = 0.76
"""Right of it begins line 4, as a share of the page's width."""
_MOST_BEFORE, _MOST_BEHIND = 0.02, 0.05
"""A label begins so much before its box at most (when it swallowed it), and so much behind."""
_SHORTEST_PAIR = 4
"""From so many boxes on, the form's boxes are found well enough to say something about one that is not."""


@dataclass(frozen=True, slots=True)
class _Option:
    """A box and its choice.

    Attributes:
        box: where the check box is.
        ink: share of dark pixels in it.
        checked: whether that is a cross or a tick.
        value: what it stands for.
        label: the words of its label; none where they were not read.
        score: how well they match, 0..1.
    """

    box: Box
    ink: float
    checked: bool
    value: str
    label: tuple[Word, ...]
    score: float


def classification_of(page: Page, top: float, bottom: float) -> FieldValue:
    """The choice whose box is checked, between two heights of the page (shares of its height)."""
    options = _options(page, top, bottom)
    checked = [option for option in options if option.checked]
    if checked:
        option = max(checked, key=lambda option: option.ink)
        return _answer(page, option, (0.98 if len(checked) == 1 else 0.55) * option.score)
    crossed = _crossed(page, top, bottom)
    if crossed is not None:
        return _answer(page, crossed, 0.85 * crossed.score)
    spoiled = _spoiled(page, options, top, bottom)
    return absent(FIELD) if spoiled is None else _answer(page, spoiled, 0.6)


def _options(page: Page, top: float, bottom: float) -> list[_Option]:
    """The boxes that stand at a choice; a box whose label was not read is the one choice that is left."""
    marks = [m for m in page.marks if top <= (m.box.y0 + m.box.y1) / 2 <= bottom and m.box.x1 < _RIGHT_EDGE]
    labelled = [(mark, _label_at(page, mark.box)) for mark in marks]
    options = [
        _Option(mark.box, mark.fill, mark.checked, label[0], label[1], label[2])
        for mark, label in labelled
        if label is not None
    ]
    options = _told_apart(options)
    missing = [value for value in _VALUES if all(option.value != value for option in options)]
    columns = [option.box.x0 for option in options]
    unread = [m for m, label in labelled if label is None and any(abs(m.box.x0 - x) < _MOST_BEFORE for x in columns)]
    if len(missing) == 1 and len(unread) == 1 and len(options) >= _SHORTEST_PAIR:
        mark = unread[0]
        options.append(_Option(mark.box, mark.fill, mark.checked, missing[0], (), 0.85))
    return options


def _label_at(page: Page, box: Box) -> tuple[str, tuple[Word, ...], float] | None:
    """The choice printed at a box, its words, and how well they match."""
    middle, height = (box.y0 + box.y1) / 2, box.y1 - box.y0
    row = sorted(
        (
            word
            for word in page.words
            if abs((word.box.y0 + word.box.y1) / 2 - middle) < 0.75 * height
            and box.x0 - _MOST_BEFORE <= word.box.x0 <= box.x1 + 0.25
        ),
        key=lambda word: word.box.x0,
    )
    while row and not letters(row[0].text):
        row = row[1:]
    if not row or row[0].box.x0 > box.x1 + _MOST_BEHIND:
        return None
    best = max(((_likeness(phrase, row), phrase, value) for phrase, value in _CHOICES), key=lambda one: one[0])
    if best[0] < _LIKE_ENOUGH:
        return None
    return best[2], _first_letters(row, len(letters(best[1]))), best[0] / 100


def _likeness(phrase: str, row: Sequence[Word]) -> float:
    wanted = letters(phrase)
    text = letters(text_of(row))
    return max(fuzz.ratio(wanted, text[: len(wanted) + more]) for more in (-1, 0, 1))


def _first_letters(row: Sequence[Word], count: int) -> tuple[Word, ...]:
    words: list[Word] = []
    for word in row:
        if sum(len(letters(w.text)) for w in words) >= count - 1:
            break
        words.append(word)
    return tuple(words)


def _told_apart(options: list[_Option]) -> list[_Option]:
    """C and S corporation stand side by side in this order: where OCR lost the letter, the order tells."""
    corporations = sorted((o for o in options if "corporation" in o.value), key=lambda o: o.box.x0)
    others = [o for o in options if "corporation" not in o.value]
    if len(corporations) != 2 or corporations[0].value != corporations[1].value:
        return options
    named = zip(corporations, ("C corporation", "S corporation"), strict=True)
    return others + [_Option(o.box, o.ink, o.checked, value, o.label, 0.9 * o.score) for o, value in named]


def _crossed(page: Page, top: float, bottom: float) -> _Option | None:
    """A choice with a typed cross before it, where no square was seen."""
    for word in page.words:
        if top <= word.box.y0 <= bottom and _CROSS.fullmatch(word.text) and word.box.x1 < _RIGHT_EDGE:
            behind = Box(page.number, word.box.x1, word.box.y0, word.box.x1 + 0.001, word.box.y1)
            label = _label_at(page, behind)
            if label is not None:
                return _Option(word.box, 1.0, True, *label)
    return None


def _spoiled(page: Page, options: Sequence[_Option], top: float, bottom: float) -> _Option | None:
    """The one choice whose box was not found among empty ones: a stroke that leaves the box hides its frame."""
    missing = [value for value in _VALUES if all(option.value != value for option in options)]
    if len(missing) != 1 or len(options) < _SHORTEST_PAIR:
        return None
    for word in page.words:
        if not top <= word.box.y0 <= bottom or word.box.x1 >= _RIGHT_EDGE:
            continue
        before = Box(page.number, word.box.x0 - 0.001, word.box.y0, word.box.x0, word.box.y1)
        label = _label_at(page, before)
        if label is not None and label[0] == missing[0] and label[1][0] is word and label[2] > 0.9:
            return _Option(word.box, 1.0, True, *label)
    return None


def _answer(page: Page, option: _Option, engine: float) -> FieldValue:
    value, words = option.value, list(option.label)
    if value == _LLC:
        code = _llc_code(page, option)
        value = f"{_LLC} ({code[0]})" if code else _LLC
        words += [code[1]] if code and code[1] not in words else []
        engine = engine if code else min(engine, 0.3)
    elif value == _OTHER:
        detail = _other_detail(page, option)
        value = f"{_OTHER} ({text_of(detail)})" if detail else _OTHER
        words += detail
    if words:
        return found(FIELD, value, words, engine)
    parts = ConfidenceParts(engine, 1.0, 1.0)
    return FieldValue(FIELD, value, None, (option.box,), parts.product, parts)


def _llc_code(page: Page, option: _Option) -> tuple[str, Word] | None:
    """The letter entered behind "(C = C corporation, S = S corporation, P = Partnership)"."""
    start = Box.around([w.box for w in option.label]) if option.label else option.box
    row = [w for w in right_of(page, start, 0.7) if w.box.x0 < _RIGHT_EDGE]
    for i, word in reversed(list(enumerate(row))):
        glued = re.search(r"artnership\W*\W([CSPcsp])\W*$", word.text)
        if glued:
            return glued[1].upper(), word
        if "artnership" in word.text:
            entered = [w for w in row[i + 1 :] if re.fullmatch(r"\W*[CSPcsp]\W*", w.text)]
            return (letters(entered[-1].text).upper(), entered[-1]) if entered else None
    return None


def _other_detail(page: Page, option: _Option) -> list[Word]:
    start = Box.around([w.box for w in option.label]) if option.label else option.box
    beside = [w for w in right_of(page, start, 0.6) if w.box.x1 < _RIGHT_EDGE]
    return until_gap([w for w in beside if re.search(r"\w\w|^[&\d]", w.text) and "instruct" not in w.text], 0.05)
