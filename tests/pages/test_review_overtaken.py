"""Review, when somebody else changes the document meanwhile: what was typed and is not stored is offered."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from app.auth import LOCAL_ADMIN, LOCAL_TENANT
from db import documents, drafts, reviews
from tests.pages.conftest import Opens, html, press
from tests.pages.review_documents import PLACE, add, field, mark, others_set, state_of


@pytest.fixture
def doc_id(store: Engine) -> str:
    return add(store)


@pytest.fixture
def at(open_screen: Opens, doc_id: str) -> AppTest:
    return open_screen("review", doc=doc_id)


def overtaken(at: AppTest, store: Engine, doc_id: str, **typed: str) -> None:
    """What is typed, then somebody else's change of another field, then any run."""
    mark(store, doc_id, **typed)
    others_set(store, doc_id, signature_date="2024-03-31")
    at.run()


def test_who_was_slower_loses_nothing(at: AppTest, store: Engine, doc_id: str) -> None:
    field(at, "Name (line 1)").set_value("My Name")
    others_set(store, doc_id, business_name="Theirs")
    press(at, "Save")
    assert "Somebody else has changed" in at.error[0].value
    assert any("My Name" in each for each in html(at))
    assert field(at, "Name (line 1)").value == "Jordan Blake"
    assert field(at, "Business name (line 2)").value == "Theirs"
    press(at, "Put my values into the form")
    assert field(at, "Name (line 1)").value == "My Name"
    press(at, "Save")
    values = state_of(store, doc_id)[2]
    assert (values["name"][0], values["business_name"][0]) == ("My Name", "Theirs")


def typed_of(store: Engine, doc_id: str) -> list[set[str]]:
    """The fields of each draft, the oldest first."""
    with store.connect() as connection:
        return [set(each.entries) for each in drafts.of_document(connection, LOCAL_TENANT, doc_id, LOCAL_ADMIN)]


def lost(at: AppTest) -> bool:
    return any("You typed these values before" in each.value for each in at.markdown)


def test_what_was_typed_is_offered_however_the_newer_state_came_to_be_shown(
    at: AppTest, store: Engine, doc_id: str
) -> None:
    mark(store, doc_id, name="My Name")
    others_set(store, doc_id, business_name="Theirs")
    at.run()
    assert lost(at)
    assert field(at, "Business name (line 2)").value == "Theirs"
    field(at, "Business name (line 2)").set_value("Mine too")
    press(at, "Save")
    assert lost(at), "storing something else decides nothing about it"
    press(at, "Put my values into the form")
    assert not lost(at)
    assert not at.error
    assert field(at, "Name (line 1)").value == "My Name"
    press(at, "Save")
    values = state_of(store, doc_id)[2]
    assert (values["name"][0], values["business_name"][0]) == ("My Name", "Mine too")
    assert typed_of(store, doc_id) == []


def test_what_is_stored_already_was_not_lost(at: AppTest, store: Engine, doc_id: str) -> None:
    field(at, "Name (line 1)").set_value("Both typed it")
    others_set(store, doc_id, name="Both typed it")
    press(at, "Save")
    assert "Somebody else has changed" in at.error[0].value
    assert not lost(at)


def test_going_on_with_the_newer_state_leaves_what_was_typed_there(at: AppTest, store: Engine, doc_id: str) -> None:
    mark(store, doc_id, name="My Name")
    others_set(store, doc_id, business_name="Theirs")
    at.run()
    mark(store, doc_id, business_name="Typed since")
    press(at, "Go on with the newer state")
    assert not lost(at)
    assert typed_of(store, doc_id) == [{"business_name"}]


def test_what_was_stored_by_somebody_else_does_not_come_back_when_it_is_changed_again(
    at: AppTest, store: Engine, doc_id: str
) -> None:
    mark(store, doc_id, name="Both typed it")
    others_set(store, doc_id, name="Both typed it")
    with store.begin() as connection:  # the place that was marked, too
        places = {"name": [list(PLACE)]}
        version = documents.get(connection, LOCAL_TENANT, doc_id).version
        reviews.correct(connection, LOCAL_TENANT, doc_id, version, LOCAL_ADMIN, {}, places)
    at.run()
    assert not lost(at)
    others_set(store, doc_id, name="Changed again")
    at.run()
    assert not lost(at)
    assert typed_of(store, doc_id) == []


def test_what_is_typed_anew_takes_the_place_of_what_was_lost(at: AppTest, store: Engine, doc_id: str) -> None:
    overtaken(at, store, doc_id, name="Typed first", business_name="Mine")
    assert lost(at)
    mark(store, doc_id, name="Typed since")
    press(at, "Put my values into the form")
    assert (field(at, "Name (line 1)").value, field(at, "Business name (line 2)").value) == ("Typed since", "Mine")
    press(at, "Save")
    assert not lost(at)
    assert typed_of(store, doc_id) == []


def test_a_value_that_is_stored_anew_ends_what_was_typed_before(at: AppTest, store: Engine, doc_id: str) -> None:
    overtaken(at, store, doc_id, name="Typed first", business_name="Mine")
    field(at, "Name (line 1)").set_value("Typed since")
    press(at, "Save")
    assert lost(at)
    assert typed_of(store, doc_id) == [{"business_name"}]


def test_what_came_after_the_list_was_drawn_is_not_dropped_unseen(at: AppTest, store: Engine, doc_id: str) -> None:
    before = state_of(store, doc_id)[1]
    overtaken(at, store, doc_id, name="Listed")
    late = {"name": drafts.Typed("Listed"), "business_name": drafts.Typed("Came late")}
    with store.begin() as connection:
        drafts.save(connection, LOCAL_TENANT, doc_id, LOCAL_ADMIN, before, late, even_if_changed=True)
    press(at, "Go on with the newer state")
    assert lost(at)
    assert any("Came late" in each for each in html(at))
    press(at, "Go on with the newer state")
    assert not lost(at)


def test_what_the_form_has_no_field_for_stays_listed(at: AppTest, store: Engine, doc_id: str) -> None:
    overtaken(at, store, doc_id, name="Mine", bank_name="Of another type")
    press(at, "Put my values into the form")
    assert field(at, "Name (line 1)").value == "Mine"
    assert lost(at)
    assert any("Bank name: Of another type" in each for each in html(at))
    press(at, "Go on with the newer state")
    assert typed_of(store, doc_id) == [{"name"}]


def test_a_newer_state_is_not_marked_by_what_was_wrong_before(at: AppTest, store: Engine, doc_id: str) -> None:
    field(at, "Date signed").set_value("soon")
    press(at, "Save")
    assert any("must be a date" in each for each in html(at))
    others_set(store, doc_id, signature_date="2024-03-31")
    at.run()
    assert not any("must be a date" in each for each in html(at))
