"""The page viewer: a document's pages with the places of its values, linked with the form beside it.

A Streamlit component (v2) of our own. Pictures and words come lazily from the API, so nothing of the file travels with
a rerun; a field that gets the focus shows its place on the page, a place that is clicked gives the focus to its field,
and words that are marked fill it, all in the browser alone. What is typed is kept as a draft through the API.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import streamlit as st

from app.components.browser_code import loader, style
from app.components.field_entries import FormField, Seen, choice_label, shown, text_at_first
from app.components.field_marks import said
from app.components.wording import percent
from app.date_order import DateOrder
from app.understood import understood_entries
from db.drafts import Typed
from db.outlines import PageOutline
from db.review_locks import Holder
from pipeline.doctypes import FieldKind

_LETTER_RATIO = 11 / 8.5

_COMPONENT = st.components.v2.component(
    "fuse_page_viewer",
    html='<div class="viewer"\n tabindex="-1"></div>',
    css=style("viewer"),
    js=loader("page_viewer"),
)


def page_viewer(
    seen: Seen,
    page_count: int,
    outlines: Sequence[PageOutline],
    fields: Sequence[FormField],
    session: str,
    holder: Holder | None = None,
    drafts: Mapping[str, Typed] | None = None,
    order: DateOrder = "MDY",
    asked: str | None = None,
    refused: int = 0,
    top: bool = False,
    preload: str | None = None,
) -> None:
    """Draws the viewer.

    Args:
        seen: the form that it is linked with.
        page_count: how many pages the document has.
        outlines: those that were read.
        fields: as the form shows them.
        session: the browser session, whose lock on the document is kept.
        holder: who has the document open, if that is somebody else.
        drafts: what the form starts from instead of stored values.
        order: in which the document writes its dates.
        asked: the field that gets the focus because it must be mended; None: the one that had it before, or the
            first doubtful one of a document that has just appeared.
        refused: how often something had to be mended: each time that field gets the focus anew.
        top: show the top of the screen, where something stands that must be read first.
        preload: the document that comes next, whose first page is fetched already.
    """
    doubtful = [each.spec.name for each in fields if each.needs_a_look]
    first = doubtful[0] if doubtful else next((each.spec.name for each in fields), None)
    understood = understood_entries([each.spec for each in fields], drafts or {}, order)
    kept = {name: {"entry": each.entry, "boxes": list(each.boxes)} for name, each in (drafts or {}).items()}
    _COMPONENT(
        key="page-viewer",
        data={
            "doc": seen.doc_id,
            "version": seen.version,
            "token": f"{seen.prefix}{asked or ''}{refused}{top}",
            "prefix": f"st-key-{seen.prefix}",
            "pages": _pages(page_count, outlines),
            "fields": [_field(each) for each in fields],
            "drafts": kept,
            "understood": {name: asdict(each) for name, each in understood.items()},
            "session": session,
            "holder": {"holder": holder.name, "since": holder.taken_at.isoformat()} if holder else None,
            "doubtful": doubtful,
            "first": first,
            "asked": asked,
            "top": top,
            "preload": preload,
        },
        on_overtaken_change=lambda: None,  # the run itself is what is asked for
    )


def _pages(page_count: int, outlines: Sequence[PageOutline]) -> list[dict[str, Any]]:
    ratios = {page.number: page.height_pt / page.width_pt for page in outlines if page.width_pt > 0}
    usual = next(iter(ratios.values()), _LETTER_RATIO)
    return [
        {"number": n, "ratio": round(ratios.get(n, usual), 4), "read": n in ratios} for n in range(1, page_count + 1)
    ]


def _field(each: FormField) -> dict[str, Any]:
    """What the browser must know of a field."""
    spec, stored = each.spec, each.stored
    is_table = spec.kind is FieldKind.TABLE
    human = stored is not None and stored.source == "human"
    return {
        "name": spec.name,
        "label": spec.label,
        "kind": spec.kind.value,
        "level": each.level,
        "mark": said(each),
        "text": "" if is_table else text_at_first(each),
        "value": f"{len(each.value or [])} rows" if is_table else shown(spec, each.value),
        "raw": stored.raw if stored and stored.raw and not is_table else None,
        "machine": shown(spec, stored.machine_value) if human and stored and not is_table else None,
        "parts": _parts(each),
        "sentences": list(each.sentences),
        "sensitive": spec.sensitive,
        "table": is_table,
        "rows": len(each.value or []) if is_table else None,
        "choices": {choice_label(choice): choice for choice in spec.choices},
        "place": _place(each),
        "boxes": [
            {"page": int(box[0]), "place": [round(edge, 4) for edge in box[1:5]]}
            for box in (stored.boxes if stored else ())
        ],
    }


def _parts(each: FormField) -> str:
    parts = each.stored.parts if each.stored else None
    if not parts or each.level == "human":
        return ""
    return " × ".join(f"{name} {percent(parts[name])}" for name in ("engine", "validation", "clarity"))


def _place(each: FormField) -> str:
    if each.stored is None or each.value is None:
        return ""
    pages = sorted({int(box[0]) for box in each.stored.boxes})
    return "page " + ", ".join(map(str, pages)) if pages else "not on the page"
