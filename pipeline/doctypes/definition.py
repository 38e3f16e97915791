"""What a document type is: its fields, their kinds and checks, and the words that announce them. Data, no code."""

from __future__ import annotations

import re
from collections import Counter
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from pipeline.check_digits import CHECKS


def phrases(text: str) -> tuple[str, ...]:
    """Phrases written one after the other, parted by commas; line breaks count as spaces."""
    return tuple(phrase for part in text.split(",") if (phrase := " ".join(part.split())))


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
    CHECK_BOX = "check_box"
    """Value: `TICKED` or `NOT_TICKED`."""
    TABLE = "table"
    """Value: a list of rows, each a dict of its columns."""


TICKED, NOT_TICKED = "Yes", "No"

_NAME = r"^[a-z][a-z0-9_]{0,39}$"
Name = Annotated[str, Field(pattern=_NAME)]
"""A key: small letters, digits and underscores."""


class FieldSpec(BaseModel):
    """One field of a document type.

    Attributes:
        name: key in the API, the manifest and the store.
        label: what a person reads.
        group: the part of the document that it stands in; fields of one group that follow each other stand under it.
        kind: see `FieldKind`.
        required: a document without it is not complete.
        sensitive: shown masked until asked for (tax numbers, account numbers).
        personal: tells who a person is (a holder's name; not a vendor's or a bank's): no language model sees it. So it
            is with what is `sensitive` or has a `check`.
        choices: the legal values of a CHOICE; a value may carry a detail in brackets where `choices_take_detail`.
        choices_take_detail: whether "Other (text)" is legal beside "Other".
        choice_phrases: the words on the page that stand for a choice, where they are not the choice itself.
        pattern: a regular expression the whole normalised value must match.
        pattern_hint: the pattern in words, e.g. "123-45-6789".
        check: a check of the number by itself, a name of `pipeline.check_digits.CHECKS`.
        past: whether a DATE lies in the past on any real document.
        anchors: the words that announce the field on the page, best first; case and punctuation don't matter.
        columns: the columns of a TABLE.
        other_columns: the words above columns of a TABLE that are not wanted, so that their cells are taken for none.
        example: a value as it is stored, for people who edit the definition.
        leanings: what speaks for a candidate of this field beside its label: feature -> weight, added to those that
            every field of its kind has (`pipeline.extract.features`).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name
    label: str
    group: str = ""
    kind: FieldKind
    required: bool = False
    sensitive: bool = False
    personal: bool = False
    choices: tuple[str, ...] = ()
    choices_take_detail: bool = False
    choice_phrases: dict[str, tuple[str, ...]] = {}
    pattern: str | None = None
    pattern_hint: str = ""
    check: str | None = None
    past: bool = True
    anchors: tuple[str, ...] = ()
    columns: tuple[FieldSpec, ...] = ()
    other_columns: tuple[str, ...] = ()
    example: str = ""
    leanings: dict[str, float] = {}

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        if self.kind is FieldKind.CHOICE and not self.choices:
            raise ValueError("a choice needs its choices")
        if not set(self.choice_phrases) <= set(self.choices):
            raise ValueError("choice_phrases speak of something that is no choice")
        if any(column.kind is FieldKind.CHECK_BOX for column in self.columns):
            raise ValueError("a column can't be a check box")
        if self.kind is FieldKind.TABLE and not any(column.required for column in self.columns):
            raise ValueError("a table needs columns, and one of them required")
        if self.check is not None and self.check not in CHECKS:
            raise ValueError(f"the check must be one of {', '.join(CHECKS)}")
        if self.pattern is not None:
            try:
                re.compile(self.pattern)
            except re.error as error:
                raise ValueError(f"the pattern is no regular expression: {error}") from None
        return self


class SumRule(BaseModel):
    """Amounts that must add up: `total` = the sum of `plus` - the sum of `minus`; one that is absent counts as 0.

    Attributes:
        total: a field or a helper.
        plus, minus: fields or helpers; those in `needed` must be there for the rule to say anything.
        needed: without these (and the total) nothing can be said.
        computed: whether the total is made of the needed amounts where it is not printed itself.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    total: str
    plus: tuple[str, ...]
    minus: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    computed: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """All amounts that the rule speaks of."""
        return (self.total, *self.plus, *self.minus)


class OrderRule(BaseModel):
    """Two dates of which one can't be after the other; `code` names the finding."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    early: str
    late: str
    sentence: str
    code: str = "date_order"


class DocType(BaseModel):
    """A document type.

    Attributes:
        name: key everywhere, e.g. "w9".
        label: what a person reads, e.g. "W-9".
        fields: in the order they stand on the document; empty for a type that is only classified.
        cues: phrases that speak for this type, lower case, with their weights (the classifier's features);
            a negative weight speaks against it.
        threshold: confidence from which a document of this type is accepted by itself, unless settings say otherwise.
        helpers: what is not wanted for itself, but tells what others are: cash given and change tell the total,
            surname and given names make the full name.
        other_labels: words that announce what is no field of this type, so that its value is taken for none.
        tail_labels: headings of what stands below the values (a summary by tax rate): hardly any value is there.
        sums: amounts that must add up.
        orders: dates that must follow each other.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name
    label: str
    fields: tuple[FieldSpec, ...] = ()
    cues: dict[str, float] = {}
    threshold: Annotated[float, Field(ge=0.0, le=1.0)] = 0.80
    helpers: tuple[FieldSpec, ...] = ()
    other_labels: tuple[str, ...] = ()
    tail_labels: tuple[str, ...] = ()
    sums: tuple[SumRule, ...] = ()
    orders: tuple[OrderRule, ...] = ()

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        names = [spec.name for spec in (*self.fields, *self.helpers)]
        double = [name for name, count in Counter(names).items() if count > 1]
        if double:
            raise ValueError(f"two fields are called {double[0]}")
        for name in (
            *(n for rule in self.sums for n in rule.names),
            *(n for o in self.orders for n in (o.early, o.late)),
        ):
            if name not in names:
                raise ValueError(f"a rule speaks of {name}, which is no field")
        return self

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
