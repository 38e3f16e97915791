"""The words that screens use for what the database calls by codes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from pipeline.doctypes import DOC_TYPES
from pipeline.types import UNKNOWN_TYPE

NOT_KNOWN = "–"
"""Shown for None: never 0, never an empty cell."""

STATUSES = {
    "received": "Waiting to be read",
    "ocr": "Being read",
    "classifying": "Being classified",
    "extracting": "Being extracted",
    "needs_review": "Needs review",
    "auto_approved": "Accepted by the machine",
    "approved": "Approved",
    "rejected": "Rejected",
    "error": "Failed",
}
UNFINISHED = ("received", "ocr", "classifying", "extracting")
STAGES = {"ocr": "Reading", "classification": "Classification", "extraction": "Extraction"}
"""From these a document can be run again."""
_REREAD = {"reread": "Reading again with the model"}
REASONS = {
    "below_threshold": "Uncertain value",
    "document_uncertain": "Not sure enough as a whole",
    "missing_required": "Missing value",
    "not_on_page": "Value not found on the page",
    "type_unknown": "Type not recognised",
    "type_uncertain": "Type uncertain",
    "type_not_extracted": "Type without fields",
    "incomplete": "Many fields missing",
    "sampled": "Random check",
    "time_limit": "Read in part: time",
    "memory_limit": "Read in part: memory",
    "child_crashed": "Reading broke off",
    "worker_lost": "Worker lost",
    "engine_missing": "No OCR engine",
    "no_text": "No text found",
    "bad_shape": "Value of the wrong shape",
    "bad_choice": "None of the choices",
    "missing_tin": "No tax number",
    "both_tins": "Two tax numbers",
    "ssn_in_other_field": "Tax number in the wrong place",
    "balance_mismatch": "Balances don't add up",
    "transactions_mismatch": "Transactions don't add up",
    "start_after_end": "Period ends before it starts",
    "date_order": "Dates in the wrong order",
    "future_date": "Date in the future",
    "too_old_date": "Date before 1900",
    "engines_disagree": "Model reads something else",
    "model_only": "Found by the model only",
    "type_engines_disagree": "Model says another type",
    "type_model_only": "Type told by the model only",
    "suspicious_text": "Text speaks to a model",
    "model_missing": "Read without the model so far",
    "model_failed": "No usable answer of the model",
    "llm_cost": "Asking the model was costly",
}
MODEL_OUTCOMES = {
    "ok": "Answered.",
    "llm_away": "No answer: the model's server was not there.",
    "llm_slow": "No answer from the model within the time limit.",
    "llm_cut_off": "The model's answer broke off before its end.",
    "llm_busy": "No answer: the model's server was busy.",
    "llm_too_long": "Prompt or answer did not fit into the model's context.",
    "llm_no_mask": "Not asked: what is sensitive could not be hidden.",
    "llm_refused": "The model's server refused the call.",
    "llm_no_sense": "The model's answer was not what was asked for.",
    "llm_paused": "Not asked: the model's server had failed too often.",
    "llm_over_budget": "Not asked: the budget for the model was used up.",
}
"""How a call of the language model ended."""
_REREAD_OUTCOMES = {
    "read_again": "Read again; the model's opinion counts now.",
    "in_persons_hands": "Left alone: a person was faster.",
    "not_wanted": "Left alone: no longer wanted.",
    "open_in_review": "Put off: somebody had it open.",
}
ACTIONS = {
    "uploaded": "uploaded it",
    "uploaded_again": "uploaded the same file again",
    "needs_review": "sent it to review",
    "auto_approved": "accepted it",
    "corrected": "corrected values",
    "place_marked": "marked where values stand",
    "approved": "approved it",
    "rejected": "rejected it",
    "retried": "had it run again",
    "type_changed": "changed its type",
    "failed": "could not finish it",
    "reopened": "took the decision back",
    "commented": "commented on it",
    "lock_taken_over": "took it over from somebody who had it open",
    "assigned": "assigned it",
    "prioritised": "changed its priority",
    "exported": "exported it",
    "revealed": "had the masked numbers shown",
}
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


def type_label(name: str | None) -> str:
    """What people call a document type."""
    if name is not None and name in DOC_TYPES:
        return DOC_TYPES[name].label
    return "Not recognised" if name == UNKNOWN_TYPE else NOT_KNOWN


def field_label(type_name: str | None, name: str) -> str:
    """What people call a field of a type."""
    plain = "Document type" if name == "type" else name.replace("_", " ").capitalize()
    return next((spec.label for spec in DOC_TYPES.fields_of(type_name) if spec.name == name), plain)


def stage_label(stage: str) -> str:
    """What people call a stage."""
    return STAGES.get(stage) or _REREAD.get(stage, stage)


def model_outcome(code: str) -> str:
    """How a call of the language model ended, in a sentence."""
    return MODEL_OUTCOMES.get(code) or f"Failed: {_plain(code)}."


def remark(code: str | None) -> str:
    """What a stage's job ended with, or waits because of; "" for nothing."""
    if not code:
        return ""
    return _REREAD_OUTCOMES.get(code) or MODEL_OUTCOMES.get(code) or _plain(code)


