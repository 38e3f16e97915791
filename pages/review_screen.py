"""Review: a document's pages beside its values, to be corrected, approved or rejected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st
from sqlalchemy import Connection

from app import navigation, wiring
from app.auth import Role, User, require
from app.components import queue_walk, review_actions
from app.components.field_entries import FormField, Seen, form_fields
from app.components.field_form import field_form
from app.components.first_run import first_run
from app.components.lost_values import lost_values
from app.components.model_conversation import model_conversation
from app.components.page_viewer import page_viewer
from app.components.review_memory import (
    Memory,
    comment_key,
    decided,
    is_open,
    reason_key,
    recall,
    recall_unsent,
    session,
)
from app.components.stage_choice import stage_choice
from app.components.text_nodes import in_code, text_node
from app.components.waiting import follow_queue, follow_until_finished, follow_until_free
from app.components.wording import STATUSES, UNFINISHED, clock, moment, percent, type_label
from app.rechecked import reasons_now
from db import comments, documents, model_calls, outlines, review_locks, rules
from db.comments import Comment
from db.documents import Document
from db.review_locks import Holder
from pipeline.doctypes import DOC_TYPES
from pipeline.types import UNKNOWN_TYPE

_RETRY_KEY = "retry-stage"
_NO_TYPE = "Choose the document's type above, so that its values are looked for; or reject it with a reason."
_NO_FIELDS = "No values are read from the type {} yet. Check that it is this type, then approve."


def main() -> None:
    """Draws the screen."""
    user = require(Role.ANALYST)
    if not _document_is_shown(user):
        _nothing_to_review(user)


def _document_is_shown(user: User) -> bool:
    """Draws the document that is asked for, or that the queue leads to; not when there is none."""
    settings = wiring.settings()
    asked = navigation.asked_document()
    with wiring.database(settings).begin() as connection:
        taken = review_locks.held_by_others(connection, user.tenant_id, session())
        doc_id, other = _claimed(connection, user, asked, taken)
        if doc_id is None:
            return False
        if other is not None:
            review_locks.want(connection, user.tenant_id, doc_id, user.id)
        document = documents.get(connection, user.tenant_id, doc_id)
        stored = documents.fields_of(connection, doc_id)
        kept = recall(connection, document, stored, user.id)
        recall_unsent(connection, document, user.id)
        pages = outlines.outlines_of(connection, doc_id)
        in_force = rules.get(connection, user.tenant_id, settings.sampling_rate)
        calls = model_calls.count_of(connection, user.tenant_id, doc_id)
        said = comments.of_document(connection, user.tenant_id, doc_id)
        following = queue_walk.next_in_queue(connection, user.tenant_id, but={doc_id, *taken})

    seen = Seen(doc_id, document.version, kept.turn)
    doc_type = DOC_TYPES.get(document.type or "")
    threshold = in_force.threshold(doc_type.name, doc_type.threshold) if doc_type else 1.0
    reasons = reasons_now(document, stored)
    fields = form_fields(document, stored, threshold, reasons)

    left, right = st.columns([1.25, 1], gap="medium")
    with left, st.container(key="page-pane"):
        page_viewer(
            seen, document.page_count, pages, fields, session(), other, kept.drafts, kept.order,
            asked=next(iter(kept.invalid), None), refused=kept.refused, top=bool(kept.lost),
            preload=following.id if following else None,
        )  # fmt: skip
    with right:
        _head(document, seen)
        if document.processing_status in UNFINISHED:
            follow_until_finished(user.tenant_id, doc_id, document.processing_status)
            return True
        if other is not None:
            _with_another(doc_id, other)
            follow_until_free(user.tenant_id, doc_id)
        with st.container(gap="small"):  # always there, so that the form stays where it is
            _problem(document, fields, kept)
        if document.processing_status == "error":
            _dead_letter(document)
        else:
            _decision(document, seen)
            _reasons(reasons, fields)
            _values(document, seen, fields, kept, locked=other is not None)
            _reject(document, seen, kept.missing_reason, locked=other is not None)
        _comments(doc_id, said, begun=kept.comment_begun)
        if calls:
            model_conversation(doc_id, calls)
    return True


def _claimed(
    connection: Connection, user: User, asked: str | None, taken: set[str]
) -> tuple[str | None, Holder | None]:
    """The document that is shown, and who else has it; none: nothing waits.

    One that the queue led to and that somebody took in the same moment is left to them, and the next one is taken. One
    that was asked for, or is open here already, is shown whoever has it.
    """
    doc_id = asked
    by_queue = asked is None or (review_actions.walked_to(asked) and not is_open(asked))
    while True:
        if doc_id is None or (by_queue and doc_id in taken):
            following = queue_walk.next_in_queue(connection, user.tenant_id, but=taken)
            if following is None:
                return None, None
            doc_id = following.id
        other = review_locks.take(connection, user.tenant_id, doc_id, user.id, session())
        if other is None or not by_queue:
            break
        taken.add(doc_id)
    if doc_id != asked:
        st.query_params[navigation.DOC] = doc_id
    return doc_id, other


def _with_another(doc_id: str, other: Holder) -> None:
    with st.container(border=True, gap="small"):
        st.warning(
            f"{in_code(other.name)} has this document open since {clock(other.taken_at)}. Look at it, take it over if "
            "they have gone, or go on with the next.", icon=":material/lock:",
        )  # fmt: skip
        with st.container(horizontal=True):
            st.button("Take it over", icon=":material/lock_open:", on_click=review_actions.take_over, args=(doc_id,))
            st.button("Next document", icon=":material/skip_next:", on_click=review_actions.open_next, args=(doc_id,))


def _comments(doc_id: str, said: Sequence[Comment], begun: bool) -> None:
    label = f"Comments ({len(said)})" if said else "Comments"
    with st.expander(label, icon=":material/chat:", expanded=bool(said) or begun):
        for each in said:
            text_node(f"{each.name}, {moment(each.created_at)}", "muted")
            text_node(each.body)
        # a form: else leaving the input by a click into the menu would draw the screen anew under that click
        with (
            st.form(f"comments-{doc_id}", enter_to_submit=False, border=False),
            st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="beside-comment"),
        ):
            st.text_input("Comment", key=comment_key(doc_id), max_chars=2000, label_visibility="collapsed",
                          placeholder="For those who see this document next")  # fmt: skip
            st.form_submit_button("Say", key=f"say-{doc_id}", on_click=review_actions.comment, args=(doc_id,))


def _nothing_to_review(user: User) -> None:
    _undo()
    with wiring.database(wiring.settings()).connect() as connection:
        known = documents.count_by_status(connection, user.tenant_id)
    if not any(known.values()):
        st.header("Review")
        first_run()
        return
    follow_queue(user.tenant_id)
    with st.container(horizontal=True):
        if queue_walk.is_filtered():
            navigation.link(navigation.REVIEW, "Review the others")
            navigation.link(navigation.QUEUE, "Back to the queue")
        else:
            navigation.link(navigation.UPLOAD, "Upload documents")
            navigation.link(navigation.DOCUMENTS, "See all documents")


def _undo() -> None:
    """The last decision can be taken back: by a click, or Ctrl+Z in a field that was not touched."""
    last = decided()
    if last is not None:
        label = f"{last.verb} {in_code(last.filename)} · Undo"
        st.button(label, key="undo-last", type="tertiary", icon=":material/undo:", on_click=review_actions.take_back,
                  help="Takes it back and opens that document again (Ctrl+Z).")  # fmt: skip


def _head(document: Document, seen: Seen) -> None:
    with st.container(gap="xsmall"):
        _undo()
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            text_node(document.filename, "title")
            if document.type is not None:
                _type_switch(document, seen)
        facts = [
            STATUSES.get(document.processing_status, document.processing_status),
            f"confidence {percent(document.confidence)}",
            f"{document.page_count} {'page' if document.page_count == 1 else 'pages'}",
            f"uploaded {moment(document.created_at)}",
        ]
        st.caption(" · ".join(facts))
        if document.processing_status == "rejected" and document.reject_reason:
            text_node(f"Rejected: {document.reject_reason}", "doubt")


def _type_switch(document: Document, seen: Seen) -> None:
    key = f"type-{seen.prefix}"
    by_person = document.type != document.machine_type
    label = f"{type_label(document.type)} · {'by a person' if by_person else percent(document.type_confidence)}"
    with st.popover(
        label,
        key=f"popover-{seen.prefix}",
        help="Change the document's type",
        disabled=document.processing_status in UNFINISHED,
    ):
        st.markdown("**Another type?** Its fields are then looked for anew.")
        others = [name for name in DOC_TYPES if name != document.type]
        chosen = st.selectbox("Type", others, index=None, key=key, format_func=type_label, placeholder="Choose one")
        st.button("Read as this type", on_click=review_actions.change_type, args=(seen, key),
                  disabled=chosen is None or document.processing_status == "error")  # fmt: skip


def _problem(document: Document, fields: Sequence[FormField], kept: Memory) -> None:
    if kept.drafted_at is not None:
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="review-actions-draft"):
            st.info(f"What you typed at {clock(kept.drafted_at)} is in the form; it is not stored yet.",
                    icon=":material/edit_note:")  # fmt: skip
            st.button("Drop it", on_click=review_actions.drop_draft, args=(document.id,))
    with st.container(border=bool(kept.lost), gap="small"):
        if kept.problem:
            st.error(kept.problem, icon=":material/error:")
        if kept.lost:
            lost_values(document, fields, kept)


def _decision(document: Document, seen: Seen) -> None:
    """What a person has decided, which can be taken back whenever that was."""
    if document.processing_status not in ("approved", "rejected") or document.reviewed_at is None:
        return
    verb = STATUSES[document.processing_status]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.info(f"{verb} {moment(document.reviewed_at)}. What you change now is stored as a correction.")
        st.button("Take it back", icon=":material/undo:", on_click=review_actions.reopen, args=(seen,),
                  help="The document then waits for a person again, with its values as they are.")  # fmt: skip


def _reasons(reasons: Sequence[Mapping[str, Any]], fields: Sequence[FormField]) -> None:
    """The reasons that are about the whole document; a field's own stand beside it."""
    doubtful = [each for each in fields if each.needs_a_look]
    of_document = [reason for reason in reasons if not reason.get("field")]
    if not doubtful and not of_document:
        return
    with st.container(border=True, gap="xxsmall", key="reasons"):
        st.markdown("**Why a person must look**")
        for reason in of_document:
            text_node(str(reason["sentence"]), "doubt")
        if doubtful:
            text_node("Look at: " + ", ".join(each.spec.label for each in doubtful) + ".", "doubt")


