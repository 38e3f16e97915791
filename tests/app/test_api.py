from __future__ import annotations

import json
import os
import re
from pathlib import Path
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text
from starlette.applications import Starlette

from app import wiring
from app.server import Guard, make_api
from app.settings import Settings
from db.embedded import EmbeddedPostgres, EmbeddedRedis
from db.session import engine
from tests.db import store
from tests.pipeline.test_intake import pdf, picture, png_header

BODIES = {"corrections": {"values": {"name": "X"}}, "reject": {"reason": "x"}, "type": {"type": "invoice"}}
"""What else a request for an action carries."""


def upload(api: TestClient, data: bytes, name: str = "scan.pdf", content_type: str = "application/pdf"):  # type: ignore[no-untyped-def]
    return api.post("/api/upload", files={"file": (name, data, content_type)})


def review(settings: Settings) -> tuple[str, int]:
    """A document that waits for review, and its version."""
    with engine(settings.database).begin() as connection:
        doc_id = store.reviewable(connection)
        version = connection.execute(text("SELECT version FROM docs WHERE id = :id"), {"id": doc_id}).scalar_one()
    return doc_id, int(version)


def test_an_upload_is_acknowledged_when_it_is_stored(api: TestClient, settings: Settings) -> None:
    answer = upload(api, pdf(), "../../w9 <b>.pdf")
    assert answer.status_code == 202
    body = answer.json()
    assert (body["duplicate"], body["filename"]) == (False, "w9 b .pdf")
    with engine(settings.database).connect() as connection:
        [row] = connection.execute(text("SELECT d.id, blob_key, j.id AS job FROM docs d JOIN jobs j ON doc_id = d.id"))
    assert (str(row.id), str(row.job)) == (body["document_id"], body["job_id"])
    assert (settings.blob_folder / row.blob_key).read_bytes() == pdf()
    progress = api.get(f"/api/jobs/{body['job_id']}").json()
    assert (progress["status"], progress["stage"], progress["finished"]) == ("received", "ocr", False)


def test_the_same_bytes_under_other_names_are_one_document(api: TestClient, settings: Settings) -> None:
    answers = [upload(api, pdf(), f"{i}.pdf").json() for i in range(5)]
    assert [answer["duplicate"] for answer in answers] == [False, True, True, True, True]
    assert len({answer["document_id"] for answer in answers}) == 1


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"", 422, "empty_file"),
        (b"hello", 415, "unsupported_type"),
        (pdf()[:300], 422, "corrupt"),
        (pdf(101), 422, "too_many_pages"),
        (png_header(50_000, 50_000), 422, "too_many_pixels"),
        (b"%PDF-1.7" + b"\0" * 50_000_000, 413, "file_too_large"),
        (b"\0" * 52_000_000, 413, "file_too_large"),
    ],
    ids=["empty", "text", "cut", "101 pages", "pixels", "over 50 MB", "over the body limit"],
)
def test_a_refusal_has_a_code_and_leaves_nothing(
    api: TestClient, settings: Settings, data: bytes, status: int, code: str
) -> None:
    answer = upload(api, data)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert answer.json()["error"]["message"].endswith(".")
    with engine(settings.database).connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM docs")).scalar_one() == 0
    assert not list(settings.home.rglob("original"))
    assert upload(api, pdf()).status_code == 202


def test_content_decides_not_the_name(api: TestClient) -> None:
    assert upload(api, picture("PNG"), "a.pdf.exe", "text/html").status_code == 202


