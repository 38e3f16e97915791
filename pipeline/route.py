"""The decision: accept, or send to a person and say why."""

from __future__ import annotations

import math

from pipeline.doctypes.definition import DocType
from pipeline.types import UNKNOWN_TYPE, Decision, Extraction, FieldValue, Reading, Reason, Rules, TypeGuess

PROBLEMS = {
    "time_limit": "Not all pages could be read in the time limit.",
    "memory_limit": "Not all pages could be read within the memory limit.",
    "child_crashed": "Reading stopped in the middle; not all pages were read.",
    "worker_lost": "The document's worker was lost each time it was tried.",
    "engine_missing": "No OCR engine is installed, so pages without a text layer were not read.",
}
"""Why a reading may be partial: code -> sentence."""
_DISPUTES = {
    "type_engines_disagree": "The language model takes this for another type of document.",
    "type_model_only": "Only the language model recognised the document's type.",
}


def decide(
    reading: Reading,
    guess: TypeGuess,
    extraction: Extraction,
    doc_type: DocType | None,
    rules: Rules,
    draw: float,
) -> Decision:
    """Accepts a document only when nothing speaks against it.

    The document's confidence is how likely its type and all its values are right, so that of the documents accepted at
    a threshold of 80 % four in five are wholly right at the least. A value that has no place on the page is never
    accepted.

    Args:
        reading: the pages.
        guess: the type.
        extraction: the fields, checked.
        doc_type: the type's definition; None for "unknown".
        rules: thresholds and sampling rate.
        draw: the document's lot, 0..1, drawn once; below the sampling rate it goes to a person.
    """
    confidence = document_confidence(guess, extraction)
    reasons = [*_reading_reasons(reading), *_type_reasons(guess, doc_type)]
    if doc_type is not None:
        threshold = rules.threshold(doc_type.name, doc_type.threshold)
        reasons += _field_reasons(extraction, doc_type, threshold)
        if not guess.score >= threshold:
            sentence = f"The type was recognised with {_percent(guess.score, threshold)} only."
            reasons.append(Reason("type_uncertain", sentence))
        if not reasons and not confidence >= threshold:
            sentence = (
                f"All is right with a probability of {_percent(confidence, threshold)}; {threshold:.0%} is needed."
            )
            reasons.append(Reason("document_uncertain", sentence))
    if not reasons and draw < rules.sampling_rate:
        reasons.append(Reason("sampled", "Drawn at random, to check what is accepted by itself."))
    return Decision("review" if reasons else "accept", confidence, tuple(reasons))


def document_confidence(guess: TypeGuess, extraction: Extraction) -> float:
    """How likely the type and all values are right: the product of what their confidences are worth.

    Values of one document are rather right together than not, so the product is on the safe side.
    """
    known = [f.certainty for f in extraction.fields if f.value is not None and f.certainty is not None]
    return math.prod([guess.score, *known])


def _reading_reasons(reading: Reading) -> list[Reason]:
    reasons = []
    if reading.problem is not None:
        reasons.append(Reason(reading.problem, PROBLEMS.get(reading.problem, "The document was read in part.")))
    elif reading.has_unreadable_pages:
        reasons.append(Reason("page_unreadable", "Not every page could be opened."))
    if reading.has_cut_pages:
        reasons.append(Reason("page_cut", "The file is cut off: the lower part of a page is missing."))
    if not any(page.words for page in reading.pages):
        reasons.append(Reason("no_text", "No text was found on the pages."))
    return reasons


def _type_reasons(guess: TypeGuess, doc_type: DocType | None) -> list[Reason]:
    reasons = [] if guess.disputed is None else [Reason(guess.disputed, _DISPUTES[guess.disputed])]
    if guess.type == UNKNOWN_TYPE or doc_type is None:
        reasons.append(Reason("type_unknown", "The document's type was not recognised."))
    elif not doc_type.fields:
        reasons.append(Reason("type_not_extracted", f"Fields of the type {doc_type.label} are not extracted yet."))
    return reasons


def _field_reasons(extraction: Extraction, doc_type: DocType, threshold: float) -> list[Reason]:
    reasons = [Reason(f.code, f.sentence, f.field) for f in extraction.findings]
    present = {f.name: f for f in extraction.fields if f.value is not None}
    for spec in doc_type.fields:
        value = present.get(spec.name)
        if value is None:
            if spec.required:
                reasons.append(Reason("missing_required", f"{spec.label} was not found.", spec.name))
            continue
        reasons += _value_reasons(value, spec.label, threshold)
    if doc_type.fields and len(present) * 2 < len(doc_type.fields):
        reasons.append(Reason("incomplete", "Fewer than half of the expected fields were found."))
    return reasons


def _value_reasons(value: FieldValue, label: str, threshold: float) -> list[Reason]:
    if not value.found_on_page:
        return [Reason("not_on_page", f"{label} could not be found on the page.", value.name)]
    if value.certainty is None or not value.certainty >= threshold:
        shown = "unknown" if value.certainty is None else _percent(value.certainty, threshold)
        return [
            Reason(
                "below_threshold",
                f"{label}: right with a probability of {shown}; {threshold:.0%} is needed.",
                value.name,
            )
        ]
    return []


def _percent(share: float, needed: float) -> str:
    """Whole percent; with a decimal where rounding would hide that it is less than what is needed."""
    return f"{share:.1%}" if round(share, 2) >= needed else f"{share:.0%}"
