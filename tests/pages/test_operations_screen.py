from __future__ import annotations

from collections.abc import Callable

import pytest
import streamlit as st
from redis import Redis
from sqlalchemy import Engine, text
from streamlit.testing.v1 import AppTest

from app import auth, reviewing
from app.auth import LOCAL_ADMIN, LOCAL_TENANT, Role, User
from app.settings import Settings
from db import documents, jobs
from db.reviews import NotReviewable
from tests.db.store import claim, new_document, reviewable
from tests.pages.conftest import Opens, html


def dead_letter(store: Engine, name: str) -> str:
    with store.begin() as connection:
        added = documents.add(connection, new_document(name.encode()))
        held = claim(connection, added.job_id)
        jobs.bury(connection, held, "error", {"code": "damaged", "sentence": "The file is damaged.", "field": None})
        connection.execute(
            text("UPDATE docs SET filename = :name WHERE id = :id"), {"name": name, "id": added.document_id}
        )
    return added.document_id


def table(at: AppTest, column: str) -> list[object]:
    """The column of the first table that has it."""
    return next(list(each.value[column]) for each in at.dataframe if column in each.value.columns)


def tick(at: AppTest, rows: list[int]) -> None:
    key = next(each.key for each in at.dataframe if str(each.key).startswith("dead-letters-"))
    at.session_state[key] = {"selection": {"rows": rows, "columns": [], "cells": []}}


def run_button(at: AppTest) -> AppTest:
    return next(each for each in at.button if each.key == "dead-letters-run")


def test_an_empty_installation_explains_itself(open_screen: Opens) -> None:
    at = open_screen("operations")
    assert at.subheader[0].value == "Welcome to Fuse"
    assert not at.metric


def test_stages_workers_and_speed(open_screen: Opens, store: Engine, settings: Settings) -> None:
    with store.begin() as connection:
        reviewable(connection, b"done")
        documents.add(connection, new_document(b"waits"))
        held = documents.add(connection, new_document(b"held"))
        connection.execute(text("UPDATE docs SET filename = 'held.pdf' WHERE id = :id"), {"id": held.document_id})
        connection.execute(text("UPDATE jobs SET place = now() - interval '1 day' WHERE id = :id"), {"id": held.job_id})
        claim(connection, held.job_id, worker="alder:7")
    with Redis.from_url(settings.redis_url) as redis:
        for pid, state in (("7", "busy"), ("8", "idle")):
            redis.sadd("rq:workers", f"rq:worker:{pid}")
            redis.hset(f"rq:worker:{pid}", mapping={
                "hostname": "alder", "pid": pid, "state": state, "queues": "ocr",
                "birth": "2026-01-01T00:00:00.000000Z",
                "successful_job_count": 3,
            })  # fmt: skip
        redis.sadd("rq:workers", "rq:worker:gone")
    at = open_screen("operations")
    assert not at.error
    assert not at.warning
    assert {each.label: each.value for each in at.metric} | {"Oldest wait": ""} == {
        "Waiting": "1", "Oldest wait": "", "Running": "1", "Pages a minute": "0.1", "Workers": "2", "Dead letters": "0",
    }  # fmt: skip
    assert table(at, "Stage") == ["Reading", "Classification", "Extraction"]
    assert table(at, "Running") == [1, 0, 0]
    assert table(at, "Worker") == ["alder:7", "alder:8"]
    assert table(at, "State") == ["Working", "Ready"]
    assert table(at, "Holds") == ["Reading of held.pdf", "–"]
    assert table(at, "Together") == ["22 ms"]
    with Redis.from_url(settings.redis_url) as redis:
        assert redis.scard("rq:workers") == 3, "reading the registry must not change it"