@pytest.mark.parametrize("missing", ["docs/{id}", "jobs/{id}", "docs/{id}/original", "docs/{id}/pages/1.jpg"])
def test_what_is_not_there_is_404(api: TestClient, missing: str) -> None:
    answer = api.get(f"/api/{missing.format(id=uuid4())}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


def test_a_document_shows_places_and_parts(api: TestClient, settings: Settings) -> None:
    doc_id, _ = review(settings)
    body = api.get(f"/api/docs/{doc_id}").json()
    [name] = body["fields"]
    assert name["boxes"] == [[1, 0.1, 0.1, 0.3, 0.12]]
    assert name["parts"] == {"engine": 0.8, "validation": 1.0, "clarity": 0.9}
    assert body["reasons"][0]["code"] == "below_threshold"
    assert body["pages"][0]["why"] == "Read by OCR: it is a picture."


def test_a_correction_is_normalised_stored_and_placed(api: TestClient, settings: Settings) -> None:
    doc_id, version = review(settings)
    values = {"name": "Blake", "signature_date": "March 5, 2024"}
    answer = api.post(f"/api/docs/{doc_id}/corrections", json={"version": version, "values": values})
    assert (answer.status_code, answer.json()) == (200, {"version": version + 1})
    body = api.get(f"/api/docs/{doc_id}").json()
    fields = {field["name"]: field for field in body["fields"]}
    assert (fields["signature_date"]["value"], fields["signature_date"]["source"]) == ("2024-03-05", "human")
    assert fields["name"]["boxes"], "the word stands on the page"
    assert [(c["field"], c["before"], c["after"]) for c in body["corrections"]] == [
        ("name", "Jordan Blake", "Blake"),
        ("signature_date", None, "2024-03-05"),
    ]


@pytest.mark.parametrize(
    ("values", "field"),
    [({"signature_date": "soon"}, "signature_date"), ({"ssn": "12"}, "ssn"), ({"nonsense": "x"}, "nonsense"),
     ({"name": "Good Name", "ein": "x"}, "ein")],
)  # fmt: skip
def test_one_invalid_value_and_nothing_is_stored(
    api: TestClient, settings: Settings, values: dict[str, str], field: str
) -> None:
    doc_id, version = review(settings)
    answer = api.post(f"/api/docs/{doc_id}/corrections", json={"version": version, "values": values})
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid_values")
    assert list(answer.json()["error"]["fields"]) == [field]
    assert api.get(f"/api/docs/{doc_id}").json()["version"] == version


@pytest.mark.parametrize("action", ["corrections", "approve", "reject", "type"])
def test_who_was_slower_gets_the_newer_state(api: TestClient, settings: Settings, action: str) -> None:
    doc_id, version = review(settings)
    faster = {"version": version, "values": {"name": "Blake"}}
    api.post(f"/api/docs/{doc_id}/corrections", json=faster)
    body = {"version": version} | BODIES.get(action, {})
    answer = api.post(f"/api/docs/{doc_id}/{action}", json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "version_conflict")
    assert answer.json()["current"]["version"] == version + 1
    assert answer.json()["current"]["fields"][0]["value"] == "Blake"


def test_a_document_is_read_as_another_type(api: TestClient, settings: Settings) -> None:
    doc_id, version = review(settings)
    answer = api.post(f"/api/docs/{doc_id}/type", json={"version": version, "type": "invoice"})
    assert answer.status_code == 202
    body = api.get(f"/api/docs/{doc_id}").json()
    assert (body["type"], body["version"], body["processing_status"]) == (
        "invoice",
        answer.json()["version"],
        "extracting",
    )
    unknown = api.post(f"/api/docs/{doc_id}/type", json={"version": body["version"], "type": "novel"})
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (422, "unknown_type")


def test_approve_reject_retry(api: TestClient, settings: Settings) -> None:
    doc_id, version = review(settings)
    version = api.post(f"/api/docs/{doc_id}/reject", json={"version": version, "reason": "blurred"}).json()["version"]
    assert api.get(f"/api/docs/{doc_id}").json()["reject_reason"] == "blurred"
    api.post(f"/api/docs/{doc_id}/approve", json={"version": version})
    assert api.get(f"/api/docs/{doc_id}").json()["processing_status"] == "approved"
    answer = api.post(f"/api/docs/{doc_id}/retry", json={"stage": "extraction"})
    assert answer.status_code == 202
    assert api.get(f"/api/jobs/{answer.json()['job_id']}").json()["stage"] == "extraction"
    assert api.post(f"/api/docs/{doc_id}/retry", json={}).json()["error"]["code"] == "not_reviewable"


@pytest.mark.parametrize(
    "body", [{}, {"version": "x"}, {"version": 1, "values": {}, "tenant_id": "x"}, {"version": 1, "values": []}]
)
def test_a_malformed_request_is_422_and_says_where(api: TestClient, settings: Settings, body: object) -> None:
    doc_id, _ = review(settings)
    answer = api.post(f"/api/docs/{doc_id}/corrections", json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid_request")
    assert answer.json()["error"]["fields"]


def test_lists_filter_search_and_page(api: TestClient, settings: Settings) -> None:
    doc_id, _ = review(settings)
    found = api.get("/api/docs", params={"q": "jordan", "status": ["needs_review"], "order": "doubtful"}).json()
    assert [d["id"] for d in found["documents"]] == [doc_id]
    assert "‹Jordan›" in found["snippets"][doc_id]
    assert api.get("/api/docs", params={"status": "approved"}).json()["documents"] == []
    assert api.get("/api/docs", params={"order": "worst; DROP TABLE docs"}).status_code == 422


def test_snippets_mask_sensitive_numbers(api: TestClient, settings: Settings) -> None:
    doc_id, _ = review(settings)
    with engine(settings.database).begin() as connection:
        connection.execute(text("UPDATE docs SET ocr_text = 'Taxpayer 123-45-6789 Jordan'"))
    found = api.get("/api/docs", params={"q": "jordan"}).json()
    assert found["snippets"][doc_id] == "Taxpayer •••-••-6789 ‹Jordan›"


@pytest.mark.parametrize(("data", "width"), [(pdf(), 800), (picture("PNG", (300, 200)), 300)], ids=["pdf", "png"])
def test_a_page_is_a_jpeg_of_the_wanted_width(api: TestClient, data: bytes, width: int) -> None:
    import io

    from PIL import Image

    doc_id = upload(api, data).json()["document_id"]
    answer = api.get(f"/api/docs/{doc_id}/pages/1.jpg", params={"w": 800})
    assert answer.headers["content-type"] == "image/jpeg"
    assert "private" in answer.headers["cache-control"]
    assert Image.open(io.BytesIO(answer.content)).width == width
    assert api.get(f"/api/docs/{doc_id}/pages/2.jpg").status_code == 404


def test_the_original_is_always_a_download(api: TestClient) -> None:
    doc_id = upload(api, pdf(), 'Müller "x"\r\n.pdf').json()["document_id"]
    answer = api.get(f"/api/docs/{doc_id}/original")
    assert answer.content == pdf()
    assert answer.headers["content-type"] == "application/octet-stream"
    assert re.fullmatch(r'attachment; filename="M_ller[\w .]*\.pdf"', answer.headers["content-disposition"])


def test_a_changed_blob_is_never_served(api: TestClient, settings: Settings) -> None:
    doc_id = upload(api, pdf()).json()["document_id"]
    [blob] = settings.home.rglob("original")
    blob.write_bytes(b"other")
    answer = api.get(f"/api/docs/{doc_id}/original")
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "storage_corrupt")


def test_health_tells_what_is_missing(
    api: TestClient, redis_server: EmbeddedRedis, postgres_server: EmbeddedPostgres
) -> None:
    assert api.get("/health").json() == {"status": "ok", "database": True, "redis": True}
    redis_server.kill()
    assert api.get("/health/ready").json()["status"] == "degraded"
    assert upload(api, pdf()).status_code == 202
    redis_server.start()
    postgres_server.stop(for_good=False)
    try:
        assert api.get("/health/ready").status_code == 503
        assert api.get("/health/live").status_code == 200
        refused = upload(api, pdf(2))
        assert (refused.status_code, refused.json()["error"]["code"]) == (503, "unavailable")
        assert refused.headers["retry-after"]
    finally:
        postgres_server.start()
    assert api.get("/health/ready").status_code == 200


def test_metrics_of_an_empty_installation_are_unknown_not_zero(api: TestClient) -> None:
    body = api.get("/api/metrics").json()
    assert body["review_rate"] is None
    assert body["error_rate"] is None


def test_openapi_has_examples(api: TestClient) -> None:
    schema = api.get("/api/openapi.json").json()
    assert {"/api/upload", "/api/docs/{doc_id}/corrections", "/health/ready"} <= set(schema["paths"])
    assert schema["components"]["schemas"]["Uploaded"]["properties"]["document_id"]["examples"]
    example = schema["paths"]["/api/metrics"]["get"]["responses"]["200"]["content"]["application/json"]["example"]
    assert set(example) == set(api.get("/api/metrics").json())


def test_errors_name_no_inside(api: TestClient, settings: Settings) -> None:
    for path in ("/api/docs/x", "/api/docs?limit=0", "/api/nothing", "/api/docs?cursor=%00"):
        answer = api.get(path)
        assert answer.status_code < 500, path
        assert not any(word in answer.text for word in ("Traceback", "psycopg", "/usr/", os.sep + "app" + os.sep))


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (None, 202),
        ("http://testserver", 202),
        ("https://evil.example", 403),
        ("null", 403),
        ("http://testserver:1", 403),
    ],
)
def test_a_foreign_page_can_change_nothing(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, origin: str | None, status: int, tmp_path: Path
) -> None:
    mine = settings.model_copy(update={"allowed_hosts": "testserver"})
    monkeypatch.setattr(wiring, "settings", lambda: mine)
    outer = Starlette()
    outer.mount("/", make_api())
    headers = {} if origin is None else {"origin": origin}
    with TestClient(Guard(outer)) as client:  # type: ignore[arg-type]
        answer = client.post("/api/upload", files={"file": ("a.pdf", pdf())}, headers=headers)
        assert answer.status_code == status
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_same_upload_again_mends_a_lost_file(api: TestClient, settings: Settings) -> None:
    doc_id = upload(api, pdf()).json()["document_id"]
    [blob] = settings.home.rglob("original")
    blob.unlink()
    assert upload(api, pdf()).json() == {"document_id": doc_id, "duplicate": True, "filename": "scan.pdf",
                                         "job_id": upload(api, pdf()).json()["job_id"]}  # fmt: skip
    assert api.get(f"/api/docs/{doc_id}/original").content == pdf()


