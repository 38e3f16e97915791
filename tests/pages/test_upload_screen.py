from __future__ import annotations

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from app import uploading
from db.documents import Added
from pipeline.errors import UnsupportedType
from tests.db.store import reviewable
from tests.pages.conftest import Opens, html


def send(at: AppTest, name: str, data: bytes) -> AppTest:
    return at.file_uploader[0].set_value([(name, data, "application/pdf")]).run()


def said(at: AppTest) -> str:
    return "".join(html(at))


def test_a_refused_file_says_why(open_screen: Opens) -> None:
    at = send(open_screen("upload"), "letter.pdf", b"no PDF at all")
    assert UnsupportedType().sentence in said(at)
    assert "1 of 1 finished" in at.markdown[0].value


def test_a_known_file_is_told_kindly(open_screen: Opens, store: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    with store.begin() as connection:
        doc_id = reviewable(connection)
    monkeypatch.setattr(uploading, "submit", lambda *_: Added(doc_id, "", duplicate=True))
    at = send(open_screen("upload"), "again.pdf", b"%PDF-1.7")
    assert "known already, not read again" in said(at)
    assert "W-9 · 72%" in said(at)


def test_before_anything_is_sent_the_samples_are_offered(open_screen: Opens) -> None:
    assert "./fuse up --samples" in open_screen("upload").caption[0].value
