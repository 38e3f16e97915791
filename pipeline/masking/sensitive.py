"""What is sensitive, and which of the built-in engine's values are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pipeline.check_digits import is_iban
from pipeline.doctypes.definition import DocType, FieldKind, FieldSpec
from pipeline.masking.person_names import is_company
from pipeline.types import FieldValue, JsonValue


class Sort(StrEnum):
    """What a sensitive stretch of text is, and so how its surrogate looks."""

    MRZ = "mrz"
    """A line of a travel document's machine-readable zone."""
    EMAIL = "email"
    IBAN = "iban"
    CARD = "card"
    SSN = "ssn"
    """Social security numbers, and the other nine-digit numbers of persons (ITIN)."""
    EIN = "ein"
    ROUTING = "routing"
    """American routing numbers, British sort codes."""
    ACCOUNT = "account"
    ID_NUMBER = "id_number"
    """Of a passport, licence, employee."""
    PHONE = "phone"
    NAME = "name"
    """Of a person."""


@dataclass(frozen=True, slots=True)
class Known:
    """A stretch of text that is known to be sensitive.

    Attributes:
        text: as it stands on the page, or another way of writing it.
        sort: what it is.
    """

    text: str
    sort: Sort


_BY_CHECK = {"iban": Sort.ACCOUNT, "aba": Sort.ROUTING, "luhn": Sort.CARD, "ssn": Sort.SSN, "ein": Sort.EIN}


def sort_of(spec: FieldSpec) -> Sort | None:
    """What a field's values are; None where they are not sensitive."""
    if spec.personal:
        return Sort.NAME if spec.kind is FieldKind.NAME else Sort.ID_NUMBER
    if spec.check is not None:
        return _BY_CHECK[spec.check]
    if spec.sensitive:
        return Sort.ACCOUNT if "account" in spec.name else Sort.ID_NUMBER
    return None


def known_of(fields: Sequence[FieldValue], doc_type: DocType) -> tuple[Known, ...]:
    """Which of the built-in engine's values are sensitive: by the definition of their fields.

    Those of fields that are `sensitive`, `personal` or have a `check`; a company in a `personal` field is no secret.

    Args:
        fields: as extracted; those that the type does not name are passed over.
        doc_type: their type.
    """
    specs = {spec.name: spec for spec in (*doc_type.fields, *doc_type.helpers)}
    told = (k for field in fields if field.name in specs for k in _of_field(field, specs[field.name]))
    return tuple(dict.fromkeys(told))


def _of_field(field: FieldValue, spec: FieldSpec) -> Iterator[Known]:
    if spec.kind is FieldKind.TABLE:
        yield from _of_rows(field.value, spec)
        return
    for text in (field.raw, field.value):
        yield from _of_text(text, spec)


def _of_rows(rows: JsonValue, spec: FieldSpec) -> Iterator[Known]:
    columns = [column for column in spec.columns if sort_of(column) is not None]
    for row in rows if columns and isinstance(rows, list) else ():
        for column in columns:
            yield from _of_text(row.get(column.name) if isinstance(row, Mapping) else None, column)


def _of_text(text: JsonValue, spec: FieldSpec) -> Iterator[Known]:
    sort = sort_of(spec)
    if sort is None or not isinstance(text, str) or not text.strip():
        return
    if sort is Sort.NAME and is_company(text):
        return
    yield Known(text.strip(), Sort.IBAN if sort is Sort.ACCOUNT and is_iban(text) else sort)
