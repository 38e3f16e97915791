"""What the review screen remembers of a document between two runs, and what of it outlives a reload."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

import streamlit as st
from sqlalchemy import Connection

from app.date_order import DateOrder, date_order
from app.understood import not_stored
from db import drafts, unsent
from db.documents import Document, StoredField
from db.drafts import Draft, Typed
from pipeline.doctypes import DOC_TYPES

_STATE = "review-memory"
_SESSION = "review-session"
_DECIDED = "review-decided"


@dataclass
class Memory:
    """What the screen remembers of a document between two runs.

    Attributes:
        doc_id: which document.
        version: the document's version that is shown.
        turn: how often its form was filled anew.
        invalid: field -> what was wrong with what was typed.
        wrong_cells: table -> row and column of its first value that was not valid.
        refused: how often what was typed was not valid: each time its first field gets the focus.
        drafts: field -> what the form starts from instead of the stored value.
        drafted_at: when that was typed, if it comes from an earlier visit.
        overtaken: what was typed over versions that were changed since, as it stands in the store, the oldest first.
        order: in which the document writes its dates; known once something was typed.
        lost: of these, field -> what was typed last, as far as nothing was typed into that field since.
        problem: a sentence for the top of the screen.
        missing_reason: whether Reject was pressed without saying why.
        comment_begun: whether it was opened with a comment that was typed and not sent.
    """

    doc_id: str
    version: int = 0
    turn: int = 0
    invalid: dict[str, str] = field(default_factory=dict)
    wrong_cells: dict[str, tuple[int, str]] = field(default_factory=dict)
    refused: int = 0
    drafts: Mapping[str, Typed] = field(default_factory=dict)
    drafted_at: datetime | None = None
    overtaken: Sequence[Draft] = ()
    order: DateOrder = "MDY"
    lost: Mapping[str, Typed] = field(default_factory=dict)
    problem: str = ""
    missing_reason: bool = False
    comment_begun: bool = False


@dataclass(frozen=True, slots=True)
class Decided:
    """The decision that was taken last in this session: the document, its version since then, and what to call it."""

    doc_id: str
    version: int
    filename: str
    verb: str


def memory(doc_id: str) -> Memory:
    """What is remembered of a document; another document's memory ends."""
    kept: Memory | None = st.session_state.get(_STATE)
    if kept is None or kept.doc_id != doc_id:
        kept = st.session_state[_STATE] = Memory(doc_id)
    return kept


def is_open(doc_id: str) -> bool:
    """Whether this session shows the document already."""
    kept: Memory | None = st.session_state.get(_STATE)
    return kept is not None and kept.doc_id == doc_id


def recall(connection: Connection, document: Document, stored: Sequence[StoredField], user_id: str) -> Memory:
    """As `memory`; a document that is opened, also from another screen, and one that somebody has changed begin with
    what their person had typed over this version, and offer what was typed over versions before it.
    """
    known: Memory | None = st.session_state.get(_STATE)
    kept = memory(document.id)
    stood_here = kept is known and comment_key(document.id) in st.session_state  # its inputs, in the run before
    typed = drafts.of_document(connection, document.tenant_id, document.id, user_id)
    present = next((draft for draft in typed if draft.doc_version == document.version), None)
    if not stood_here or kept.version != document.version:
        kept.version, kept.invalid, kept.wrong_cells = document.version, {}, {}
        kept.drafts, kept.drafted_at = (present.entries, present.updated_at) if present else ({}, None)
    kept.order = date_order(connection, document.id) if typed else kept.order
    older = [draft for draft in typed if draft.doc_version < document.version]
    kept.overtaken = _still_to_be_stored(connection, document, stored, user_id, kept.order, older)
    lost = {name: each for draft in kept.overtaken for name, each in draft.entries.items()}
    kept.lost = {name: each for name, each in lost.items() if present is None or name not in present.entries}
    return kept


def _still_to_be_stored(
    connection: Connection,
    document: Document,
    stored: Sequence[StoredField],
    user_id: str,
    order: DateOrder,
    overtaken: Sequence[Draft],
) -> list[Draft]:
    """Of drafts over older versions what is not stored by now; what is stored ends, or it would come back one day."""
    fields, left = DOC_TYPES.fields_of(document.type), []
    for draft in overtaken:
        entries = not_stored(fields, stored, draft.entries, order)
        if entries != draft.entries:
            drafts.replace(connection, document.id, user_id, draft, entries)
        if entries:
            left.append(Draft(draft.doc_version, entries, draft.updated_at))
    return left


def reason_key(doc_id: str) -> str:
    """The key of the input for the reason to reject a document."""
    return f"reject-reason-{doc_id}"


def comment_key(doc_id: str) -> str:
    """The key of the input for a comment."""
    return f"comment-{doc_id}"


def recall_unsent(connection: Connection, document: Document, user_id: str) -> None:
    """Puts back what the person has typed as reason or comment and not sent, before the inputs are drawn anew; those
    that stood on the screen in the run before hold what is in them.
    """
    keys = reason_key(document.id), comment_key(document.id)
    if all(key in st.session_state for key in keys):
        return
    words = unsent.get(connection, document.tenant_id, document.id, user_id)
    for key, typed in zip(keys, (words.reason, words.comment), strict=True):
        st.session_state.setdefault(key, typed)
    memory(document.id).comment_begun = bool(words.comment)


def session() -> str:
    """The name of this browser tab's session, for its locks."""
    return str(st.session_state.setdefault(_SESSION, uuid4().hex))


def decided() -> Decided | None:
    """The last decision, while it can be taken back."""
    return st.session_state.get(_DECIDED)


def remember_decision(decision: Decided | None) -> None:
    """Keeps the last decision so that it can be taken back; None: there is nothing to take back."""
    st.session_state[_DECIDED] = decision
