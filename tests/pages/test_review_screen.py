from __future__ import annotations

import pytest
from sqlalchemy import Engine, text

from app.auth import LOCAL_ADMIN, LOCAL_TENANT
from db import documents, drafts, review_locks
from tests.pages.conftest import Opens, html, press
from tests.pages.review_documents import PLACE, add, field, mark, others_set, state_of

EVIL = "<script>alert(1)</script> ![x](http://evil.example/x.png) $a$ :material/home: **b**.pdf"


def test_without_a_document_the_first_of_the_queue_is_shown(open_screen: Opens, store: Engine) -> None:
    doc_id = add(store)
    at = open_screen("review")
    assert at.query_params["doc"] == doc_id
    assert field(at, "Name (line 1)").value == "Jordan Blake"


def test_with_nothing_to_review_the_screen_says_so(open_screen: Opens, store: Engine) -> None:
    at = open_screen("review", doc=add(store))
    press(at, "Approve")
    assert at.header[0].value == "Nothing waits for review"


def test_approving_stores_what_was_typed_and_opens_the_next(open_screen: Opens, store: Engine) -> None:
    first, second = add(store), add(store, b"two")
    at = open_screen("review", doc=first)
    field(at, "Name (line 1)").set_value("Jordan Q. Blake")
    press(at, "Approve")
    assert at.query_params["doc"] == second
    assert field(at, "Name (line 1)").value == "Jordan Blake", "the next document shows its own value"
    status, _, values = state_of(store, first)
    assert status == "approved"
    assert values["name"] == ("Jordan Q. Blake", "human")
    with store.connect() as connection:
        [correction] = documents.corrections_of(connection, LOCAL_TENANT, first)
    assert (correction["before"], correction["after"]) == ("Jordan Blake", "Jordan Q. Blake")
    assert correction["user"] == "Local admin"


def test_an_untouched_value_stays_the_machines(open_screen: Opens, store: Engine) -> None:
    doc_id = add(store)
    press(open_screen("review", doc=doc_id), "Approve")
    status, _, values = state_of(store, doc_id)
    assert (status, values["name"]) == ("approved", ("Jordan Blake", "machine"))


@pytest.mark.parametrize("button", ["Save", "Approve"])
def test_an_invalid_value_is_told_and_nothing_is_stored(open_screen: Opens, store: Engine, button: str) -> None:
    doc_id = add(store)
    before = state_of(store, doc_id)
    at = open_screen("review", doc=doc_id)
    field(at, "Name (line 1)").set_value("Somebody Else")
    field(at, "Date signed").set_value("some day")
    press(at, button)
    assert state_of(store, doc_id) == before
    assert field(at, "Name (line 1)").value == "Somebody Else", "what was typed stays"
    assert any("must be a date" in each for each in html(at))


def test_saving_stays_and_marks_the_value_as_a_persons(open_screen: Opens, store: Engine) -> None:
    doc_id = add(store)
    at = open_screen("review", doc=doc_id)
    field(at, "Date signed").set_value("March 31, 2024")
    press(at, "Save")
    assert at.query_params["doc"] == doc_id
    assert field(at, "Date signed").value == "2024-03-31"
    assert state_of(store, doc_id)[2]["signature_date"] == ("2024-03-31", "human")
    assert "by a person" in "".join(html(at))


@pytest.mark.parametrize("button", ["Save", "Approve"])
def test_a_value_that_stays_gets_the_place_that_was_marked(open_screen: Opens, store: Engine, button: str) -> None:
    doc_id = add(store)
    at = open_screen("review", doc=doc_id)
    mark(store, doc_id, name="Jordan Blake", business_name="typed over since")
    press(at, button)
    with store.connect() as connection:
        [name] = documents.fields_of(connection, doc_id)
        assert documents.corrections_of(connection, LOCAL_TENANT, doc_id) == []
        assert drafts.of_document(connection, LOCAL_TENANT, doc_id, LOCAL_ADMIN) == ()
    assert (name.value, name.source, name.boxes) == ("Jordan Blake", "machine", [list(PLACE)])
    if button == "Save":
        assert [each.value for each in at.toast] == ["Saved 1 place."]


def test_the_same_date_in_other_words_is_no_correction_of_it(open_screen: Opens, store: Engine) -> None:
    doc_id = add(store)
    others_set(store, doc_id, signature_date="2024-03-31")
    at = open_screen("review", doc=doc_id)
    mark(store, doc_id, signature_date="March 31, 2024")
    field(at, "Date signed").set_value("March 31, 2024")
    press(at, "Save")
    with store.connect() as connection:
        date = {each.name: each for each in documents.fields_of(connection, doc_id)}["signature_date"]
        assert len(documents.corrections_of(connection, LOCAL_TENANT, doc_id)) == 1
    assert (date.value, date.boxes) == ("2024-03-31", [list(PLACE)])


