from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, text
from streamlit.testing.v1 import AppTest

from db import queue, reviews
from tests.db.queue_rows import colleague, opened_by, waiting
from tests.db.store import LOCAL_ADMIN, LOCAL_TENANT, reviewable
from tests.pages.conftest import Opens, html, press


def _table_key(at: AppTest) -> str:
    return str(at.session_state["queue-shown"].key)


def _tick(at: AppTest, *rows: int) -> AppTest:
    at.session_state[_table_key(at)] = {"selection": {"rows": list(rows), "columns": [], "cells": []}}
    return at.run()


def _files(at: AppTest) -> list[str]:
    return [name.removesuffix(".pdf") for name in at.dataframe[-1].value["File"]]


def _choose(at: AppTest, label: str, value: str) -> AppTest:
    return next(each for each in at.selectbox if each.label == label).set_value(value).run()


def _act(at: AppTest, action: str) -> AppTest:
    return _group(at, "bulk-action").set_value(action).run()


def _group(at: AppTest, key: str) -> Any:
    return next(each for each in at.get("button_group") if each.key == key)


def _column(store: Engine, column: str) -> dict[str, Any]:
    with store.connect() as connection:
        rows = connection.execute(text(f"SELECT filename, {column} FROM docs"))
        return {row[0].removesuffix(".pdf"): str(row[1]) if isinstance(row[1], UUID) else row[1] for row in rows}


def test_an_empty_installation_explains_itself(open_screen: Opens) -> None:
    at = open_screen()
    assert at.header[0].value == "Queue"
    assert at.subheader[0].value == "Welcome to Fuse"
    assert "./fuse up --samples" in "".join(each.value for each in at.caption)


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
    _choose(at, "Type", "invoice")
    assert at.query_params["type"] == "invoice"
    assert len(at.dataframe[0].value) == 1
    press(at, "Start reviewing")
    assert (at.query_params["doc"], at.query_params["type"]) == (other, "invoice")


def test_choices_carry_counts_of_the_whole_queue_and_not_of_the_rows_shown(open_screen: Opens, store: Engine) -> None:
    with store.begin() as connection:
        for number in range(230):
            waiting(connection, f"{number:03}", "sampled", confidence=number / 1000, hours=30 if number > 220 else 0)
    at = open_screen()
    assert len(at.dataframe[0].value) == 200
    by_label = {each.label: each.options for each in at.selectbox}
    assert by_label["Reason"] == ["Random check (230)"]
    assert by_label["Age"] == [
        "Overdue (9)",
        "Within the target (221)",
        "Older than 1 hour (9)",
        "Older than 1 day (9)",
    ]
    assert by_label["Assigned to"] == ["Nobody (230)"]
    assert "**9** overdue (target: 24 hours)" in at.markdown[0].value
    assert "first 200 of 230" in at.caption[-1].value


def test_every_filter_and_the_sorting_stand_in_the_address(open_screen: Opens, store: Engine) -> None:
    with store.begin() as connection:
        for name, hours in (("young", 1), ("old", 3), ("middle", 2)):
            waiting(connection, name, "sampled", hours=hours, assignee_id=LOCAL_ADMIN, priority=1, confidence=0.8)
        waiting(connection, "other", "no_text", confidence=0.2)
    address = {"type": "w9", "status": "needs_review", "reason": "sampled", "confidence": "75-90", "age": "on-time",
               "uploader": LOCAL_ADMIN, "assignee": "me", "priority": "1", "sort": "oldest"}  # fmt: skip
    at = open_screen("queue", **address)
    assert _files(at) == ["old", "middle", "young"]
    shown = {each.label: each.value for each in at.selectbox}
    assert (shown["Assigned to"], shown["Confidence"], shown["Sort by"]) == ("me", "75-90", "oldest")
    press(at, "Clear filters")
    assert dict(at.query_params) == {"sort": "oldest"}
    assert _files(at) == ["old", "middle", "young", "other"]


@pytest.mark.parametrize("nonsense", ["<b>\x00%'", "999-1000"])
def test_nonsense_in_the_address_breaks_nothing(open_screen: Opens, store: Engine, nonsense: str) -> None:
    with store.begin() as connection:
        waiting(connection)
    params = ("type", "status", "reason", "confidence", "age", "uploader", "assignee", "priority", "sort")
    at = open_screen("queue", **dict.fromkeys(params, nonsense))
    assert not at.error
    assert "No waiting document matches" in at.info[0].value


