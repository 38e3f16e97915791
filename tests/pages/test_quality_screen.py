from __future__ import annotations

from sqlalchemy import Engine

from app.auth import LOCAL_ADMIN, LOCAL_TENANT
from db import documents, reviews
from tests.db.store import reviewable
from tests.pages.conftest import Opens


def test_what_was_not_measured_is_a_dash(open_screen: Opens, store: Engine) -> None:
    with store.begin() as connection:
        reviewable(connection)
    at = open_screen("quality")
    shown = {each.label: each.value for each in at.metric}
    assert shown["Documents"] == "1"
    assert shown["Type right"] == "–"
    assert "once people have approved" in at.info[0].value


def test_approved_documents_are_the_truth(open_screen: Opens, store: Engine) -> None:
    with store.begin() as connection:
        doc_id = reviewable(connection)
        version = documents.get(connection, LOCAL_TENANT, doc_id).version
        version = reviews.correct(connection, LOCAL_TENANT, doc_id, version, LOCAL_ADMIN, {"name": "Another"})
        reviews.approve(connection, LOCAL_TENANT, doc_id, version, LOCAL_ADMIN)
    at = open_screen("quality")
    assert {each.label: each.value for each in at.metric}["Type right"] == "100%"
    types, fields, stages, statuses = (each.value for each in at.dataframe)
    assert list(types["Type"]) == ["W-9"]
    assert fields.to_dict("records")[0] | {"Field": "Name (line 1)", "Exact": "0%"} == fields.to_dict("records")[0]
    assert list(stages["Stage"]) == ["Reading", "Classification", "Extraction"]
    assert list(statuses["Status"]) == ["Approved"]


def test_an_empty_period_says_so(open_screen: Opens) -> None:
    assert "No document was uploaded" in open_screen("quality").markdown[0].value
