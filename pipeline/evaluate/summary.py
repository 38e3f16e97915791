"""The figures over all scored documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.compare import RowScore
from pipeline.evaluate.prediction import Ending, Failure
from pipeline.evaluate.scoring import Case, FieldScore, is_extracted
from pipeline.metrics.operations import Spread, per_minute, per_unit, spread
from pipeline.metrics.quality import (
    Calibration,
    ClassQuality,
    ConfusionMatrix,
    FieldQuality,
    Share,
    calibration,
    class_qualities,
    confusion_matrix,
    field_quality,
    macro_f1,
)
from pipeline.types import UNKNOWN_TYPE, ModelUse


@dataclass(frozen=True, slots=True)
class SliceQuality:
    """The quality over some of the documents.

    Attributes:
        documents: how many.
        classified: whose type is right.
        fields: all annotated fields together.
        field_calibration: confidence of the values given, against their being right.
        type_calibration: confidence of the types given, against their being right; "unknown" is no answer.
        accepted: that would be accepted without a person.
        accepted_values: values of the accepted documents that are right, of those given and annotated. Of a document
            with a wrong type every value is wrong.
        accepted_documents: accepted ones whose type and every annotated field is right.
    """

    documents: int
    classified: Share
    fields: FieldQuality
    field_calibration: Calibration
    type_calibration: Calibration
    accepted: Share
    accepted_values: Share
    accepted_documents: Share


@dataclass(frozen=True, slots=True)
class FieldSummary:
    """One field of one type; for a table, its rows over all documents."""

    quality: FieldQuality
    rows: RowScore | None


@dataclass(frozen=True, slots=True)
class TypeSummary:
    """One type.

    Attributes:
        extracted: whether its fields are extracted; of a type that is only classified, all are missing.
        quality: over its documents.
        fields: name -> how good, in the order of the manifest.
    """

    extracted: bool
    quality: SliceQuality
    fields: Mapping[str, FieldSummary]


@dataclass(frozen=True, slots=True)
class Ended:
    """A document that came to no result, or to another than it must: why, or the reasons for a person to see it."""

    id: str
    file: str
    expected: str | None
    decision: Ending
    error: Failure | None
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Speed:
    """How fast it was.

    Attributes:
        wall_s: of the whole run.
        workers: documents at a time.
        documents_per_minute: over the whole run.
        pages: that were read.
        cpu_s: of all children.
        cpu_s_per_page: of the documents whose pages were read.
        document_s: seconds per document, while the others ran beside it.
    """

    wall_s: float
    workers: int
    documents_per_minute: float | None
    pages: int
    cpu_s: float
    cpu_s_per_page: float | None
    document_s: Spread


@dataclass(frozen=True, slots=True)
class Summary:
    """The figures of a run.

    Attributes:
        decisions: accept, review, rejected, failed -> documents.
        confusion: true type x given type ("unknown", "rejected" and "failed" are columns too).
        types_of_documents: precision, recall, F1 per type.
        macro_f1: their mean F1.
        slices: "all", "extracted" (types whose fields are extracted), "born_digital", "scans" -> quality.
        types: per type.
        expected: files that ended as they must, of those judged by their outcome.
        mismatches: the others of them.
        failures: documents that failed, and labelled ones that were rejected.
        speed: how fast.
        model_use: what asking the language model took; None: none was asked.
    """

    decisions: Mapping[str, int]
    confusion: ConfusionMatrix
    types_of_documents: tuple[ClassQuality, ...]
    macro_f1: float | None
    slices: Mapping[str, SliceQuality]
    types: Mapping[str, TypeSummary]
    expected: Share
    mismatches: tuple[Ended, ...]
    failures: tuple[Ended, ...]
    speed: Speed
    model_use: ModelUse | None = None


def summarise(cases: Sequence[Case], wall_s: float, workers: int) -> Summary:
    """Makes the figures of a run that took `wall_s` seconds with so many workers."""
    labelled = [case for case in cases if case.labelled.doc_type is not None]
    judged = [case for case in cases if case.expected_right is not None]
    confusion = confusion_matrix(Counter((case.labelled.doc_type or "", case.answer) for case in labelled))
    classes = class_qualities(confusion)
    return Summary(
        decisions=Counter(case.prediction.decision for case in cases),
        confusion=confusion,
        types_of_documents=classes,
        macro_f1=macro_f1(classes),
        slices={
            "all": _quality(labelled),
            "extracted": _quality([case for case in labelled if is_extracted(case.labelled.doc_type)]),
            "born_digital": _quality([case for case in labelled if case.labelled.born_digital is True]),
            "scans": _quality([case for case in labelled if case.labelled.born_digital is False]),
        },
        types={name: _type_summary(name, labelled) for name in confusion.truths},
        expected=_share(case.expected_right is True for case in judged),
        mismatches=tuple(_ended(case) for case in judged if not case.expected_right),
        failures=tuple(_ended(case) for case in cases if _is_failure(case)),
        speed=_speed(cases, wall_s, workers),
        model_use=_model_use([case.prediction.model_use for case in cases if case.prediction.model_use is not None]),
    )


def _model_use(uses: Sequence[ModelUse]) -> ModelUse | None:
    if not uses:
        return None
    return ModelUse(
        sum(use.calls for use in uses),
        sum(use.prompt_tokens for use in uses),
        sum(use.answer_tokens for use in uses),
        sum(use.seconds for use in uses),
    )


def _quality(cases: Sequence[Case]) -> SliceQuality:
    fields = [field for case in cases for field in case.fields]
    accepted = [case for case in cases if case.prediction.decision == "accept"]
    return SliceQuality(
        documents=len(cases),
        classified=_share(case.type_right is True for case in cases),
        fields=field_quality(field.score for field in fields),
        field_calibration=calibration(
            (field.confidence, field.score.right) for field in fields if field.confidence is not None
        ),
        type_calibration=calibration(
            (case.prediction.type_confidence, case.type_right is True)
            for case in cases
            if case.prediction.type_confidence is not None and case.prediction.type != UNKNOWN_TYPE
        ),
        accepted=Share(len(accepted), len(cases)),
        accepted_values=_share(
            field.score.right and case.type_right is True for case in accepted for field in case.fields if field.given
        ),
        accepted_documents=_share(case.all_right for case in accepted),
    )


def _type_summary(name: str, labelled: Sequence[Case]) -> TypeSummary:
    cases = [case for case in labelled if case.labelled.doc_type == name]
    fields: dict[str, list[FieldScore]] = {}
    for case in cases:
        for field in case.fields:
            fields.setdefault(field.name, []).append(field)
    return TypeSummary(
        extracted=is_extracted(name),
        quality=_quality(cases),
        fields={name: _field_summary(scores) for name, scores in fields.items()},
    )


def _field_summary(scores: Sequence[FieldScore]) -> FieldSummary:
    tables = [score.rows for score in scores if score.rows is not None]
    rows = RowScore(
        sum(table.matched for table in tables),
        sum(table.predicted for table in tables),
        sum(table.truth for table in tables),
    )
    return FieldSummary(field_quality(score.score for score in scores), rows if tables else None)


def _speed(cases: Sequence[Case], wall_s: float, workers: int) -> Speed:
    pages = sum(case.prediction.pages_read for case in cases)
    cpu_s = sum(case.prediction.cpu_s for case in cases)
    cpu_s_of_read = sum(case.prediction.cpu_s for case in cases if case.prediction.pages_read)
    return Speed(
        wall_s=wall_s,
        workers=workers,
        documents_per_minute=per_minute(len(cases), wall_s),
        pages=pages,
        cpu_s=cpu_s,
        cpu_s_per_page=per_unit(cpu_s_of_read, pages),
        document_s=spread(case.prediction.wall_s for case in cases),
    )


def _is_failure(case: Case) -> bool:
    ending = case.prediction.decision
    return ending == "failed" or (ending == "rejected" and case.labelled.expected is None)


def _ended(case: Case) -> Ended:
    labelled, prediction = case.labelled, case.prediction
    return Ended(
        id=labelled.id,
        file=labelled.file,
        expected=labelled.expected,
        decision=prediction.decision,
        error=prediction.error,
        reasons=prediction.reasons,
    )


def _share(rights: Iterable[bool]) -> Share:
    known = list(rights)
    return Share(sum(known), len(known))
