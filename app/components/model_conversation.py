"""What the language model saw and said about a document: each call with its prompt, its answer and what it took."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import streamlit as st

from app import wiring
from app.auth import Role, require
from app.components.call_parts import HASH, Part, about, call_facts, call_parts, outcome, went_well
from app.components.failures import told
from app.components.text_nodes import facts, text_node
from app.components.wording import counted, stage_label
from db import model_calls
from db.model_calls import CallShown

_MASKED = (
    "Numbers such as 900-00-0001 and some names stand for the real ones; the model does not get those. "
    "What it said counts only where it was found on the page."
)
_OPEN = (
    "Numbers and names are not masked here (FUSE_LLM_MASK is off): the model gets the text as it stands. "
    "What it said counts only where it was found on the page."
)
_HOW = {
    "called": "The model called it.",
    "written": "The model wrote the call into its text.",
    "cached": "The model had asked for as many a short while ago.",
    "plain": "Its results were given without the model asking for them.",
}
_REFUSED = {"unknown_tool": "Refused: there is no such tool.", "bad_arguments": "Refused: its arguments can't be used."}
_TALL_LINES, _TALL_CHARACTERS, _TALL_PX = 18, 1500, 400


@st.fragment
def model_conversation(doc_id: str, calls: int) -> None:
    """Draws what can be unfolded; the texts, which are long, are loaded only then.

    Args:
        doc_id: whose.
        calls: how many there are, at least one.
    """
    with told():
        user = require(Role.ANALYST)
        unfolded = st.expander(
            f"What the language model saw and said ({counted(calls, 'call')})",
            key=conversation_key(doc_id),
            on_change="rerun",
        )
        if not unfolded.open:
            return
        with wiring.database(wiring.settings()).connect() as connection:
            found = model_calls.calls_of(connection, user.tenant_id, doc_id)
            tools = model_calls.tools_used(connection, user.tenant_id, doc_id)
        with unfolded:
            st.caption(_MASKED if wiring.settings().llm_mask else _OPEN)
            _steps(found, tools)


def conversation_key(doc_id: str) -> str:
    """The key of the part that can be unfolded."""
    return f"model-conversation-{doc_id}"


def _steps(calls: list[CallShown], tools: list[dict[str, Any]]) -> None:
    of_several_runs = len({call.generation for call in calls}) > 1
    for number, step in enumerate(in_order(calls, tools), 1):
        with st.container(border=True, gap="small"):
            if isinstance(step, CallShown):
                _call(number, step, of_several_runs)
            else:
                _tool(number, step)


def in_order(calls: list[CallShown], tools: list[dict[str, Any]]) -> list[CallShown | dict[str, Any]]:
    """The newest run first, since its values are in force; within a run, as things went.

    Args:
        calls: a document's.
        tools: those used; a tool belongs to the run of the call that comes after it.
    """
    steps: list[CallShown | dict[str, Any]] = sorted([*calls, *tools], key=_when)
    run, runs = math.inf, []
    for step in reversed(steps):
        run = step.generation if isinstance(step, CallShown) else run
        runs.append(run)
    newest_first = sorted(zip(reversed(runs), steps, strict=True), key=lambda placed: -placed[0])
    return [step for _, step in newest_first]


def _when(step: CallShown | dict[str, Any]) -> datetime:
    at: datetime = step.created_at if isinstance(step, CallShown) else step["created_at"]
    return at


def _call(number: int, call: CallShown, of_several_runs: bool) -> None:
    with st.container(gap="xxsmall"):
        text_node(f"{number}. {stage_label(call.stage)}: {about(call)}", "strong")
        text_node(outcome(call), "muted" if went_well(call) else "doubt")
    facts(call_facts(call, of_several_runs), codes=(HASH,))
    parts = {part.name: part for part in call_parts(call)}
    if parts:
        chosen = st.segmented_control(
            "Which text", list(parts), default=next(iter(parts)), required=True, key=f"call-part-{call.id}",
            label_visibility="collapsed",
        )  # fmt: skip
        _text(parts[chosen])


def _text(part: Part) -> None:
    tall = part.text.count("\n") >= _TALL_LINES or len(part.text) > _TALL_CHARACTERS
    st.code(part.text, part.language, wrap_lines=True, height=_TALL_PX if tall else "content")


def _tool(number: int, used: Mapping[str, Any]) -> None:
    with st.container(gap="xxsmall"):
        text_node(f"{number}. Tool: {used['tool']}", "strong")
        refused = _REFUSED.get(used["outcome"])
        text_node(refused or _HOW.get(used["how"], str(used["how"])), "doubt" if refused else "muted")
    facts(
        {
            "Arguments": ", ".join(f"{name} {value}" for name, value in used["arguments"].items()) or "none",
            "Given": counted(used["results"], "example"),
        }
    )
