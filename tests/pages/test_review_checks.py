"""Review, when what a person types breaks a check: told once, and theirs to accept."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import Opens, html, press
from tests.pages.review_documents import add, field, state_of


@pytest.fixture
def doc_id(store: Engine) -> str:
    return add(store)


@pytest.fixture
def at(open_screen: Opens, doc_id: str) -> AppTest:
    """A W-9 into whose form both tax numbers are typed, of which it takes one."""
    opened = open_screen("review", doc=doc_id)
    field(opened, "Social security number").set_value("123-45-6789")
    field(opened, "Employer identification number").set_value("12-3456789")
    return opened


def test_an_approval_whose_values_break_a_check_is_asked_for_twice(at: AppTest, store: Engine, doc_id: str) -> None:
    press(at, "Approve")
    assert "Stored, but not approved yet: Both a social security number and an employer number" in at.error[0].value
    assert [each.value for each in at.toast] == [at.error[0].value], "also where the top is out of sight"
    assert state_of(store, doc_id)[0] == "needs_review"
    assert state_of(store, doc_id)[2]["ssn"] == ("123-45-6789", "human")
    press(at, "Approve")
    assert state_of(store, doc_id)[0] == "approved"


def test_a_check_is_told_beside_its_field_until_it_is_mended(at: AppTest) -> None:
    press(at, "Save")
    assert any("the form takes one" in each for each in html(at))
    field(at, "Employer identification number").set_value("")
    press(at, "Save")
    assert not any("the form takes one" in each for each in html(at))
