"""Amazon Textract, against a server on this machine that speaks its protocol (AWS JSON 1.1)."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import cv2
import numpy as np
import pytest

from pipeline.errors import CloudAway, CloudRefused
from pipeline.ocr import textract
from pipeline.ocr.textract import TextractEngine
from pipeline.reading.options import ReadingOptions
from pipeline.reading.picture import read_picture
from pipeline.render import Gray


def block(kind: str, name: str, text: str, left: float, top: float, **more: Any) -> dict[str, Any]:
    place = {"Left": left, "Top": top, "Width": 0.1, "Height": 0.02}
    return {"BlockType": kind, "Id": name, "Text": text, "Confidence": 98.5, "Geometry": {"BoundingBox": place}, **more}


BLOCKS = [
    {"BlockType": "PAGE", "Id": "p"},
    block("LINE", "l1", "Total due", 0.1, 0.1, Relationships=[{"Type": "CHILD", "Ids": ["w1", "w2"]}]),
    block("LINE", "l2", "98.00", 0.95, 0.2, Relationships=[{"Type": "CHILD", "Ids": ["w3"]}]),
    block("WORD", "w1", "Total", 0.1, 0.1),
    block("WORD", "w2", "due", 0.25, 0.1),
    block("WORD", "w3", "98.00", 0.95, 0.2),
]


@dataclass
class Service:
    """What the server does next, and what it was sent."""

    answers: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    wait_s: float = 0.0
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    endpoint: str = ""


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    state = Service()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            state.requests.append((dict(self.headers), body))
            status, answer = state.answers.pop(0) if len(state.answers) > 1 else state.answers[0]
            time.sleep(state.wait_s)
            self.send_response(status)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    state.endpoint = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAMADEUPFORTESTS00")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "made-up")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    textract._client.cache_clear()
    yield state
    textract._client.cache_clear()
    server.shutdown()
    server.server_close()


@pytest.fixture
def page() -> Gray:
    picture = np.full((400, 600), 250, np.uint8)
    cv2.putText(picture, "Total due", (50, 80), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 20, 2)
    return picture


def refusal(code: str, status: int = 400) -> tuple[int, dict[str, Any]]:
    return status, {"__type": code, "message": "no"}


def test_words_come_with_places_lines_and_confidences(service: Service, page: Gray) -> None:
    service.answers = [(200, {"Blocks": BLOCKS})]
    words = TextractEngine("eu-west-1", service.endpoint).read(page, 4)
    assert [(word.text, word.line) for word in words] == [("Total", 0), ("due", 0), ("98.00", 1)]
    assert words[0].confidence == 0.985
    assert words[0].box.to_json() == [4, 0.1, 0.1, 0.2, 0.12]
    assert words[2].box.x1 == 1.0, "boxes end at the page's edge"


def test_the_call_is_signed_and_carries_the_picture(service: Service, page: Gray) -> None:
    service.answers = [(200, {"Blocks": []})]
    assert TextractEngine("eu-west-1", service.endpoint).read(page, 1) == []
    ((headers, body),) = service.requests
    assert headers["X-Amz-Target"] == "Textract.DetectDocumentText"
    assert headers["Authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKIAMADEUPFORTESTS00/")
    assert "/eu-west-1/textract/aws4_request" in headers["Authorization"]
    sent = base64.b64decode(json.loads(body)["Document"]["Bytes"])
    decoded = cv2.imdecode(np.frombuffer(sent, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert np.array_equal(np.asarray(decoded), page)


def test_it_is_asked_again_when_it_is_busy(service: Service, page: Gray) -> None:
    service.answers = [refusal("ThrottlingException"), (200, {"Blocks": BLOCKS})]
    assert len(TextractEngine("eu-west-1", service.endpoint).read(page, 1)) == 3
    assert len(service.requests) == 2


@pytest.mark.parametrize("answer", [refusal("InternalServerError", 500), refusal("ThrottlingException")])
def test_a_service_that_stays_away_is_a_passing_failure(
    service: Service, page: Gray, answer: tuple[int, dict[str, Any]]
) -> None:
    service.answers = [answer]
    with pytest.raises(CloudAway):
        TextractEngine("eu-west-1", service.endpoint).read(page, 1)
    assert len(service.requests) == 3
    assert CloudAway.transient


def test_a_slow_answer_is_not_waited_for(service: Service, page: Gray) -> None:
    service.answers, service.wait_s = [(200, {"Blocks": BLOCKS})], 1.5
    with pytest.raises(CloudAway):
        TextractEngine("eu-west-1", service.endpoint, read_s=0.2).read(page, 1)


@pytest.mark.parametrize("code", ["AccessDeniedException", "UnrecognizedClientException"])
def test_a_refusal_lasts_and_says_why(service: Service, page: Gray, code: str) -> None:
    service.answers = [refusal(code)]
    with pytest.raises(CloudRefused, match=code):
        TextractEngine("eu-west-1", service.endpoint).read(page, 1)
    assert len(service.requests) == 1


def test_without_credentials_or_region(service: Service, page: Gray, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CloudRefused, match="FUSE_TEXTRACT_REGION"):
        TextractEngine("")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    with pytest.raises(CloudRefused, match="credentials"):
        TextractEngine("eu-west-1", service.endpoint).read(page, 1)


def test_a_picture_that_is_too_large_is_made_smaller(service: Service) -> None:
    service.answers = [(200, {"Blocks": []})]
    noise = np.random.default_rng(0).integers(0, 255, (4000, 3500), dtype=np.uint8)
    TextractEngine("eu-west-1", service.endpoint).read(noise, 1)
    sent = base64.b64decode(json.loads(service.requests[0][1])["Document"]["Bytes"])
    assert len(sent) <= 10_000_000
    assert sent[:2] == b"\xff\xd8"


def options(service: Service) -> ReadingOptions:
    return ReadingOptions(
        engine="tesserocr",
        second="textract",
        reread_from=0.0,
        textract_region="eu-west-1",
        textract_endpoint=service.endpoint,
    )


def test_as_second_reader_its_words_are_merged(service: Service, page: Gray) -> None:
    service.answers = [(200, {"Blocks": BLOCKS})]
    seen = read_picture(page, 1, options(service))
    assert seen.readers == ("tesserocr", "textract")
    assert "98.00" in [word.text for word in seen.words]


def test_when_it_fails_the_first_reading_stands(service: Service, page: Gray) -> None:
    service.answers = [refusal("AccessDeniedException")]
    seen = read_picture(page, 1, options(service))
    assert seen.readers == ("tesserocr",)
    assert seen.problem == "cloud_refused"
    assert [word.text for word in seen.words] == ["Total", "due"]