def _values(document: Document, seen: Seen, fields: Sequence[FormField], kept: Memory, locked: bool) -> None:
    with st.form(f"values-{seen.prefix}", enter_to_submit=False, border=False):
        if not fields:
            st.caption(_NO_TYPE if document.type == UNKNOWN_TYPE else _NO_FIELDS.format(type_label(document.type)))
        field_form(fields, seen, kept.invalid, kept.wrong_cells, kept.drafts)
        with st.container(horizontal=True, key="review-actions", gap="small"):
            st.form_submit_button(
                "Approve", type="primary", icon=":material/check:", shortcut="Ctrl+Enter", key=f"approve-{seen.prefix}",
                help="Stores your changes, approves the document and opens the next one.",
                on_click=review_actions.approve, args=(seen, fields, document.filename), disabled=locked,
            )  # fmt: skip
            st.form_submit_button(
                "Save", icon=":material/save:", shortcut="Ctrl+S", key=f"save-{seen.prefix}",
                help="Stores your changes and stays here.", on_click=review_actions.save, args=(seen, fields),
                disabled=locked,
            )  # fmt: skip
            st.form_submit_button(
                "Skip", icon=":material/skip_next:", shortcut="Alt+N", key=f"skip-{seen.prefix}",
                help="Leaves this document for later, without storing anything.",
                on_click=review_actions.skip, args=(seen.doc_id,),
            )  # fmt: skip


def _reject(document: Document, seen: Seen, missing_reason: bool, locked: bool) -> None:
    with st.form(f"reject-{seen.prefix}", enter_to_submit=False, border=False):
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="beside-reject"):
            st.text_input(
                "Reject with a reason",
                key=reason_key(seen.doc_id),
                max_chars=500,
                placeholder="e.g. not signed, wrong person, unreadable",
            )
            st.form_submit_button(
                "Reject",
                icon=":material/block:",
                key=f"rejects-{seen.prefix}",
                on_click=review_actions.reject,
                args=(seen, document.filename),
                disabled=locked,
            )
        if missing_reason:
            text_node("Say why the document is rejected, then press Reject again.", "wrong")


def _dead_letter(document: Document) -> None:
    st.error("This document could not be finished.", icon=":material/error:")
    for reason in document.reasons:
        text_node(str(reason["sentence"]), "doubt")
    stage_choice("Run it again from", _RETRY_KEY)
    with st.container(horizontal=True):
        st.button("Run again", type="primary", icon=":material/replay:", on_click=review_actions.retry,
                  args=(document.id, _RETRY_KEY))  # fmt: skip
        st.button("Skip", icon=":material/skip_next:", on_click=review_actions.skip, args=(document.id,))


main()
