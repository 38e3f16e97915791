"""What the API tells of the language model: a document's calls, and what a tenant's calls have cost."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from app import auth, wiring
from app.auth import LOCAL_ADMIN, LOCAL_TENANT, Role, User
from app.server import make_api
from app.settings import Settings
from db import model_calls, usage
from db.model_calls import Called
from db.session import engine
from tests.app.stored_calls import ANSWER, call, talked_about
from tests.db.store import add_tenant, reviewable


@pytest.fixture
def api(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setattr(wiring, "settings", lambda: settings)
    with TestClient(make_api()) as client:
        yield client


@pytest.fixture
def store(settings: Settings) -> Engine:
    return engine(settings.database)


def add(store: Engine, *calls: Called, silent: bool = False) -> str:
    """A document, by default one that a model was asked about."""
    with store.begin() as connection:
        doc_id = reviewable(connection, uuid4().bytes)
        if not silent:
            talked_about(connection, doc_id, *calls)
    return doc_id


def stranger(store: Engine) -> str:
    with store.begin() as connection:
        return add_tenant(connection, "Another")


def use(store: Engine, tokens: int, usd: float, tenant_id: str = LOCAL_TENANT, days_ago: int = 0) -> None:
    with store.begin() as connection:
        usage.record(connection, tenant_id, tokens, tokens // 10, usd)
        if days_ago:
            connection.execute(text("UPDATE usage SET hour = hour - make_interval(days => :n)"), {"n": days_ago})


def become(monkeypatch: pytest.MonkeyPatch, role: Role, tenant_id: str = LOCAL_TENANT) -> None:
    monkeypatch.setattr(auth, "current_user", lambda: User(LOCAL_ADMIN, tenant_id, "Somebody", role))


def test_a_documents_calls_are_shown_with_all_that_was_stored(api: TestClient, store: Engine) -> None:
    doc_id = add(store)
    body = api.get(f"/api/docs/{doc_id}/model-calls").json()
    offered, asked = body["calls"]
    assert offered["tool_calls"][0]["name"] == "get_gold_examples"
    expected = {
        "generation": 1,
        "stage": "extraction",
        "model": "llama3.2:3b",
        "template": "extraction",
        "template_version": 2,
        "answer": ANSWER,
        "prompt_tokens": 2140,
        "answer_tokens": 212,
        "latency_ms": 5230.0,
        "usd": 0.0011,
        "outcome": "ok",
    }
    assert {name: asked[name] for name in expected} == expected
    assert [message["role"] for message in asked["prompt"]] == ["system", "user"]
    [used] = body["tools"]
    assert (used["tool"], used["how"], used["results"]) == ("get_gold_examples", "called", 2)


def test_without_calls_the_lists_are_empty(api: TestClient, store: Engine) -> None:
    assert api.get(f"/api/docs/{add(store, silent=True)}/model-calls").json() == {"calls": [], "tools": []}


def test_nobody_elses_document_tells_anything(api: TestClient, store: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    doc_id = add(store)
    become(monkeypatch, Role.ADMIN, stranger(store))
    theirs, unknown = (api.get(f"/api/docs/{each}/model-calls") for each in (doc_id, uuid4()))
    assert (theirs.status_code, theirs.json()["error"]["code"]) == (404, "not_found")
    assert theirs.json() == unknown.json() == api.get(f"/api/docs/{doc_id}").json()


def test_use_is_told_by_day_and_in_all(api: TestClient, store: Engine) -> None:
    use(store, 1000, 0.1, days_ago=3)
    use(store, 2000, 0.2)
    use(store, 3000, 0.3)
    use(store, 70, 7.0, stranger(store))
    body = api.get("/api/usage").json()
    assert body["days"] == 30
    assert body["total"] == {"calls": 3, "prompt_tokens": 6000, "answer_tokens": 600, "usd": pytest.approx(0.6)}
    assert [(day["calls"], day["prompt_tokens"]) for day in body["by_day"]] == [(2, 5000), (1, 1000)]
    assert api.get("/api/usage?days=1").json()["total"]["calls"] == 2


def test_without_use_the_total_is_nothing(api: TestClient) -> None:
    nothing = {"calls": 0, "prompt_tokens": 0, "answer_tokens": 0, "usd": 0.0}
    assert api.get("/api/usage").json() == {"days": 30, "total": nothing, "by_day": []}


@pytest.mark.parametrize("days", ["0", "-1", "4000", "many"])
def test_a_period_that_is_none_is_refused(api: TestClient, days: str) -> None:
    assert api.get(f"/api/usage?days={days}").status_code == 422


def test_use_is_a_managers_and_calls_are_an_analysts(
    api: TestClient, store: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    doc_id = add(store)
    become(monkeypatch, Role.ANALYST)
    assert api.get("/api/usage").status_code == api.get("/api/metrics").status_code == 403
    assert api.get(f"/api/docs/{doc_id}/model-calls").status_code == 200


def test_openapi_shows_both_with_examples(api: TestClient) -> None:
    schema = api.get("/api/openapi.json").json()
    assert {"/api/docs/{doc_id}/model-calls", "/api/usage"} <= set(schema["paths"])
    for name in ("ModelCallAnswer", "ToolUseAnswer", "UsedOnDay", "MessageAnswer"):
        properties = schema["components"]["schemas"][name]["properties"]
        missing = [field for field, of in properties.items() if not of.get("examples") and field != "created_at"]
        assert set(missing) <= {"prompt"}, name


def test_calls_are_counted_without_their_texts(store: Engine) -> None:
    silent = add(store, silent=True)
    doc_id = add(store, *(call(prompt_hash=f"{n}" * 64) for n in range(3)))
    with store.connect() as connection:
        counted = [model_calls.count_of(connection, LOCAL_TENANT, each) for each in (silent, doc_id)]
        assert counted == [0, 3]
        assert model_calls.count_of(connection, str(uuid4()), doc_id) == 0
