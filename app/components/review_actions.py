"""What the review screen's buttons do. They are callbacks: the run that follows shows the next document already."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import streamlit as st

from app import navigation, reviewing, wiring
from app.auth import Role, User, require
from app.components import field_entries, queue_walk
from app.components.failures import guarded
from app.components.field_entries import FormField, Seen
from app.components.review_memory import (
    Decided,
    comment_key,
    decided,
    memory,
    reason_key,
    remember_decision,
    session,
)
from app.components.wording import counted
from app.rechecked import broken_by
from db import documents, drafts, review_locks, unsent
from db.drafts import Typed
from db.review_locks import Holder
from db.reviews import NotReviewable, VersionConflict

_WALKED = "review-walked"


@guarded
def save(seen: Seen, fields: Sequence[FormField]) -> None:
    """Stores what was typed."""
    me = _me()
    draft, _ = _looked_up(seen, me)
    entries, places = _typed(seen, fields, draft), _marked(seen, fields, draft)
    if _store(seen, fields, draft, me) is not None:
        st.toast(_saved(len(entries), len(places.keys() - entries.keys())), icon=":material/save:")


@guarded
def approve(seen: Seen, fields: Sequence[FormField], filename: str) -> None:
    """Stores what was typed, approves the document and opens the next."""
    me = _me()
    draft, other = _looked_up(seen, me)
    if _is_with_another(seen, other):
        return
    typed = {**_typed(seen, fields, draft), **_marked(seen, fields, draft)}
    version = _store(seen, fields, draft, me)
    if version is None or _is_broken(seen, typed, me):
        return
    try:
        newer = reviewing.approve(seen.doc_id, version, me, wiring.settings(), session())
    except (VersionConflict, NotReviewable) as error:
        memory(seen.doc_id).problem = str(error)
        return
    remember_decision(Decided(seen.doc_id, newer, filename, "Approved"))
    open_next(seen.doc_id)


@guarded
def reject(seen: Seen, filename: str) -> None:
    """Refuses the document with the reason that was typed, and opens the next."""
    me = _me()
    reason = st.session_state.get(reason_key(seen.doc_id), "").strip()
    if not reason:
        memory(seen.doc_id).missing_reason = True
        return
    _, other = _looked_up(seen, me)
    if _is_with_another(seen, other):
        return
    try:
        newer = reviewing.reject(seen.doc_id, seen.version, reason, me, wiring.settings(), session())
    except (VersionConflict, NotReviewable) as error:
        memory(seen.doc_id).problem = str(error)
        return
    remember_decision(Decided(seen.doc_id, newer, filename, "Rejected"))
    open_next(seen.doc_id)


@guarded
def take_back() -> None:
    """Takes the last approval or rejection back and opens that document again."""
    last = decided()
    if last is None:
        return
    remember_decision(None)
    try:
        reviewing.reopen(last.doc_id, last.version, _me(), wiring.settings())
    except (VersionConflict, NotReviewable) as error:
        memory(last.doc_id).problem = f"It can't be taken back: {error}"
    st.query_params[navigation.DOC] = last.doc_id


@guarded
def reopen(seen: Seen) -> None:
    """Takes the decision on the document that is shown back."""
    try:
        reviewing.reopen(seen.doc_id, seen.version, _me(), wiring.settings())
    except (VersionConflict, NotReviewable) as error:
        memory(seen.doc_id).problem = f"It can't be taken back: {error}"


@guarded
def skip(doc_id: str) -> None:
    """Leaves the document for later and opens the next."""
    queue_walk.skip(doc_id)
    open_next(doc_id)


@guarded
def take_over(doc_id: str) -> None:
    """Takes the document from whoever has it open."""
    me = _me()
    with wiring.database(wiring.settings()).begin() as connection:
        documents.get(connection, me.tenant_id, doc_id)
        review_locks.take_over(connection, me.tenant_id, doc_id, me.id, session())


@guarded
def comment(doc_id: str) -> None:
    """Says what was typed as a comment."""
    key, me = comment_key(doc_id), _me()
    if st.session_state[key].strip():
        reviewing.comment(doc_id, st.session_state[key], me, wiring.settings())
        with wiring.database(wiring.settings()).begin() as connection:
            unsent.keep(connection, me.tenant_id, doc_id, me.id, comment="")
        st.session_state[key] = ""


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


@guarded
def take_up_lost(doc_id: str, fields: Sequence[FormField]) -> None:
    """Puts what was typed over older versions into the form, beside what was typed there since; what the form has no
    field for stays listed.
    """
    me, kept, here = _me(), memory(doc_id), {each.spec.name for each in fields}
    with wiring.database(wiring.settings()).begin() as connection:
        since = drafts.get(connection, me.tenant_id, doc_id, me.id, kept.version)
        taken = {name: each for name, each in kept.lost.items() if name in here}
        kept.drafts = {**taken, **(since.entries if since else {})}
        drafts.save(connection, me.tenant_id, doc_id, me.id, kept.version, kept.drafts, even_if_changed=True)
        for draft in kept.overtaken:
            left = {name: each for name, each in draft.entries.items() if name not in here}
            drafts.replace(connection, doc_id, me.id, draft, left)
    kept.problem = ""
    kept.turn += 1


@guarded
def forget_lost(doc_id: str) -> None:
    """Goes on with the newer state; what was listed of older versions is dropped."""
    me, kept = _me(), memory(doc_id)
    with wiring.database(wiring.settings()).begin() as connection:
        for draft in kept.overtaken:
            drafts.replace(connection, doc_id, me.id, draft, {})
    kept.problem = ""


@guarded
def drop_draft(doc_id: str) -> None:
    """Goes on with what is stored; what was typed over it is dropped."""
    kept = memory(doc_id)
    kept.drafts, kept.drafted_at = {}, None
    kept.turn += 1
    with wiring.database(wiring.settings()).begin() as connection:
        drafts.drop(connection, doc_id, _me().id, kept.version)


def open_next(doc_id: str) -> None:
    """Puts the next document of the queue into the address; nothing waits: takes the document out of it."""
    me = _me()
    with wiring.database(wiring.settings()).connect() as connection:
        taken = review_locks.held_by_others(connection, me.tenant_id, session())
        following = queue_walk.next_in_queue(connection, me.tenant_id, but={doc_id, *taken})
    walk_to(following.id if following else None)


def walk_to(doc_id: str | None) -> None:
    """Puts the document that the queue leads to into the address; None: takes the document out of it."""
    st.session_state[_WALKED] = doc_id
    if doc_id is None:
        st.query_params.pop(navigation.DOC, None)
    else:
        st.query_params[navigation.DOC] = doc_id


def walked_to(doc_id: str) -> bool:
    """Whether the queue led to that document; else somebody asked for it."""
    return st.session_state.get(_WALKED) == doc_id


def _looked_up(seen: Seen, me: User) -> tuple[Mapping[str, Typed], Holder | None]:
    """What the browser has sent of this form (rows of tables, and places that were marked), and who has the lock."""
    with wiring.database(wiring.settings()).connect() as connection:
        draft = drafts.get(connection, me.tenant_id, seen.doc_id, me.id, seen.version)
        other = review_locks.holder(connection, me.tenant_id, seen.doc_id)
    return (draft.entries if draft else {}), other


def _is_with_another(seen: Seen, other: Holder | None) -> bool:
    """Whether somebody else has taken the document meanwhile; the screen says so then."""
    if other is None or other.session == session():
        return False
    memory(seen.doc_id).problem = f"{other.name} has taken this document over. What you typed is kept as a draft."
    return True


def _store(seen: Seen, fields: Sequence[FormField], draft: Mapping[str, Typed], me: User) -> int | None:
    """Stores what was typed; gives the document's version, or None when that failed (the screen says why)."""
    kept = memory(seen.doc_id)
    kept.invalid, kept.wrong_cells, kept.problem, kept.missing_reason = {}, {}, "", False
    entries, places = _typed(seen, fields, draft), _marked(seen, fields, draft)
    if not entries and not places:
        return seen.version
    try:
        version = reviewing.save(seen.doc_id, seen.version, entries, me, wiring.settings(), places)
    except reviewing.InvalidValues as error:
        kept.invalid, kept.wrong_cells = error.sentences, error.cells
        kept.problem, kept.drafts = str(error), draft
        kept.refused += 1
        return None
    except VersionConflict as error:
        kept.problem = str(error)
        unmarked = {name: Typed(entry) for name, entry in entries.items() if name not in places}
        _keep_overtaken(seen, {**draft, **unmarked}, me)
        return None
    except NotReviewable as error:
        kept.problem = str(error)
        return None
    kept.drafts, kept.drafted_at = {}, None
    return version


