"""What happened to a document, as rows for a table: events and corrections in one order, sensitive values masked."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from app.components.field_entries import shown
from app.components.table_changes import changes_in_short, table_changes
from app.components.wording import (
    ACTIONS,
    NOT_KNOWN,
    counted,
    field_label,
    in_percent,
    masked,
    milliseconds,
    moment,
    reason_labels,
    remark,
    stage_label,
    type_label,
)
from app.found_text import hide_numbers
from app.sensitive_fields import sensitive_texts, spec_anywhere
from db.comments import Comment
from db.documents import Document, StoredField
from pipeline.doctypes import FieldSpec

REVEALED = "revealed"
"""The audit event of a person who had the masked numbers shown."""
_SAID_ELSEWHERE = ("corrected", "type_changed", "commented")


@dataclass(frozen=True, slots=True)
class Trail:
    """What is on record of a document.

    Attributes:
        events: from the audit trail.
        corrections: before and after of each value that a person changed; they replace the event that sums them up.
        comments: what people said; they replace the event that they did.
    """

    events: Sequence[Mapping[str, Any]]
    corrections: Sequence[Mapping[str, Any]]
    comments: Sequence[Comment] = ()


def value_text(spec: FieldSpec | None, value: Any, reveal: bool = False) -> str:
    """A value for reading only: masked where it is sensitive, counted where it is a table, a dash for none."""
    if value is None:
        return NOT_KNOWN
    if isinstance(value, list):
        return counted(len(value), "row")
    if spec is not None and spec.sensitive and not reveal:
        return masked(value)
    return str(value) if spec is None else shown(spec, value)


def has_sensitive(
    type_name: str | None, stored: Sequence[StoredField], corrections: Sequence[Mapping[str, Any]]
) -> bool:
    """Whether any value of a document is masked."""
    names = {row.name for row in stored} | {str(change["field"]) for change in corrections}
    specs = [spec for name in names if (spec := spec_anywhere(type_name, name)) is not None]
    return any(spec.sensitive or any(column.sensitive for column in spec.columns) for spec in specs)


def history(
    document: Document, stored: Sequence[StoredField], trail: Trail, reveal: bool = False
) -> list[dict[str, str]]:
    """Rows of when, version, who, what, before and after; oldest first. The version is empty where an event made none,
    or was recorded without it.

    Args:
        document: whose.
        stored: its values; those that are sensitive are hidden in what people wrote, too.
        trail: what is on record.
        reveal: whether sensitive values are shown in full.
    """
    hidden = partial(_hidden, secrets=() if reveal else list(sensitive_texts(document.type, stored)), reveal=reveal)
    rejection = _last_rejection(document, trail.events)
    rows: list[tuple[datetime, dict[str, str]]] = []
    for event in trail.events:
        if event["action"] not in _SAID_ELSEWHERE:
            rows.append((event["at"], _event(event, hidden(document.reject_reason) if event is rejection else "")))
    for comment in trail.comments:
        rows.append((comment.created_at, _row("", comment.name, f"commented: {hidden(comment.body)}", "", "")))
    rows += [(change["created_at"], row) for change in trail.corrections for row in _change(document, change, reveal)]
    rows.sort(key=_at)
    return [{"When": moment(at), **row} for at, row in rows]


def _hidden(words: str | None, secrets: Collection[str], reveal: bool) -> str:
    return words or "" if reveal or not words else hide_numbers(words, secrets)


def _last_rejection(document: Document, events: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The event that the document's reason is of: one that was taken back since has none any more."""
    rejections = [event for event in events if event["action"] == "rejected"]
    return rejections[-1] if rejections and document.reject_reason else None


def _at(row: tuple[datetime, dict[str, str]]) -> datetime:
    return row[0]


def _event(event: Mapping[str, Any], said: str) -> dict[str, str]:
    what = ACTIONS.get(event["action"], str(event["action"]).replace("_", " "))
    details = event["details"] or {}
    more = [stage_label(details["stage"])] if details.get("stage") else []
    more += [remark(details["code"]).rstrip(".")] if details.get("code") else []
    why = said or reason_labels({"code": code} for code in details.get("reasons") or ())
    who = "The machine" if event["actor"] == "system" else str(event["actor"])
    told = f"{what} ({': '.join(more)})" if more else what
    return _row(str(details.get("version", "")), who, f"{told}: {why}" if why else told, "", "")


def _row(version: str, who: str, what: str, before: str, after: str) -> dict[str, str]:
    return {"Version": version, "Who": who, "What": what, "Before": before, "After": after}


def _change(document: Document, change: Mapping[str, Any], reveal: bool) -> Iterator[dict[str, str]]:
    name, before, after = change["field"], change["before"], change["after"]
    version, who = str(change["doc_version"] + 1), str(change["user"])
    label = field_label(document.type, name)
    if name == "type":
        yield _row(version, who, f"changed {label}", type_label(before), type_label(after))
        return
    spec = spec_anywhere(document.type, name)
    text = partial(value_text, reveal=reveal)
    if isinstance(before, list) and isinstance(after, list):
        for each in table_changes(spec, before, after, text):
            yield _row(version, who, f"changed {label}, {each.where}", each.before, each.after)
        return
    yield _row(version, who, f"changed {label}", text(spec, before), text(spec, after))


def corrected_values(
    document: Document,
    stored: Sequence[StoredField],
    corrections: Sequence[Mapping[str, Any]],
    reveal: bool = False,
) -> list[dict[str, str]]:
    """Rows of field, what the machine said, what a person says, who and when; for each value that a person set."""
    last = {str(change["field"]): change for change in corrections}
    rows = []
    for row in stored:
        if row.source != "human":
            continue
        spec, change = spec_anywhere(document.type, row.name), last.get(row.name)
        rows.append(
            {
                "Field": field_label(document.type, row.name),
                "The machine said": value_text(spec, row.machine_value, reveal),
                "A person says": _persons_value(spec, row, reveal),
                "Who": NOT_KNOWN if change is None else str(change["user"]),
                "When": moment(row.updated_at if change is None else change["created_at"]),
            }
        )
    return rows


def _persons_value(spec: FieldSpec | None, row: StoredField, reveal: bool) -> str:
    text = value_text(spec, row.value, reveal)
    if not (isinstance(row.value, list) and isinstance(row.machine_value, list)):
        return text
    return f"{text}: {changes_in_short(row.machine_value, row.value) or 'the same as the machine'}"


def values(document: Document, stored: Sequence[StoredField], reveal: bool = False) -> list[dict[str, Any]]:
    """Rows of field, value, confidence and who said so."""
    return [
        {
            "Field": field_label(document.type, row.name),
            "Value": value_text(spec_anywhere(document.type, row.name), row.value, reveal),
            "Confidence": in_percent(row.confidence),
            "Said by": "a person" if row.source == "human" else "the machine",
        }
        for row in stored
    ]


def stages(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows of stage, state, time, attempts and what it ended with."""
    return [
        {
            "Stage": stage_label(row["stage"]),
            "Run": row["generation"],
            "State": row["state"],
            "Time": milliseconds(row["wall_ms"]),
            "Attempts": row["attempts"],
            "Remark": remark(row["last_error"]),
            "Finished": moment(row["finished_at"]) if row["finished_at"] else NOT_KNOWN,
        }
        for row in rows
    ]