@pytest.mark.parametrize(("view", "files"), [("My work", ["mine"]), ("Overdue", ["late"]), ("Unassigned", ["late"])])
def test_a_ready_view_is_one_press_away(open_screen: Opens, store: Engine, view: str, files: list[str]) -> None:
    with store.begin() as connection:
        waiting(connection, "mine", assignee_id=LOCAL_ADMIN)
        waiting(connection, "hers", assignee_id=colleague(connection))
        waiting(connection, "late", hours=30)
    at = open_screen("queue", sort="newest")
    _group(at, "queue-view").set_value(view).run()
    assert _files(at) == files
    assert at.query_params["sort"] == "newest"


def test_a_view_is_saved_opened_and_deleted(open_screen: Opens, store: Engine) -> None:
    with store.begin() as connection:
        waiting(connection, "one")
        waiting(connection, "two", type="w2")
    at = open_screen("queue", type="w2", sort="oldest")
    press(at, "Save")
    assert "Give the view a name first" in "".join(html(at))
    at.text_input(key="queue-view-name").set_value("<i>Doubtful</i>")
    press(at, "Save")
    assert "&lt;i&gt;Doubtful" in "".join(html(at))
    press(at, "Clear filters")
    assert len(_files(at)) == 2
    at.selectbox(key="queue-saved").set_value(at.selectbox(key="queue-saved").options[0]).run()
    assert dict(at.query_params) == {"type": "w2", "sort": "oldest"}
    assert _files(at) == ["two"]
    press(at, "Delete this view")
    assert [each for each in at.selectbox if each.key == "queue-saved"] == []
    assert _files(at) == ["two"]


def test_chosen_rows_are_approved_after_a_preview_that_says_what_is_left_out(open_screen: Opens, store: Engine) -> None:
    with store.begin() as connection:
        waiting(connection, "unsure", "below_threshold", confidence=0.1)
        waiting(connection, "untyped", confidence=0.2, type="unknown")
        waiting(connection, "broken", "not_on_page", confidence=0.3)
        opened_by(connection, waiting(connection, "open", confidence=0.4), colleague(connection))
        waiting(connection, "unticked", confidence=0.5)
    at = _act(_tick(open_screen(), 0, 1, 2, 3), "approve")
    said = "".join(html(at))
    for part in ("1 document is approved as it is", "not sure of", "1 left out, of unknown type", "untyped.pdf",
                 "1 left out, with a value that is missing", "1 left out, open for review"):  # fmt: skip
        assert part in said
    assert set(_column(store, "processing_status").values()) == {"needs_review"}
    press(at, "Approve 1 document")
    assert "Approved 1 document." in "".join(html(at))
    decided = [name for name, status in _column(store, "processing_status").items() if status == "approved"]
    assert decided == ["unsure"]
    assert _files(at) == ["untyped", "broken", "open", "unticked"]
    press(at, "Close")
    assert "Approved" not in "".join(html(at))


def test_a_row_that_was_ticked_stays_the_same_document_while_the_queue_moves(open_screen: Opens, store: Engine) -> None:
    with store.begin() as connection:
        first = waiting(connection, "first", confidence=0.1)
        waiting(connection, "second", confidence=0.2)
        waiting(connection, "third", confidence=0.3)
    at = _tick(open_screen(), 0, 1)
    with store.begin() as connection:
        reviews.approve(connection, LOCAL_TENANT, first, 1, LOCAL_ADMIN)
    at.run()
    assert _files(at) == ["first", "second", "third"]
    _act(at, "approve")
    assert "1 left out, decided already" in "".join(html(at))
    press(at, "Approve 1 document")
    assert _column(store, "processing_status")["third"] == "needs_review"


def test_all_that_match_are_rejected_with_the_reason_that_is_asked_for(open_screen: Opens, store: Engine) -> None:
    with store.begin() as connection:
        for name in ("one", "two", "three"):
            waiting(connection, name, type="w2")
        waiting(connection, "other")
    at = open_screen("queue", type="w2")
    at.checkbox(key="bulk-all").check().run()
    _act(at, "reject")
    assert "Say why first" in "".join(each.value for each in at.caption)
    at.text_input(key="bulk-reason").set_value("sent *twice*").run()
    assert "with this reason: sent *twice*" in "".join(html(at))
    press(at, "Reject 3 documents")
    assert _column(store, "reject_reason") == {**dict.fromkeys(("one", "two", "three"), "sent *twice*"), "other": None}


