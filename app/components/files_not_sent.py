"""Files that a person chose and that never got here: told on the list of the others.

A Streamlit component (v2) of our own, without a look. It hears which files are chosen for Streamlit's uploader, which
keeps those back that are too large, and which transfers break off.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import streamlit as st

from app.components.browser_code import loader
from app.components.failures import guarded
from app.upload_batch import UploadBatch

_KEY, _KNOWN = "files-not-sent", "files-not-sent-known"
_MEGABYTE = 1_000_000
"""As Streamlit's uploader counts in the browser; its server counts 1024 x 1024."""
_COMPONENT = st.components.v2.component(
    "fuse_files_not_sent", html="<span\n hidden></span>", js=loader("files_not_sent")
)


def files_not_sent(batch: UploadBatch, endings: Iterable[str] | None) -> None:
    """Listens to all uploaders of the page; draws nothing.

    Args:
        batch: the list.
        endings: of the files that are told when they are too large; None: all are.
    """
    _COMPONENT(
        key=_KEY,
        data={"most": int(st.get_option("server.maxUploadSize")) * _MEGABYTE, "endings": list(endings or ())},
        on_not_sent_change=lambda: _told(batch, st.session_state[_KEY].not_sent),
    )


@guarded
def _told(batch: UploadBatch, told: Mapping[str, Any] | None) -> None:
    """Puts on the list what is new: the browser tells all that it knows each time, as no single word may get lost."""
    if not told:
        return
    known: dict[str, int] = st.session_state.setdefault(_KNOWN, {})
    new = int(told["count"]) - known.get(str(told["page"]), 0)
    known[str(told["page"])] = int(told["count"])
    for each in told["last"][-new:] if new > 0 else ():
        if each["status"] is None:
            batch.refuse(str(each["name"]), int(each["size"]))
        else:
            batch.cut_off(str(each["name"]), int(each["status"]))
    batch.wait(1.0)
