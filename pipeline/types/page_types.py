"""What was read of a document: pages of words with their places, marks, form values and codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page, in fractions of the displayed page."""

    page: int
    x0: float
    y0: float
    x1: float
    y1: float

    def overlaps(self, other: Box) -> bool:
        """Whether they share some of the page; both must be of one page."""
        return self.x0 < other.x1 and other.x0 < self.x1 and self.y0 < other.y1 and other.y0 < self.y1

    def to_json(self) -> list[float]:
        """Gives `[page, x0, y0, x1, y1]`, the form stored and served everywhere."""
        return [self.page, round(self.x0, 5), round(self.y0, 5), round(self.x1, 5), round(self.y1, 5)]

    @staticmethod
    def from_json(row: Sequence[float]) -> Box:
        """Reads `[page, x0, y0, x1, y1]`."""
        return Box(int(row[0]), row[1], row[2], row[3], row[4])

    @staticmethod
    def around(boxes: Sequence[Box]) -> Box:
        """The smallest box around boxes of one page (at least one)."""
        return Box(
            boxes[0].page,
            min(b.x0 for b in boxes),
            min(b.y0 for b in boxes),
            max(b.x1 for b in boxes),
            max(b.y1 for b in boxes),
        )


@dataclass(frozen=True, slots=True)
class Word:
    """One word as read from a page.

    Attributes:
        text: the characters as read.
        box: where it stands.
        confidence: 0..1; 1.0 for a trusted text layer, the engine's own for OCR.
        line: index of its text line on the page, in reading order.
    """

    text: str
    box: Box
    confidence: float
    line: int

    def to_json(self) -> list[Any]:
        """Gives `[text, x0, y0, x1, y1, confidence, line]`; the page is that of the row it is stored in."""
        b = self.box
        return [
            self.text, round(b.x0, 5), round(b.y0, 5), round(b.x1, 5), round(b.y1, 5), round(self.confidence, 3),
            self.line,
        ]  # fmt: skip

    @staticmethod
    def from_json(page: int, row: Sequence[Any]) -> Word:
        """Reads what `to_json` wrote."""
        return Word(row[0], Box(page, row[1], row[2], row[3], row[4]), row[5], row[6])


@dataclass(frozen=True, slots=True)
class Mark:
    """A check box found on the page's picture.

    Attributes:
        box: the square itself.
        fill: share of dark pixels inside its frame, 0..1.
        checked: whether that is enough ink for a cross or a tick.
    """

    box: Box
    fill: float
    checked: bool

    def to_json(self) -> list[Any]:
        """Gives `[x0, y0, x1, y1, fill, checked]`."""
        return [*self.box.to_json()[1:], round(self.fill, 3), self.checked]

    @staticmethod
    def from_json(page: int, row: Sequence[Any]) -> Mark:
        """Reads what `to_json` wrote."""
        return Mark(Box(page, row[0], row[1], row[2], row[3]), row[4], row[5])


@dataclass(frozen=True, slots=True)
class FormValue:
    """A field of a PDF's own form (AcroForm), as it was filled in.

    Attributes:
        name: the field's full name in the file.
        value: what was typed or chosen; for a check box, what it stands for when checked.
        box: where the field is.
        checked: for check boxes and radio buttons; None for other fields.
    """

    name: str
    value: str
    box: Box
    checked: bool | None = None

    def to_json(self) -> list[Any]:
        """Gives `[name, value, x0, y0, x1, y1, checked]`."""
        return [self.name, self.value, *self.box.to_json()[1:], self.checked]

    @staticmethod
    def from_json(page: int, row: Sequence[Any]) -> FormValue:
        """Reads what `to_json` wrote."""
        return FormValue(row[0], row[1], Box(page, row[2], row[3], row[4], row[5]), row[6])


@dataclass(frozen=True, slots=True)
class Code:
    """A bar code found on the page's picture.

    Attributes:
        format: as its standard names it, e.g. "PDF417", "QR Code".
        text: what it says; a stranger's text.
        box: where it stands.
    """

    format: str
    text: str
    box: Box

    def to_json(self) -> list[Any]:
        """Gives `[format, text, x0, y0, x1, y1]`."""
        return [self.format, self.text, *self.box.to_json()[1:]]

    @staticmethod
    def from_json(page: int, row: Sequence[Any]) -> Code:
        """Reads what `to_json` wrote."""
        return Code(row[0], row[1], Box(page, row[2], row[3], row[4], row[5]))


