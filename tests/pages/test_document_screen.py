from __future__ import annotations

from sqlalchemy import Engine

from app.auth import LOCAL_ADMIN, LOCAL_TENANT
from db import documents, reviews
from tests.db.store import reviewable
from tests.pages.conftest import Opens


def test_history_tells_who_changed_what_and_masks_numbers(open_screen: Opens, store: Engine) -> None:
    with store.begin() as connection:
        doc_id = reviewable(connection)
        version = documents.get(connection, LOCAL_TENANT, doc_id).version
        changes = {"ssn": "123-45-6789", "name": "Jordan Q. Blake"}
        reviews.correct(connection, LOCAL_TENANT, doc_id, version, LOCAL_ADMIN, changes)
    at = open_screen("document", doc=doc_id)
    values, history, stages = (each.value for each in at.dataframe)
    assert dict(zip(values["Field"], values["Value"], strict=True))["Social security number"] == "•••-••-6789"
    rows = {row.What: row for row in history.itertuples()}
    changed = rows["changed Name (line 1)"]
    assert (changed.Who, changed.Before, changed.After) == ("Local admin", "Jordan Blake", "Jordan Q. Blake")
    assert rows["changed Social security number"].After == "•••-••-6789"
    assert "123-45" not in history.to_string() + values.to_string()
    assert list(stages["Stage"]) == ["Reading", "Classification", "Extraction"]


def test_without_a_document_the_list_is_offered(open_screen: Opens) -> None:
    assert open_screen("document").info[0].value == "Choose a document from the list."
