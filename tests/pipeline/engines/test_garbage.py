"""Servers that answer anything at all: an error of ours or a valid answer comes of it, nothing else, and in time.

Good answers are cut, bent and stuffed, as bytes, as JSON and in what the model wrote (hypothesis, the same each time).
"""

from __future__ import annotations

import gzip
import json
import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.doctypes import DOC_TYPES
from pipeline.engines.answer_schema import answer_model
from pipeline.engines.ollama import OllamaEngine
from pipeline.engines.openai_like import OpenAiLikeEngine
from pipeline.engines.protocol import EngineOptions, LlmEngine, Message, Prompt, Tool
from pipeline.engines.structured import ask_for
from pipeline.errors import LlmError, LlmSlow
from pipeline.opinion.questions import Ways
from pipeline.run import extract_beside_model, extract_fields
from tests.pipeline.engines.scripted_server import Script, Turn, serving
from tests.pipeline.written_pages import page_of
from tests.workers.read_documents import TRUE

SECONDS = 1.0
RECEIPTS = DOC_TYPES["receipt"]
SHAPE = answer_model(RECEIPTS)
UNSIGNED = "03/04/2025\nTotal                        $8.56\nCash                         10.00"
"""Without the sender: of that, only the model speaks."""
PAGES = (page_of(UNSIGNED),)
BUILT_IN = {field.name: field.value for field in extract_fields(PAGES, RECEIPTS).fields}
PROMPT = Prompt((Message("user", "What is it?"),), {"type": "object"}, 64)
TOOLS = Prompt((Message("user", "Examples?"),), tools=(Tool("get_gold_examples", "Some.", {"type": "object"}),))
GOOD = json.dumps({spec.name: TRUE.get(spec.name) for spec in RECEIPTS.fields})
TOOL_CALL = {"name": "get_gold_examples", "arguments": {"limit": 3}}


def ollama_body(content: Any) -> dict[str, Any]:
    message = {"role": "assistant", "content": content, "tool_calls": [{"function": TOOL_CALL}]}
    logprobs = [{"token": piece, "logprob": -0.2, "top_logprobs": []} for piece in ("{", '"total"', ": ")]
    return {"model": "m", "message": message, "done": True, "done_reason": "stop", "prompt_eval_count": 41,
            "eval_count": 7, "logprobs": logprobs}  # fmt: skip


def openai_body(content: Any) -> dict[str, Any]:
    call = {"id": "c", "type": "function", "function": TOOL_CALL | {"arguments": '{"limit": 3}'}}
    message = {"role": "assistant", "content": content, "tool_calls": [call]}
    logprobs = {"content": [{"token": "{", "logprob": -0.5, "bytes": None, "top_logprobs": []}]}
    choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": logprobs}
    usage = {"prompt_tokens": 12, "completion_tokens": 5, "total_tokens": 17}
    return {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice], "usage": usage}


@dataclass(frozen=True)
class Speech:
    """A protocol: how what a model wrote is packed, and who reads it."""

    pack: Callable[[Any], Any]
    engine: Callable[[EngineOptions], LlmEngine]
    path: str = ""


OLLAMA = Speech(ollama_body, OllamaEngine)
OPENAI = Speech(openai_body, OpenAiLikeEngine, "/v1")
BOTH = pytest.mark.parametrize("speech", [OLLAMA, OPENAI], ids=["ollama", "openai"])


