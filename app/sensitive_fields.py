"""Sensitive values in what leaves the workbench: which fields they stand in, and how they are hidden."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

from app.settings import Settings
from db.documents import StoredField
from db.seal import own_key
from pipeline.doctypes import DOC_TYPES, FieldKind, FieldSpec
from pipeline.masking.redaction import redact, redact_value
from pipeline.masking.sensitive import sort_of

HidingMode = Literal["mask", "hash", "remove", "none"]
HIDING_MODES: tuple[HidingMode, ...] = get_args(HidingMode)


@dataclass(frozen=True, slots=True)
class Hiding:
    """How sensitive values are hidden.

    Attributes:
        mode: as in `pipeline.masking.redaction`; "none" hides nothing.
        persons: whether persons' names are hidden too, beside tax, account and document numbers.
        salt: the secret key of "hash".
    """

    mode: HidingMode = "mask"
    persons: bool = False
    salt: bytes = b""
    _specs: dict[tuple[str | None, str], FieldSpec | None] = field(default_factory=dict, compare=False, repr=False)
    """Definitions by which fields are hidden, looked up once."""

    def text(self, text: str) -> str:
        """A text without the sensitive numbers that can be told by their shape."""
        return text if self.mode == "none" else redact(text, self.mode, self.salt)

    def field(self, stored: StoredField, type_name: str | None) -> StoredField:
        """A field of a document of that type; its value, the machine's value and the text on the page are hidden."""
        if self.mode == "none":
            return stored
        hidden = self._spec(type_name, stored.name)
        raw = None if hidden is not None and hidden.kind is FieldKind.TABLE else self._value(hidden, stored.raw)
        return replace(
            stored,
            value=self._value(hidden, stored.value),
            machine_value=self._value(hidden, stored.machine_value),
            raw=raw,
        )

    def _spec(self, type_name: str | None, name: str) -> FieldSpec | None:
        key = (type_name, name)
        if key not in self._specs:
            spec = spec_anywhere(type_name, name)
            self._specs[key] = None if spec is None else _as_asked(spec, self.persons)
        return self._specs[key]

    def _value(self, spec: FieldSpec | None, value: Any) -> Any:
        if self.mode == "none":
            return value
        if spec is not None:
            return redact_value(spec, value, self.mode, self.salt)
        return self.text(value) if isinstance(value, str) else value


def spec_of(type_name: str | None, field: str) -> FieldSpec | None:
    """The definition of a type's field; None where it has no such field."""
    return next((spec for spec in DOC_TYPES.fields_of(type_name) if spec.name == field), None)


def spec_anywhere(type_name: str | None, field: str) -> FieldSpec | None:
    """The field's definition, also when the document was of another type then: hiding must not depend on it."""
    own = spec_of(type_name, field)
    if own is not None:
        return own
    found = [spec for name in DOC_TYPES if (spec := spec_of(name, field)) is not None]
    return next((spec for spec in found if spec.sensitive), next(iter(found), None))


def sensitive_texts(type_name: str | None, stored: Sequence[StoredField]) -> Iterator[str]:
    """A document's tax, account and document numbers, as a person and the machine said them and as they are written."""
    for row in stored:
        spec = spec_anywhere(type_name, row.name)
        if spec is None:
            continue
        asked = _as_asked(spec, persons=False)
        said = (row.value, row.machine_value)
        if asked.kind is FieldKind.TABLE:
            texts = [text for rows in said for text in _hidden_cells(asked, rows)]
        else:
            texts = [*said, row.raw] if sort_of(asked) else []
        yield from (text for text in texts if isinstance(text, str))


def _hidden_cells(spec: FieldSpec, rows: Any) -> Iterator[Any]:
    names = [column.name for column in spec.columns if sort_of(column)]
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, Mapping):
            yield from (row.get(name) for name in names)


def salt_of(settings: Settings, tenant_id: str) -> bytes:
    """The key of a tenant's digests: a number gives the same one in each of its exports, and in no other tenant's."""
    key = settings.secret_key.get_secret_value() or own_key(settings.secret_key_file)
    return hmac.new(key.encode(), f"export {tenant_id}".encode(), hashlib.sha256).digest()


def _as_asked(spec: FieldSpec, persons: bool) -> FieldSpec:
    """The definition by which a value is hidden: a person's name counts as harmless unless it is asked for."""
    if persons:
        return spec
    columns = tuple(_as_asked(column, persons) for column in spec.columns)
    return spec.model_copy(update={"personal": False, "columns": columns})
