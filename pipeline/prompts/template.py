"""A prompt's template: its version and its texts. Data, checked when it is loaded."""

from __future__ import annotations

import hashlib
import secrets
from string import Template

from pydantic import BaseModel, ConfigDict

from pipeline.engines.protocol import Message
from pipeline.guardrails import cleaned


class PromptTemplate(BaseModel):
    """A prompt with places for what changes.

    Attributes:
        name: what it asks for.
        version: goes up with each change, and is kept with each call.
        system: the rules; `$delimiter` stands for the one that encloses the document.
        user: the question; `$document` is the document between its delimiters, other places are filled by the caller.
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

    def filled(self, document: str, **words: str) -> tuple[Message, ...]:
        """The messages of one call.

        Args:
            document: a stranger's text; it is cleaned here, and enclosed in a delimiter of its own.
            words: for the other places.

        Raises:
            KeyError: the template has a place for which there is nothing.
        """
        delimiter = f"document-{secrets.token_hex(8)}"
        enclosed = f"<{delimiter}>\n{cleaned(document)}\n</{delimiter}>"
        return (
            Message("system", Template(self.system).substitute(words, delimiter=delimiter)),
            Message("user", Template(self.user).substitute(words, document=enclosed)),
        )
