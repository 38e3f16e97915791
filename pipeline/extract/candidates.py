"""What on the pages could be a value of a kind: every date, every amount, every number of a document.

Nothing is chosen here. A value that is not among the candidates can't be found later, so these are generous.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from pipeline.dates import DateOrder, find_dates
from pipeline.doctypes.definition import FieldKind
from pipeline.extract.layout import letters, rows, spanned, text_of
from pipeline.money import parse_money
from pipeline.types import JsonValue, Page, Word

_SIGNS = re.compile(r"^(?:[-+−–(]|[A-Z]{3}|[$£€₹¥]|US\$|A\$|C\$|S\$|RM|Rs\.?|-?\$)+$", re.IGNORECASE)
_TRAILING = re.compile(r"^(?:[-)−]|CR|DR|[$£€₹¥]|EUR|USD|GBP|CHF|INR|AUD|CAD|MYR|SGD)$", re.IGNORECASE)
_GROUP = re.compile(r"^\d{1,3}$")
_GROUP_END = re.compile(r"^\d{3}(?:[.,]\d{2})?$")
_DECIMALS = re.compile(r"\d[.,]\d{2}(?!\d)")
_NUMBER = re.compile(r"^(?=.*\d)[A-Za-z0-9][A-Za-z0-9/\\._-]*$")
_REGISTRATION = re.compile(r"^\W*\d{4,}\W?[A-Z]?\W*$")
_BEHIND_NAME = re.compile(r"\s*\(?(?:co|reg|company|roc)?\W*(?:no|reg)?\W*\d{4,}[ -]*[A-Z]?\)?\s*$", re.IGNORECASE)
_SEPARATORS = ("·", "•", "|", "∙")
_BETWEEN_GROUPS = 0.85
"""Groups of a number's digits stand no farther apart, in letter heights."""
_WIDE = 2.5
"""A gap of so many letter heights parts a row into columns."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something on a page that could be a field's value.

    Attributes:
        value: normalised.
        words: those it was made of, in reading order.
        page: number of their page.
        row: index of the visual row on the page.
        exact: nothing about its form is doubtful: two decimals, a date that only one order allows.
    """

    value: JsonValue
    words: tuple[Word, ...]
    page: int
    row: int
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Rows:
    """A page with its words by visual row, left to right, which several kinds of candidates are looked for in.

    Attributes:
        page: as read.
        rows: its words by visual row, across columns.
        em_x, em_y: the height of its letters (the middle one of all words'), as a share of the page's width and of its
            height: what gaps are measured in.
    """

    page: Page
    rows: tuple[tuple[Word, ...], ...]
    em_x: float
    em_y: float

    @staticmethod
    def of(page: Page) -> Rows:
        """The rows of a page."""
        em_y = median([w.box.y1 - w.box.y0 for w in page.words] or [0.01])
        return Rows(page, tuple(map(tuple, rows(page.words))), em_y * page.height_pt / page.width_pt, em_y)


def candidates(kind: FieldKind, pages: Sequence[Rows], order: DateOrder) -> list[Candidate]:
    """All candidates of a kind, page by page, top to bottom.

    Args:
        kind: `DATE`, `MONEY`, `IDENTIFIER`, `NAME` or `TEXT`; of others there are none.
        pages: with their rows.
        order: of numeric dates on this document.
    """
    finder = _FINDERS.get(kind)
    if finder is None:
        return []
    return [
        Candidate(value, tuple(words), page.page.number, i, exact)
        for page in pages
        for i, row in enumerate(page.rows)
        for value, words, exact in finder(row, page.em_x, order)
    ]


def in_groups(left: Word, right: Word, em: float) -> bool:
    """Whether two words are groups of one number's digits: "1 188,38". `em` as in `parts_of`."""
    groups = _GROUP.match(left.text.lstrip("-")) and _GROUP_END.match(right.text)
    return bool(groups) and right.box.x0 - left.box.x1 <= _BETWEEN_GROUPS * em


