"""A document's whole way, read top to bottom. Workers, the API, `./fuse eval`, benchmarks and tests all come through
here.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from pipeline import checks, classify, extract, route
from pipeline.calibration import calibrated
from pipeline.doctypes import DOC_TYPES, DocType
from pipeline.engines.model_fields import fields_by_model
from pipeline.engines.protocol import Answer, LlmEngine
from pipeline.guardrails import is_suspicious
from pipeline.intake import inspect
from pipeline.reading import ReadingOptions, read_pages
from pipeline.reconcile import reconcile
from pipeline.types import Extraction, Finding, Page, Reading, Result, Rules, TypeGuess

_T = TypeVar("_T")


STAGE_VERSIONS = {"ocr": "reading-2", "classification": "builtin-2", "extraction": "builtin-3"}
"""Change a version when its stage would give other results for the same document."""


def process(data: bytes, filename: str, options: ReadingOptions, rules: Rules) -> Result:
    """Takes a document through all stages, in this process and without limits (see `pipeline.child` for those).

    Raises:
        Rejected: the file is not taken; its code and sentence say why.
    """
    timings: dict[str, float] = {}
    intake = _timed(timings, "intake", lambda: inspect(data, filename))
    pages = _timed(timings, "ocr", lambda: tuple(read_pages(data, intake.kind, options)))
    return decide_on(Reading(pages, intake.page_count), rules, timings)


def decide_on(
    reading: Reading,
    rules: Rules,
    timings: dict[str, float] | None = None,
    draw: float = 1.0,
    own: Sequence[DocType] = (),
) -> Result:
    """The stages after reading: classify, extract, check, decide. With `draw` 1.0 nothing is sampled.

    `own`: document types beside the built-in ones; a child process does not know those of its parent.
    """
    timings = {} if timings is None else timings
    guess = _timed(timings, "classification", lambda: classify_pages(reading.pages, own))
    doc_type = _with(own).get(guess.type)
    extraction = _timed(timings, "extraction", lambda: extract_fields(reading.pages, doc_type))
    decision = route.decide(reading, guess, extraction, doc_type, rules, draw)
    return Result(reading, guess, extraction, decision, timings)


def classify_pages(pages: Sequence[Page], own: Sequence[DocType] = ()) -> TypeGuess:
    """Says which of the known types, and of `own`, the pages are."""
    return classify.classify(pages, _with(own))


def extract_fields(pages: Sequence[Page], doc_type: DocType | None) -> Extraction:
    """Extracts, checks and calibrates the fields of that type; none for a type that is only classified, or unknown."""
    if doc_type is None or not doc_type.fields:
        return Extraction(())
    return calibrated(checks.check(extract.extract(pages, doc_type), doc_type), doc_type.name)


def extract_beside_model(
    pages: Sequence[Page], doc_type: DocType, engine: LlmEngine, prompt_tokens: int
) -> tuple[Extraction, tuple[Answer, ...]]:
    """Like `extract_fields`, with a language model beside the built-in engine; gives what the model answered, too.

    Args:
        pages: as read.
        doc_type: an extracted type.
        engine: the model.
        prompt_tokens: how long a prompt may be.

    Raises:
        LlmError: the model gave no answer; `extract_fields` stands without it.
    """
    model = fields_by_model(engine, pages, doc_type, prompt_tokens)
    built_in = {value.name: value for value in extract.extract(pages, doc_type)}
    checked = checks.check(reconcile(built_in, model.values, doc_type), doc_type)
    if is_suspicious(pages):
        finding = Finding(
            "suspicious_text", "The document speaks to a language model. Compare every value with the page."
        )
        checked = replace(checked, findings=(*checked.findings, finding))
    return calibrated(checked, doc_type.name), model.answers


def _with(own: Sequence[DocType]) -> dict[str, DocType]:
    return {**DOC_TYPES, **{each.name: each for each in own}}


def _timed(timings: dict[str, float], stage: str, work: Callable[[], _T]) -> _T:
    start = time.perf_counter()
    try:
        return work()
    finally:
        timings[stage] = (time.perf_counter() - start) * 1000
