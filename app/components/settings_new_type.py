"""A new document type from an example: name its fields and what they say, correct what was derived, try it, save it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import pandas as pd
import streamlit as st
from sqlalchemy import Connection

from app import navigation, type_drafting, wiring
from app.auth import User
from app.components.document_history import value_text
from app.components.settings_example_fields import Example, cues_table, drafts_of, fields_table, fill_in
from app.components.settings_example_page import example_page
from app.components.text_nodes import text_node
from app.components.wording import in_percent, percent, type_label
from db import documents
from db.documents import Document, DocumentNotFound, Filters
from pipeline.doctypes import DocType
from pipeline.doctypes.catalogue import OwnTypeError
from pipeline.doctypes.from_example import DraftField, definition, key_of
from pipeline.types import UNKNOWN_TYPE, Box, Page

_EXAMPLE = "example"
_CHOSEN = "example-document"
_MOST_DOCUMENTS = 100
_MOST_PAGES = 5
"""Values are looked for on the first pages: a person names what they see there."""
_THRESHOLD = 0.8
_FINISHED = ("needs_review", "auto_approved", "approved", "rejected")


def new_type(user: User) -> None:
    """Draws the section."""
    document = _chosen_document(user)
    if document is None:
        return
    with wiring.database(wiring.settings()).connect() as connection:
        pages = documents.pages_of(connection, document.id)[:_MOST_PAGES]
    if not any(page.words for page in pages):
        st.info("No text was read on this document, so nothing can be found on it. Take another example.")
        return
    example = Example(user.tenant_id, document.id, document.version, pages)
    work, picture = st.columns([1.7, 1], gap="large")
    with work:
        fields = _work(example, user)
    with picture:
        _picture(example, fields)


def _chosen_document(user: User) -> Document | None:
    asked = st.query_params.get(_EXAMPLE)
    with wiring.database(wiring.settings()).connect() as connection:
        listed = documents.listing(
            connection, user.tenant_id, Filters(statuses=_FINISHED), "newest", limit=_MOST_DOCUMENTS
        ).documents  # fmt: skip
        known = {document.id: document for document in listed}
        if asked and asked not in known:
            known |= _asked_for(connection, user, asked)
    if not known:
        st.info("A type is made from a document that was read. There is none yet: upload an example first.")
        navigation.link(navigation.UPLOAD, "Upload an example")
        return None
    options = list(known)
    chosen = st.selectbox(
        "Example document", options, index=options.index(asked) if asked in known else 0, key=_CHOSEN,
        format_func=lambda doc_id: f"{known[doc_id].filename} · {type_label(known[doc_id].type)}",
        on_change=_put_example,
        help="The newest documents that were read. Upload an example under Upload first if it is not here.",
    )  # fmt: skip
    return known.get(chosen)


def _asked_for(connection: Connection, user: User, doc_id: str) -> dict[str, Document]:
    try:
        return {doc_id: documents.get(connection, user.tenant_id, str(UUID(doc_id)))}
    except (ValueError, DocumentNotFound):
        return {}


def _put_example() -> None:
    st.query_params[_EXAMPLE] = st.session_state[_CHOSEN]


def _work(example: Example, user: User) -> list[DraftField]:
    label, name = _names()
    st.markdown("**1 · Name a few fields, and type what each says on this document**")
    rows = fields_table(example)
    if st.button("Find on the page", icon=":material/search:", disabled=not rows,
                 help="Fills in what is empty: the kind, and the words that announce the value."):  # fmt: skip
        fill_in(example, rows, label)
        st.rerun()
    st.markdown("**2 · Correct the phrases that speak for the type**")
    cues = cues_table(example)
    st.caption(
        "8 says it alone, 1 hardly speaks, a negative one speaks against it. Together they should come to about 8."
    )
    drafts = drafts_of(example, rows)
    st.markdown("**3 · Try it and save it**")
    _finish(definition(name, label, _THRESHOLD, cues, drafts), name, drafts, example.pages, user)
    return drafts


def _names() -> tuple[str, str]:
    """What people call the type, and its key."""
    left, right = st.columns([1.4, 1])
    with left:
        label = st.text_input(
            "What people call the type", key="new-type-label", max_chars=60, placeholder="Delivery note"
        )
    with right:
        name = st.text_input("Its key", value=key_of(label or ""), key=f"new-type-key-{label}", max_chars=40,
                             help="Small letters, digits and underscores: what the API calls it.")  # fmt: skip
    return " ".join((label or "").split()), (name or "").strip()


def _finish(told: str, name: str, drafts: Sequence[DraftField], pages: Sequence[Page], user: User) -> None:
    doc_type = _checked(told, name, drafts)
    with st.expander("The definition, as it will be saved"):
        st.code(told, language="toml")
        st.caption("Choices, tables, patterns, sums and more can be added to the file by hand: see docs/doctypes.md.")
    with st.container(horizontal=True, vertical_alignment="center"):
        tried = st.button("Try it on this document", icon=":material/play_arrow:", disabled=doc_type is None)
        saved = st.button("Save the type", type="primary", icon=":material/save:", disabled=doc_type is None)
    if doc_type is None:
        return
    if tried:
        _try(doc_type, pages)
    if saved:
        _save(told, doc_type, user)


def _checked(told: str, name: str, drafts: Sequence[DraftField]) -> DocType | None:
    if not name or not drafts:
        st.caption("Give the type a name, and name at least one field.")
        return None
    try:
        return type_drafting.checked(told, name)
    except OwnTypeError as error:
        text_node(str(error), "wrong")
        return None


def _try(doc_type: DocType, pages: Sequence[Page]) -> None:
    try:
        guess, extraction = type_drafting.try_on(doc_type, pages)
    except type_drafting.NotTried as failure:
        text_node(str(failure), "wrong")
        return
    if guess.type == doc_type.name:
        st.success(f"The document is taken for this type ({percent(guess.score)}).", icon=":material/check_circle:")
    else:
        other = "nothing that is known" if guess.type == UNKNOWN_TYPE else type_label(guess.type)
        st.warning(f"The document is still taken for {other}. Add phrases that only such documents have, or raise "
                   "their weights.", icon=":material/warning:")  # fmt: skip
    values = {value.name: value for value in extraction.fields}
    rows = [
        {
            "Field": spec.label,
            "Would read": value_text(spec, None if spec.name not in values else values[spec.name].value),
            "Confidence": in_percent(values[spec.name].confidence) if spec.name in values else None,
        }
        for spec in doc_type.fields
    ]
    st.dataframe(
        pd.DataFrame(rows), hide_index=True, height="content", alt="What would be read of this document",
        column_config={"Confidence": st.column_config.ProgressColumn(format="%d%%", min_value=0, max_value=100)},
    )  # fmt: skip
    for finding in extraction.findings:
        text_node(finding.sentence, "doubt")


def _save(told: str, doc_type: DocType, user: User) -> None:
    try:
        path = type_drafting.save(told, doc_type.name, user, wiring.settings())
    except OwnTypeError as error:
        text_node(str(error), "wrong")
        return
    st.success("Saved. New documents can be of this type within a second; documents that are there become it by "
               "Change type or Run again.", icon=":material/check_circle:")  # fmt: skip
    text_node(str(path), "muted")


def _picture(example: Example, fields: Sequence[DraftField]) -> None:
    numbers = [page.number for page in example.pages]
    places: list[tuple[str, Box]] = [(field.label, box) for field in fields for box in field.boxes]
    number = numbers[0]
    if len(numbers) > 1:
        number = st.segmented_control("Page", numbers, default=numbers[0], required=True,
                                      key=f"example-page-{example.doc_id}") or number  # fmt: skip
    example_page(example.doc_id, number, places)
    missing = [field.label for field in fields if field.example and not field.boxes]
    if missing:
        text_node(f"Not found on the page: {', '.join(missing)}. Type it as it stands there.", "doubt")
