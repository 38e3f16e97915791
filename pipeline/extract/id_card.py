"""A side of an identity document: its labels and field numbers, and what stands beside or below them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from pipeline.doctypes.definition import DocType
from pipeline.extract.candidates import Rows, parts_of
from pipeline.extract.labels import Label, find_labels
from pipeline.extract.layout import text_of
from pipeline.extract.parted import cut, parted
from pipeline.types import Box, Page, Word

_NUMBERED_LABEL = re.compile(r"^(\d{1,2}[a-d]?\.?)((?!st\b|nd\b|rd\b|th\b)[^\W\d_]{2,}:?)$", re.IGNORECASE)
_LANGUAGES = re.compile(r"^([^\W\d_]{2,}[/|])(\W*[^\W\d_]{2,}.*)$")
_NUMBERS = frozenset(("1", "2", "3", "4a", "4b", "4c", "4d", "5", "8", "9", "9a", "12", "15", "16", "17", "18", "19"))
_LEAST_NUMBERS = 3
"""From so many different field numbers on they are field numbers, and not digits that OCR made of something else."""
_REACH = 0.45
"""A value stands no farther right of its label, as a share of the width."""
_LINE_GAP = 2.6
"""Letter heights between a label and the line below it, at most."""
_LEFT_SLACK = 1.6
"""Letter heights by which a value may begin left of its label."""


@dataclass(frozen=True)
class IdCard:
    """A page with its rows, labels and field numbers.

    Attributes:
        rows: of the page, words of two languages and glued labels parted.
        labels: of the type, no word in two of them.
    """

    rows: Rows
    labels: tuple[Label, ...]

    @staticmethod
    def of(page: Page, doc_type: DocType) -> IdCard:
        """Looks for rows and labels."""
        page = parted(page)
        for pattern in (_NUMBERED_LABEL, _LANGUAGES):
            page = replace(page, words=tuple(part for word in page.words for part in _all_cut(word, pattern)))
        return IdCard(Rows.of(page), tuple(find_labels(page, doc_type)))

    @property
    def page(self) -> Page:
        """The page, with the words that the rows are made of."""
        return self.rows.page

    def labelled(self, field: str) -> Iterator[tuple[Label, list[Word], bool]]:
        """What the labels of a field announce, best label first: the label, words, and whether they stand beside it.

        Words beside a label that go on in its own stretch of text are only given where a colon or a gap ends the
        label: what follows "Nationality" at once is its translation.
        """
        for label in sorted(self.labels, key=lambda each: (-each.score, each.rank)):
            if label.field == field:
                yield label, self._beside(label.words), True
                yield label, self.below(label.words), False

    def numbered(self, number: str) -> Iterator[list[Word]]:
        """What stands beside a field number of a driving licence (ISO/IEC 18013-1, AAMVA card design standard: 1
        surname, 2 given names, 3 birth, 4a issue, 4b expiry, 4c authority, 4d or 5 number, 8 address, 15 sex).
        """
        if self.has_numbers:
            for row, i in self._numbers.get(number, ()):
                yield self._until_label(row, i + 1)

    def named(self, number: str) -> list[Word]:
        """The words right behind a field number up to the next gap, also where some of them could be labels."""
        places = self._numbers.get(number, []) if self.has_numbers else []
        return next((parts_of(row[i + 1 :], self.rows.em_x)[0] for row, i in places), [])

    @cached_property
    def has_numbers(self) -> bool:
        """Whether the fields are numbered, as on driving licences."""
        return len(self._numbers) >= _LEAST_NUMBERS

    def is_label(self, word: Word) -> bool:
        """Whether a word belongs to a label or is a field number."""
        return id(word) in self._label_of or (self.has_numbers and id(word) in self._number_words)

    def below(self, words: Sequence[Word]) -> list[Word]:
        """The next line under a label, as far as the next label's column; [] where another label stands there."""
        row_index, row = self._row_of[id(words[0])]
        field = self._field_of(words[0])
        left, start, right = self._column(row, words)
        middle, bottom = _middle(words[0].box), words[-1].box.y1
        for below in self.rows.rows[row_index + 1 :]:
            part = self._in_column(below, left, right, start)
            if not part or _middle(part[0].box) <= middle:
                continue
            if part[0].box.y0 - bottom > _LINE_GAP * self.rows.em_y:
                return []
            if (label := next((self._label_of[id(w)] for w in part if id(w) in self._label_of), None)) is not None:
                if label.field != field:
                    return []
                bottom = part[0].box.y1
                continue
            return part
        return []

    def _in_column(self, row: Sequence[Word], left: float, right: float, start: float) -> list[Word]:
        """The stretch of a row below a label: it begins in the label's column, or comes from the left, where no other
        label stands, and goes on to the label's start.
        """
        for part in parts_of(row, self.rows.em_x):
            words = [word for word in part if word.box.x0 < right]
            inside = [word for word in words if word.box.x0 >= left]
            if inside and left > 0:
                return inside
            if words and words[-1].box.x1 > start:
                return words
        return []

    def _column(self, row: Sequence[Word], words: Sequence[Word]) -> tuple[float, float, float]:
        """Where the line below a label may begin, where the label's own stretch of text begins, and where the next
        column does. The first is 0 where no other label stands left of it.
        """
        start = next(i for i, word in enumerate(row) if word is words[0])
        end = self._last_of(words, row)
        while start and not self._parts_before(row, start) and self._field_of(row[start - 1]) is None:
            start -= 1
        others = (None, self._field_of(words[0]))
        alone = all(self._field_of(word) in others for word in row[:start])
        left = 0.0 if alone else row[start].box.x0 - _LEFT_SLACK * self.rows.em_x
        return left, row[start].box.x0, self._next_column(row, end, words[0])

    def _next_column(self, row: Sequence[Word], end: int, first: Word) -> float:
        for i in range(end + 1, len(row)):
            if self._parts_before(row, i) and self._field_of(row[i]) != self._field_of(first):
                return row[i].box.x0 - 0.5 * self.rows.em_x
        return 1.0

    def _parts_before(self, row: Sequence[Word], i: int) -> bool:
        """Whether something new begins at a word: after a gap, or another field's label."""
        label = self._label_of.get(id(row[i]))
        joined = row[i].text.startswith(("/", "|")) or row[i - 1].text.endswith(("/", "|"))
        if label is not None and label.words[0] is row[i] and not joined and label.field != self._field_of(row[i - 1]):
            return True
        return row[i].box.x0 - row[i - 1].box.x1 > self.rows.em_x

    def _beside(self, words: Sequence[Word]) -> list[Word]:
        row = self._row_of[id(words[0])][1]
        end = self._last_of(words, row) + 1
        while end < len(row) and self._is_translation(row, end):
            end += 1
        return self._until_label(row, end)

    @staticmethod
    def _last_of(words: Sequence[Word], row: Sequence[Word]) -> int:
        """Where the last word of a label stands in a row: a label may go on in the next one."""
        return max(i for i, word in enumerate(row) if any(word is each for each in words))

    def _is_translation(self, row: Sequence[Word], i: int) -> bool:
        before, word = row[i - 1], row[i]
        joined = before.text.endswith(("/", "|")) or word.text.startswith(("/", "|"))
        return joined or (self._field_of(word) is not None and self._field_of(word) == self._field_of(before))

    def _until_label(self, row: Sequence[Word], start: int) -> list[Word]:
        found: list[Word] = []
        for word in row[start:]:
            if found and self.is_label(word):
                break
            if word.box.x0 - row[start - 1].box.x1 > _REACH:
                break
            if not self.is_label(word):
                found.append(word)
            elif self._field_of(word) != self._field_of(row[start - 1]) and id(row[start - 1]) in self._label_of:
                break
        return found

    def _field_of(self, word: Word) -> str | None:
        """What a word announces: a field, or "" where it is a label of something else; None for no label."""
        label = self._label_of.get(id(word))
        return None if label is None else label.field or ""

    @cached_property
    def _numbers(self) -> dict[str, list[tuple[tuple[Word, ...], int]]]:
        found: dict[str, list[tuple[tuple[Word, ...], int]]] = {}
        for row in self.rows.rows:
            for i, word in enumerate(row):
                text = word.text.strip(".,:").lower()
                if text in _NUMBERS and i + 1 < len(row) and self._begins(row, i):
                    found.setdefault(text, []).append((row, i))
        return found

    def _begins(self, row: Sequence[Word], i: int) -> bool:
        """Whether a field number is one by its place: first on its row, behind a gap, or before a label."""
        gap = row[i].box.x0 - row[i - 1].box.x1 if i else 1.0
        return gap > self.rows.em_x or (gap > 0.5 * self.rows.em_x and id(row[i + 1]) in self._label_of)

    @cached_property
    def _number_words(self) -> frozenset[int]:
        return frozenset(id(row[i]) for places in self._numbers.values() for row, i in places)

    @cached_property
    def _label_of(self) -> dict[int, Label]:
        return {id(word): label for label in self.labels for word in label.words}

    @cached_property
    def _row_of(self) -> dict[int, tuple[int, tuple[Word, ...]]]:
        return {id(word): (i, row) for i, row in enumerate(self.rows.rows) for word in row}


def written(words: Sequence[Word]) -> str:
    """Words as they stand on the card: what was parted at a stroke is put together."""
    return re.sub(r"(?<=\w)/ (?=\w)", "/", text_of(words)).strip(" .,:;/|")


def ends_label(label: Label, first: Word, em: float) -> bool:
    """Whether a colon or a gap parts a label from the word that follows."""
    return label.words[-1].text.endswith((":", "#")) or first.box.x0 - label.box.x1 > em


def _middle(box: Box) -> float:
    return (box.y0 + box.y1) / 2


def _all_cut(word: Word, pattern: re.Pattern[str]) -> Iterator[Word]:
    parts = cut(word, pattern)
    yield parts[0]
    if len(parts) == 2:
        yield from _all_cut(parts[1], pattern)