def sends(body: bytes, content_type: str, status: int = 200, **headers: str) -> Turn:
    def turn(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        sent = {"Content-Type": content_type, "Content-Length": str(len(body))}
        for name, value in (sent | {name.replace("_", "-"): value for name, value in headers.items()}).items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(body)

    return turn


@dataclass
class Listening:
    """An engine of a protocol and the server that it asks."""

    speech: Speech
    script: Script
    engine: LlmEngine

    def hears(self, body: bytes, status: int = 200, **headers: str) -> None:
        """Whatever it asks, this comes; it copes, in time."""
        self.script.turns = [sends(body, "application/json", status, **headers)]
        self.copes()

    def copes(self) -> None:
        for work in (self._asks, self._calls_tools, self._asks_for_a_shape, self._extracts):
            self.script.requests.clear()
            started = time.monotonic()
            with suppress(LlmError):
                work()
            asked = len(self.script.requests)
            assert asked <= 6
            assert time.monotonic() - started < max(asked, 1) * 2 * SECONDS + 1

    def _asks(self) -> None:
        answer = self.engine.ask(PROMPT)
        assert isinstance(answer.text, str) and isinstance(answer.model, str)
        storable([answer.text, answer.model])
        assert all(n is None or 0 <= n < 2**31 for n in (answer.prompt_tokens, answer.answer_tokens))
        for token in answer.tokens:
            storable(token.text)
            assert math.isfinite(token.logprob) and token.logprob <= 0

    def _calls_tools(self) -> None:
        for call in self.engine.ask(TOOLS).tool_calls:
            storable([call.name, dict(call.arguments)])

    def _asks_for_a_shape(self) -> None:
        assert isinstance(ask_for(self.engine, PROMPT, SHAPE).value, SHAPE)

    def _extracts(self) -> None:
        extraction, _ = extract_beside_model(PAGES, RECEIPTS, self.engine, Ways(4096))
        for field in extraction.fields:
            storable([field.value, field.raw])
            if BUILT_IN.get(field.name) is not None:
                assert field.value == BUILT_IN[field.name]
            elif field.value is not None:
                assert "model_only" in field.findings


def storable(value: Any) -> None:
    """As UTF-8, and in PostgreSQL's text and JSON."""
    json.dumps(value, allow_nan=False)
    if isinstance(value, str):
        assert "\0" not in value
        value.encode()
    elif isinstance(value, dict):
        storable([*value.keys(), *value.values()])
    elif isinstance(value, list):
        for each in value:
            storable(each)


@contextmanager
def listening(speech: Speech) -> Iterator[Listening]:
    with serving(lambda _: None) as script:
        engine = speech.engine(EngineOptions(script.address + speech.path, "m", seconds=SECONDS))
        try:
            yield Listening(speech, script, engine)
        finally:
            engine.close()


ODD = st.sampled_from(["\0", "\ud800", "\udfff", "\U0001f600", "\u202e", "\ufeff", "\\", '"', "{", "}", "]", "\n"])
WORDS = st.text(st.one_of(ODD, st.characters(codec="utf-8")), max_size=12)
NUMBERS = st.one_of(
    st.sampled_from([10**400, -(10**400), 2**31, 2**63, 1e308, float("nan"), float("inf"), -float("inf")]),
    st.integers(), st.floats(),
)  # fmt: skip
JUNK = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, WORDS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(WORDS, inner, max_size=3)),
    max_leaves=6,
)


@st.composite
def bent(draw: st.DrawFn, node: Any) -> Any:
    """JSON with one of its nodes replaced, left out, doubled or added to."""
    if draw(st.integers(0, 3)) == 0 or not isinstance(node, dict | list) or not node:
        return draw(JUNK)
    if isinstance(node, list):
        place = draw(st.integers(0, len(node) - 1))
        how = draw(st.integers(0, 4))
        middle = [] if how == 0 else [node[place], node[place]] if how == 1 else [draw(bent(node[place]))]
        return [*node[:place], *middle, *node[place + 1 :]]
    name = draw(st.sampled_from(sorted(node)))
    how = draw(st.integers(0, 5))
    if how == 0:
        return {key: value for key, value in node.items() if key != name}
    if how == 1:
        return node | {draw(WORDS): draw(JUNK)}
    return node | {name: draw(bent(node[name]))}


