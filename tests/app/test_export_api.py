from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from fastapi.testclient import TestClient
from openpyxl import load_workbook
from sqlalchemy import Connection, Engine, text

from app import auth, exporting
from app.auth import LOCAL_ADMIN, LOCAL_TENANT, Role, User
from app.settings import Settings
from db import documents, reviews
from db.session import engine
from tests.db.store import add_tenant, new_document, reviewable

FORMULA = '=HYPERLINK("http://x","Click")'


@pytest.fixture
def base(settings: Settings) -> Engine:
    return engine(settings.database)


def corrected(connection: Connection, content: bytes, **values: Any) -> str:
    doc_id = reviewable(connection, content)
    version = documents.get(connection, LOCAL_TENANT, doc_id).version
    reviews.correct(connection, LOCAL_TENANT, doc_id, version, LOCAL_ADMIN, values)
    return doc_id


def statement(connection: Connection, content: bytes = b"statement") -> str:
    doc_id = corrected(
        connection, content, account_number="DE89370400440532013000", closing_balance=-12.5,
        statement_start_date="2024-03-01",
        transactions=[{"date": "2024-03-02", "description": FORMULA, "amount": -12.5}, {"description": "Rent"}],
    )  # fmt: skip
    connection.execute(text("UPDATE docs SET type = 'bank_statement' WHERE id = :id"), {"id": doc_id})
    return doc_id


def table_of(answer: Any) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_a_csv_has_a_row_per_document_and_opens_in_excel(api: TestClient, base: Engine) -> None:
    with base.begin() as connection:
        corrected(connection, b"one", name=FORMULA, ssn="123-45-6789")
        doc_id = statement(connection)
    answer = api.get("/api/export?format=csv")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert answer.headers["content-disposition"].endswith('.csv"')
    rows = {row["document_type"]: row for row in table_of(answer)}
    assert rows["w9"]["name"] == f"'{FORMULA}"
    assert rows["w9"]["ssn"] == "***-**-6789"
    assert rows["bank_statement"]["document_id"] == doc_id
    assert rows["bank_statement"]["closing_balance"] == "-12.5"
    assert json.loads(rows["bank_statement"]["transactions"])[1] == {"description": "Rent"}
    assert rows["bank_statement"]["account_number"].endswith("3000")
    assert "0532" not in answer.text


def test_a_workbook_has_a_sheet_per_type_and_no_formula(api: TestClient, base: Engine) -> None:
    with base.begin() as connection:
        corrected(connection, b"one", name=FORMULA, city_state_zip="#N/A", ein="12-3456789")
        statement(connection)
    book = load_workbook(io.BytesIO(api.get("/api/export?format=xlsx").content))
    assert book.sheetnames == ["W-9", "Bank statement", "Table rows", "About"]
    assert {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row} <= {"s", "n", "d"}
    w9 = _by_head(book["W-9"])
    assert w9["Name (line 1)"].value == FORMULA
    assert w9["Name (line 1)"].quotePrefix
    bank = _by_head(book["Bank statement"])
    assert bank["Closing balance"].value == -12.5
    assert f"{bank['From'].value:%d %B %Y}" == "01 March 2024"
    rows = list(book["Table rows"].iter_rows(values_only=True))
    assert [row[4] for row in rows[1:]] == [1, 2]
    assert FORMULA in rows[1]
    assert [row[0] for row in book["About"].iter_rows(values_only=True)][1] == "Documents"


def _by_head(sheet: Any) -> dict[str, Any]:
    heads, first = list(sheet.iter_rows())[:2]
    return {str(head.value): cell for head, cell in zip(heads, first, strict=True)}


def test_json_is_whole(api: TestClient, base: Engine) -> None:
    with base.begin() as connection:
        corrected(connection, b"one", ssn="123-45-6789")
    body = api.get("/api/export?format=json&hide=hash").json()
    assert (body["matching"], body["exported"], body["hidden"]) == (1, 1, {"mode": "hash", "persons": False})
    fields = {field["name"]: field for field in body["documents"][0]["fields"]}
    assert fields["ssn"]["value"].startswith("[ssn:")
    assert fields["name"]["boxes"] == [[1, 0.1, 0.1, 0.3, 0.12]]
    assert fields["name"] | {"raw": "Jordan Blake", "source": "machine", "confidence": 0.72} == fields["name"]


def test_the_choice_or_the_filters_decide_what_is_exported(api: TestClient, base: Engine) -> None:
    with base.begin() as connection:
        one, two = reviewable(connection, b"one", words="lighthouse"), reviewable(connection, b"two", words="garden")
        statement(connection)
    for params, expected in (
        (f"id={one}&id={two}&type=invoice", {one, two}),
        ("q=lighthouse", {one}),
        ("type=w9&status=needs_review", {one, two}),
    ):
        assert {row["document_id"] for row in table_of(api.get(f"/api/export?format=csv&{params}"))} == expected
    answer = api.get("/api/export?q=zeppelin")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "nothing_to_export")


def test_another_tenants_documents_are_not_found(api: TestClient, base: Engine) -> None:
    with base.begin() as connection:
        theirs = documents.add(connection, new_document(b"theirs", add_tenant(connection, "Other"))).document_id
    assert api.get(f"/api/export?id={theirs}").status_code == 404
    assert api.get("/api/export").status_code == 404


def test_an_export_is_bounded_and_says_so(api: TestClient, base: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "MOST_DOCUMENTS", 2)
    monkeypatch.setattr(exporting, "_BATCH", 1)
    with base.begin() as connection:
        ids = [reviewable(connection, f"{i}".encode()) for i in range(3)]
        connection.execute(text("UPDATE docs SET created_at = now() - interval '1 h' WHERE id = :id"), {"id": ids[0]})
    body = api.get("/api/export?format=json").json()
    assert (body["matching"], body["exported"]) == (3, 2)
    assert {document["id"] for document in body["documents"]} == {*ids[1:]}
    book = load_workbook(io.BytesIO(api.get("/api/export").content))
    assert "the newest of 3" in str(book["About"]["B2"].value)


def test_an_export_stands_in_the_audit_trail(api: TestClient, base: Engine) -> None:
    with base.begin() as connection:
        reviewable(connection)
    api.get("/api/export?format=csv&hide=none")
    with base.connect() as connection:
        row = connection.execute(text("SELECT actor, details FROM audit_events WHERE action = 'exported'")).one()
    assert row.actor == LOCAL_ADMIN
    assert row.details == {"documents": 1, "format": "csv", "hidden": "none", "persons_hidden": False}


def test_numbers_that_are_not_hidden_need_a_manager(
    api: TestClient, base: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with base.begin() as connection:
        reviewable(connection)
    monkeypatch.setattr(auth, "current_user", lambda: User(LOCAL_ADMIN, LOCAL_TENANT, "Ann", Role.ANALYST))
    assert api.get("/api/export?hide=none").status_code == 403
    assert api.get("/api/export?hide=mask").status_code == 200


def test_a_foreign_page_can_not_make_one(api: TestClient, base: Engine) -> None:
    with base.begin() as connection:
        reviewable(connection)
    assert api.get("/api/export", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert api.get("/api/export", headers={"Sec-Fetch-Site": "same-origin"}).status_code == 200
