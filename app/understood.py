"""How an entry will be understood once it is stored, told while a person still types; and which are stored already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from db.documents import StoredField
from db.drafts import Typed
from pipeline.dates import DateOrder
from pipeline.doctypes import FieldKind, FieldSpec
from pipeline.entry import validate_value
from pipeline.types import JsonValue


@dataclass(frozen=True, slots=True)
class Understood:
    """What an entry means.

    Attributes:
        value: as it will be stored, as text.
        text: as nobody can read it otherwise: "Fri 17 May 2024" where the entry was 5/17/24.
        wrong: a sentence that says what is expected, if it can't be stored; value and text are empty then.
    """

    value: str
    text: str
    wrong: str | None = None


def understood_entries(
    fields: Sequence[FieldSpec], entries: Mapping[str, Typed], order: DateOrder
) -> dict[str, Understood]:
    """What each entry of a draft means; nothing for tables, whose cells are checked one by one as they are typed.

    Args:
        fields: of the document's type.
        entries: field -> entry; what is none of these fields is left out.
        order: in which the document writes its dates.
    """
    plain = [spec for spec in fields if spec.name in entries and spec.kind is not FieldKind.TABLE]
    return {spec.name: understood(spec, entries[spec.name].entry, order) for spec in plain}


def understood(spec: FieldSpec, entry: Any, order: DateOrder = "MDY") -> Understood:
    """What an entry means in a field that is no table."""
    value, wrong = validate_value(spec, entry, order)
    if wrong is not None or value is None:
        return Understood("", "", wrong)
    return Understood(str(value), _in_full(spec.kind, value))


def as_stored(spec: FieldSpec, entry: Any, order: DateOrder) -> Any:
    """An entry as it will be stored; what can't be stored as it was typed."""
    value, wrong = validate_value(spec, entry, order)
    return entry if wrong is not None else value


def not_stored(
    fields: Sequence[FieldSpec], stored: Sequence[StoredField], entries: Mapping[str, Typed], order: DateOrder
) -> dict[str, Typed]:
    """Those of a person's entries that say something else than what is stored.

    Args:
        fields: of the document's type.
        stored: the values in force.
        entries: field -> what was typed; a field that the type does not have is stored nowhere.
        order: in which the document writes its dates.
    """
    specs, known = {spec.name: spec for spec in fields}, {each.name: each for each in stored}
    return {
        name: typed
        for name, typed in entries.items()
        if name not in specs or not _is_stored(specs[name], typed, known.get(name), order)
    }


def _is_stored(spec: FieldSpec, typed: Typed, stored: StoredField | None, order: DateOrder) -> bool:
    value, boxes = (stored.value, stored.boxes) if stored else (None, [])
    marked_elsewhere = typed.boxes and list(typed.boxes) != [tuple(box) for box in boxes]
    return validate_value(spec, typed.entry, order) == (value, None) and not marked_elsewhere


def _in_full(kind: FieldKind, value: JsonValue) -> str:
    if kind is FieldKind.DATE:
        day = date.fromisoformat(str(value))
        return f"{day:%a} {day.day} {day:%b %Y}"
    if kind is FieldKind.MONEY and isinstance(value, float):
        return f"{value:,.2f}" if round(value, 2) == value else f"{value:,}"
    return str(value)
