"""Review, when what a person types breaks a check: told once, and theirs to accept."""

from __future__ import annotations

from sqlalchemy import Engine

from tests.pages.conftest import Opens, html, press
from tests.pages.review_documents import add, field, state_of


def test_an_approval_whose_values_break_a_check_is_asked_for_twice(open_screen: Opens, store: Engine) -> None:
    doc_id = add(store)
    at = open_screen("review", doc=doc_id)
    field(at, "Social security number").set_value("123-45-6789")
    field(at, "Employer identification number").set_value("12-3456789")
    press(at, "Approve")
    assert "Stored, but not approved yet: Both a social security number and an employer number" in at.error[0].value
    assert state_of(store, doc_id)[0] == "needs_review"
    assert state_of(store, doc_id)[2]["ssn"] == ("123-45-6789", "human")
    press(at, "Approve")
    assert state_of(store, doc_id)[0] == "approved"


def test_a_check_is_told_beside_its_field_until_it_is_mended(open_screen: Opens, store: Engine) -> None:
    doc_id = add(store)
    at = open_screen("review", doc=doc_id)
    field(at, "Social security number").set_value("123-45-6789")
    field(at, "Employer identification number").set_value("12-3456789")
    press(at, "Save")
    assert any("the form takes one" in each for each in html(at))
    field(at, "Employer identification number").set_value("")
    press(at, "Save")
    assert not any("the form takes one" in each for each in html(at))
