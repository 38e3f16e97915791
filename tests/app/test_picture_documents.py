from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from app import wiring
from app.client import Client
from app.picture_documents import review_some, shown_in_review
from app.server import make_api
from app.settings import Settings
from db.session import engine
from tests.db.store import reviewable


def listed(number: int, status: str = "needs_review", type_name: str | None = "w9") -> dict[str, Any]:
    return {"id": str(number), "version": 5, "processing_status": status, "type": type_name, "confidence": number / 100}


class Recorder:
    """Keeps what was asked of it."""

    def __init__(self) -> None:
        self.approved: dict[str, int] = {}
        self.corrected: dict[str, dict[str, Any]] = {}

    def document(self, document_id: str) -> dict[str, Any]:
        values = (("rows", [], 0.1), ("sure", "A B", 0.9), ("doubtful", "Ann B Lee", 0.4), ("absent", None, None),
                  ("number", "12 345", 0.2), ("code", "X", 0.2))  # fmt: skip
        return {"fields": [{"name": name, "value": value, "confidence": sure} for name, value, sure in values]}

    def correct(self, document_id: str, version: int, values: dict[str, Any]) -> int:
        self.corrected[document_id] = values
        return version + 1

    def approve(self, document_id: str, version: int) -> None:
        self.approved[document_id] = version


def test_most_are_approved_as_they_stand_and_some_go_on_waiting() -> None:
    recorder = Recorder()
    documents = [listed(0, type_name="bank_statement"), *(listed(i) for i in range(1, 8)), listed(8, "auto_approved"),
                 listed(9, type_name="unknown"), listed(10, "error", None)]  # fmt: skip
    assert review_some(recorder, documents) == 5
    assert recorder.approved == {"1": 6, "2": 5, "3": 5, "4": 6, "8": 5}
    assert recorder.corrected == {"1": {"doubtful": "Ann B"}, "4": {"doubtful": "Ann B"}}
    assert shown_in_review(documents)["id"] == "0"


@pytest.mark.parametrize("status", ["approved", "rejected"])
def test_where_somebody_has_reviewed_nothing_is_changed(status: str) -> None:
    recorder = Recorder()
    assert review_some(recorder, [listed(1, status), listed(2, "auto_approved")]) == 0
    assert not recorder.approved


@pytest.fixture
def client(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    monkeypatch.setattr(wiring, "settings", lambda: settings)
    with TestClient(make_api()) as api, Client("http://testserver") as client:
        client._http = api
        yield client


def test_it_is_done_through_the_api(client: Client, settings: Settings) -> None:
    with engine(settings.database).begin() as connection:
        for content in (b"a", b"b", b"c", b"d", b"e", b"f"):
            reviewable(connection, content)
    assert review_some(client, client.documents()) == 2
    with engine(settings.database).connect() as connection:
        statuses = connection.execute(
            text("SELECT processing_status, count(*)::int FROM docs GROUP BY 1 ORDER BY 1")
        ).all()
        assert [tuple(row) for row in statuses] == [("approved", 2), ("needs_review", 4)]
        assert connection.execute(text("SELECT field, after FROM corrections")).all() == [("name", "Jordan")]