def parts_of(row: Sequence[Word], em: float) -> list[list[Word]]:
    """A row in parts, where wide gaps divide it into columns. `em`: height of letters as a share of the width."""
    parts: list[list[Word]] = []
    for word in row:
        if parts and word.box.x0 - parts[-1][-1].box.x1 <= _WIDE * em:
            parts[-1].append(word)
        else:
            parts.append([word])
    return parts


_Seen = tuple[JsonValue, Sequence[Word], bool]
"""A value, its words, and whether its form leaves no doubt."""


def _dates(row: Sequence[Word], em: float, order: DateOrder) -> Iterator[_Seen]:
    for found in find_dates(text_of(row), order):
        yield found.value.isoformat(), spanned(row, found.start, found.end), not found.ambiguous


def _amounts(row: Sequence[Word], em: float, order: DateOrder) -> Iterator[_Seen]:
    last = -1
    for i, word in enumerate(row):
        if i <= last or not any(c.isdigit() for c in word.text):
            continue
        words, last = _whole_amount(row, i, em)
        if last + 1 < len(row) and row[last + 1].text.startswith("%"):
            continue
        text = "".join(w.text for w in words)
        value = parse_money(text.rstrip("*#"))
        if value is not None:
            yield value, words, _DECIMALS.search(text) is not None


def _whole_amount(row: Sequence[Word], i: int, em: float) -> tuple[list[Word], int]:
    """The words of the amount whose digits begin at `i`: sign or currency before, groups of digits and a sign after."""

    def touching(left: int, ems: float) -> bool:
        return row[left + 1].box.x0 - row[left].box.x1 <= ems * em

    last = i
    while last + 1 < len(row) and in_groups(row[last], row[last + 1], em):
        last += 1
    if not _DECIMALS.search(row[last].text):  # "12 345": two numbers rather than one
        last = i
    words = list(row[i : last + 1])
    if i and _SIGNS.match(row[i - 1].text) and touching(i - 1, 1.5):
        words.insert(0, row[i - 1])
    if last + 1 < len(row) and _TRAILING.match(row[last + 1].text) and touching(last, 1.0):
        last += 1
        words.append(row[last])
    return words, last


def _numbers(row: Sequence[Word], em: float, order: DateOrder) -> Iterator[_Seen]:
    """Single words with digits in them; a number in several words is met as one when its label is known."""
    for word in row:
        text = word.text.strip(".,:;#()*|[]")
        if _NUMBER.match(text) and sum(c.isdigit() for c in text) >= 2:
            yield text, (word,), True


def _names(row: Sequence[Word], em: float, order: DateOrder) -> Iterator[_Seen]:
    """The parts of a row that are mostly letters, without a company's registration number behind its name."""
    for part in parts_of(row, em):
        words = _before_separator(part)
        while len(words) > 1 and _REGISTRATION.match(words[-1].text):
            words.pop()
        text = _BEHIND_NAME.sub("", text_of(words)).strip(" .,:;|-*")
        if len(letters(text)) >= 3 and sum(c.isalpha() for c in text) >= 0.5 * len(text.replace(" ", "")):
            yield text, words, True


def _before_separator(part: Sequence[Word]) -> list[Word]:
    """A sender's line up to its first dot or bar: "Dunlin Optics GmbH · Amselweg 3 · 80333 Auental"."""
    for i, word in enumerate(part):
        if i and word.text in _SEPARATORS:
            return list(part[:i])
    return list(part)


def _texts(row: Sequence[Word], em: float, order: DateOrder) -> Iterator[_Seen]:
    for part in parts_of(row, em):
        text = text_of(part).strip(" :|")
        if any(c.isalnum() for c in text):
            yield text, part, True


_FINDERS: dict[FieldKind, Callable[[Sequence[Word], float, DateOrder], Iterator[_Seen]]] = {
    FieldKind.DATE: _dates,
    FieldKind.MONEY: _amounts,
    FieldKind.IDENTIFIER: _numbers,
    FieldKind.NAME: _names,
    FieldKind.TEXT: _texts,
}