def _keep_overtaken(seen: Seen, entries: Mapping[str, Typed], me: User) -> None:
    with wiring.database(wiring.settings()).begin() as connection:
        drafts.save(connection, me.tenant_id, seen.doc_id, me.id, seen.version, entries, even_if_changed=True)


def _is_broken(seen: Seen, typed: Collection[str], me: User) -> bool:
    """Whether a check fails that what was just typed takes part in: it is told once, and accepted the next time."""
    if not typed:
        return False
    with wiring.database(wiring.settings()).connect() as connection:
        document = documents.get(connection, me.tenant_id, seen.doc_id)
        sentences = broken_by(document, documents.fields_of(connection, seen.doc_id), typed)
    if sentences:
        told = f"Stored, but not approved yet: {' '.join(sentences)} Mend it, or approve again to accept it as it is."
        memory(seen.doc_id).problem = told
        st.toast(told, icon=":material/warning:")  # the top of the form may be out of sight
    return bool(sentences)


def _typed(seen: Seen, fields: Sequence[FormField], draft: Mapping[str, Typed]) -> dict[str, Any]:
    tables = {name: each.entry for name, each in draft.items() if isinstance(each.entry, list)}
    return field_entries.typed(fields, seen, st.session_state.to_dict(), tables)


def _marked(seen: Seen, fields: Sequence[FormField], draft: Mapping[str, Typed]) -> reviewing.Boxes:
    return field_entries.marked(fields, seen, st.session_state.to_dict(), draft)


def _saved(values: int, places: int) -> str:
    """What was stored: values, and places of values that stay."""
    stored = [counted(number, one) for number, one in ((values, "value"), (places, "place")) if number]
    return f"Saved {' and '.join(stored)}." if stored else "Nothing was changed."


def _me() -> User:
    return require(Role.ANALYST)