def test_without_redis_the_rest_is_shown(
    open_screen: Opens, store: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead_letter(store, "broken.pdf")
    away = settings.model_copy(update={"redis_url": "redis://127.0.0.1:1/0", "llm": "ollama"})
    monkeypatch.setattr("app.wiring.settings", lambda: away)
    at = open_screen("operations")
    assert not at.error
    assert "Redis does not answer" in at.warning[0].value
    assert table(at, "Why") == ["The file is damaged."]
    assert any("whether the model is asked" in each.value for each in at.caption)


def test_without_workers_it_says_what_to_start(open_screen: Opens, store: Engine) -> None:
    dead_letter(store, "broken.pdf")
    assert "./fuse up" in open_screen("operations").warning[0].value


def test_ticked_dead_letters_run_again_from_the_chosen_stage(open_screen: Opens, store: Engine) -> None:
    ids = [dead_letter(store, f"{name}.pdf") for name in ("one", "two", "three")]
    at = open_screen("operations")
    assert table(at, "File") == ["three.pdf", "two.pdf", "one.pdf"]
    assert run_button(at).disabled
    tick(at, [0, 2])
    at.run()
    assert run_button(at).label == "Run 2 documents again"
    next(each for each in at.button_group if each.label == "Run again from").set_value("extraction")
    run_button(at).click().run()
    with store.connect() as connection:
        statuses = dict(connection.execute(text("SELECT id::text, processing_status FROM docs")).all())
    # Nothing was read, so extraction begins with reading.
    assert [statuses[doc_id] for doc_id in ids] == ["ocr", "error", "ocr"]
    assert table(at, "File") == ["two.pdf"]


def test_one_that_cannot_be_run_again_does_not_keep_the_others_back(
    open_screen: Opens, store: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (dead_letter(store, name) for name in ("<b>first</b>.pdf", "second.pdf"))
    real: Callable[..., str] = reviewing.retry

    def retry(doc_id: str, *others: object) -> str:
        if doc_id == first:
            raise NotReviewable
        return real(doc_id, *others)

    monkeypatch.setattr(reviewing, "retry", retry)
    at = open_screen("operations")
    tick(at, [0, 1])
    run_button(at.run()).click().run()
    assert "1 document could not be run again" in at.error[0].value
    assert any("&lt;b&gt;first&lt;/b&gt;.pdf: Somebody runs it again already." in each for each in html(at))
    with store.connect() as connection:
        assert documents.get(connection, LOCAL_TENANT, second).processing_status == "ocr"


def test_a_ticked_list_stays_as_it_is(open_screen: Opens, store: Engine) -> None:
    dead_letter(store, "old.pdf")
    at = open_screen("operations")
    tick(at, [0])
    dead_letter(store, "new.pdf")
    assert table(at.run(), "File") == ["old.pdf"]
    tick(at, [])
    assert table(at.run(), "File") == ["new.pdf", "old.pdf"]


def test_a_click_on_a_slow_document_opens_the_one_that_was_drawn(open_screen: Opens, store: Engine) -> None:
    with store.begin() as connection:
        doc_id = reviewable(connection, b"slow")
    at = open_screen("operations")
    with store.begin() as connection:
        reviewable(connection, b"slower")
        connection.execute(text("UPDATE stage_results SET wall_ms = 9000 WHERE doc_id <> :id"), {"id": doc_id})
    st.cache_data.clear()
    key = next(each.key for each in at.dataframe if str(each.key).startswith("slowest-"))
    at.session_state[key] = {"selection": {"rows": [], "columns": [], "cells": [[0, "File"]]}}
    at.run()
    assert at.query_params["doc"] == doc_id
    assert any("form.pdf" in each for each in html(at))
    assert [each.label for each in at.tabs][:2] == ["Values", "History"]


def test_the_model_is_told_where_one_is_set(
    open_screen: Opens, store: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead_letter(store, "broken.pdf")
    with_model = settings.model_copy(update={"llm": "ollama", "llm_model": "small", "llm_day_tokens": 100})
    monkeypatch.setattr("app.wiring.settings", lambda: with_model)
    at = open_screen("operations")
    assert "nothing speaks against its server" in at.success[0].value
    with store.begin() as connection:
        connection.execute(
            text("INSERT INTO usage (tenant_id, hour, calls, prompt_tokens) "
                 "VALUES (:id, date_trunc('hour', now()), 7, 100)"),
            {"id": LOCAL_TENANT},
        )  # fmt: skip
    at.run()
    assert "tokens are used up" in at.warning[-1].value
    assert any("100 of 100" in each for each in html(at))


def test_only_a_manager_may(open_screen: Opens, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auth, "current_user", lambda: User(LOCAL_ADMIN, LOCAL_TENANT, "Ann", Role.ANALYST))
    at = open_screen("operations")
    assert "Your role does not allow this" in at.error[0].value
    assert not at.metric
