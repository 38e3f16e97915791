"""A prompt's template: its version and its texts. Data, checked when it is loaded."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from string import Template
from typing import Any

from pydantic import BaseModel, ConfigDict

from pipeline.engines.protocol import Message, Origin, Prompt, Tool
from pipeline.guardrails import cleaned

SEVERAL = "documents"
"""The place of a template that asks about several documents at once, each of which gets an answer of its own."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """An example: a stranger's text, and in our words what is right about it, which stands outside of its delimiter."""

    text: str
    label: str


class PromptTemplate(BaseModel):
    """A prompt with places for what changes.

    Attributes:
        name: what it asks for.
        version: goes up with each change, and is kept with each call.
        system: the rules; `$delimiter` stands for the one that encloses what comes from strangers, and
            `$example_delimiter` for the one around labelled examples.
        user: the question, with places for words of ours and for texts of strangers.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    version: int
    system: str
    user: str

    @property
    def digest(self) -> str:
        """Tells two versions apart whose numbers somebody forgot to change."""
        return hashlib.sha256(f"{self.system}\n{self.user}".encode()).hexdigest()[:12]

    def prompt(
        self,
        strangers: Mapping[str, str | tuple[str, ...] | tuple[Labelled, ...]],
        words: Mapping[str, str],
        schema: Mapping[str, Any] | None = None,
        most_tokens: int = 1024,
        tools: tuple[Tool, ...] = (),
    ) -> Prompt:
        """The prompt of one call.

        Args:
            strangers: place -> text of a document, or of several, or of labelled examples; each is cleaned here, and
                enclosed in a delimiter that nobody knows beforehand.
            words: place -> our own words.
            schema, most_tokens, tools: see `Prompt`.

        Raises:
            KeyError: the template has a place for which there is nothing.
        """
        delimiter, example_delimiter = (f"{kind}-{secrets.token_hex(8)}" for kind in ("document", "example"))
        texts = {place: (each,) if isinstance(each, str) else each for place, each in strangers.items()}
        clean = {place: [_clean(each) for each in several] for place, several in texts.items()}
        enclosed = {
            place: "\n".join(_enclosed(each, delimiter, example_delimiter) for each in several) if any(several) else ""
            for place, several in clean.items()
        }
        named = {"delimiter": delimiter, "example_delimiter": example_delimiter}
        messages = (
            Message("system", Template(self.system).substitute(words, **named)),
            Message("user", Template(self.user).substitute(words, **enclosed)),
        )
        depends_on = [self.name, self.digest, clean, dict(words), schema, most_tokens]
        key = hashlib.sha256(json.dumps(depends_on, sort_keys=True, default=str).encode()).hexdigest()
        parts = tuple(each for each in clean.get(SEVERAL, ()) if isinstance(each, str))
        return Prompt(messages, schema, most_tokens, tools, Origin(self.name, self.version, self.digest, key, parts))


def _clean(text: str | Labelled) -> str | Labelled:
    return cleaned(text) if isinstance(text, str) else Labelled(cleaned(text.text), text.label)


def _enclosed(text: str | Labelled, delimiter: str, example_delimiter: str) -> str:
    if isinstance(text, str):
        return f"<{delimiter}>\n{text}\n</{delimiter}>"
    return f"<{example_delimiter}>\n{text.text}\n</{example_delimiter}>\n-> {text.label}"
