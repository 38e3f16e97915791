"""A line per uploaded file: its way through the stages, what was found, and where to go from there."""

from __future__ import annotations

import html
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from app import navigation, reviewing, wiring
from app.auth import Role, require
from app.components.failures import guarded
from app.components.text_nodes import text_node
from app.components.wording import STATUSES, counted, milliseconds, percent, type_label
from app.upload_batch import Sent, UploadBatch
from db.reviews import NotReviewable
from db.upload_progress import UploadProgress

_STYLES = Path(__file__).with_suffix(".css")
_WIDTHS = (3.4, 3.2, 3, 1.5)
_SEND = "Sent"
_STEPS = {"ocr": "Read", "classification": "Type", "extraction": "Values"}
_STAGE_OF = {"received": "ocr", "ocr": "ocr", "classifying": "classification", "extracting": "extraction"}
ON_ITS_WAY, TO_REVIEW, DONE, NOT_TAKEN = "work", "review", "done", "refused"
"""Where a line stands: being worked on, waiting for a person (failed ones too), finished, or not taken in."""


@dataclass(frozen=True, slots=True)
class UploadLine:
    """A file that was sent, and how far it has come; `progress` is None while it is not taken in, or gone."""

    sent: Sent
    progress: UploadProgress | None

    @property
    def where(self) -> str:
        """Where it stands."""
        if self.sent.refusal:
            return NOT_TAKEN
        if self.progress is None:
            return ON_ITS_WAY if self.sent.on_its_way else DONE
        if not self.progress.finished:
            return ON_ITS_WAY
        return TO_REVIEW if self.progress.status in ("needs_review", "error") else DONE


def upload_styles() -> None:
    """The lines' looks, once per page."""
    st.html(_STYLES)


def upload_line(line: UploadLine, batch: UploadBatch) -> None:
    """Draws a line."""
    if line.sent.refusal:
        _refused(line.sent, batch)
        return
    name, steps, result, way = st.columns(_WIDTHS, vertical_alignment="center")
    with name, st.container(gap="xxsmall"):
        text_node(line.sent.filename)
        if line.sent.duplicate:
            text_node("Known already, not read again.", "muted")
    if line.progress is not None:
        _taken(line.sent.key, line.progress, steps, result, way)
        return
    with steps:
        if line.sent.on_its_way:
            st.html(_steps_html({_SEND: "is-now"} | dict.fromkeys(_STEPS.values(), "")))
        else:
            text_node("It is no longer here: somebody has deleted it.", "muted")


def _refused(sent: Sent, batch: UploadBatch) -> None:
    name, why, way = st.columns((_WIDTHS[0], _WIDTHS[1] + _WIDTHS[2], _WIDTHS[3]), vertical_alignment="center")
    with name:
        text_node(sent.filename)
    with why:
        text_node(sent.refusal, "wrong")
    if batch.can_retry(sent):
        with way:
            st.button("Try again", icon=":material/replay:", key=f"send-again-{sent.key}", on_click=batch.retry,
                      args=(sent.key,))  # fmt: skip


def _taken(
    key: str,
    progress: UploadProgress,
    steps: st.delta_generator.DeltaGenerator,
    result: st.delta_generator.DeltaGenerator,
    way: st.delta_generator.DeltaGenerator,
) -> None:
    with steps:
        st.html(_steps_html(_states(progress)))
    with result, st.container(gap="xxsmall"):
        said = _said(progress)
        if said:
            text_node(said, "wrong" if progress.status == "error" else "plain")
        text_node(_time(progress), "muted")
    with way:
        params = {navigation.DOC: progress.document_id}
        if progress.status == "error":
            st.button("Try again", icon=":material/replay:", key=f"run-again-{key}",
                      help="Runs it again from the stage that failed.", on_click=_run_again,
                      args=(progress.document_id, progress.stage))  # fmt: skip
        elif progress.status == "needs_review":
            navigation.link(navigation.REVIEW, "Review", params)
        elif progress.finished:
            navigation.link(navigation.DOCUMENT, "Open", params)


def _states(progress: UploadProgress) -> dict[str, str]:
    """Step -> class."""
    if progress.finished and progress.status != "error":
        return dict.fromkeys((_SEND, *_STEPS.values()), "is-done")
    stages = list(_STEPS)
    now = stages.index(_STAGE_OF.get(progress.status, progress.stage))
    at_work = "is-failed" if progress.status == "error" else "" if progress.status == "received" else "is-now"
    return {_SEND: "is-done"} | {
        _step(progress, stage): "is-done" if place < now else at_work if place == now else ""
        for place, stage in enumerate(stages)
    }


def _step(progress: UploadProgress, stage: str) -> str:
    if stage == "ocr" and progress.status == "ocr" and progress.page_count > 1:
        return f"Read: page {min(progress.pages_read + 1, progress.page_count)} of {progress.page_count}"
    return _STEPS[stage]


def _steps_html(states: dict[str, str]) -> str:
    items = (
        f'<li class="{state}"{" aria-current=step" if state == "is-now" else ""}>{html.escape(name)}</li>'
        for name, state in states.items()
    )
    return f'<ol class="fuse-steps">{"".join(items)}</ol>'


def _said(progress: UploadProgress) -> str:
    if progress.status == "error":
        return progress.problem or "It could not be finished. Try again; if it stays, tell an administrator."
    if not progress.finished:
        return "" if progress.type is None else type_label(progress.type)
    return f"{type_label(progress.type)} · {percent(progress.confidence)} · {STATUSES[progress.status]}"


def _time(progress: UploadProgress) -> str:
    facts = [counted(progress.page_count, "page"), milliseconds(round(progress.seconds, 1) * 1000)]
    if progress.attempts > 1 and not progress.finished:
        facts.append(f"attempt {progress.attempts}")
    if progress.status == "received":
        facts.append("waiting for its turn")
    return " · ".join(facts)


@guarded
def _run_again(doc_id: str, stage: str) -> None:
    try:
        reviewing.retry(doc_id, stage, require(Role.ANALYST), wiring.settings())
    except NotReviewable as error:  # a colleague was faster
        st.toast(str(error), icon=":material/info:")
