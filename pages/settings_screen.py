"""Settings: from which confidence on a document passes without a person, and how many are checked all the same."""

from __future__ import annotations

import streamlit as st

from app import wiring
from app.auth import Role, User, require
from app.components.failures import guarded
from db import rules
from db.rules import Effect
from pipeline.doctypes import DOC_TYPES, DocType, FieldSpec
from pipeline.types import Rules

_SAMPLING = "sampling"
_WIDTHS = (1.3, 2.2, 2.2)


def main() -> None:
    """Draws the screen."""
    user = require(Role.ADMIN)
    with wiring.database(wiring.settings()).connect() as connection:
        in_force = rules.get(connection, user.tenant_id, wiring.settings().sampling_rate)
        st.header("Settings")
        st.markdown(
            "A document passes without a person when the probability that all its values are right reaches its type's "
            "threshold, every value was found on the page and every check passed."
        )
        rate = _sampling(in_force)
        changed = dict(in_force.thresholds)
        st.subheader("Threshold per type")
        for doc_type in DOC_TYPES.values():
            if not doc_type.fields:
                continue
            now = in_force.threshold(doc_type.name, doc_type.threshold)
            slider, said = _threshold(doc_type, now)
            then = slider / 100
            if round(then - now, 4):
                changed[doc_type.name] = then
            effect = rules.effect(connection, user.tenant_id, doc_type.name, now, then, rate)
            with said:
                _say(effect, now, then)
    fresh = Rules(changed, rate)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Save", type="primary", icon=":material/save:", disabled=fresh == in_force, on_click=_save,
                  args=(fresh,))  # fmt: skip
        st.button("Undo", icon=":material/undo:", disabled=fresh == in_force, on_click=_forget)
        st.caption("Documents that are decided stay as they are; new ones go by the new rules.")
    _without_fields()
    _definitions()


def _sampling(in_force: Rules) -> float:
    st.subheader("Random checks")
    left, right = st.columns([_WIDTHS[0] + _WIDTHS[1], _WIDTHS[2]], gap="medium", vertical_alignment="center")
    with left:
        rate = st.slider("Share of passing documents that a person checks all the same", 0, 50,
                         round(in_force.sampling_rate * 100), format="%d%%", key=_SAMPLING)  # fmt: skip
    with right:
        st.caption("These checks are what the precision of the machine's own decisions is measured by.")
    return rate / 100


def _threshold(doc_type: DocType, now: float) -> tuple[int, st.delta_generator.DeltaGenerator]:
    name, slider, said = st.columns(_WIDTHS, gap="medium", vertical_alignment="center")
    with name, st.container(gap="xxsmall"):
        st.markdown(f"**{doc_type.label}**")
        st.caption(f"now {now:.0%}, at first {doc_type.threshold:.0%}")
    with slider:
        value = st.slider(f"Threshold of {doc_type.label}", 0, 100, round(now * 100), format="%d%%",
                          key=_key(doc_type), label_visibility="collapsed")  # fmt: skip
    return value, said


def _say(effect: Effect, now: float, then: float) -> None:
    if not effect.documents:
        st.caption("No document of this type was decided yet, so nothing can be said about a change.")
        return
    of = f"of {effect.documents:,} {'document' if effect.documents == 1 else 'documents'}"
    if not round(then - now, 4):
        st.markdown(f"**{effect.accepted_now:,}** {of} pass without a person")
        return
    more = effect.accepted_then - effect.accepted_now
    change = f":orange-badge[{more:,} fewer to review]" if more > 0 else f":blue-badge[{-more:,} more to review]"
    st.markdown(f"**{effect.accepted_now:,}** → **{effect.accepted_then:,}** {of} would pass {change if more else ''}")


def _without_fields() -> None:
    names = [doc_type.label for doc_type in DOC_TYPES.values() if not doc_type.fields]
    if names:
        st.caption(f"Always seen by a person, as no values are read from them yet: {', '.join(names)}.")


def _definitions() -> None:
    """What each type is: its fields, and the words that announce them."""
    st.subheader("Document types")
    for problem in DOC_TYPES.problems:
        st.warning(f"A file in {wiring.settings().doc_types_folder} is left out. {problem}", icon=":material/warning:")
    own = {each.name for each in DOC_TYPES.own}
    for doc_type in DOC_TYPES.values():
        if doc_type.fields:
            with st.expander(doc_type.label + (" (your own)" if doc_type.name in own else "")):
                st.dataframe(list(map(_definition, doc_type.fields)), hide_index=True, height="content")
    st.caption("A type of your own is a small file: see docs/doctypes.md. It counts a second after it is there.")


def _definition(spec: FieldSpec) -> dict[str, str]:
    must = [f"is one of: {', '.join(spec.choices)}"] if spec.choices else []
    must += [f"looks like {spec.pattern_hint or spec.pattern}"] if spec.pattern else []
    must += [f"passes the check {spec.check.upper()}"] if spec.check else []
    must += ["is there"] if spec.required else []
    words = spec.anchors or tuple(anchor for column in spec.columns for anchor in column.anchors)
    return {
        "Field": spec.label,
        "Kind": spec.kind.value,
        "Must be so": "; ".join(must),
        "Announced by": ", ".join(words),
        "Example": spec.example,
    }


def _key(doc_type: DocType) -> str:
    return f"threshold-{doc_type.name}"


@guarded
def _save(fresh: Rules) -> None:
    user: User = require(Role.ADMIN)
    with wiring.database(wiring.settings()).begin() as connection:
        rules.save(connection, user.tenant_id, user.id, fresh)
    _forget()
    st.toast("Saved. New documents go by these rules.", icon=":material/check_circle:")


def _forget() -> None:
    for key in (_SAMPLING, *map(_key, DOC_TYPES.values())):
        st.session_state.pop(key, None)


main()
