"""What the workers do to get a language model's word on what documents are, of several of one tenant together.

An answer is kept with each document that it is about before anything is made of it. A document whose worker was killed
then is not asked about again, whoever takes it over and with whichever others.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import partial

import structlog
from redis import Redis

from app import wiring
from db import cache
from pipeline.doctypes import DOC_TYPES, DocType
from pipeline.engines.protocol import LlmEngine
from pipeline.errors import LlmAway, LlmBusy, LlmCutOff, LlmError, LlmOverBudget, LlmPaused, LlmSlow, NoSurrogate
from pipeline.opinion.asking import Pace, at_once
from pipeline.opinion.type_examples import TypeExample, shown_examples
from pipeline.opinion.types_told import beginning, reconciled, type_told_before, types_by_model
from pipeline.prompts.classification import part_key
from pipeline.types import Page, TypeGuess
from workers import kept_examples
from workers.consult import caller_of, is_away, metered
from workers.desk import Desk

log = structlog.get_logger()

_TYPE_S = 86_400
MAY_COME = {kind.code: kind for kind in (LlmAway, LlmSlow, LlmCutOff, LlmBusy, LlmPaused, LlmOverBudget)}
"""After these the model is asked what a document is once more, when its server is back or there is money."""
_EXAMPLE_CHARACTERS = 0.25
"""Of examples in a prompt, for each token of the context: about a tenth of it."""


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A document whose type the model is asked about.

    Attributes:
        desk: of its stage.
        guess: the built-in classifier's.
        beginning: what the model is shown; "": it is not asked.
    """

    desk: Desk
    guess: TypeGuess
    beginning: str


@dataclass(frozen=True, slots=True)
class Typed:
    """What a document is.

    Attributes:
        guess: with the model's opinion, where there is one.
        error: why there is none.
        server_away: whether that is the server's fault: nobody gets an answer.
    """

    guess: TypeGuess
    error: LlmError | None = None
    server_away: bool = False

    @property
    def missing(self) -> LlmError | None:
        """Why there is no opinion, when the model is to be asked again."""
        return self.error if self.error is not None and self.error.code in MAY_COME else None


def beginning_of(desk: Desk, pages: Sequence[Page], guess: TypeGuess) -> str:
    """What the model is shown of a document; nothing, where what is sensitive can't be hidden."""
    try:
        guesses = [DOC_TYPES.get(name) for name in (guess.type, guess.runner_up) if name is not None]
        types = [doc_type for doc_type in guesses if doc_type is not None]
        shown: str = desk.in_child(beginning, pages, desk.settings.llm_mask, types)
    except NoSurrogate as error:
        log.warning("type_without_model", code=error.code)
        return ""
    return shown


def types_of(asked: Sequence[Doubtful]) -> list[Typed]:
    """What each is by both opinions; where the model says nothing, the built-in classifier's word stands.

    Args:
        asked: documents of one tenant, whose desks stand together.
    """
    desk = asked[0].desk
    with wiring.redis(desk.settings, answer_within_s=2.0) as connection:
        examples = () if desk.settings.llm_examples == "off" else kept_examples.of_types(desk, connection)
        keys = _keys(asked, examples)
        said: list[str | None] = [cache.load(connection, key) for key in keys]
        places = [place for place, told in enumerate(said) if told is None and asked[place].beginning.strip()]
        typed = [Typed(reconciled(each.guess, told)) for each, told in zip(asked, said, strict=True)]
        if not places:
            return typed
        heard, error = _heard([asked[place] for place in places], examples, connection)
        server_away = error is not None and is_away(desk, error, connection)
        for place, told in zip(places, heard, strict=True):
            guess = asked[place].guess
            typed[place] = Typed(reconciled(guess, told)) if told or not error else Typed(guess, error, server_away)
            if told is not None:
                cache.keep(connection, keys[place], told, _TYPE_S)
    return typed


def _keys(asked: Sequence[Doubtful], examples: Sequence[TypeExample]) -> list[str]:
    """Where the model's word is cached; what was told before people set another type right is not asked for there."""
    taught = json.dumps([example.to_json() for example in examples if example.corrected], sort_keys=True)
    desk = asked[0].desk
    model = f"{wiring.llm_server(desk.settings)} {hashlib.sha256(taught.encode()).hexdigest()}"
    return [cache.type_key(desk.held.tenant_id, model, each.beginning) for each in asked]


def _heard(
    asked: Sequence[Doubtful], examples: Sequence[TypeExample], connection: Redis
) -> tuple[list[str | None], LlmError | None]:
    """What the model says of each, in answers that are kept or now; and why it says nothing of some."""
    types = [DOC_TYPES[name] for name in DOC_TYPES]
    kept = _kept_answers(asked, types, connection)
    told = _told_before(asked, kept, types)
    left = [place for place, known in enumerate(told) if known is None]
    if not left:
        return told, None
    alone = {number for number, place in enumerate(left) if kept[place]}
    try:
        answers = _ask([asked[place] for place in left], types, examples, alone, connection)
    except LlmError as error:
        log.warning("type_without_model", code=error.code)
        # Others may have been answered before it.
        return _told_before(asked, _kept_answers(asked, types, connection), types), error
    for place, answer in zip(left, answers, strict=True):
        told[place] = answer
    return told, None


def _kept_answers(asked: Sequence[Doubtful], types: Sequence[DocType], connection: Redis) -> list[list[str]]:
    engine = metered(asked[0].desk, [caller_of(each.desk) for each in asked], connection)
    return engine.told_before([part_key(each.beginning, types) for each in asked])


def _told_before(
    asked: Sequence[Doubtful], kept: Sequence[Sequence[str]], types: Sequence[DocType]
) -> list[str | None]:
    return [type_told_before(answers, each.beginning, types) for each, answers in zip(asked, kept, strict=True)]


def _ask(
    asked: Sequence[Doubtful],
    types: Sequence[DocType],
    examples: Sequence[TypeExample],
    alone: Collection[int],
    connection: Redis,
) -> list[str | None]:
    first = asked[0].desk

    def engine_for(places: Sequence[int]) -> LlmEngine:
        return metered(first, [caller_of(asked[place].desk) for place in places], connection)

    beginnings = [each.beginning for each in asked]
    ids = {each.desk.held.doc_id for each in asked}
    most_characters = int(first.settings.llm_context_tokens * _EXAMPLE_CHARACTERS)
    shown = shown_examples(examples, ids, types, most_characters)
    work = partial(types_by_model, beginnings=beginnings, types=types, examples=shown, alone=alone)
    answers = at_once(work, [engine_for], Pace(tick=first.tick))[0]
    assert answers is not None
    return answers