@st.composite
def damaged(draw: st.DrawFn, good: bytes) -> bytes:
    """Bytes cut, flipped, doubled, left out, or with others put between."""
    for _ in range(draw(st.integers(1, 3))):
        start, end = sorted((draw(st.integers(0, len(good))), draw(st.integers(0, len(good)))))
        match draw(st.sampled_from(["cut", "flip", "double", "drop", "insert"])):
            case "cut":
                good = good[:end]
            case "flip" if start < len(good):
                good = good[:start] + bytes([good[start] ^ draw(st.integers(1, 255))]) + good[start + 1 :]
            case "double":
                good = good[:end] + good[start:end] + good[end:]
            case "drop":
                good = good[:start] + good[end:]
            case _:
                good = good[:start] + draw(st.binary(max_size=8)) + good[start:]
    return good


@st.composite
def doubled_keys(draw: st.DrawFn, good: str) -> str:
    return good[:-1] + f', "total": {json.dumps(draw(JUNK))}, "total": "8.56"}}'


def written() -> st.SearchStrategy[Any]:
    """What a model wrote instead."""
    return st.one_of(
        bent(json.loads(GOOD)).map(json.dumps),
        bent(json.loads(GOOD)).map(lambda node: json.dumps(node, ensure_ascii=False)),
        damaged(GOOD.encode()).map(lambda raw: raw.decode("utf-8", "surrogateescape")),
        doubled_keys(GOOD),
        WORDS,
        JUNK,
    )


def answers(speech: Speech) -> st.SearchStrategy[bytes]:
    good = speech.pack(GOOD)
    return st.one_of(
        damaged(json.dumps(good).encode()),
        bent(good).map(lambda bodies: json.dumps(bodies).encode()),
        written().map(lambda content: json.dumps(speech.pack(content)).encode()),
        st.binary(max_size=64),
    )


@BOTH
def test_a_server_may_answer_anything(speech: Speech) -> None:
    with listening(speech) as heard:

        @given(body=answers(speech), status=st.sampled_from([200] * 9 + [400, 404, 500, 503]))
        @settings(max_examples=200, deadline=None, derandomize=True, database=None)
        def hears(body: bytes, status: int) -> None:
            heard.hears(body, status)

        hears()


@BOTH
def test_a_good_answer_is_understood(speech: Speech) -> None:
    """Else the others would show nothing."""
    assert (BUILT_IN.get("vendor_name"), BUILT_IN["total"]) == (None, 8.56)
    with listening(speech) as heard:
        heard.script.turns = [sends(json.dumps(speech.pack(GOOD)).encode(), "application/json")]
        answer = heard.engine.ask(PROMPT)
        assert (answer.text, len(answer.tool_calls), bool(answer.tokens)) == (GOOD, 1, True)
        extraction, _ = extract_beside_model(PAGES, RECEIPTS, heard.engine, Ways(4096))
        values = {field.name: field.value for field in extraction.fields}
        assert (values["total"], values["vendor_name"]) == (8.56, "Hollow Oak Grocery LLC")


DEEP = "[" * 100_000
WRITTEN = {
    "empty": "",
    "HTML": "<html><body>Bad gateway</body></html>",
    "deep": DEEP,
    "deep value": GOOD[:-1] + f', "total": {DEEP}',
    "NaN": GOOD.replace('"8.56"', "NaN"),
    "infinite": GOOD.replace('"8.56"', "-Infinity"),
    "huge number": GOOD.replace('"8.56"', "9" * 10_000),
    "huge text": GOOD.replace("8.56", "8.56" * 100_000),
    "NUL, escaped": GOOD.replace("Hollow", "Hol\\u0000low"),
    "NUL": GOOD.replace("Hollow", "Hol\0low"),
    "half a pair, escaped": GOOD.replace("Hollow", "Hol\\ud800low"),
    "half a pair": GOOD.replace("Hollow", "Hol\ud800low"),
    "one key too many": GOOD[:-1] + ', "iban": "x"}',
    "doubled key": GOOD[:-1] + ', "total": "99.00"}',
    "another schema": json.dumps({"document_type": "receipt", "evidence": []}),
    "a list": f"[{GOOD}]",
    "wrong types": json.dumps({spec.name: 5 for spec in RECEIPTS.fields}),
    "an object for a value": GOOD.replace('"8.56"', '{"value": "8.56"}'),
    "twice": GOOD + GOOD,
    "words before": "Sure! Here it is: " + GOOD,
}


