"""What each document type is: its fields, what must be true of them, and the words that announce them."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app import wiring
from pipeline.doctypes import DOC_TYPES, DocType, FieldSpec

_DOCUMENTATION = "docs/doctypes.md"


def definitions() -> None:
    """Draws the section."""
    folder = wiring.settings().doc_types_folder
    for problem in DOC_TYPES.problems:
        st.warning(f"A file in {folder} is left out. {problem}", icon=":material/warning:")
    own = {each.name for each in DOC_TYPES.own}
    for doc_type in DOC_TYPES.values():
        if doc_type.fields:
            with st.expander(doc_type.label + (" (your own)" if doc_type.name in own else "")):
                st.dataframe(list(map(_field, doc_type.fields)), hide_index=True, height="content",
                             alt=f"Fields of {doc_type.label}")  # fmt: skip
                for sentence in checks_of(doc_type):
                    st.caption(sentence)
    recognised = [doc_type.label for doc_type in DOC_TYPES.values() if not doc_type.fields]
    if recognised:
        st.caption(f"Recognised, without fields so far: {', '.join(recognised)}.")
    st.caption(
        f"A type of your own is a small file in {folder}: see {_DOCUMENTATION}, or make one from an example. It counts "
        "a second after it is there."
    )


def _field(spec: FieldSpec) -> dict[str, str]:
    words = spec.anchors or tuple(anchor for column in spec.columns for anchor in column.anchors)
    return {
        "Field": spec.label,
        "Kind": spec.kind.value,
        "Must be so": "; ".join(_conditions(spec)),
        "Announced by": ", ".join(words),
        "Example": spec.example,
    }


def _conditions(spec: FieldSpec) -> list[str]:
    must = ["is there"] if spec.required else []
    must += [f"is one of: {', '.join(spec.choices)}"] if spec.choices else []
    must += [f"looks like {spec.pattern_hint or spec.pattern}"] if spec.pattern else []
    must += [f"passes the check {spec.check.upper()}"] if spec.check else []
    must += [f"has the columns: {', '.join(column.label for column in spec.columns)}"] if spec.columns else []
    return must


def checks_of(doc_type: DocType) -> list[str]:
    """The checks between a type's fields, in sentences; what the amounts and dates alone can't tell is not listed."""
    labels = {spec.name: spec.label for spec in (*doc_type.fields, *doc_type.helpers)}
    sums = [
        f"Must add up: {labels[rule.total]} = {_joined(rule.plus, labels, ' + ')}"
        f"{' − ' if rule.minus else ''}{_joined(rule.minus, labels, ' − ')}."
        for rule in doc_type.sums
    ]
    return sums + [f"Dates in order: {labels[rule.early]}, then {labels[rule.late]}." for rule in doc_type.orders]


def _joined(names: Sequence[str], labels: dict[str, str], sign: str) -> str:
    return sign.join(labels[name] for name in names)
