"""What happened to a document, as rows for a table: events and corrections in one order, sensitive values masked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.components.field_entries import shown
from app.components.wording import (
    ACTIONS,
    NOT_KNOWN,
    STAGES,
    field_label,
    in_percent,
    masked,
    milliseconds,
    moment,
    type_label,
)
from db.documents import Document, StoredField
from pipeline.doctypes import DOC_TYPES, FieldSpec


def value_text(spec: FieldSpec | None, value: Any) -> str:
    """A value for reading only: masked where it is sensitive, counted where it is a table, a dash for none."""
    if value is None:
        return NOT_KNOWN
    if isinstance(value, list):
        return f"{len(value)} {'row' if len(value) == 1 else 'rows'}"
    if spec is not None and spec.sensitive:
        return masked(value)
    return str(value) if spec is None else shown(spec, value)


def spec_of(type_name: str | None, field: str) -> FieldSpec | None:
    """The definition of a type's field; None where it has no such field."""
    return next((spec for spec in DOC_TYPES.fields_of(type_name) if spec.name == field), None)


def history(
    document: Document, events: Sequence[Mapping[str, Any]], corrections: Sequence[Mapping[str, Any]]
) -> list[dict[str, str]]:
    """Rows of when, who, what, before and after; oldest first.

    Args:
        document: whose.
        events: from the audit trail.
        corrections: before and after of each value that a person changed; they replace the event that sums them up.
    """
    rows = [(event["at"], _event(event)) for event in events if event["action"] not in ("corrected", "type_changed")]
    rows += [(change["created_at"], _change(document, change)) for change in corrections]
    rows.sort(key=lambda row: row[0])
    return [{"When": moment(at), **row} for at, row in rows]


def _event(event: Mapping[str, Any]) -> dict[str, str]:
    what = ACTIONS.get(event["action"], str(event["action"]).replace("_", " "))
    stage = (event["details"] or {}).get("stage")
    detail = f" ({STAGES.get(stage, stage)})" if stage else ""
    who = "The machine" if event["actor"] == "system" else str(event["actor"])
    return {"Who": who, "What": f"{what}{detail}", "Before": "", "After": ""}


def _change(document: Document, change: Mapping[str, Any]) -> dict[str, str]:
    name = change["field"]
    if name == "type":
        before, after = type_label(change["before"]), type_label(change["after"])
    else:
        spec = _spec_anywhere(document.type, name)
        before, after = value_text(spec, change["before"]), value_text(spec, change["after"])
    label = field_label(document.type, name)
    return {"Who": str(change["user"]), "What": f"changed {label}", "Before": before, "After": after}


def _spec_anywhere(type_name: str | None, field: str) -> FieldSpec | None:
    """The field's definition, also when the document was of another type then: masking must not depend on it."""
    found = [spec for name in DOC_TYPES if (spec := spec_of(name, field)) is not None]
    return spec_of(type_name, field) or next((spec for spec in found if spec.sensitive), next(iter(found), None))


def values(document: Document, stored: Sequence[StoredField]) -> list[dict[str, Any]]:
    """Rows of field, value, confidence and who said so."""
    return [
        {
            "Field": field_label(document.type, row.name),
            "Value": value_text(spec_of(document.type, row.name), row.value),
            "Confidence": in_percent(row.confidence),
            "Said by": "a person" if row.source == "human" else "the machine",
        }
        for row in stored
    ]


def stages(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows of stage, state, time and attempts."""
    return [
        {
            "Stage": STAGES.get(row["stage"], row["stage"]),
            "Run": row["generation"],
            "State": row["state"],
            "Time": milliseconds(row["wall_ms"]),
            "Attempts": row["attempts"],
            "Error": row["last_error"] or "",
            "Finished": moment(row["finished_at"]) if row["finished_at"] else NOT_KNOWN,
        }
        for row in rows
    ]