@BOTH
@pytest.mark.parametrize("written", WRITTEN.values(), ids=WRITTEN.keys())
def test_what_a_model_may_write(speech: Speech, written: str) -> None:
    with listening(speech) as heard:
        heard.hears(json.dumps(speech.pack(written)).encode())


SENT = {
    "nothing": b"",
    "HTML": b"<html>Bad Gateway</html>",
    "invalid UTF-8": b'{"message": {"content": "\xff\xfe"}, "done": true, "done_reason": "stop"}',
    "a byte order mark": b"\xef\xbb\xbf{}",
    "deep": b"[" * 200_000,
    "a huge number": b'{"message": {}, "done": ' + b"9" * 10_000 + b"}",
    "50 MB of a word": b'{"message": {"content": "' + b"a" * 50_000_000 + b'"}, "done": true, "done_reason": "stop"}',
    "50 MB of spaces": b" " * 50_000_000,
    "events": b'data: {"choices": []}\n\ndata: [DONE]\n\n',
    "an error that is a number": b'{"error": 5}',
    "choices that are none": b'{"choices": 7, "usage": [], "model": null}',
    "a choice that is none": b'{"choices": [null]}',
    "a message that is none": b'{"choices": [{"message": null, "finish_reason": ["stop"]}]}',
    "logprobs that are none": b'{"choices": [{"message": {"content": "{}"}, "finish_reason": "stop", "logprobs": 5}]}',
}


@BOTH
@pytest.mark.parametrize("sent", SENT.values(), ids=SENT.keys())
def test_what_a_server_may_send(speech: Speech, sent: bytes) -> None:
    with listening(speech) as heard:
        heard.hears(sent)


@BOTH
@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"Content_Encoding": "gzip"}, b"this is not gzip"),
        ({"Content_Encoding": "gzip"}, gzip.compress(b" " * 50_000_000)),
        ({"Content_Encoding": "br, nonsense"}, b"{}"),
        ({"Location": "http://127.0.0.1:9/"}, b""),
    ],
    ids=["no gzip", "a bomb", "no encoding", "elsewhere"],
)
def test_what_its_headers_may_say(speech: Speech, headers: dict[str, str], body: bytes) -> None:
    with listening(speech) as heard:
        heard.hears(body, 302 if "Location" in headers else 200, **headers)


BEGUN = b"\r\n"
DRIPS = {
    "spaces": (BEGUN, b" "),
    "lines": (BEGUN, b"\n"),
    "comments": (BEGUN, b": still here\n\n"),
    "half an event": (BEGUN, b"data: "),
    "events": (BEGUN, b'data: {"choices": []}\n\n'),
    "a header": (b"X: ", b"x"),
}


@BOTH
@pytest.mark.parametrize(("before", "piece"), DRIPS.values(), ids=DRIPS.keys())
def test_a_call_ends_in_time_however_it_drips(speech: Speech, before: bytes, piece: bytes) -> None:
    """Each byte comes in time; the whole never does."""

    def turn(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(f"HTTP/1.1 200 OK\r\nContent-Type: {'application/json'}\r\n".encode() + before)
        for _ in range(60):
            request.wfile.write(piece)
            request.wfile.flush()
            time.sleep(0.05)

    with listening(speech) as heard:
        heard.script.turns = [turn]
        started = time.monotonic()
        with pytest.raises(LlmSlow):
            heard.engine.ask(PROMPT)
        assert time.monotonic() - started < SECONDS + 1
