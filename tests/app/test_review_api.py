from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from app import wiring
from app.auth import LOCAL_ADMIN, LOCAL_TENANT
from app.server import make_api
from app.settings import Settings
from db import drafts
from db.session import engine
from tests.db.store import reviewable

NOBODY = "/api/docs/00000000-0000-4000-8000-00000000dead"


@pytest.fixture
def store(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Engine:
    monkeypatch.setattr(wiring, "settings", lambda: settings)
    return engine(settings.database)


@pytest.fixture
def client(store: Engine) -> Iterator[TestClient]:
    with TestClient(make_api()) as client:
        yield client


@pytest.fixture
def address(store: Engine) -> str:
    with store.begin() as connection:
        return f"/api/docs/{reviewable(connection)}"


def version(client: TestClient, address: str) -> int:
    return int(client.get(address).json()["version"])


def kept(store: Engine, address: str) -> drafts.Draft | None:
    with store.connect() as connection:
        return drafts.get(connection, LOCAL_TENANT, address.rsplit("/", 1)[1], LOCAL_ADMIN)


def test_the_words_of_a_page(client: TestClient, address: str) -> None:
    [first, second] = client.get(f"{address}/pages/1/words").json()["words"]
    assert (first[0], second[0]) == ("Jordan", "Blake")
    assert first[1:5] == [0.1, 0.1, 0.18, 0.12]
    assert client.get(f"{address}/pages/9/words").json() == {"words": []}


def test_a_draft_is_kept_replaced_and_dropped(client: TestClient, store: Engine, address: str) -> None:
    now = version(client, address)
    marked = {"name": {"entry": "Jordan Q. Blake", "boxes": [[1, 0.1, 0.1, 0.3, 0.12]]}}
    assert client.put(f"{address}/draft", json={"version": now, "entries": marked}).status_code == 204
    draft = kept(store, address)
    assert draft is not None
    assert draft.doc_version == now
    assert draft.entries["name"] == drafts.Typed("Jordan Q. Blake", ((1, 0.1, 0.1, 0.3, 0.12),))
    table = {"transactions": {"entry": [{"date": "2024-01-02", "amount": 4.5, "balance": None}]}}
    client.put(f"{address}/draft", json={"version": now, "entries": table})
    draft = kept(store, address)
    assert draft is not None
    assert set(draft.entries) == {"transactions"}
    client.put(f"{address}/draft", json={"version": now, "entries": {}})
    assert kept(store, address) is None


def test_a_draft_of_an_older_version_is_refused_with_the_newer_state(
    client: TestClient, store: Engine, address: str
) -> None:
    old = version(client, address)
    client.post(f"{address}/approve", json={"version": old})
    answer = client.put(f"{address}/draft", json={"version": old, "entries": {"name": {"entry": "late"}}})
    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "version_conflict"
    assert answer.json()["current"]["processing_status"] == "approved"
    assert kept(store, address) is None


@pytest.mark.parametrize(
    "entries",
    [
        {"name": {"entry": "a\0b"}},
        {"name": {"entry": "x" * 2001}},
        {"name": {"entry": "x", "boxes": [[1, 0, 0, 2, 1]]}},
        {"name": {"entry": "x", "boxes": [[0, 0, 0, 1, 1]]}},
        {"name": {"entry": [{"date": {"deep": 1}}]}},
        {"name": {"entry": [{}] * 5001}},
    ],
)
def test_what_is_no_draft_is_refused(client: TestClient, store: Engine, address: str, entries: object) -> None:
    answer = client.put(f"{address}/draft", json={"version": version(client, address), "entries": entries})
    assert answer.status_code == 422
    assert kept(store, address) is None


def test_storing_and_deciding_end_the_draft(client: TestClient, store: Engine, address: str) -> None:
    now = version(client, address)
    client.put(f"{address}/draft", json={"version": now, "entries": {"name": {"entry": "Ann"}}})
    now = client.post(f"{address}/corrections", json={"version": now, "values": {"name": "Ann"}}).json()["version"]
    assert kept(store, address) is None
    client.put(f"{address}/draft", json={"version": now, "entries": {"name": {"entry": "Anna"}}})
    client.post(f"{address}/approve", json={"version": now})
    assert kept(store, address) is None


def test_a_lock_has_one_holder(client: TestClient, address: str) -> None:
    assert client.post(f"{address}/lock", json={"session": "session-1"}).json()["mine"] is True
    other = client.post(f"{address}/lock", json={"session": "session-2"}).json()
    assert (other["mine"], other["holder"], other["wanted_by"]) == (False, "Local admin", None)
    assert client.post(f"{address}/lock", json={"session": "session-1"}).json()["wanted_by"] == "Local admin"
    assert client.post(f"{address}/unlock", json={"session": "session-2"}).status_code == 204
    assert client.post(f"{address}/lock", json={"session": "session-2"}).json()["mine"] is False
    client.post(f"{address}/unlock", json={"session": "session-1"})
    assert client.post(f"{address}/lock", json={"session": "session-2"}).json()["mine"] is True


def test_a_tab_that_goes_away_gives_free_what_it_holds(client: TestClient, address: str) -> None:
    """Right after an approval it holds the next document; its page may know only the one before."""
    client.post(f"{address}/lock", json={"session": "session-1"})
    left = f"/api/docs/{uuid4()}/unlock"
    assert client.post(left, json={"session": "session-1"}).status_code == 204
    assert client.post(f"{address}/lock", json={"session": "session-2"}).json()["mine"] is False
    assert client.post(left, json={"session": "session-1", "leaving": True}).status_code == 204
    assert client.post(f"{address}/lock", json={"session": "session-2"}).json()["mine"] is True


def test_an_approval_is_taken_back(client: TestClient, store: Engine, address: str) -> None:
    now = client.post(f"{address}/approve", json={"version": version(client, address)}).json()["version"]
    assert client.post(f"{address}/reopen", json={"version": now - 1}).status_code == 409
    assert client.post(f"{address}/reopen", json={"version": now}).json() == {"version": now + 1}
    assert client.get(address).json()["processing_status"] == "needs_review"
    with store.connect() as connection:
        reviewed = connection.execute(text("SELECT reviewed_by, reviewed_at FROM docs")).one()
        actions = connection.execute(text("SELECT action FROM audit_events ORDER BY id DESC")).scalars().first()
    assert tuple(reviewed) == (None, None)
    assert actions == "reopened"
    assert client.post(f"{address}/reopen", json={"version": now + 1}).json()["error"]["code"] == "not_reviewable"


def test_comments(client: TestClient, address: str) -> None:
    assert client.post(f"{address}/comments", json={"body": "Ask the <b>sender</b>."}).status_code == 201
    assert client.post(f"{address}/comments", json={"body": "   "}).json()["error"]["code"] == "empty_comment"
    [said] = client.get(f"{address}/comments").json()
    assert (said["name"], said["body"]) == ("Local admin", "Ask the <b>sender</b>.")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/pages/1/words", None),
        ("PUT", "/draft", {"version": 1, "entries": {}}),
        ("POST", "/lock", {"session": "session-1"}),
        ("POST", "/reopen", {"version": 1}),
        ("GET", "/comments", None),
        ("POST", "/comments", {"body": "x"}),
    ],
)
def test_a_document_of_nobody(client: TestClient, method: str, path: str, body: object) -> None:
    assert client.request(method, NOBODY + path, json=body).status_code == 404
