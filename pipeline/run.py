"""A document's whole way, read top to bottom. Workers, the API, `./fuse eval`, benchmarks and tests all come through
here.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from pipeline import checks, classify, extract, route
from pipeline.calibration import calibrated
from pipeline.doctypes import DOC_TYPES, DocType
from pipeline.engines.choice import EngineChoice
from pipeline.engines.protocol import Answer, LlmEngine
from pipeline.errors import LlmError, LlmTooLong
from pipeline.guardrails import is_suspicious
from pipeline.intake import inspect
from pipeline.masking import Mask
from pipeline.opinion.asking import Pace, Told, ask_all
from pipeline.opinion.examples import GoldExample
from pipeline.opinion.questions import Questions, Ways, asked_of, questions
from pipeline.opinion.told_fields import opinion
from pipeline.reading import ReadingOptions, read_pages
from pipeline.reconcile import reconcile
from pipeline.types import Extraction, FieldValue, Finding, ModelUse, Page, Reading, Result, Rules, TypeGuess

STAGE_VERSIONS = {"ocr": "reading-2", "classification": "builtin-2", "extraction": "builtin-3"}
"""Change a version when its stage would give other results for the same document."""
SUSPICIOUS = Finding("suspicious_text", "The document speaks to a language model. Compare every value with the page.")


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is known before a model is asked: the built-in engine's values, unchecked, and the questions."""

    built_in: tuple[FieldValue, ...]
    questions: Questions


def process(data: bytes, options: ReadingOptions, rules: Rules) -> Result:
    """Takes a document through all stages, in this process and without limits (see `pipeline.child` for those).

    Raises:
        Rejected: the file is not taken; its code and sentence say why.
    """
    intake = inspect(data)
    pages = tuple(read_pages(data, intake.kind, options))
    return decide_on(Reading(pages, intake.page_count), rules)


def decide_on(reading: Reading, rules: Rules, own: Sequence[DocType] = ()) -> Result:
    """The stages after reading: classify, extract, check, decide. Nothing is drawn for sampling.

    `own`: document types beside the built-in ones; a child process does not know those of its parent.
    """
    guess = classify_pages(reading.pages, own)
    doc_type = _with(own).get(guess.type)
    extraction = extract_fields(reading.pages, doc_type)
    decision = route.decide(reading, guess, extraction, doc_type, rules, 1.0)
    return Result(reading, guess, extraction, decision)


def decide_beside_model(
    reading: Reading, rules: Rules, choice: EngineChoice, ways: Ways, own: Sequence[DocType] = ()
) -> Result:
    """As `decide_on`, with a language model beside the built-in engine; where it gives no answer, without."""
    guess = classify_pages(reading.pages, own)
    doc_type = _with(own).get(guess.type)
    use = ModelUse(0, 0, 0, 0.0)
    extraction = extract_fields(reading.pages, doc_type)
    if doc_type is not None and doc_type.fields and any(page.words for page in reading.pages):
        with closing(choice.open()) as engine:
            try:
                extraction, answers = extract_beside_model(reading.pages, doc_type, engine, ways)
            except LlmError as error:
                missing = Finding("model_missing", error.sentence)
                extraction = replace(extraction, findings=(*extraction.findings, missing))
            else:
                use = _use_of(answers)
    decision = route.decide(reading, guess, extraction, doc_type, rules, 1.0)
    return Result(reading, guess, extraction, decision, model_use=use)


def _use_of(answers: Sequence[Answer]) -> ModelUse:
    return ModelUse(
        len(answers),
        sum(answer.prompt_tokens or 0 for answer in answers),
        sum(answer.answer_tokens or 0 for answer in answers),
        sum(answer.seconds for answer in answers),
    )


def classify_pages(pages: Sequence[Page], own: Sequence[DocType] = ()) -> TypeGuess:
    """Says which of the known types, and of `own`, the pages are."""
    return classify.classify(pages, _with(own))


def extract_fields(pages: Sequence[Page], doc_type: DocType | None) -> Extraction:
    """Extracts, checks and calibrates the fields of that type; none for a type that is only classified, or unknown."""
    if doc_type is None or not doc_type.fields:
        return Extraction(())
    return calibrated(checks.check(extract.extract(pages, doc_type), doc_type), doc_type.name)


def prepare_questions(
    pages: Sequence[Page],
    doc_type: DocType,
    ways: Ways,
    examples: Sequence[GoldExample] = (),
    mask: Mask | None = None,
) -> Prepared:
    """Extracts with the built-in engine, and makes what a model is to be asked beside it.

    Args:
        pages: as read.
        doc_type: an extracted type.
        ways: how a model is asked.
        examples: of other documents of the type.
        mask: the one that earlier calls about the document went out with.

    Raises:
        LlmTooLong: the type's fields alone fill the model's context.
    """
    built_in = tuple(extract.extract(pages, doc_type))
    return Prepared(built_in, questions(pages, doc_type, built_in, ways, examples, mask))


def settle(pages: Sequence[Page], doc_type: DocType, prepared: Prepared, told: Told) -> Extraction:
    """Reconciles the two engines' values, checks and calibrates them."""
    said = opinion(told, prepared.questions.mask, pages, doc_type)
    built_in = {value.name: value for value in prepared.built_in}
    checked = checks.check(reconcile(built_in, said.values, doc_type), doc_type)
    if said.answered_back or is_suspicious(pages):
        checked = replace(checked, findings=(*checked.findings, SUSPICIOUS))
    return calibrated(checked, doc_type.name)


def extract_beside_model(
    pages: Sequence[Page],
    doc_type: DocType,
    engine: LlmEngine,
    ways: Ways,
    examples: Sequence[GoldExample] = (),
    pace: Pace = Pace(),  # noqa: B008 - a frozen value
) -> tuple[Extraction, tuple[Answer, ...]]:
    """Like `extract_fields`, with a language model beside the built-in engine; gives what the model answered, too.

    Args:
        pages: as read.
        doc_type: an extracted type.
        engine: the model.
        ways: how it is asked.
        examples: of other documents of the type.
        pace: how fast it may be asked.

    Raises:
        LlmError: the model gave no answer; `extract_fields` stands without it.
    """
    for smaller in ways.smaller():
        prepared = prepare_questions(pages, doc_type, smaller, examples)
        try:
            told = ask_all(engine, prepared.questions, asked_of(doc_type, ways), pace)
        except LlmTooLong:
            continue
        return settle(pages, doc_type, prepared, told), told.answers
    raise LlmTooLong


def _with(own: Sequence[DocType]) -> dict[str, DocType]:
    return {**DOC_TYPES, **{each.name: each for each in own}}
