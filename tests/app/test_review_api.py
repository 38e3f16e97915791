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
from db import drafts, unsent
from db.session import engine
from db.tables import docs
from tests.db.store import reviewable

NOT_ME = "00000000-0000-4000-8000-0000000000aa"
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
        found = drafts.of_document(connection, LOCAL_TENANT, address.rsplit("/", 1)[1], LOCAL_ADMIN)
    return found[-1] if found else None


def test_the_words_of_a_page(client: TestClient, address: str) -> None:
    [first, second] = client.get(f"{address}/pages/1/words").json()["words"]
    assert (first[0], second[0]) == ("Jordan", "Blake")
    assert first[1:5] == [0.1, 0.1, 0.18, 0.12]
    assert client.get(f"{address}/pages/9/words").json() == {"words": []}


def test_a_draft_is_kept_replaced_and_dropped(client: TestClient, store: Engine, address: str) -> None:
    now = version(client, address)
    marked = {"name": {"entry": "Jordan Q. Blake", "boxes": [[1, 0.1, 0.1, 0.3, 0.12]]}}
    assert client.put(f"{address}/draft", json={"version": now, "entries": marked}).status_code == 200
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


def test_a_draft_is_answered_with_what_it_means(client: TestClient, address: str) -> None:
    entries = {"signature_date": "5/17/24", "ssn": "123456789", "address": "", "name": "Ann", "nonsense": "x"}
    draft = {name: {"entry": entry} for name, entry in entries.items()}
    told = client.put(f"{address}/draft", json={"version": version(client, address), "entries": draft}).json()
    assert told["understood"] == {
        "signature_date": {"value": "2024-05-17", "text": "Fri 17 May 2024", "wrong": None},
        "ssn": {"value": "123-45-6789", "text": "123-45-6789", "wrong": None},
        "address": {"value": "", "text": "", "wrong": None},
        "name": {"value": "Ann", "text": "Ann", "wrong": None},
    }


def test_the_cells_of_a_table_tell_how_clearly_they_were_read(client: TestClient, store: Engine, address: str) -> None:
    doc_id = address.rsplit("/", 1)[1]
    with store.begin() as connection:
        connection.execute(text("UPDATE docs SET type = 'bank_statement' WHERE id = :id"), {"id": doc_id})
        connection.execute(
            text(
                "UPDATE fields SET name = 'transactions', boxes = '[[1, 0.1, 0.1, 0.3, 0.12]]',"
                """ value = '[{"description": "Jordan Blake", "amount": 4.5}]' WHERE doc_id = :id"""
            ),
            {"id": doc_id},
        )
    told = client.get(f"{address}/tables/transactions/cells").json()
    assert told["version"] == version(client, address)
    assert told["rows"] == [{"description": 0.9}]
    assert client.get(f"{address}/tables/name/cells").json()["rows"] == []
    assert client.get(f"{NOBODY}/tables/transactions/cells").status_code == 404


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


def test_a_draft_that_is_known_to_be_overtaken_is_kept_beside_the_newer_one(
    client: TestClient, store: Engine, address: str
) -> None:
    old = version(client, address)
    new = client.post(f"{address}/corrections", json={"version": old, "values": {"name": "Ann"}}).json()["version"]
    late = {"name": {"entry": "late"}, "business_name": {"entry": "late too"}}
    overtaken = {"version": old, "entries": late, "even_if_changed": True}
    assert client.put(f"{address}/draft", json=overtaken).status_code == 200
    client.put(f"{address}/draft", json={"version": new, "entries": {"name": {"entry": "Anna"}}})
    doc_id = address.rsplit("/", 1)[1]
    with store.connect() as connection:
        both = drafts.of_document(connection, LOCAL_TENANT, doc_id, LOCAL_ADMIN)
    assert [(each.doc_version, each.entries["name"].entry) for each in both] == [(old, "late"), (new, "Anna")]
    client.post(f"{address}/corrections", json={"version": new, "values": {"name": "Anna"}})
    left = kept(store, address)
    assert left is not None
    assert (left.doc_version, set(left.entries)) == (old, {"business_name"})