def reason_label(code: str) -> str:
    """A review reason in two or three words; a check's code is readable as it is."""
    return REASONS.get(code, _plain(code))


def _plain(code: str) -> str:
    return code.replace("_", " ").capitalize()


def reason_labels(reasons: Iterable[Mapping[str, Any]]) -> str:
    """A document's reasons in short, the frequent ones counted."""
    counts: dict[str, int] = {}
    for reason in reasons:
        label = reason_label(str(reason["code"]))
        counts[label] = counts.get(label, 0) + 1
    return ", ".join(label if n == 1 else f"{label} ×{n}" for label, n in counts.items())


def percent(share: float | None) -> str:
    """A share of 0..1; a dash when it is not known."""
    return NOT_KNOWN if share is None else f"{share:.0%}"


def in_percent(share: float | None) -> float | None:
    """A share of 0..1 as 0..100, for a table's bar; None stays None, which shows as an empty cell."""
    return None if share is None else round(share * 100)


def dollars(usd: float) -> str:
    """An amount, to the cent, and small ones to the second figure that counts."""
    decimals = 2 if usd >= 1 or not usd else min(8, max(2, 1 - math.floor(math.log10(usd))))
    return f"${usd:,.{decimals}f}"


def counted(number: int, one: str) -> str:
    """A number of things, in the singular or with an s."""
    return f"{number:,} {one}{'' if number == 1 else 's'}"


def milliseconds(duration_ms: float | None) -> str:
    """A duration; a dash when it is not known."""
    if duration_ms is None:
        return NOT_KNOWN
    return f"{duration_ms:,.0f} ms" if duration_ms < 1000 else f"{duration_ms / 1000:,.1f} s"


def age(since: datetime, now: datetime | None = None) -> str:
    """How long ago, in its largest unit."""
    seconds = max(0, int(((now or datetime.now(UTC)) - since).total_seconds()))
    if seconds < _MINUTE:
        return "just now"
    for length, unit in ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "min")):
        if seconds >= length:
            return f"{seconds // length} {unit} ago"
    return "just now"


def moment(at: datetime) -> str:
    """Date and time, in UTC, to the minute."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def clock(at: datetime) -> str:
    """The time of a moment of today, in UTC; of another day the date too."""
    return f"{at.astimezone(UTC):%H:%M} UTC" if at.astimezone(UTC).date() == datetime.now(UTC).date() else moment(at)


def masked(value: Any) -> str:
    """A sensitive value with all but its last four characters hidden."""
    text = "" if value is None else str(value)
    kept = 4 if len(text) > 6 else 0
    hidden = "".join("•" if c.isalnum() else c for c in text[: len(text) - kept])
    return hidden + text[len(text) - kept :]
