"""What a model is asked about a document: prompts that fit its context, with surrogates for what is sensitive."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from pipeline.doctypes.definition import DocType, FieldKind
from pipeline.engines.answer_schema import answer_model, schema_of
from pipeline.engines.protocol import Prompt
from pipeline.errors import LlmTooLong
from pipeline.masking import Mask, known_of
from pipeline.opinion.examples import GoldExample
from pipeline.opinion.windows import windows
from pipeline.prompts.extraction import extraction_prompt
from pipeline.types import FieldValue, Page

_CHARACTERS_PER_TOKEN = 2.5
"""Of dense text with numbers. Servers count themselves; what they refuse is asked again in smaller parts."""
_TEMPLATE_TOKENS = 64
"""What a server's own chat template adds."""
_LEAST_CHARACTERS = 200
_SHARE_OF_EXAMPLES = 0.25


@dataclass(frozen=True, slots=True)
class Ways:
    """How a model is asked.

    Attributes:
        context_tokens: length of prompt and answer together.
        filled: how much of the room for a prompt is used.
        most_parts: a longer document is asked about in so many parts, the most useful ones.
        masked: whether what is sensitive is hidden behind surrogates.
        keep_back: whether fields that only people of the house may see (tax and account numbers, all that carry check
            digits) are not asked for at all.
    """

    context_tokens: int = 8192
    filled: float = 1.0
    most_parts: int = 12
    masked: bool = True
    keep_back: bool = False

    @property
    def answer_tokens(self) -> int:
        """How long an answer may be: a table takes more than its share of the page."""
        return self.context_tokens // 3

    def smaller(self) -> Iterator[Ways]:
        """These, and then with less and less of a document in each part: for a server that counts otherwise."""
        for filled in (self.filled, self.filled / 2, self.filled / 4):
            yield replace(self, filled=filled)


@dataclass(frozen=True, slots=True)
class Questions:
    """What a model is asked about one document.

    Attributes:
        prompts: one per part.
        mask: what stands behind the surrogates in them.
        left_out: parts that are not asked about, since there are too many.
    """

    prompts: tuple[Prompt, ...]
    mask: Mask
    left_out: int = 0


def asked_of(doc_type: DocType, ways: Ways) -> DocType:
    """The type with the fields that a model is asked for: not for ticks, which no text shows."""
    fields = [spec for spec in doc_type.fields if spec.kind is not FieldKind.CHECK_BOX]
    if ways.keep_back:
        fields = [spec for spec in fields if not spec.sensitive and spec.check is None]
    return doc_type.model_copy(update={"fields": tuple(fields)})


def questions(
    pages: Sequence[Page],
    doc_type: DocType,
    built_in: Sequence[FieldValue],
    ways: Ways,
    examples: Sequence[GoldExample] = (),
    mask: Mask | None = None,
) -> Questions:
    """Makes the prompts about a document.

    Args:
        pages: as read.
        doc_type: its type.
        built_in: the built-in engine's values: they tell which stretches of text are sensitive.
        ways: how to ask.
        examples: of other documents; as many as fit into a quarter of the prompt.
        mask: the one that earlier calls about the document went out with, if there were any.

    Raises:
        LlmTooLong: not even a small part fits.
    """
    asked = asked_of(doc_type, ways)
    if mask is None:
        known = known_of(built_in, doc_type)
        mask = Mask.of([page.text for page in pages], known) if ways.masked else Mask.of((), ())
    schema = schema_of(answer_model(asked))
    tokens = (ways.context_tokens - ways.answer_tokens) * ways.filled - _TEMPLATE_TOKENS
    room = int(tokens * _CHARACTERS_PER_TOKEN)
    shown = _fitting(examples, int(room * _SHARE_OF_EXAMPLES))
    frame = extraction_prompt(asked, "", shown, schema, ways.answer_tokens)
    room -= sum(len(message.content) for message in frame.messages)
    if room < _LEAST_CHARACTERS:
        raise LlmTooLong
    parts = windows(pages, asked, room)
    prompts = tuple(
        extraction_prompt(asked, mask.hide(text), shown, schema, ways.answer_tokens)
        for text in islice(parts, ways.most_parts)
    )
    return Questions(prompts, mask, sum(1 for _ in parts))


def _fitting(examples: Sequence[GoldExample], most_characters: int) -> tuple[GoldExample, ...]:
    kept: list[GoldExample] = []
    for example in examples:
        most_characters -= len(example.text) + sum(len(name) + len(value) for name, value in example.values.items())
        if most_characters < 0:
            break
        kept.append(example)
    return tuple(kept)
