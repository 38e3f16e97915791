"""Dead letters: documents that could not be processed, why, and the way to run many of them again."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st
from sqlalchemy.exc import InterfaceError, OperationalError

from app import navigation, reviewing, wiring
from app.auth import User
from app.components.failures import DATABASE_AWAY
from app.components.stage_choice import stage_choice
from app.components.steady_list import read_anew, steady, table_key
from app.components.table_size import ROW_PX, height_px
from app.components.text_nodes import text_node
from app.components.wording import NOT_KNOWN, age, counted, stage_label
from db import workload
from db.documents import DocumentNotFound
from db.reviews import NotReviewable
from db.workload import DeadLetter

_MOST = 200
_ROWS_SHOWN = 10
_NAME = "dead-letters"
_FAILED = "dead-letters-not-run"
_FROM = "dead-letters-from"


def dead_letters(user: User, dead: int) -> None:
    """Draws the list and its buttons.

    Args:
        user: whose.
        dead: how many there are, of which the newest are listed.
    """
    st.subheader("Dead letters")
    _tell_failures()
    listed = steady(_NAME, lambda: _newest(user), "rows")
    if not listed:
        st.caption("None: every document could be processed.")
        return
    key = table_key(_NAME, listed)
    picked = [listed[row] for row in _table(listed, key) if row < len(listed)]
    shown = "" if dead <= len(listed) else f"The newest {len(listed)} of {dead:,} are shown. "
    with st.container(horizontal=True, vertical_alignment="bottom"):
        stage = stage_choice("Run again from", _FROM)
        label = f"Run {counted(len(picked), 'document')} again" if picked else "Run again"
        if st.button(label, type="primary", icon=":material/replay:", disabled=not picked, key="dead-letters-run"):
            _run_again(picked, stage, user)
            st.rerun()
        if len(picked) == 1:
            navigation.link(navigation.DOCUMENT, "Open it", {navigation.DOC: picked[0].doc_id})
    st.caption(
        f"{shown}Tick documents to run them again; the box above the first ticks all. A stage whose earlier results "
        "are missing begins with the first that is."
    )


def _newest(user: User) -> Sequence[DeadLetter]:
    with wiring.database(wiring.settings()).connect() as connection:
        return workload.dead_letters(connection, user.tenant_id, _MOST)


def _table(listed: Sequence[DeadLetter], key: str) -> list[int]:
    rows = pd.DataFrame(
        {
            "File": [each.filename for each in listed],
            "Why": [each.sentence for each in listed],
            "Failed at": [NOT_KNOWN if each.stage is None else stage_label(each.stage) for each in listed],
            "Attempts": [each.attempts for each in listed],
            "When": [age(each.failed_at) for each in listed],
        }
    )
    chosen = st.dataframe(
        rows,
        key=key,
        hide_index=True,
        on_select="rerun",
        selection_mode="multi-row",
        row_height=ROW_PX,
        height=height_px(len(rows), _ROWS_SHOWN),
        column_config={
            "File": st.column_config.TextColumn(width="medium"),
            "Why": st.column_config.TextColumn(width="large"),
            "Failed at": st.column_config.TextColumn(width="small"),
            "Attempts": st.column_config.NumberColumn(width="small"),
            "When": st.column_config.TextColumn(width="small"),
        },
        alt="Documents that could not be processed, newest first",
    )
    return list(chosen.selection.rows)


def _run_again(picked: Sequence[DeadLetter], stage: str, user: User) -> None:
    """Runs each again by itself: one that can't be does not keep the others back."""
    failed: list[tuple[str, str]] = []
    bar = st.progress(0.0, text="Running again …")
    for done, letter in enumerate(picked, start=1):
        try:
            reviewing.retry(letter.doc_id, stage, user, wiring.settings())
        except DocumentNotFound:
            failed.append((letter.filename, "It was deleted meanwhile."))
        except NotReviewable:
            failed.append((letter.filename, "Somebody runs it again already."))
        except (OperationalError, InterfaceError):
            failed += [(each.filename, DATABASE_AWAY) for each in picked[done - 1 :]]
            break
        bar.progress(done / len(picked), text=f"{done} of {len(picked)}")
    st.session_state[_FAILED] = failed
    read_anew(_NAME)
    ran = len(picked) - len(failed)
    if ran:
        st.toast(f"{counted(ran, 'document')} on the way again.", icon=":material/replay:")


def _tell_failures() -> None:
    failed: list[tuple[str, str]] = st.session_state.pop(_FAILED, [])
    if failed:
        st.error(f"{counted(len(failed), 'document')} could not be run again.", icon=":material/error:")
        for filename, why in failed[:_ROWS_SHOWN]:
            text_node(f"{filename}: {why}", "wrong")
