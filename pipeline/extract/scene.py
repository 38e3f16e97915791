"""A document as the ranking sees it: its rows and its labels, and which label stands beside or above a place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from pipeline.doctypes.definition import DocType, FieldKind
from pipeline.extract.candidates import Candidate, Rows, candidates
from pipeline.extract.labels import Label, find_labels
from pipeline.extract.locale import DatesWritten, dates_of
from pipeline.extract.said_amounts import amounts_in_words
from pipeline.types import Box, Page, Word

_READ_TO_THE_END = (FieldKind.NAME, FieldKind.TEXT)
"""Kinds whose values have no form of their own: they are what stands behind a label, or alone."""
_LOST_PER_WORD = 0.2
_STRETCH = 2.5
"""A gap of so many letter heights ends a stretch of text."""
_NEAR, _FAR = 1.6, 8.0
"""Up to so many letter heights below a label a value stands under it; from the second on it does not any more."""
_FAR_STRENGTH = 0.25


@dataclass(frozen=True, slots=True)
class Announced:
    """A label that may announce what stands at a place, and how close it is to it, 0..1."""

    label: Label
    strength: float


@dataclass(frozen=True)
class Scene:
    """A document's pages with rows and labels.

    Attributes:
        pages: each with its rows.
        labels: per page, in the same order.
        dates: how it writes numeric dates.
    """

    pages: tuple[Rows, ...]
    labels: tuple[tuple[Label, ...], ...]
    dates: DatesWritten

    @staticmethod
    def of(pages: Sequence[Page], doc_type: DocType) -> Scene:
        """Looks for rows and labels on each page."""
        labels = tuple(tuple(find_labels(page, doc_type)) for page in pages)
        return Scene(tuple(map(Rows.of, pages)), labels, dates_of(pages))

    def candidates(self, kind: FieldKind) -> list[Candidate]:
        """All candidates of a kind."""
        known = self._candidates.get(kind)
        if known is None:
            pages = self._without_labels if kind in _READ_TO_THE_END else self.pages
            known = self._candidates[kind] = candidates(kind, pages, self.dates.order)
        return known

    def beside(self, words: Sequence[Word]) -> Announced | None:
        """The label left of words on their row; each word between takes from its strength.

        Of several labels in a stretch of text the first counts: "Total (incl. GST)" is a total, "GST in total" is not.
        """
        page, row = self._row_of[id(words[0])]
        start = next(i for i, word in enumerate(row) if word is words[0])
        found: Announced | None = None
        between = 0
        for right, word in zip(reversed(row[1 : start + 1]), reversed(row[:start]), strict=True):
            if found is not None and right.box.x0 - word.box.x1 > _STRETCH * self.pages[page].em_x:
                break
            label = self._label_of.get(id(word))
            if label is None and found is not None and sum(c.isdigit() for c in word.text) > 2:
                break
            if label is not None and (found is None or label is not found.label):
                strength = 1.0 - _LOST_PER_WORD * between
                if strength <= 0:
                    break
                found = Announced(label, strength)
            between += label is None and found is None and any(c.isalnum() for c in word.text)
        return found

    def above(self, words: Sequence[Word]) -> Announced | None:
        """The nearest label above words that begins, ends or has its middle where they do."""
        index, _ = self._row_of[id(words[0])]
        page, box = self.pages[index], Box.around([word.box for word in words])
        best: tuple[float, Label] | None = None
        for label in self.labels[index]:
            gap = (box.y0 - label.box.y1) / page.em_y
            if not -0.3 <= gap <= _FAR or not _in_line(label.box, box, page.em_x):
                continue
            if best is None or gap < best[0]:
                best = (gap, label)
        if best is None:
            return None
        gap, label = best
        return Announced(label, 1.0 if gap <= _NEAR else 1.0 - (1.0 - _FAR_STRENGTH) * (gap - _NEAR) / (_FAR - _NEAR))

    def before(self, word: Word) -> Word | None:
        """The word left of a word on its row."""
        _, row = self._row_of[id(word)]
        place = next(i for i, each in enumerate(row) if each is word)
        return row[place - 1] if place else None

    @cached_property
    def said_in_words(self) -> frozenset[float]:
        """The amounts that are written in words."""
        return amounts_in_words([rows.page for rows in self.pages])

    def is_in_tail(self, word: Word) -> bool:
        """Whether a word stands below a heading behind which no value is looked for; the heading begins its row, as in
        the middle of a row the same words name a column.
        """
        index, _ = self._row_of[id(word)]
        lowest = word.box.y1 - self.pages[index].em_y / 2
        return any(
            label.tail and label.box.y1 <= lowest and self.before(label.words[0]) is None
            for label in self.labels[index]
        )

    def labelled(self, word: Word) -> Label | None:
        """The label that a word is part of."""
        return self._label_of.get(id(word))

    @cached_property
    def _without_labels(self) -> tuple[Rows, ...]:
        """The pages without the labels that stand before a value: "Name: Jo Doe" is the name "Jo Doe"."""
        return tuple(
            replace(page, rows=tuple(row for full in page.rows if (row := tuple(self._values_of(full, page.em_x)))))
            for page in self.pages
        )

    def _values_of(self, row: tuple[Word, ...], em_x: float) -> Iterator[Word]:
        place = {id(word): i for i, word in enumerate(row)}
        for word in row:
            label = self._label_of.get(id(word))
            last = place.get(id(label.words[-1])) if label is not None else None
            if last is None or not (
                row[last].text.endswith((":", "#"))
                or (last + 1 < len(row) and row[last + 1].box.x0 - row[last].box.x1 > em_x)
            ):
                yield word

    @cached_property
    def _candidates(self) -> dict[FieldKind, list[Candidate]]:
        return {}

    @cached_property
    def _label_of(self) -> dict[int, Label]:
        return {id(word): label for labels in self.labels for label in labels for word in label.words}

    @cached_property
    def _row_of(self) -> dict[int, tuple[int, tuple[Word, ...]]]:
        return {id(word): (i, row) for i, page in enumerate(self.pages) for row in page.rows for word in row}


def _in_line(label: Box, value: Box, em_x: float) -> bool:
    """Whether a value stands under a label: their sides or middles are in line, or one covers the other."""
    if label.x0 <= (value.x0 + value.x1) / 2 <= label.x1 or value.x0 <= (label.x0 + label.x1) / 2 <= value.x1:
        return True
    return min(abs(label.x0 - value.x0), abs(label.x1 - value.x1)) <= em_x