def test_work_is_given_to_a_colleague_and_made_urgent(open_screen: Opens, store: Engine) -> None:
    with store.begin() as connection:
        ann = colleague(connection, "Ann <b>")
        waiting(connection, "one")
    at = _act(_tick(open_screen(), 0), "assign")
    at.selectbox(key="bulk-assignee").set_value("Ann <b>").run()
    assert "1 document becomes Ann &lt;b&gt;" in "".join(html(at))
    press(at, "Assign 1 document")
    assert _column(store, "assignee_id") == {"one": ann}
    assert list(at.dataframe[0].value["Assigned to"]) == ["Ann <b>"]
    _act(_tick(at, 0), "prioritise")
    press(at, "Change 1 document")
    assert list(at.dataframe[0].value["Priority"]) == ["▲ High"]


def test_a_conflict_is_reported_with_the_file_and_nothing_is_tried_again(
    open_screen: Opens, store: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with store.begin() as connection:
        waiting(connection, "one", confidence=0.1)
        waiting(connection, "two", confidence=0.2)
    at = _act(_tick(open_screen(), 0, 1), "approve")
    with store.begin() as connection:
        connection.execute(text("UPDATE docs SET version = 7 WHERE filename = 'one.pdf'"))
    press(at, "Approve 2 documents")
    assert "Approved 1 document." in "".join(html(at))
    problems = at.dataframe[0].value
    assert list(problems["File"]) == ["one.pdf"]
    assert "changed this document meanwhile" in problems["Why not"][0]
    assert _column(store, "processing_status") == {"one": "needs_review", "two": "approved"}


def test_a_run_that_broke_off_goes_on_when_it_is_asked_to(
    open_screen: Opens, store: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with store.begin() as connection:
        for number in range(4):
            waiting(connection, f"{number}", confidence=number / 10)
    real, calls = queue.open_with, []

    def breaks_off_once(connection: Any, tenant_id: str, doc_ids: Sequence[str]) -> dict[str, str]:
        calls.append(doc_ids)
        if len(calls) == armed + 3:
            raise RuntimeError
        return real(connection, tenant_id, doc_ids)

    monkeypatch.setattr(queue, "open_with", breaks_off_once)
    armed = 10_000
    at = open_screen()
    at.checkbox(key="bulk-all").check().run()
    _act(at, "approve")
    armed = len(calls)
    press(at, "Approve 4 documents")
    assert len(at.error) == 1
    at.run()
    assert "Stopped after 2 of 4 documents" in at.warning[0].value
    assert not at.dataframe
    press(at, "Go on")
    assert "Approved 4 documents." in "".join(html(at))
    assert "no document waits" in at.success[0].value


def _walk() -> None:
    import streamlit as st

    from app import wiring
    from app.auth import LOCAL_TENANT
    from app.components import queue_walk

    with wiring.database(wiring.settings()).connect() as connection:
        done: list[str] = []
        names = []
        while (document := queue_walk.next_in_queue(connection, LOCAL_TENANT, but=done)) and len(names) < 9:
            names.append(document.filename[0])
            done.append(document.id)
        st.text("".join(names))
        first = queue_walk.next_in_queue(connection, LOCAL_TENANT)
        if first is not None:
            queue_walk.skip(first.id)


@pytest.mark.parametrize(
    ("address", "order"),
    [
        ({}, "abcd"),
        ({"sort": "oldest"}, "dcab"),
        ({"sort": "newest"}, "bacd"),
        ({"sort": "priority"}, "bdca"),
        ({"type": "w9", "sort": "oldest"}, "dca"),
        ({"confidence": "0-50", "age": "1h"}, "c"),
        ({"assignee": "me"}, "b"),
        ({"status": "error"}, "f"),
        ({"reason": "sampled"}, ""),
    ],
)
def test_approve_and_next_walks_the_filtered_and_sorted_queue(
    store: Engine, address: dict[str, str], order: str
) -> None:
    with store.begin() as connection:
        waiting(connection, "a", confidence=0.1, hours=0.2)
        waiting(connection, "b", confidence=0.2, priority=1, type="w2", assignee_id=LOCAL_ADMIN)
        waiting(connection, "c", confidence=0.3, hours=30)
        waiting(connection, "d", confidence=0.6, hours=40)
        waiting(connection, "f", confidence=None, processing_status="error", type=None)
    at = AppTest.from_function(_walk, default_timeout=30)
    for name, value in address.items():
        at.query_params[name] = value
    at.run()
    assert at.text[0].value == order
    if len(order) > 1:
        at.run()
        assert at.text[0].value == order[1:] + order[0]