def test_rejecting_needs_a_reason(open_screen: Opens, store: Engine) -> None:
    doc_id = add(store)
    at = open_screen("review", doc=doc_id)
    press(at, "Reject")
    assert any("Say why" in each for each in html(at))
    assert state_of(store, doc_id)[0] == "needs_review"
    field(at, "Reject with a reason").set_value("Not signed")
    press(at, "Reject")
    assert state_of(store, doc_id)[0] == "rejected"


def test_skipping_goes_round(open_screen: Opens, store: Engine) -> None:
    add(store)
    add(store, b"two")
    at = open_screen("review")
    first = at.query_params["doc"]
    press(at, "Skip")
    second = at.query_params["doc"]
    press(at, "Skip")
    assert second != first
    assert at.query_params["doc"] == first


def test_a_dead_letter_is_run_again(open_screen: Opens, store: Engine) -> None:
    doc_id = add(store)
    with store.begin() as connection:
        connection.execute(text("UPDATE docs SET processing_status = 'error' WHERE id = :id"), {"id": doc_id})
    at = open_screen("review", doc=doc_id)
    press(at, "Run again")
    assert state_of(store, doc_id)[0] == "ocr"


def test_another_type_is_read_anew(open_screen: Opens, store: Engine) -> None:
    doc_id = add(store)
    at = open_screen("review", doc=doc_id)
    at.selectbox[0].set_value("bank_statement").run()
    press(at, "Read as this type")
    assert state_of(store, doc_id)[0] == "extracting"


def test_text_from_files_is_never_markup(open_screen: Opens, store: Engine) -> None:
    doc_id = add(store)
    with store.begin() as connection:
        connection.execute(
            text("UPDATE docs SET filename = :evil, reject_reason = :evil, reasons = jsonb_build_array("
                 "jsonb_build_object('code', 'x', 'sentence', CAST(:evil AS text), 'field', 'name')) WHERE id = :id"),
            {"evil": EVIL, "id": doc_id},
        )  # fmt: skip
        connection.execute(text("UPDATE fields SET raw = :evil WHERE doc_id = :id"), {"evil": EVIL, "id": doc_id})
    at = open_screen("review", doc=doc_id)
    assert not at.error
    assert not any("<script" in each for each in html(at))
    assert any("&lt;script&gt;" in each for each in html(at))
    for each in (*at.markdown, *at.caption, *at.button, *at.text_input):
        said = f"{getattr(each, 'value', '')} {getattr(each, 'label', '')}"
        assert "<script" not in said
        tip = getattr(each.proto, "help", "") or ""
        assert "<script" not in tip.replace(f"`{EVIL}`", ""), "in a tooltip it stands in a code span"


@pytest.mark.parametrize("asked", ["00000000-0000-4000-8000-00000000dead", "no-uuid"])
def test_an_unknown_document_is_a_sentence(open_screen: Opens, asked: str) -> None:
    at = open_screen("review", doc=asked)
    assert "There is no such document" in at.error[0].value
    assert not at.exception


def test_a_document_that_another_takes_in_the_same_moment_is_left_to_them(
    open_screen: Opens, store: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two people approve at once, and the queue leads both to the same next document."""
    first, second, third = sorted(add(store, content) for content in (b"one", b"two", b"three"))
    at = open_screen("review", doc=first)
    with store.begin() as connection:
        review_locks.take(connection, LOCAL_TENANT, second, LOCAL_ADMIN, "another session")
    monkeypatch.setattr(review_locks, "held_by_others", lambda *_: set())  # it was free when it was chosen
    press(at, "Approve")
    assert at.query_params["doc"] == third
    assert state_of(store, first)[0] == "approved"


def test_a_document_that_is_taken_over_stays_on_the_screen(open_screen: Opens, store: Engine) -> None:
    add(store, b"one")
    add(store, b"two")
    at = open_screen("review")
    shown = at.query_params["doc"]
    field(at, "Name (line 1)").set_value("Typed")
    with store.begin() as connection:
        review_locks.take_over(connection, LOCAL_TENANT, shown, LOCAL_ADMIN, "another session")
    press(at, "Approve")
    assert at.query_params["doc"] == shown
    assert "has taken this document over" in at.error[0].value
    assert field(at, "Name (line 1)").value == "Typed"
    press(at, "Take it over")
    press(at, "Approve")
    assert state_of(store, shown)[0] == "approved"
