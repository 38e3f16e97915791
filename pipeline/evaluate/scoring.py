"""A prediction against what is true. The rules for values are in `pipeline.compare`."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.compare import RowScore, compare
from pipeline.doctypes import DOC_TYPES
from pipeline.evaluate.manifest import Labelled
from pipeline.evaluate.prediction import Prediction
from pipeline.metrics.quality import ValueScore
from pipeline.types import JsonValue


@dataclass(frozen=True, slots=True)
class FieldScore:
    """One annotated field of a document.

    Attributes:
        name: of the field.
        score: whether its value is right, and its token F1.
        given: whether there is a predicted value.
        confidence: of that value, calibrated; None: no value, or not known.
        rows: of a table.
        shown: the confidence that a person sees, the product of its parts.
    """

    name: str
    score: ValueScore
    given: bool
    confidence: float | None
    rows: RowScore | None = None
    shown: float | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A labelled document, what was predicted, and how good that is.

    Attributes:
        labelled: the document.
        prediction: what the pipeline made of it.
        type_right: whether its type is right; None for a file that is judged by its outcome.
        expected_right: whether that became of it which must; None for a document that is judged by type and fields.
        fields: a score for each annotated field.
    """

    labelled: Labelled
    prediction: Prediction
    type_right: bool | None
    expected_right: bool | None
    fields: tuple[FieldScore, ...]

    @property
    def answer(self) -> str:
        """The type it was given; the way it ended where it was given none."""
        return self.prediction.type or self.prediction.decision

    @property
    def all_right(self) -> bool:
        """Whether type and every annotated field are right."""
        return self.type_right is True and all(field.score.right for field in self.fields)


def score(labelled: Labelled, prediction: Prediction) -> Case:
    """Scores a prediction. A document that failed has every annotated field wrong, also those it does not have."""
    return Case(
        labelled=labelled,
        prediction=prediction,
        type_right=None if labelled.doc_type is None else prediction.type == labelled.doc_type,
        expected_right=_expected_right(labelled, prediction),
        fields=tuple(_field(labelled, prediction, name, truth) for name, truth in labelled.truth.items()),
    )


def is_extracted(doc_type: str | None) -> bool:
    """Whether fields are extracted from documents of this type, or it is only classified."""
    known = DOC_TYPES.get(doc_type or "")
    return known is not None and bool(known.fields)


def _expected_right(labelled: Labelled, prediction: Prediction) -> bool | None:
    match labelled.expected:
        case None:
            return None
        case "accept" | "accept_degraded":
            return prediction.decision in ("accept", "review")
        case "reject":
            return prediction.decision == "rejected"
        case "either":
            return prediction.decision != "failed"


def _field(labelled: Labelled, prediction: Prediction, name: str, truth: JsonValue) -> FieldScore:
    predicted = prediction.fields.get(name)
    value = predicted.value if predicted else None
    compared = compare(value, truth, labelled.doc_type or "", name)
    failed = prediction.error is not None
    return FieldScore(
        name=name,
        score=ValueScore(False, compared.score.token_f1) if failed else compared.score,
        given=value is not None,
        confidence=predicted.certainty if predicted and value is not None else None,
        rows=compared.rows,
        shown=predicted.confidence if predicted and value is not None else None,
    )
