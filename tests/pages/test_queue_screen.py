from __future__ import annotations

import pytest
from sqlalchemy import Engine, text

from tests.db.store import reviewable
from tests.pages.conftest import Opens


def test_an_empty_installation_explains_itself(open_screen: Opens) -> None:
    at = open_screen()
    assert at.header[0].value == "Queue"
    assert at.subheader[0].value == "Welcome to Fuse"
    assert "./fuse up --samples" in "".join(each.value for each in at.markdown)


def test_the_least_certain_document_stands_first(open_screen: Opens, store: Engine) -> None:
    with store.begin() as connection:
        for content, confidence in ((b"sure", 0.7), (b"doubtful", 0.2), (b"middling", 0.5)):
            doc_id = reviewable(connection, content)
            connection.execute(
                text("UPDATE docs SET confidence = :confidence, filename = :name WHERE id = :id"),
                {"confidence": confidence, "name": f"{content.decode()}.pdf", "id": doc_id},
            )
    at = open_screen()
    table = at.dataframe[0].value
    assert list(table["File"]) == ["doubtful.pdf", "middling.pdf", "sure.pdf"]
    assert list(table["Confidence"]) == [20, 50, 70]
    assert table["Why"][0] == "Uncertain value"


@pytest.mark.parametrize(("param", "value", "rows"), [("type", "w9", 1), ("reason", "below_threshold", 2)])
def test_a_filter_in_the_address_narrows_the_queue(
    open_screen: Opens, store: Engine, param: str, value: str, rows: int
) -> None:
    with store.begin() as connection:
        reviewable(connection, b"one")
        other = reviewable(connection, b"two")
        connection.execute(text("UPDATE docs SET type = 'bank_statement' WHERE id = :id"), {"id": other})
    at = open_screen("queue", **{param: value})
    assert len(at.dataframe[0].value) == rows


def test_a_dead_letter_waits_in_the_queue_too(open_screen: Opens, store: Engine) -> None:
    with store.begin() as connection:
        doc_id = reviewable(connection)
        connection.execute(
            text("UPDATE docs SET processing_status = 'error', confidence = NULL WHERE id = :id"), {"id": doc_id}
        )
    at = open_screen()
    assert list(at.dataframe[0].value["Status"]) == ["Failed"]


def test_when_all_is_decided_the_queue_says_so(open_screen: Opens, store: Engine) -> None:
    with store.begin() as connection:
        doc_id = reviewable(connection)
        connection.execute(text("UPDATE docs SET processing_status = 'approved' WHERE id = :id"), {"id": doc_id})
    at = open_screen()
    assert "no document waits" in at.success[0].value


def test_a_chosen_filter_goes_into_the_address_and_on_to_review(open_screen: Opens, store: Engine) -> None:
    with store.begin() as connection:
        reviewable(connection, b"one")
        other = reviewable(connection, b"two")
        connection.execute(text("UPDATE docs SET type = 'invoice', confidence = 0.9 WHERE id = :id"), {"id": other})
    at = open_screen("queue")
    at.selectbox[0].set_value("invoice").run()
    assert at.query_params["type"] == "invoice"
    assert len(at.dataframe[0].value) == 1
    next(each for each in at.button if each.label == "Start reviewing").click().run()
    assert (at.query_params["doc"], at.query_params["type"]) == (other, "invoice")
