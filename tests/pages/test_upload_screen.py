from __future__ import annotations

import time

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError
from streamlit.testing.v1 import AppTest

from app import reviewing, uploading
from app.auth import LOCAL_TENANT, current_user
from app.settings import Settings
from app.upload_batch import NOT_STORED, UploadBatch
from db.documents import Added
from db.upload_progress import of_documents
from pipeline.errors import FileTooLarge, UnsupportedType
from tests.db.store import add_tenant, reviewable
from tests.pages.conftest import Opens, html, press
from tests.pipeline.test_intake import pdf


def send(at: AppTest, *files: tuple[str, bytes]) -> AppTest:
    """Sends files and waits, as the screen does, until all are taken in or refused."""
    at.file_uploader[0].set_value([(name, data, "application/pdf") for name, data in files]).run()
    deadline = time.monotonic() + 20
    while any('"is-now" aria-current=step>Sent<' in each for each in html(at)):
        assert time.monotonic() < deadline, said(at)
        at.run()
    return at


def said(at: AppTest) -> str:
    return "".join(html(at))


def labels(at: AppTest) -> list[str]:
    return [each.label for each in at.button]


def test_a_refused_file_says_why(open_screen: Opens) -> None:
    at = send(open_screen("upload"), ("letter.pdf", b"no PDF at all"))
    assert UnsupportedType().sentence in said(at)
    assert "1 of 1 finished" in at.markdown[0].value
    assert "Try again" not in labels(at), "the same file is refused again"


def test_a_file_that_was_too_large_to_be_sent_is_told_as_others_are(
    open_screen: Opens, store: Engine, settings: Settings
) -> None:
    batch = UploadBatch(current_user(), settings)
    batch.refuse("post/<b>huge.pdf", 60_000_000)
    batch.wait(20)
    at = open_screen("upload")
    assert FileTooLarge("At most 50 MB are taken.").sentence in said(at)
    assert "1 of 1 finished" in at.markdown[0].value
    assert "Try again" not in labels(at)
    with store.connect() as connection:
        [details] = connection.execute(
            text("SELECT details FROM audit_events WHERE action = 'upload_refused'")
        ).scalars()
    assert details == {"code": "file_too_large", "size_bytes": 60_000_000}


def test_a_known_file_is_told_kindly(open_screen: Opens, store: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    with store.begin() as connection:
        doc_id = reviewable(connection)
    monkeypatch.setattr(uploading, "submit", lambda *_: Added(doc_id, "", duplicate=True))
    at = send(open_screen("upload"), ("again.pdf", b"%PDF-1.7"))
    assert "Known already, not read again" in said(at)
    assert "W-9 · 72% · Needs review" in said(at)


def test_the_list_outlives_a_reload_and_can_be_cleared(open_screen: Opens) -> None:
    send(open_screen("upload"), ("taken.pdf", pdf()), ("letter.pdf", b"no PDF at all"))
    again = open_screen("upload")
    assert "taken.pdf" in said(again)
    assert UnsupportedType().sentence in said(again)
    assert [each for each in labels(again) if each == "Clear the list"]
    next(each for each in again.button if each.label == "Clear the list").click().run()
    assert "taken.pdf" not in said(again)
    assert "taken.pdf" not in said(open_screen("upload"))


def test_what_could_not_be_stored_can_be_tried_again(open_screen: Opens, monkeypatch: pytest.MonkeyPatch) -> None:
    submit = uploading.submit

    def away(*_: object) -> Added:
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    monkeypatch.setattr(uploading, "submit", away)
    at = send(open_screen("upload"), ("form.pdf", pdf()))
    assert NOT_STORED in said(at)
    monkeypatch.setattr(uploading, "submit", submit)
    press(at, "Try again")
    deadline = time.monotonic() + 20
    while "waiting for its turn" not in said(at):
        assert time.monotonic() < deadline, said(at)
        at.run()
    assert NOT_STORED not in said(at)


def test_a_failed_document_can_be_run_again_from_its_stage(
    open_screen: Opens, store: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with store.begin() as connection:
        doc_id = reviewable(connection)
        connection.execute(
            text("UPDATE docs SET processing_status = 'error', reasons = CAST(:reasons AS jsonb)"),
            {"reasons": '[{"code": "child_crashed", "sentence": "The process died.", "field": null}]'},
        )
    monkeypatch.setattr(uploading, "submit", lambda *_: Added(doc_id, "", duplicate=False))
    asked: list[tuple[str, str]] = []
    monkeypatch.setattr(reviewing, "retry", lambda doc, stage, *_: asked.append((doc, stage)))
    at = send(open_screen("upload"), ("scan.pdf", b"%PDF-1.7"), ("the-same.pdf", b"%PDF-1.7"))
    assert not at.error
    assert said(at).count("The process died.") == 2
    assert '<li class="is-failed">Values</li>' in said(at)
    press(at, "Try again")
    assert asked == [(doc_id, "extraction")]


def test_only_files_of_one_kind_are_shown_when_asked(open_screen: Opens) -> None:
    send(open_screen("upload"), ("taken.pdf", pdf()), ("letter.pdf", b"no PDF at all"))
    at = open_screen("upload", show="refused")
    assert "letter.pdf" in said(at)
    assert "taken.pdf" not in said(at)


def test_before_anything_is_sent_the_samples_are_offered(open_screen: Opens) -> None:
    assert "./fuse up --samples" in open_screen("upload").caption[0].value


def test_progress_is_told_stage_by_stage_and_to_the_tenant_only(store: Engine, settings: Settings) -> None:
    with store.begin() as connection:
        doc_id = reviewable(connection)
        other = add_tenant(connection, "Other")
        [progress] = of_documents(connection, LOCAL_TENANT, [doc_id]).values()
        assert (progress.status, progress.stage, progress.pages_read) == ("needs_review", "extraction", 1)
        assert progress.finished
        assert progress.seconds >= 0
        assert of_documents(connection, other, [doc_id]) == {}
