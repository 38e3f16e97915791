from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine, text
from streamlit.testing.v1 import AppTest

from app.auth import LOCAL_ADMIN, LOCAL_TENANT
from app.components import whole_file
from db import comments, documents, reviews
from tests.db.store import reviewable
from tests.pages.conftest import Opens, html, press


def corrected(store: Engine, **changes: Any) -> str:
    with store.begin() as connection:
        doc_id = reviewable(connection)
        version = documents.get(connection, LOCAL_TENANT, doc_id).version
        reviews.correct(connection, LOCAL_TENANT, doc_id, version, LOCAL_ADMIN, changes)
    return doc_id


def tables(at: AppTest) -> list[Any]:
    return [each.value for each in at.dataframe]


def test_history_tells_who_changed_what_and_masks_numbers(open_screen: Opens, store: Engine) -> None:
    doc_id = corrected(store, ssn="123-45-6789", name="Jordan Q. Blake")
    values, set_by_people, history, stages = tables(open_screen("document", doc=doc_id))
    assert dict(zip(values["Field"], values["Value"], strict=True))["Social security number"] == "•••-••-6789"
    rows = {row.What: row for row in history.itertuples()}
    changed = rows["changed Name (line 1)"]
    assert (changed.Who, changed.Before, changed.After) == ("Local admin", "Jordan Blake", "Jordan Q. Blake")
    assert changed.Version == rows["changed Social security number"].Version
    assert rows["changed Social security number"].After == "•••-••-6789"
    [name, _] = set_by_people.to_dict("records")
    assert (name["The machine said"], name["A person says"], name["Who"]) == (
        "Jordan Blake", "Jordan Q. Blake", "Local admin",
    )  # fmt: skip
    assert "123-45" not in history.to_string() + values.to_string() + set_by_people.to_string()
    assert list(stages["Stage"]) == ["Reading", "Classification", "Extraction"]


def test_history_tells_the_version_that_each_event_made(open_screen: Opens, store: Engine) -> None:
    with store.begin() as connection:
        doc_id = reviewable(connection)
        version = first = documents.get(connection, LOCAL_TENANT, doc_id).version
        version = reviews.approve(connection, LOCAL_TENANT, doc_id, version, LOCAL_ADMIN)
        version = reviews.reopen(connection, LOCAL_TENANT, doc_id, version, LOCAL_ADMIN)
        version = reviews.reject(connection, LOCAL_TENANT, doc_id, version, LOCAL_ADMIN, "blurred")
        version, _ = reviews.change_type(connection, LOCAL_TENANT, doc_id, version, LOCAL_ADMIN, "w2")
        connection.execute(text("UPDATE docs SET processing_status = 'error'"))
        reviews.retry(connection, LOCAL_TENANT, doc_id, LOCAL_ADMIN, "ocr")
        connection.execute(text("UPDATE audit_events SET details = '{}' WHERE action = 'reopened'"))  # an old event
    history = next(each for each in tables(open_screen("document", doc=doc_id)) if "What" in each)
    versions = dict(zip(history["What"], history["Version"], strict=True))
    assert (versions["uploaded it"], versions["approved it"], versions["took the decision back"]) == (
        "1", str(first + 1), "",
    )  # fmt: skip
    assert (versions["rejected it: blurred"], versions["changed Document type"]) == (str(first + 3), str(first + 4))
    assert versions["had it run again (Reading)"] == str(first + 5)


def test_numbers_are_shown_in_full_on_demand_and_that_is_noted(open_screen: Opens, store: Engine) -> None:
    doc_id = corrected(store, ssn="123-45-6789")
    at = open_screen("document", doc=doc_id)
    at = next(each for each in at.toggle if each.label.startswith("Show tax")).set_value(True).run()
    values, set_by_people, history, _ = tables(at)
    assert all("123-45-6789" in each.to_string() for each in (values, set_by_people, history))
    assert "had the masked numbers shown" in list(history["What"])
    at.run()
    with store.connect() as connection:
        n = connection.execute(text("SELECT count(*) FROM audit_events WHERE action = 'revealed'")).scalar_one()
    assert n == 1, "looking on is no second look"


def test_without_sensitive_values_nothing_can_be_revealed(open_screen: Opens, store: Engine) -> None:
    with store.begin() as connection:
        doc_id = reviewable(connection)
    assert not [each for each in open_screen("document", doc=doc_id).toggle if each.label.startswith("Show tax")]


def test_the_whole_file_comes_as_pictures_of_its_pages(open_screen: Opens, store: Engine) -> None:
    with store.begin() as connection:
        doc_id = reviewable(connection)
        connection.execute(
            text("UPDATE docs SET page_count = 3, size_bytes = :n"), {"n": whole_file.MOST_PDF_BYTES + 1}
        )
    at = open_screen("document", doc=doc_id)
    [shown] = [each for each in html(at) if "fuse-pages" in each and "<figure>" in each]
    assert [f"/api/docs/{doc_id}/pages/{n}.jpg" in shown for n in (1, 2, 3, 4)] == [True, True, True, False]
    assert shown.count('loading="lazy"') == 3
    assert any("more than 10 MB" in each.value for each in at.caption)


def test_a_pdf_that_is_gone_says_what_to_do(open_screen: Opens, store: Engine) -> None:
    with store.begin() as connection:
        doc_id = reviewable(connection)
    at = open_screen("document", doc=doc_id)
    at.session_state[f"reader-{doc_id}"] = whole_file._PDF
    assert "Upload the same file again" in at.run().error[0].value


def test_without_a_document_the_list_is_offered(open_screen: Opens) -> None:
    assert open_screen("document").info[0].value == "Choose a document from the list."


@pytest.mark.parametrize(("status", "asks"), [("approved", True), ("rejected", True), ("needs_review", False)])
def test_a_decision_is_not_lost_by_a_single_click(open_screen: Opens, store: Engine, status: str, asks: bool) -> None:
    with store.begin() as connection:
        doc_id = reviewable(connection)
        connection.execute(text("UPDATE docs SET processing_status = :status"), {"status": status})
    at = open_screen("document", doc=doc_id)
    said = f"It is {status}. Run again, that no longer counts" in "".join(each.value for each in at.markdown)
    assert said == asks
    assert len(at.markdown) == asks  # Streamlit writes a text that stands in a screen's file by itself
    assert [each.label for each in at.button if each.label.startswith("Run")] == [
        "Run it again all the same" if asks else "Run again"
    ]
    press(at, "Run it again all the same" if asks else "Run again")
    with store.connect() as connection:
        assert documents.get(connection, LOCAL_TENANT, doc_id).processing_status == "ocr"


def test_history_tells_why_and_what_was_said_with_numbers_masked(open_screen: Opens, store: Engine) -> None:
    doc_id = corrected(store, ssn="123-45-6789")
    with store.begin() as connection:
        version = documents.get(connection, LOCAL_TENANT, doc_id).version
        comments.add(connection, LOCAL_TENANT, doc_id, LOCAL_ADMIN, "Is 123-45-6789 right?")
        reviews.reject(connection, LOCAL_TENANT, doc_id, version, LOCAL_ADMIN, "123 45 6789 is *wrong*")
    history = next(each for each in tables(open_screen("document", doc=doc_id)) if "What" in each)
    what = list(history["What"])
    assert "sent it to review: Uncertain value" in what
    assert "commented: Is •••-••-6789 right?" in what
    assert "rejected it: ••• •• 6789 is *wrong*" in what
    assert not any(each.startswith("commented on it") for each in what)