def test_nothing_is_typed_over_a_version_that_is_yet_to_come(client: TestClient, store: Engine, address: str) -> None:
    early = {"version": version(client, address) + 1, "entries": {"name": {"entry": "x"}}, "even_if_changed": True}
    assert client.put(f"{address}/draft", json=early).status_code == 409
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


def typed(store: Engine, address: str) -> unsent.Unsent:
    with store.connect() as connection:
        assert unsent.get(connection, LOCAL_TENANT, address.rsplit("/", 1)[1], NOT_ME) == unsent.Unsent()
        return unsent.get(connection, LOCAL_TENANT, address.rsplit("/", 1)[1], LOCAL_ADMIN)


def rows(store: Engine) -> int:
    with store.connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM unsent_words")).scalar_one())


def test_words_that_are_not_sent_are_kept_each_by_itself(client: TestClient, store: Engine, address: str) -> None:
    assert client.put(f"{address}/unsent", json={"comment": "Ask th"}).status_code == 204
    client.put(f"{address}/unsent", json={"reason": "Not signed"})
    client.put(f"{address}/unsent", json={"comment": "Ask them"})
    assert typed(store, address) == unsent.Unsent("Not signed", "Ask them")
    client.put(f"{address}/unsent", json={"comment": ""})
    assert typed(store, address) == unsent.Unsent("Not signed")
    client.put(f"{address}/unsent", json={"reason": ""})
    assert rows(store) == 0


@pytest.mark.parametrize("end", ["approve", "reject"])
def test_deciding_ends_a_reason_but_no_comment(client: TestClient, store: Engine, address: str, end: str) -> None:
    now = version(client, address)
    client.put(f"{address}/unsent", json={"comment": "Ask them", "reason": "Not signed"})
    client.post(f"{address}/corrections", json={"version": now, "values": {"name": "Ann"}})
    assert typed(store, address) == unsent.Unsent("Not signed", "Ask them"), "to store values is no decision"
    why = {"reason": "Not signed"} if end == "reject" else {}
    assert client.post(f"{address}/{end}", json={"version": version(client, address), **why}).is_success
    assert typed(store, address) == unsent.Unsent("", "Ask them")


def test_words_go_with_their_document(client: TestClient, store: Engine, address: str) -> None:
    client.put(f"{address}/unsent", json={"comment": "Ask them"})
    with store.begin() as connection:
        connection.execute(text("DELETE FROM docs"))
    assert rows(store) == 0
    assert client.put(f"{address}/unsent", json={"comment": "Ask them"}).status_code == 404


@pytest.mark.parametrize("words", [{"comment": "x" * 2001}, {"reason": "a\0b"}, {"name": "x"}])
def test_what_are_no_words_is_refused(client: TestClient, store: Engine, address: str, words: object) -> None:
    assert client.put(f"{address}/unsent", json=words).status_code == 422
    assert rows(store) == 0


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


@pytest.mark.parametrize(
    ("text", "meant"),
    [("Printed 31/12/2025 and 25/09/2025", "2025-09-03"), ("Printed 12/31/2025", "2025-03-09"), ("", "2025-03-09")],
    ids=["day first", "month first", "nothing tells"],
)
def test_a_date_is_understood_in_the_documents_own_order(
    client: TestClient, store: Engine, address: str, text: str, meant: str
) -> None:
    doc_id = address.rsplit("/", 1)[1]
    with store.begin() as connection:
        connection.execute(docs.update().where(docs.c.id == doc_id).values(ocr_text=text))
    now = version(client, address)
    draft = {"version": now, "entries": {"signature_date": {"entry": "03/09/2025"}}}
    told = client.put(f"{address}/draft", json=draft).json()["understood"]["signature_date"]
    assert told["value"] == meant
    client.post(f"{address}/corrections", json={"version": now, "values": {"signature_date": "03/09/2025"}})
    stored = {each["name"]: each["value"] for each in client.get(address).json()["fields"]}
    assert stored["signature_date"] == meant