class PageSource(StrEnum):
    """Where a page's words come from."""

    TEXT_LAYER = "text_layer"
    OCR = "ocr"
    NONE = "none"
    """A blank page."""
    DAMAGED = "damaged"
    """A page that can't be opened."""
    CUT = "cut"
    """By OCR, of a picture whose file is cut off or broken: its lower part is missing."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page as read.

    Attributes:
        number: from 1.
        width_pt, height_pt: size of the displayed page in points (1/72 inch); images count as 72 dpi where they
            don't say.
        source: text layer or OCR.
        why: one sentence, why that source was taken.
        words: in reading order.
        marks: check boxes found on the picture, if it was looked at.
        turn: how many degrees clockwise the file's page has to be turned to stand upright: 0, 90, 180 or 270. Size and
            boxes are those of the page so turned, and so it is shown.
        form: fields of the file's own form on this page that are filled in, and its check boxes. Their values are
            among the words as well, as they are drawn.
        codes: bar codes on its picture.
    """

    number: int
    width_pt: float
    height_pt: float
    source: PageSource
    why: str
    words: tuple[Word, ...]
    marks: tuple[Mark, ...] = ()
    turn: int = 0
    form: tuple[FormValue, ...] = ()
    codes: tuple[Code, ...] = ()

    @property
    def lines(self) -> tuple[tuple[Word, ...], ...]:
        """The words, line by line, in reading order."""
        rows: dict[int, list[Word]] = {}
        for word in self.words:
            rows.setdefault(word.line, []).append(word)
        return tuple(tuple(row) for row in rows.values())

    @property
    def text(self) -> str:
        """The page's text, a line per text line."""
        return "\n".join(" ".join(w.text for w in line) for line in self.lines)

    def to_json(self) -> dict[str, Any]:
        """A compact form for the cache and the store."""
        return {
            "number": self.number,
            "width_pt": self.width_pt,
            "height_pt": self.height_pt,
            "source": self.source.value,
            "why": self.why,
            "words": [w.to_json() for w in self.words],
            "marks": [m.to_json() for m in self.marks],
            "turn": self.turn,
            "form": [f.to_json() for f in self.form],
            "codes": [c.to_json() for c in self.codes],
        }

    @staticmethod
    def from_json(row: Mapping[str, Any]) -> Page:
        """Reads what `to_json` wrote."""
        number = row["number"]
        return Page(
            number=number,
            width_pt=row["width_pt"],
            height_pt=row["height_pt"],
            source=PageSource(row["source"]),
            why=row["why"],
            words=tuple(Word.from_json(number, w) for w in row["words"]),
            marks=tuple(Mark.from_json(number, m) for m in row["marks"]),
            turn=row.get("turn", 0),
            form=tuple(FormValue.from_json(number, f) for f in row.get("form", ())),
            codes=tuple(Code.from_json(number, c) for c in row.get("codes", ())),
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """A document as read: its pages, and whether that is all of it.

    Attributes:
        pages: in page order; pages that could not be read in time are absent.
        page_count: how many pages the document has.
        problem: why it is partial, as a reason code; None when every page is there.
    """

    pages: tuple[Page, ...]
    page_count: int
    problem: str | None = None

    @property
    def partial(self) -> bool:
        """Whether pages are missing or damaged."""
        return self.problem is not None or self.has_unreadable_pages or self.has_cut_pages

    @property
    def has_unreadable_pages(self) -> bool:
        """Whether a page is damaged, or was not read."""
        damaged = any(page.source is PageSource.DAMAGED for page in self.pages)
        return damaged or len(self.pages) < self.page_count

    @property
    def has_cut_pages(self) -> bool:
        """Whether a page's lower part is missing in the file."""
        return any(page.source is PageSource.CUT for page in self.pages)

    @property
    def text(self) -> str:
        """All pages' text, a form feed between pages."""
        return "\f".join(page.text for page in self.pages)
