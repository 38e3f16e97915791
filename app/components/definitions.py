"""What each figure of quality means: said once, for the screen's tooltips, its list of definitions, and the API."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

THIN = 30
"""Fewer cases than this are called few: the 95 % interval of a share is then wider than some 18 points to each side."""


@dataclass(frozen=True, slots=True)
class Definition:
    """A figure.

    Attributes:
        name: what people call it.
        meaning: what it tells, in a sentence.
        of: how it is made: numerator / denominator, or the measure.
        source: where the facts come from.
    """

    name: str
    meaning: str
    of: str
    source: str

    @property
    def help(self) -> str:
        """For a tooltip."""
        return f"{self.meaning} Made of: {self.of}."


_DOCS = "status of documents, and what spoke against accepting them"
_FIELDS = "values of approved documents whose type the machine had right, the last 20,000 of them"
_TYPES = "the approved type beside the machine's"

DEFINITIONS: Mapping[str, Definition] = {
    "documents": Definition(
        "Documents", "Everything that was uploaded in the period.", "a count of documents", "time of upload"
    ),
    "reviewed": Definition(
        "Reviewed",
        "Documents that a person approved: the truth that quality is measured by.",
        "a count of approved documents whose type is known",
        _TYPES,
    ),
    "straight_through_rate": Definition(
        "Straight through",
        "How much the machine does alone.",
        "documents it accepted by itself / documents it decided",
        _DOCS,
    ),
    "straight_through_precision": Definition(
        "Straight-through precision",
        "How far what passes without a person can be trusted; with a 95 % Wilson interval. What people open because "
        "they doubt it counts too, so the truth is rather better.",
        "documents approved without a change / documents that the machine accepted, or would have but for the random "
        "check, and that a person approved, rejected or changed",
        "status of documents and what spoke against accepting them, the values that people changed, and each "
        "document's history where they changed its type",
    ),
    "review_rate": Definition(
        "Review rate",
        "How much work is left to people.",
        "documents that need or needed a person / documents whose processing has ended",
        _DOCS,
    ),
    "error_rate": Definition(
        "Error rate",
        "How often processing fails for good.",
        "documents that could not be processed / documents whose processing has ended",
        _DOCS,
    ),
    "review_time": Definition(
        "Review time",
        "How long a person has a document open before deciding it: half take up to the median, nine in ten up to p90.",
        "median and 90th percentile of the seconds, where they are known",
        "approved and rejected documents, as long as their reviewer had them open",
    ),
    "type_accuracy": Definition(
        "Type right",
        "How often the machine tells the type of a document.",
        "reviewed documents whose type was right / reviewed documents",
        _TYPES,
    ),
    "field_accuracy": Definition(
        "Fields right",
        "How often a value is right before anybody corrects it.",
        "values read right / values that are on their document",
        _FIELDS,
    ),
    "confusion": Definition(
        "Confusion matrix",
        "What the machine called documents, beside what they are.",
        "a count of reviewed documents per pair of types",
        _TYPES,
    ),
    "precision": Definition(
        "Precision",
        "Whether a type can be believed when the machine says it.",
        "documents of the type that were called so / documents that were called so",
        _TYPES,
    ),
    "recall": Definition(
        "Recall",
        "Whether the documents of a type are found.",
        "documents of the type that were called so / documents of the type",
        _TYPES,
    ),
    "f1": Definition(
        "F1", "Precision and recall in one figure.", "2 × precision × recall / (precision + recall)", _TYPES
    ),
    "macro_f1": Definition(
        "Macro F1", "F1 where a rare type weighs as much as a common one.", "the plain mean of the types' F1", _TYPES
    ),
    "exact": Definition(
        "Exact match",
        "How often a field's value is right by the rule of its kind (dates, amounts, names, ...).",
        "values right / values that are on their document",
        _FIELDS,
    ),
    "token_f1": Definition(
        "Token F1",
        "How far the words of a value overlap with the true ones, so that a nearly right address earns most of it "
        "(Rajpurkar et al., 2016).",
        "mean over the values on their document of 2 × words in both / (words said + true words)",
        _FIELDS,
    ),
    "with_absent": Definition(
        "Right incl. absent",
        "Exact match where saying nothing about a field that is not on the document counts as right.",
        "values right, and absences right / all that a person approved",
        _FIELDS,
    ),
    "calibration": Definition(
        "Calibration error",
        "Whether confidence means what it says: of values with 90 % nine in ten should be right.",
        "mean of |share right − mean confidence| over ten bins of confidence, weighted by their values (expected "
        "calibration error; Guo et al., 2017)",
        f"confidence of the {_FIELDS}",
    ),
    "latency": Definition(
        "Time per stage",
        "How long the machine works on a document: half take up to p50, 95 % up to p95.",
        "50th and 95th percentile of the wall time of a stage's runs in the period",
        "the time that was noted when the stage ended",
    ),
    "learning": Definition(
        "Learning curve",
        "Whether the machine gets better the more people have reviewed.",
        "fields right and review rate of what was uploaded in each of up to ten equal parts of the period; beside "
        "them, how many documents people had approved by the end of the part",
        "documents and their values, as above",
    ),
    "snapshots": Definition(
        "Snapshots",
        "The figures as they were known at the time; later reviews do not change them.",
        "the figures of the 30 days before each moment",
        "written every few minutes; after two days one an hour is kept, after sixty one a day",
    ),
}


def show_definitions() -> None:
    """Draws the button under which all definitions stand."""
    with st.popover("Definitions", icon=":material/menu_book:", key="definitions"):
        st.html(f'<dl class="fuse-definitions" style="margin:0">{"".join(map(_entry, DEFINITIONS.values()))}</dl>')


def _entry(each: Definition) -> str:
    made, facts = f"= {each.of}", f"From: {each.source}"
    muted = "".join(f'<dd class="fuse-muted" style="margin:0">{html.escape(text)}</dd>' for text in (made, facts))
    return (
        f'<dt style="font-weight:650;margin-top:0.7rem">{html.escape(each.name)}</dt>'
        f'<dd style="margin:0">{html.escape(each.meaning)}</dd>{muted}'
    )
