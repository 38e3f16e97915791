"""The rules of decision: a threshold per type, with what a change would do, random checks, and the review target."""

from __future__ import annotations

import streamlit as st

from app import wiring
from app.auth import Role, User, require
from app.components.failures import guarded
from app.components.wording import counted
from db import review_target, rules
from db.rules import Effect
from pipeline.doctypes import DOC_TYPES, DocType
from pipeline.metrics.threshold import LEAST_FOR_A_PROMISE, Expectation, ReviewedDocument, expect
from pipeline.types import Rules

_SAMPLING, _TARGET = "sampling", "review-target"
_WIDTHS = (1.1, 1.8, 3)


@st.cache_data(ttl=20, max_entries=200, show_spinner=False)
def _reviewed(tenant_id: str, type_name: str) -> list[ReviewedDocument]:
    with wiring.database(wiring.settings()).connect() as connection:
        return rules.reviewed(connection, tenant_id, type_name)


def decision_rules(user: User) -> None:
    """Draws the section."""
    with wiring.database(wiring.settings()).connect() as connection:
        in_force = rules.get(connection, user.tenant_id, wiring.settings().sampling_rate)
        target = review_target.get(connection, user.tenant_id)
        st.markdown(
            "A document passes without a person when the probability that all its values are right reaches its type's "
            "threshold, every value was found on the page and every check passed."
        )
        rate, hours = _all_types(in_force, target)
        changed = dict(in_force.thresholds)
        st.subheader("Threshold per type")
        st.caption(
            "Precision is told from documents that people have approved: one is right if nobody had to change its type "
            "or a value. What the machine accepts by itself is among them only through random checks."
        )
        for doc_type in DOC_TYPES.values():
            if not doc_type.fields:
                continue
            now = in_force.threshold(doc_type.name, doc_type.threshold)
            slider, said = _threshold(doc_type, now)
            then = _told(slider, now)
            if then != now:
                changed[doc_type.name] = then
            effect = rules.effect(connection, user.tenant_id, doc_type.name, now, then, rate)
            with said, st.container(gap="xxsmall"):
                _say_effect(effect, now, then)
                _say_expectation(expect(_reviewed(user.tenant_id, doc_type.name), then), rate)
    _buttons(Rules(changed, rate), in_force, hours, target)
    names = [doc_type.label for doc_type in DOC_TYPES.values() if not doc_type.fields]
    if names:
        st.caption(f"Always seen by a person, as no values are read from them yet: {', '.join(names)}.")


def _all_types(in_force: Rules, target: float) -> tuple[float, float]:
    """The sampling rate, and the target in hours."""
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader("Random checks")
        rate = st.slider(
            "Share of passing documents that a person checks all the same", 0, 100, round(in_force.sampling_rate * 100),
            format="%d%%", key=_SAMPLING,
        )  # fmt: skip
        st.caption(
            f"Now {in_force.sampling_rate * 100:.4g}%. These checks are what the precision of the machine's own "
            "decisions is measured by."
        )
    with right:
        st.subheader("Review target")
        hours = st.number_input(
            "A document should be decided within so many hours of its upload", 0.5, review_target.MOST_HOURS, target,
            1.0, format="%g", key=_TARGET,
        )  # fmt: skip
        st.caption("Documents that wait longer are overdue: the queue shows them as such.")
    return _told(rate, in_force.sampling_rate), float(hours)


def _told(place: int, now: float) -> float:
    """The share that a slider of whole percents says. One that was not moved says what is in force, which may lie
    between two of its steps.
    """
    return now if place == round(now * 100) else place / 100


def _threshold(doc_type: DocType, now: float) -> tuple[int, st.delta_generator.DeltaGenerator]:
    name, slider, said = st.columns(_WIDTHS, gap="medium", vertical_alignment="center")
    with name, st.container(gap="xxsmall"):
        st.markdown(f"**{doc_type.label}**")
        st.caption(f"now {now * 100:.4g}%, at first {doc_type.threshold:.0%}")
    with slider:
        value = st.slider(f"Threshold of {doc_type.label}", 0, 100, round(now * 100), format="%d%%",
                          key=_key(doc_type), label_visibility="collapsed")  # fmt: skip
    return value, said


def _say_effect(effect: Effect, now: float, then: float) -> None:
    if not effect.documents:
        st.caption("No document of this type was decided yet, so nothing can be said about a change.")
        return
    of = f"of {counted(effect.documents, 'document')}"
    if then == now:
        st.markdown(f"**{effect.accepted_now:,}** {of} would pass without a person")
    else:
        more = effect.accepted_then - effect.accepted_now
        change = f":orange-badge[{more:,} fewer to review]" if more > 0 else f":blue-badge[{-more:,} more to review]"
        st.markdown(
            f"**{effect.accepted_now:,}** → **{effect.accepted_then:,}** {of} would pass {change if more else ''}"
        )
    drawn = drawn_text(effect)
    if drawn:
        st.caption(drawn)


def drawn_text(effect: Effect) -> str:
    """What of those that are sure enough goes to a person all the same; "" for nothing."""
    if not effect.drawn_then:
        return ""
    able = effect.accepted_then + effect.drawn_then
    if able == effect.drawn_then:
        whole = f"All {able:,} that are" if able > 1 else "The only one that is"
        return f"{whole} sure enough would be drawn for a random check."
    return f"{effect.drawn_then:,} of {able:,} that are sure enough would be drawn for a random check."


def _say_expectation(told: Expectation, sampling_rate: float) -> None:
    """The expected precision of what passes; a reason instead of a number where the data is thin."""
    if not told.reviewed:
        st.caption("Precision: none was approved by a person yet, so nothing can be promised.")
        return
    passing = told.passing
    apart = " (random checks apart)" if sampling_rate else ""
    of = f"of {told.reviewed:,} approved, {passing.n:,} would pass{apart} and {told.to_review:,} go to review"
    interval = passing.interval
    if not told.can_promise or passing.rate is None or interval is None:
        st.caption(
            f"Precision: {of}. Nothing can be promised: from fewer than {LEAST_FOR_A_PROMISE} that would pass, chance "
            "decides."
        )
        return
    st.markdown(
        f"Expected precision **{passing.rate:.1%}** (95 % interval {interval.low:.1%} to {interval.high:.1%}): {of}"
    )


def _buttons(fresh: Rules, in_force: Rules, hours: float, target: float) -> None:
    same = fresh == in_force and hours == target
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Save", type="primary", icon=":material/save:", disabled=same, on_click=_save, args=(fresh, hours))
        st.button("Undo", icon=":material/undo:", disabled=same, on_click=_forget)
        st.caption("Documents that are decided stay as they are; new ones go by the new rules.")


@guarded
def _save(fresh: Rules, hours: float) -> None:
    user = require(Role.ADMIN)
    settings = wiring.settings()
    with wiring.database(settings).begin() as connection:
        if fresh != rules.get(connection, user.tenant_id, settings.sampling_rate):
            rules.save(connection, user.tenant_id, user.id, fresh)
        if hours != review_target.get(connection, user.tenant_id):
            review_target.save(connection, user.tenant_id, user.id, hours)
    _forget()
    st.toast("Saved. New documents go by these rules.", icon=":material/check_circle:")


def _forget() -> None:
    for key in (_SAMPLING, _TARGET, *map(_key, DOC_TYPES.values())):
        st.session_state.pop(key, None)


def _key(doc_type: DocType) -> str:
    return f"threshold-{doc_type.name}"
