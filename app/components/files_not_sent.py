"""Files that a person chose and that never got here: told on the list of the others.

A Streamlit component (v2) of our own, without a look. It hears which files are chosen for Streamlit's uploader, which
keeps those back that are too large, and which transfers break off.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import streamlit as st

from app.components.browser_code import loader
from app.components.failures import guarded
from app.upload_batch import MOST_KEPT, UploadBatch

_MEGABYTE = 1_000_000
"""As Streamlit's uploader counts in the browser; its server counts 1024 x 1024."""
_COMPONENT = st.components.v2.component(
    "fuse_files_not_sent", html="<span\n hidden></span>", js=loader("files_not_sent")
)


def files_not_sent(batch: UploadBatch, endings: Iterable[str] | None, key: str) -> None:
    """Listens; draws nothing.

    Args:
        batch: the list.
        endings: of the files that count; None: all do.
        key: of the uploader that is listened to.
    """
    name = f"not-sent-{key}"
    _COMPONENT(
        key=name,
        data={"most": int(st.get_option("server.maxUploadSize")) * _MEGABYTE, "endings": list(endings or ())},
        on_kept_back_change=lambda: _refuse(batch, st.session_state[name].kept_back),
        on_broken_off_change=lambda: _tell(batch, st.session_state[name].broken_off),
    )


@guarded
def _refuse(batch: UploadBatch, files: Sequence[dict[str, str | int]] | None) -> None:
    batch.refuse((str(each["name"]), int(each["size"])) for each in (files or ())[:MOST_KEPT])
    batch.wait(1.0)


@guarded
def _tell(batch: UploadBatch, filenames: Sequence[str] | None) -> None:
    batch.broke_off(map(str, (filenames or ())[:MOST_KEPT]))