@pytest.mark.parametrize("bad", ["a\0b", "a\ud800b"], ids=["NUL", "surrogate"])
def test_characters_that_can_not_be_stored_are_refused_or_cleaned(
    api: TestClient, settings: Settings, bad: str
) -> None:
    doc_id, version = review(settings)
    body = {"version": version, "reason": bad}
    as_json = {"content-type": "application/json"}
    answer = api.post(f"/api/docs/{doc_id}/reject", content=json.dumps(body), headers=as_json)
    assert answer.status_code == 422
    values = {"version": version, "values": {"name": bad}}
    answer = api.post(f"/api/docs/{doc_id}/corrections", content=json.dumps(values), headers=as_json)
    assert answer.status_code == 200
    assert api.get(f"/api/docs/{doc_id}").json()["fields"][0]["value"] == "a b"


@pytest.mark.parametrize("params", [{"q": "a\0b"}, {"filename": "\0"}, {"reason": "\0"}])
def test_a_query_with_nul_is_the_clients_fault(api: TestClient, params: dict[str, str]) -> None:
    assert api.get("/api/docs", params=params).status_code == 422


def test_a_fault_of_ours_is_told_without_its_message(
    api: TestClient,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("the SSN is 123-45-6789")

    monkeypatch.setattr("db.documents.listing", broken)
    answer = api.get("/api/docs")
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "unexpected")
    logged = answer.text + caplog.text + "".join(capsys.readouterr())
    assert "RuntimeError" in logged
    assert "123-45" not in logged


@pytest.mark.parametrize(
    ("host", "names", "status"),
    [
        ("127.0.0.1:8501", "", 202),
        ("localhost", "", 202),
        ("[::1]:8501", "", 202),
        ("evil.example", "", 403),
        ("evil.example:8501", "", 403),
        ("", "", 403),
        ("fuse.example", "fuse.example, other.example", 202),
        ("127.0.0.1", "fuse.example", 403),
    ],
)
def test_a_site_that_points_its_name_here_gets_nothing(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, host: str, names: str, status: int
) -> None:
    mine = settings.model_copy(update={"allowed_hosts": names})
    monkeypatch.setattr(wiring, "settings", lambda: mine)
    outer = Starlette()
    outer.mount("/", make_api())
    with TestClient(Guard(outer)) as client:  # type: ignore[arg-type]
        answer = client.post("/api/upload", files={"file": ("a.pdf", pdf())}, headers={"host": host})
        assert answer.status_code == status


def test_open_to_a_network_any_name_is_ours_unless_they_are_named() -> None:
    assert Settings(host="0.0.0.0").host_names is None
    assert Settings(host="0.0.0.0", allowed_hosts="fuse.example").host_names == ("fuse.example",)
