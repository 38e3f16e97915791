"""A prompt's template: its version and its texts. Data, checked when it is loaded."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from string import Template
from typing import Any

from pydantic import BaseModel, ConfigDict

from pipeline.engines.protocol import Message, Origin, Prompt, Tool
from pipeline.guardrails import cleaned


class PromptTemplate(BaseModel):
    """A prompt with places for what changes.

    Attributes:
        name: what it asks for.
        version: goes up with each change, and is kept with each call.
        system: the rules; `$delimiter` stands for the one that encloses what comes from strangers.
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
        strangers: Mapping[str, str | tuple[str, ...]],
        words: Mapping[str, str],
        schema: Mapping[str, Any] | None = None,
        most_tokens: int = 1024,
        tools: tuple[Tool, ...] = (),
    ) -> Prompt:
        """The prompt of one call.

        Args:
            strangers: place -> text of a document, or of several; each is cleaned here, and enclosed in a delimiter
                that nobody knows beforehand.
            words: place -> our own words.
            schema, most_tokens, tools: see `Prompt`.

        Raises:
            KeyError: the template has a place for which there is nothing.
        """
        delimiter = f"document-{secrets.token_hex(8)}"
        texts = {place: (text,) if isinstance(text, str) else text for place, text in strangers.items()}
        clean = {place: [cleaned(text) for text in each] for place, each in texts.items()}
        enclosed = {
            place: "\n".join(f"<{delimiter}>\n{text}\n</{delimiter}>" for text in each) if any(each) else ""
            for place, each in clean.items()
        }
        messages = (
            Message("system", Template(self.system).substitute(words, delimiter=delimiter)),
            Message("user", Template(self.user).substitute(words, **enclosed)),
        )
        depends_on = [self.name, self.digest, clean, dict(words), schema, most_tokens]
        key = hashlib.sha256(json.dumps(depends_on, sort_keys=True, default=str).encode()).hexdigest()
        parts = next((tuple(clean[place]) for place, each in texts.items() if len(each) > 1), ())
        return Prompt(messages, schema, most_tokens, tools, Origin(self.name, self.version, self.digest, key, parts))
