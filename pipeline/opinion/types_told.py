"""What a model says a document is: several short ones in one call, each reconciled with the built-in classifier.

Packing documents into one prompt makes models mix them up (BatchPrompt, arXiv 2309.00384), so only their beginnings are
packed, and an answer whose evidence does not stand in its document is asked for again, for that document alone. A
document that speaks to the model is asked about alone from the beginning.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from pipeline.doctypes.definition import DocType
from pipeline.engines.answer_schema import schema_of, types_model
from pipeline.engines.protocol import LlmEngine
from pipeline.engines.structured import ask_for, unfenced
from pipeline.errors import LlmNoSense, LlmTooLong
from pipeline.extract import extract
from pipeline.guardrails import cleaned, speaks_to_a_model
from pipeline.masking import Mask, known_of
from pipeline.opinion.type_examples import TypeExample
from pipeline.opinion.windows import first_lines
from pipeline.prompts.classification import classification_prompt
from pipeline.types import UNKNOWN_TYPE, Page, TypeGuess

BEGINNING = 1000
"""Characters of a document that are shown: its title and its first labels tell what it is."""
MOST_TOGETHER = 8
_TOKENS_EACH = 120
_AGREED_LEFT = 0.5
"""Of the built-in classifier's doubt so much is left where the model says the same."""
_DISPUTED = 0.5
"""No type that the two disagree about is more certain than this."""


def beginning(pages: Sequence[Page], masked: bool, types: Sequence[DocType] = ()) -> str:
    """What a model is shown to tell a document's type: whole lines, so that no number is cut in two.

    Args:
        pages: as read.
        masked: whether what is sensitive is hidden.
        types: what the document may be: what these call sensitive is looked for in it.

    Raises:
        NoSurrogate: what is sensitive can't be hidden.
    """
    shown = pages[:2]
    mask = Mask.of((), ())
    if masked:
        known = [each for doc_type in types if doc_type.fields for each in known_of(extract(pages, doc_type), doc_type)]
        mask = Mask.of([page.text for page in shown], known)
    return mask.hide(first_lines("\n".join(page.text for page in shown), BEGINNING))


def types_by_model(
    engine_for: Callable[[Sequence[int]], LlmEngine],
    beginnings: Sequence[str],
    types: Sequence[DocType],
    examples: Sequence[TypeExample] = (),
    alone: Collection[int] = (),
) -> list[str | None]:
    """Asks what documents of one tenant are; None where the model gave no answer that the document bears out.

    Args:
        engine_for: whom to ask about some of them, by their places in `beginnings`.
        beginnings: at most `MOST_TOGETHER`.
        types: to choose from.
        examples: of other documents of the tenant.
        alone: places of those that are not asked about with others: that was tried before, in vain.

    Raises:
        LlmError: the server gave no answer.
    """
    # What a document says to the model must not touch what the model says of others.
    together = [place for place, shown in enumerate(beginnings) if place not in alone and not speaks_to_a_model(shown)]
    said: dict[int, str | None] = {}
    if len(together) > 1:
        told = _try(engine_for(together), [beginnings[place] for place in together], types, examples)
        said = dict(zip(together, told, strict=True))
    return [
        said.get(place) or _try(engine_for([place]), [shown], types, examples)[0]
        for place, shown in enumerate(beginnings)
    ]  # together it was too much for the model; singly it may not be


def type_told_before(answers: Sequence[str], shown: str, types: Sequence[DocType]) -> str | None:
    """What answers that are kept tell of a document; None where none of them is one that it bears out.

    Args:
        answers: each about this document alone, or its own part of one about several.
        shown: of the document, now as then.
        types: to choose from.
    """
    shape = types_model([each.name for each in types], 1)
    for answer in answers:
        for text in (unfenced(answer), f'{{"document_1": {answer}}}'):
            try:
                told = shape.model_validate_json(text).model_dump()["document_1"]
            except ValidationError:
                continue
            if (said := _borne_out(told, shown)) is not None:
                return said
    return None


def _try(
    engine: LlmEngine, beginnings: Sequence[str], types: Sequence[DocType], examples: Sequence[TypeExample]
) -> list[str | None]:
    try:
        return _ask(engine, beginnings, types, examples)
    except (LlmNoSense, LlmTooLong):
        return [None] * len(beginnings)


def _ask(
    engine: LlmEngine, beginnings: Sequence[str], types: Sequence[DocType], examples: Sequence[TypeExample]
) -> list[str | None]:
    shape = types_model([each.name for each in types], len(beginnings))
    most_tokens = _TOKENS_EACH * len(beginnings)
    prompt = classification_prompt(beginnings, types, schema_of(shape), most_tokens, examples)
    told = ask_for(engine, prompt, shape).value.model_dump()
    return [_borne_out(told[f"document_{n}"], each) for n, each in enumerate(beginnings, 1)]


def _borne_out(told: dict[str, Any], shown: str) -> str | None:
    """The type, if at least one phrase that speaks for it stands in this document."""
    text = _plain(cleaned(shown))
    phrases = [_plain(phrase) for phrase in told["evidence"]]
    return told["document_type"] if any(phrase and phrase in text for phrase in phrases) else None


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def reconciled(guess: TypeGuess, said: str | None) -> TypeGuess:
    """The built-in classifier's guess and the model's, made one.

    Agreement raises; disagreement lowers and sends to a person; a type that only the model tells is taken, so that its
    fields are looked for, and goes to a person as well.

    Args:
        guess: the built-in one.
        said: the model's; None: it has none.
    """
    if said is None:
        return guess
    if said == guess.type:
        return replace(guess, score=1.0 - (1.0 - guess.score) * _AGREED_LEFT, model=said)
    if guess.type == UNKNOWN_TYPE:
        return replace(guess, type=said, score=min(guess.score, _DISPUTED), model=said, disputed="type_model_only")
    return replace(guess, score=min(guess.score, _DISPUTED), model=said, disputed="type_engines_disagree")
