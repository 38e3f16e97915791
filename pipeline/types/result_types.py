"""What was found out about a document: its type, its values with their confidence, and whether a person must look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pipeline.types.page_types import Box, Page, Reading

UNKNOWN_TYPE = "unknown"
"""The type of a document whose best guess is below the classifier's floor."""

JsonValue = str | float | int | bool | list[Any] | dict[str, Any] | None
"""A normalised field value: ISO dates, plain numbers, text, or a list of rows (dicts) for tables. None: not there."""


@dataclass(frozen=True, slots=True)
class TypeGuess:
    """What the classifier says.

    Attributes:
        type: name of the document type, or "unknown" below the floor.
        score: probability 0..1 of the best type (also when the answer is "unknown").
        runner_up: the next best type, or None.
        runner_up_score: its probability.
        evidence: the words or features that spoke for `type`, strongest first.
        model: what a language model said, where one was asked.
        disputed: why a person must look at the type, as a reason code; None: nothing speaks against it.
    """

    type: str
    score: float
    runner_up: str | None = None
    runner_up_score: float = 0.0
    evidence: tuple[str, ...] = ()
    model: str | None = None
    disputed: str | None = None


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
class ModelUse:
    """What asking a language model took.

    Attributes:
        calls: how many answers came.
        prompt_tokens, answer_tokens: as the server counted them.
        seconds: of all calls together.
    """

    calls: int
    prompt_tokens: int
    answer_tokens: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Result:
    """A document's whole way through the pipeline."""

    reading: Reading
    guess: TypeGuess
    extraction: Extraction
    decision: Decision
    model_use: ModelUse | None = None


@dataclass(frozen=True, slots=True)
class GoldDocument:
    """A document that people have corrected and approved.

    Attributes:
        doc_id: its id.
        pages: as read.
        values: field -> its right value, normalised, also of those that stand nowhere.
        boxes: field -> where its right value stands.
    """

    doc_id: str
    pages: tuple[Page, ...]
    values: Mapping[str, JsonValue]
    boxes: Mapping[str, tuple[Box, ...]]


@dataclass(frozen=True, slots=True)
class TypedDocument:
    """A document whose type people have confirmed, or set.

    Attributes:
        doc_id: its id.
        type: what it is.
        guessed: what the machine took it for, and its next best guess.
        pages: the first ones, as read.
        fields: their names, values and what stands for them on the page.
    """

    doc_id: str
    type: str
    guessed: tuple[str, ...]
    pages: tuple[Page, ...]
    fields: tuple[FieldValue, ...]

    @property
    def corrected(self) -> bool:
        """Whether people found that it is something else than the machine had said."""
        return self.type not in self.guessed[:1]
