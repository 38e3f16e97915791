"""What a document type is: its fields, their kinds and checks, and the words that announce them. Data, no code."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict


class FieldKind(StrEnum):
    """How a field's value looks, and so how it is found, normalised, checked and edited."""

    TEXT = "text"
    NAME = "name"
    ADDRESS = "address"
    DATE = "date"
    """Value: ISO `YYYY-MM-DD`."""
    MONEY = "money"
    """Value: a plain number."""
    CURRENCY = "currency"
    """Value: ISO 4217 code."""
    IDENTIFIER = "identifier"
    CHOICE = "choice"
    TABLE = "table"
    """Value: a list of rows, each a dict of its columns."""


class FieldSpec(BaseModel):
    """One field of a document type.

    Attributes:
        name: key in the API, the manifest and the store.
        label: what a person reads.
        kind: see `FieldKind`.
        required: a document without it is not complete.
        sensitive: shown masked until asked for (tax numbers, account numbers).
        choices: the legal values of a CHOICE; a value may carry a detail in brackets where `choices_take_detail`.
        choices_take_detail: whether "Other (text)" is legal beside "Other".
        pattern: a regular expression the whole normalised value must match.
        pattern_hint: the pattern in words, e.g. "123-45-6789".
        anchors: the words that announce the field on the page, lower case, best first.
        columns: the columns of a TABLE.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    label: str
    kind: FieldKind
    required: bool = False
    sensitive: bool = False
    choices: tuple[str, ...] = ()
    choices_take_detail: bool = False
    pattern: str | None = None
    pattern_hint: str = ""
    anchors: tuple[str, ...] = ()
    columns: tuple[FieldSpec, ...] = ()


class DocType(BaseModel):
    """A document type.

    Attributes:
        name: key everywhere, e.g. "w9".
        label: what a person reads, e.g. "W-9".
        fields: in the order they stand on the document; empty for a type that is only classified.
        cues: phrases that speak for this type, lower case, with their weights (the classifier's features);
            a negative weight speaks against it.
        threshold: confidence from which a document of this type is accepted by itself, unless settings say otherwise.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    label: str
    fields: tuple[FieldSpec, ...] = ()
    cues: dict[str, float] = {}
    threshold: float = 0.80

    def field(self, name: str) -> FieldSpec:
        """The field of that name.

        Raises:
            KeyError: the type has no such field.
        """
        return self._by_name[name]

    @property
    def _by_name(self) -> dict[str, FieldSpec]:
        return {spec.name: spec for spec in self.fields}

    def to_json(self) -> dict[str, Any]:
        """As served by the API."""
        return self.model_dump(mode="json")
