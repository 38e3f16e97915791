"""What stands in the review form: the keys of its editors, what they show at first, and what a person typed there.

Everything here is plain data; `field_form` draws it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from db.documents import Document, StoredField
from db.drafts import Typed
from pipeline.doctypes import DOC_TYPES, NOT_TICKED, TICKED, FieldKind, FieldSpec

KEY_PREFIX = "field"


@dataclass(frozen=True, slots=True)
class Seen:
    """The state of a document that a form was filled from.

    Attributes:
        doc_id, version: which document, as of which change.
        turn: counts how often the form was filled anew for that version; with the other two it makes every
            editor's key, so that no value can show in another document's form.
    """

    doc_id: str
    version: int
    turn: int = 0

    def key(self, name: str) -> str:
        """The key of a field's editor."""
        return f"{self.prefix}{name}"

    @property
    def prefix(self) -> str:
        """What the keys of this form's editors start with."""
        return f"{KEY_PREFIX}-{self.doc_id}-{self.version}-{self.turn}-"


@dataclass(frozen=True, slots=True)
class FormField:
    """A field as the form shows it.

    Attributes:
        spec: what the type says of it.
        stored: what is known of its value; None when nothing is.
        sentences: why it is doubtful.
        level: "sure" | "fair" | "doubt" | "human" | "absent".
    """

    spec: FieldSpec
    stored: StoredField | None
    sentences: tuple[str, ...]
    level: str

    @property
    def value(self) -> Any:
        """The value in force; None: not on the document."""
        return None if self.stored is None else self.stored.value

    @property
    def needs_a_look(self) -> bool:
        """Whether a person must still look at it."""
        return self.level == "doubt" or bool(self.sentences)


def form_fields(
    document: Document, stored: Sequence[StoredField], threshold: float, reasons: Sequence[Mapping[str, Any]]
) -> tuple[FormField, ...]:
    """The fields of a document's type, in their order, each with what is known of it.

    Args:
        document: the document.
        stored: its values.
        threshold: of its type.
        reasons: why a person must look, as of these values.
    """
    known = {row.name: row for row in stored}
    return tuple(
        _form_field(spec, known.get(spec.name), reasons, threshold)
        for spec in DOC_TYPES.fields_of(document.type)
    )  # fmt: skip


def _form_field(
    spec: FieldSpec, stored: StoredField | None, reasons: Sequence[Mapping[str, Any]], threshold: float
) -> FormField:
    sentences = tuple(dict.fromkeys(str(r["sentence"]) for r in reasons if r.get("field") == spec.name))
    human = stored is not None and stored.source == "human"
    level = "human" if human else _level(stored, bool(sentences), threshold)
    return FormField(spec, stored, sentences, level)


def _level(stored: StoredField | None, suspect: bool, threshold: float) -> str:
    if stored is None or stored.value is None:
        return "doubt" if suspect else "absent"
    if suspect or stored.confidence is None or stored.confidence < threshold:
        return "doubt"
    return "sure" if stored.confidence >= max(0.9, threshold) else "fair"


def shown(spec: FieldSpec, value: Any) -> str:
    """A value as text, as a person would type it; "" for none."""
    if value is None:
        return ""
    if spec.kind is FieldKind.MONEY and isinstance(value, int | float):
        return f"{value:,.2f}"
    return str(value)


def choice_label(choice: str) -> str:
    """A choice as people read it: codes such as `driver_license` without their underscores."""
    return choice.replace("_", " ").capitalize() if choice.islower() and choice.isascii() else choice


def typed(
    fields: Sequence[FormField], seen: Seen, state: Mapping[Any, Any], tables: Mapping[str, Any]
) -> dict[str, Any]:
    """What a person changed in the form: field -> entry, in the form that `app.reviewing.save` takes.

    An editor that was not touched is left out: nobody has said anything about its value.

    Args:
        fields: as the form shows them.
        seen: the form.
        state: Streamlit's session state.
        tables: field -> its rows as a person left them; a table's rows do not come through the state.
    """
    entries: dict[str, Any] = {}
    for each in fields:
        name, key = each.spec.name, seen.key(each.spec.name)
        if each.spec.kind is FieldKind.TABLE:
            if name in tables and tables[name] != (each.value or []):
                entries[name] = tables[name]
        elif key in state and _text(state[key]) != text_at_first(each):
            entries[name] = _text(state[key])
    return entries


def _text(edited: str | bool | None) -> str:
    """What stands in an editor: of a check box, what its tick means."""
    if isinstance(edited, bool):
        return TICKED if edited else NOT_TICKED
    return (edited or "").strip()


def text_at_first(each: FormField) -> str:
    """What an editor shows when nobody has touched it; a box of which nothing is known is not ticked."""
    return shown(each.spec, each.value) or (NOT_TICKED if each.spec.kind is FieldKind.CHECK_BOX else "")


def marked(
    fields: Sequence[FormField], seen: Seen, state: Mapping[Any, Any], draft: Mapping[str, Typed]
) -> dict[str, tuple[tuple[float, ...], ...]]:
    """Where a person marked values on the page, as long as the form holds what was marked, changed or not.

    Args:
        fields: as the form shows them.
        seen: the form.
        state: Streamlit's session state.
        draft: what the browser has sent of the form.
    """
    return {
        each.spec.name: draft[each.spec.name].boxes
        for each in fields
        if each.spec.name in draft
        and draft[each.spec.name].boxes
        and draft[each.spec.name].entry == _text(state.get(seen.key(each.spec.name)))
    }
