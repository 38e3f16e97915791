"""The values that travel between the stages of the pipeline. All frozen.

Coordinates are fractions of the *displayed* page (after its rotation and crop box): x from left to right, y from top
to bottom, each 0..1. Page numbers count from 1, as people and the review screen count them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

UNKNOWN_TYPE = "unknown"
"""The type of a document whose best guess is below the classifier's floor."""

JsonValue = str | float | int | bool | list[Any] | dict[str, Any] | None
"""A normalised field value: ISO dates, plain numbers, text, or a list of rows (dicts) for tables. None: not there."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page, in fractions of the displayed page."""

    page: int
    x0: float
    y0: float
    x1: float
    y1: float

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


@dataclass(frozen=True, slots=True)
class TypeGuess:
    """What the classifier says.

    Attributes:
        type: name of the document type, or "unknown" below the floor.
        score: probability 0..1 of the best type (also when the answer is "unknown").
        runner_up: the next best type, or None.
        runner_up_score: its probability.
        evidence: the words or features that spoke for `type`, strongest first.
    """

    type: str
    score: float
    runner_up: str | None = None
    runner_up_score: float = 0.0
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ConfidenceParts:
    """The three factors of a value's confidence, each 0..1.

    Attributes:
        engine: how sure the extractor is that this is the field's value.
        validation: how well the value passes its checks.
        clarity: how clearly the value's words were read.
    """

    engine: float
    validation: float
    clarity: float

    @property
    def product(self) -> float:
        """engine x validation x clarity: the confidence that is shown."""
        return self.engine * self.validation * self.clarity


@dataclass(frozen=True, slots=True)
class Finding:
    """A check that did not pass.

    Attributes:
        code: stable, e.g. "bad_ein_shape".
        sentence: what a person reads.
        field: the field it is about, or None for the whole document.
    """

    code: str
    sentence: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class FieldValue:
    """One extracted field.

    Attributes:
        name: as in the document type.
        value: normalised; None when the field was not found (then confidence and parts are None too).
        raw: the characters on the page that the value was made of.
        boxes: where they stand; empty when the value is not on the page.
        confidence: the product of the parts; None: not known.
        parts: the factors.
        findings: codes of the checks it failed.
        calibrated: how likely it is right, as the decision sees it; None: not known.
    """

    name: str
    value: JsonValue
    raw: str | None = None
    boxes: tuple[Box, ...] = ()
    confidence: float | None = None
    parts: ConfidenceParts | None = None
    findings: tuple[str, ...] = ()
    calibrated: float | None = None

    @property
    def certainty(self) -> float | None:
        """What the decision goes by: the calibrated confidence; the shown one where it was not calibrated."""
        return self.confidence if self.calibrated is None else self.calibrated

    @property
    def found_on_page(self) -> bool:
        """Whether the value has a place on the page."""
        return bool(self.boxes)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a document goes to a person: a stable code, a sentence, and the field if it is about one."""

    code: str
    sentence: str
    field: str | None = None

    def to_json(self) -> dict[str, Any]:
        """As stored and served."""
        return {"code": self.code, "sentence": self.sentence, "field": self.field}


@dataclass(frozen=True, slots=True)
class Decision:
    """What happens to the document next.

    Attributes:
        outcome: "accept" or "review".
        confidence: the document's, that of its least certain part, 0..1.
        reasons: why review; empty for accept.
    """

    outcome: Literal["accept", "review"]
    confidence: float
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Rules:
    """What the decision goes by; from the tenant's settings.

    Attributes:
        thresholds: document type -> confidence from which it is accepted; a type not named has its own default.
        sampling_rate: share of documents fit to be accepted that a person sees all the same, 0..1.
    """

    thresholds: Mapping[str, float] = field(default_factory=dict)
    sampling_rate: float = 0.05

    def threshold(self, type_name: str, default: float) -> float:
        """The threshold in force for a type, given its default."""
        return self.thresholds.get(type_name, default)


@dataclass(frozen=True, slots=True)
class Extraction:
    """What the extraction stage gives: every field of the type, and what the checks found."""

    fields: tuple[FieldValue, ...]
    findings: tuple[Finding, ...] = ()

    def by_name(self) -> dict[str, FieldValue]:
        """The fields, by their names."""
        return {f.name: f for f in self.fields}


@dataclass(frozen=True, slots=True)
class Result:
    """A document's whole way through the pipeline."""

    reading: Reading
    guess: TypeGuess
    extraction: Extraction
    decision: Decision
    timings_ms: Mapping[str, float] = field(default_factory=dict)
