"""How clearly a table's cells were read, of a table that a person has corrected."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from app import wiring
from app.server import make_api
from app.settings import Settings
from db.session import engine
from tests.db.store import reviewable

AS_READ = '[{"description": "Jordan Blake", "amount": 4.5}]'
CORRECTED = '[{"description": "Typed by a person", "amount": 4.5}]'
IN_TABLE = (
    "UPDATE fields SET name = 'transactions', boxes = '[[1, 0.1, 0.1, 0.3, 0.12]]', source = :source,"
    " value = CAST(:value AS jsonb), machine_value = CAST(:machine AS jsonb) WHERE doc_id = :id"
)


@pytest.mark.parametrize(
    ("source", "value", "machine", "rows", "read"),
    [
        ("machine", AS_READ, AS_READ, [{"description": 0.9}], "Jordan Blake"),
        ("human", CORRECTED, AS_READ, [{"description": 0.9}], "Jordan Blake"),
        ("human", CORRECTED, "[]", [{}], None),
        ("human", CORRECTED, "null", [{}], None),
    ],
)
def test_cells_are_told_of_as_the_machine_read_them(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, source: str, value: str, machine: str,
    rows: list[dict[str, float]], read: str | None,
) -> None:  # fmt: skip
    monkeypatch.setattr(wiring, "settings", lambda: settings)
    with engine(settings.database).begin() as connection:
        doc_id = reviewable(connection)
        connection.execute(text("UPDATE docs SET type = 'bank_statement' WHERE id = :id"), {"id": doc_id})
        given = {"id": doc_id, "source": source, "value": value, "machine": machine}
        connection.execute(text(IN_TABLE), given)
    with TestClient(make_api()) as client:
        told = client.get(f"/api/docs/{doc_id}/tables/transactions/cells").json()
    assert told["rows"] == rows
    assert [row.get("description") for row in told["read"]] == [read]
