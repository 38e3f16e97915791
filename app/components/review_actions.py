"""What the review screen's buttons do. They are callbacks: the run that follows shows the next document already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from app import navigation, reviewing, wiring
from app.auth import Role, User, require
from app.components import field_entries, queue_walk
from app.components.failures import guarded
from app.components.field_entries import FormField, Seen
from app.components.text_nodes import in_code
from db.reviews import NotReviewable, VersionConflict

_STATE = "review-memory"
_SAID_S = 2
"""How long a confirmation stays: it covers a corner of the next document."""


@dataclass
class Memory:
    """What the screen remembers of a document between two runs.

    Attributes:
        doc_id: which document.
        turn: how often its form was filled anew.
        invalid: field -> what was wrong with what was typed.
        drafts: field -> what the form starts from instead of the stored value.
        lost: field -> what was typed when somebody else was faster.
        problem: a sentence for the top of the screen.
        missing_reason: whether Reject was pressed without saying why.
    """

    doc_id: str
    turn: int = 0
    invalid: dict[str, str] = field(default_factory=dict)
    drafts: dict[str, Any] = field(default_factory=dict)
    lost: dict[str, Any] = field(default_factory=dict)
    problem: str = ""
    missing_reason: bool = False


def reason_key(doc_id: str) -> str:
    """The key of the input for the reason to reject a document."""
    return f"reject-reason-{doc_id}"


def memory(doc_id: str) -> Memory:
    """What is remembered of a document; another document's memory ends."""
    kept = st.session_state.get(_STATE)
    if kept is None or kept.doc_id != doc_id:
        kept = st.session_state[_STATE] = Memory(doc_id)
    return kept


@guarded
def save(seen: Seen, fields: Sequence[FormField]) -> None:
    """Stores what was typed."""
    n = len(_typed(seen, fields))
    if _store(seen, fields, _me()) is not None:
        st.toast(f"Saved {n} {'value' if n == 1 else 'values'}." if n else "Nothing was changed.",
                 icon=":material/save:")  # fmt: skip


@guarded
def approve(seen: Seen, fields: Sequence[FormField], filename: str) -> None:
    """Stores what was typed, approves the document and opens the next."""
    me = _me()
    version = _store(seen, fields, me)
    if version is None:
        return
    try:
        reviewing.approve(seen.doc_id, version, me, wiring.settings())
    except (VersionConflict, NotReviewable) as error:
        memory(seen.doc_id).problem = str(error)
        return
    st.toast(f"Approved {in_code(filename)}", icon=":material/check_circle:", duration=_SAID_S)
    open_next(seen.doc_id)


@guarded
def reject(seen: Seen, filename: str) -> None:
    """Refuses the document with the reason that was typed, and opens the next."""
    reason = st.session_state.get(reason_key(seen.doc_id), "").strip()
    if not reason:
        memory(seen.doc_id).missing_reason = True
        return
    try:
        reviewing.reject(seen.doc_id, seen.version, reason, _me(), wiring.settings())
    except (VersionConflict, NotReviewable) as error:
        memory(seen.doc_id).problem = str(error)
        return
    st.toast(f"Rejected {in_code(filename)}", icon=":material/block:", duration=_SAID_S)
    open_next(seen.doc_id)


@guarded
def skip(doc_id: str) -> None:
    """Leaves the document for later and opens the next."""
    queue_walk.skip(doc_id)
    open_next(doc_id)


@guarded
def change_type(seen: Seen, key: str) -> None:
    """Has the document extracted again as the type that was chosen."""
    try:
        reviewing.change_type(seen.doc_id, seen.version, st.session_state[key], _me(), wiring.settings())
    except (VersionConflict, NotReviewable) as error:
        memory(seen.doc_id).problem = str(error)


@guarded
def retry(doc_id: str, key: str) -> None:
    """Runs the document again from the stage that was chosen."""
    try:
        reviewing.retry(doc_id, st.session_state[key], _me(), wiring.settings())
    except NotReviewable as error:
        memory(doc_id).problem = str(error)


def take_up_lost(doc_id: str) -> None:
    """Puts what was typed before a conflict into the form of the newer state."""
    kept = memory(doc_id)
    kept.drafts, kept.lost, kept.problem = {**kept.drafts, **kept.lost}, {}, ""
    kept.turn += 1


def forget_lost(doc_id: str) -> None:
    """Goes on with the newer state."""
    kept = memory(doc_id)
    kept.lost, kept.problem = {}, ""


def open_next(doc_id: str) -> None:
    """Puts the next document of the queue into the address; nothing waits: takes the document out of it."""
    with wiring.database(wiring.settings()).connect() as connection:
        following = queue_walk.next_in_queue(connection, _me().tenant_id, but=(doc_id,))
    if following is None:
        st.query_params.pop(navigation.DOC, None)
    else:
        st.query_params[navigation.DOC] = following.id


def _store(seen: Seen, fields: Sequence[FormField], me: User) -> int | None:
    """Stores what was typed; gives the document's version, or None when that failed (the screen says why)."""
    kept = memory(seen.doc_id)
    kept.invalid, kept.problem, kept.missing_reason = {}, "", False
    entries = _typed(seen, fields)
    if not entries:
        return seen.version
    try:
        version = reviewing.save(seen.doc_id, seen.version, entries, me, wiring.settings())
    except reviewing.InvalidValues as error:
        kept.invalid, kept.problem = error.sentences, str(error)
        return None
    except VersionConflict as error:
        kept.lost, kept.problem = entries, str(error)
        return None
    except NotReviewable as error:
        kept.problem = str(error)
        return None
    kept.drafts = {}
    return version


def _typed(seen: Seen, fields: Sequence[FormField]) -> dict[str, Any]:
    return field_entries.typed(fields, seen, st.session_state.to_dict(), memory(seen.doc_id).drafts)


def _me() -> User:
    return require(Role.ANALYST)
