"""Whether the language model is asked now, and what of its budget is left."""

from __future__ import annotations

from urllib.parse import urlsplit

import streamlit as st
from redis import RedisError

from app import wiring
from app.auth import User
from app.components.text_nodes import facts
from app.components.wording import counted, dollars
from app.model_state import ModelState, model_state

_BREAKER = {
    "closed": "The model is asked: nothing speaks against its server.",
    "half_open": "The model's server failed too often; the next call tries it again.",
    "open": "The model's server failed too often, so nobody asks it for {pause} s. Documents go on without it, and are "
    "read again when it is back.",
}


def language_model(user: User) -> None:
    """Draws the section; nothing where no model is set."""
    settings = wiring.settings()
    if settings.llm == "off":
        return
    st.subheader("Language model")
    try:
        with wiring.database(settings).connect() as connection:
            state = model_state(connection, user.tenant_id, settings)
    except RedisError:
        st.caption("Redis does not answer, so it is not known whether the model is asked.")
        return
    if state is not None:
        _tell(state)


def _tell(state: ModelState) -> None:
    sentence = _BREAKER[state.breaker].format(pause=f"{state.pause_s:g}")
    if state.breaker == "closed" and not state.stopped_by:
        st.success(sentence, icon=":material/check_circle:")
    elif state.breaker != "closed":
        st.warning(sentence, icon=":material/pause_circle:")
    if state.stopped_by:
        st.warning(f"{state.stopped_by} Documents go on without the model until there is some left.",
                   icon=":material/savings:")  # fmt: skip
    spent, budget = state.spent, state.budget
    facts(
        {
            "Model": state.model,
            "Server": _host(state.server),
            "Calls this hour": _of(f"{spent.calls_this_hour:,}", f"{budget.hour_calls:,}", budget.hour_calls),
            "Tokens in 24 hours": _of(f"{spent.tokens_today:,}", f"{budget.day_tokens:,}", budget.day_tokens),
            "Cost in 24 hours": _of(dollars(spent.usd_today), dollars(budget.day_usd), budget.day_usd),
            "After the hour's calls": f"{counted(budget.slow_calls, 'call')} an hour",
        }
    )


def _host(address: str) -> str:
    """Where a server is, without a name and password that its address may hold."""
    return urlsplit(address).netloc.rpartition("@")[2] or address


def _of(used: str, most: str, limit: float) -> str:
    return f"{used} of {most}" if limit else f"{used}, no limit"
