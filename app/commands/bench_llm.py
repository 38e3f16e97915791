"""`./fuse bench llm`: what our side of a call of the language model costs, and what batches and parallel calls buy."""

from __future__ import annotations

import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Annotated, Any

import httpx
import typer

from app import wiring
from app.console import CommandFailed, err, out
from app.reading_tables import Sheet
from app.running import free_port
from app.settings import ROOT, Settings

if TYPE_CHECKING:
    from pipeline.engines.choice import EngineChoice
    from pipeline.engines.protocol import LlmEngine, Prompt

_WIDTHS = (1, 4, 16)
_START_LIMIT_S = 30.0
_WORDS = 12
_CONTEXT_TOKENS = 4096
_TOGETHER = 8
_MANY_WORDS = 100
"""An answer that a tiny model needs a third of a second for; real ones take seconds for a document."""
_LARGER_CALLS = 48
"""Of 25 million parameters, a hundredth of the model that Fuse is meant for: half a second for a short answer."""
_MOST_TOKENS = 2000
_ROUNDS = 3
_SWITCH_S = 0.0005
"""Our threads stand for workers, which are processes and don't wait for each other's Python."""
_THROUGHPUT = ("Answers", "at once", "bare, calls/s", "ours, calls/s", "ours / bare (median of 3)")


@dataclass(frozen=True, slots=True)
class Bench:
    """The two ways to the same server: through all that the workers do for a call, and bare."""

    metered: Callable[[int], LlmEngine]
    """Our engine, with so many slots."""
    bare: Callable[[Prompt], float]
    """A call without us; gives its seconds."""


def llm(
    calls: Annotated[int, typer.Option("--calls", "-n", min=8, help="How many of each kind.")] = 96,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print what goes into docs/benchmarks.md.")] = False,
) -> None:
    """Measure calls of a language model: ours beside bare ones to the same server, in one run.

    Asks the server that FUSE_LLM names, for what a real model takes. Without it, a llama.cpp server is started with a
    tiny model of noise (from the tools of ./fuse test): its answers mean nothing, but its time is real, and so short
    that what we add shows; and then with a larger one, still a hundredth of a real one. A database and a Redis of the
    benchmark's own are used.
    """
    sys.setswitchinterval(_SWITCH_S)
    settings = Settings()
    sheets = []
    with _server(settings) as choice, _servers(choice) as bench:
        with err.status("Calls, one at a time …"):
            sheets.append(_overhead(bench, calls))
        with err.status("Calls at once …"):
            sheets.append(_throughput(bench, calls))
        with err.status("Classification, together and singly …"):
            sheets.append(_classification(bench, max(calls // 8, 4)))
    if wiring.llm_choice(settings) is None:
        with _server(settings, "larger") as choice, _servers(choice) as bench, err.status("A larger model …"):
            rows = _throughput_rows(bench, "short, larger model", _WORDS, _LARGER_CALLS)
            sheets.append(Sheet("Throughput, where the server has more to do", _THROUGHPUT, rows))
    for sheet in sheets:
        out.print(sheet.markdown() if markdown else sheet.rich(), soft_wrap=markdown, markup=not markdown)


def _overhead(bench: Bench, calls: int) -> Sheet:
    """Calls in turn, ours and bare, so that both have the same neighbours."""
    engine = bench.metered(1)
    ours, bare = [], []
    for _ in range(calls):
        bare.append(bench.bare(_prompt()) * 1000)
        started = time.monotonic()
        engine.ask(_prompt())
        ours.append((time.monotonic() - started) * 1000)
    added = median(ours) - median(bare)
    high = sorted(ours)[int(0.95 * calls)] - sorted(bare)[int(0.95 * calls)]
    row = (str(calls), f"{median(bare):.1f}", f"{median(ours):.1f}", f"{added:.1f}", f"{high:.1f}")
    return Sheet(
        "A call: bare, and through budget, breaker, slots and record",
        ("Calls of each", "bare, ms (median)", "ours, ms", "we add, ms", "at p95, ms"),
        [row],
    )


def _throughput(bench: Bench, calls: int) -> Sheet:
    rows = _throughput_rows(bench, "short", _WORDS, calls)
    rows += _throughput_rows(bench, "long", _MANY_WORDS, max(calls // 3, 16))
    return Sheet("Throughput", _THROUGHPUT, rows)


def _throughput_rows(bench: Bench, name: str, words: int, calls: int) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for width in _WIDTHS:
        compared = (_compared(bench, bench.metered(width), width, calls, words) for _ in range(_ROUNDS))
        share, bare, ours = sorted(compared)[_ROUNDS // 2]
        rows.append((name, str(width), f"{bare:.1f}", f"{ours:.1f}", f"{share:.2f}"))
    return rows


def _compared(bench: Bench, engine: LlmEngine, width: int, calls: int, words: int) -> tuple[float, float, float]:
    """Ours / bare, and the calls a second of each."""
    bare_s = _timed(width, calls, lambda: bench.bare(_prompt(words)))
    ours_s = _timed(width, calls, lambda: _asked(engine, words))
    return bare_s / ours_s, calls / bare_s, calls / ours_s


def _asked(engine: LlmEngine, words: int) -> None:
    """Asks; once more where the server closed a connection that had rested while bare calls were made."""
    from pipeline.errors import LlmAway

    try:
        engine.ask(_prompt(words))
    except LlmAway:
        engine.ask(_prompt(words))


def _timed(width: int, calls: int, call: Callable[[], Any]) -> float:
    started = time.monotonic()
    with ThreadPoolExecutor(width) as pool:
        list(pool.map(lambda _: call(), range(calls)))
    return time.monotonic() - started


def _classification(bench: Bench, documents: int) -> Sheet:
    """So many documents: one call each, in parallel calls, and eight together."""
    engine = bench.metered(4)
    rounds = -(-documents // _TOGETHER)
    ways: dict[str, tuple[int, int, int]] = {  # documents a call, calls, calls at once
        "one by one": (1, rounds * _TOGETHER, 1),
        "four at once": (1, rounds * _TOGETHER, 4),
        "eight in one call": (_TOGETHER, rounds, 1),
    }
    rows = []
    base: float | None = None
    for name, (size, calls, width) in ways.items():
        tokens: list[int] = []
        seconds = _timed(width, calls, partial(_ask_types, engine, size, tokens))
        each = seconds / (rounds * _TOGETHER) * 1000
        base = base or each
        told = sum(tokens) / (rounds * _TOGETHER)
        rows.append((name, str(calls), f"{each:.1f}", f"{base / each:.2f}", f"{told:.0f}"))
    columns = ("Way", "calls", "ms per document", "faster than one by one", "tokens per document")
    return Sheet("Classification", columns, rows)


def _ask_types(engine: LlmEngine, size: int, tokens: list[int]) -> None:
    """Asks what documents are, and notes the tokens that it took."""
    from pipeline.doctypes import DOC_TYPES
    from pipeline.prompts.classification import classification_prompt

    beginnings = [f"Document {secrets.token_hex(4)}\n" + "Total 12.50\n" * 10 for _ in range(size)]
    names = list(DOC_TYPES)
    told = {f"document_{n}": {"enum": names} for n in range(1, size + 1)}
    schema = {"type": "object", "properties": told, "required": list(told), "additionalProperties": False}
    answer = engine.ask(classification_prompt(beginnings, [DOC_TYPES[name] for name in names], schema, 80 * size))
    tokens.append((answer.prompt_tokens or 0) + (answer.answer_tokens or 0))


def _prompt(words: int = _WORDS) -> Prompt:
    """A question that no server and no database has seen; its answer has so many words, whatever the model knows."""
    from pipeline.prompts.template import PromptTemplate

    template = PromptTemplate(name="bench", version=1, system="Answer by the schema.", user="Say it. $document")
    values = {"type": "array", "items": {"enum": ["seven"]}, "minItems": words, "maxItems": words}
    schema = {"type": "object", "properties": {"values": values}, "required": ["values"], "additionalProperties": False}
    return template.prompt({"document": secrets.token_hex(16)}, {}, schema, _MOST_TOKENS)


@contextmanager
def _servers(choice: EngineChoice) -> Iterator[Bench]:
    """A database and a Redis for one run, with a document on whose behalf calls are made."""
    from redis import Redis

    from db.embedded import start_postgres, start_redis
    from db.session import engine, migrate
    from workers.breaker import Breaker
    from workers.budget import Budget
    from workers.metered import MeteredEngine
    from workers.slots import Slots

    with tempfile.TemporaryDirectory(prefix="fuse-bench-") as folder, closing(choice.open()) as bare_engine:
        postgres, redis_server = start_postgres(Path(folder) / "postgres"), start_redis(Path(folder) / "redis")
        try:
            url = postgres.database_url("fuse")
            migrate(url)
            caller = _caller(url)
            connection = Redis.from_url(redis_server.url)
            breaker = Breaker(connection, "bench")

            def metered(width: int) -> LlmEngine:
                slots = Slots(connection, width, 60.0)
                return MeteredEngine(bare_engine, [caller], engine(url), breaker, slots, Budget(hour_calls=0))

            with httpx.Client(timeout=choice.options.seconds) as client:
                yield Bench(metered, lambda prompt: _bare_call(client, choice, prompt))
            engine(url).dispose()
        finally:
            redis_server.stop()
            postgres.stop()


def _caller(url: str) -> Any:
    from app.auth import LOCAL_TENANT
    from db import documents
    from db.model_calls import Caller
    from db.session import engine

    sha256 = secrets.token_hex(32)
    new = documents.NewDocument(LOCAL_TENANT, sha256, sha256, "bench", "pdf", "application/pdf", 1, 1, None)
    with engine(url).begin() as connection:
        added = documents.add(connection, new)
    return Caller(LOCAL_TENANT, added.document_id, 1, "extraction")


def _bare_call(client: httpx.Client, choice: EngineChoice, prompt: Prompt) -> float:
    """A call without our engine and all that stands around it: one POST, one whole answer."""
    options = choice.options
    messages = [{"role": each.role, "content": each.content} for each in prompt.messages]
    body: dict[str, Any] = {"model": options.model, "messages": messages, "stream": False}
    if choice.kind == "ollama":
        path = "/api/chat"
        told = {"temperature": 0, "seed": options.seed, "num_ctx": options.context_tokens, "num_predict": _MOST_TOKENS}
        body |= {"format": prompt.schema, "logprobs": True, "options": told, "keep_alive": -1, "think": False}
    else:
        path = "/chat/completions"
        schema = {"name": "answer", "strict": True, "schema": prompt.schema}
        shape = {"type": "json_schema", "json_schema": schema}
        body |= {
            "temperature": 0,
            "seed": options.seed,
            "max_tokens": _MOST_TOKENS,
            "response_format": shape,
            "logprobs": True,
            "top_logprobs": 1,
        }
    started = time.monotonic()
    headers = {"Authorization": f"Bearer {options.api_key}"} if options.api_key else {}
    client.post(f"{options.base_url}{path}", json=body, headers=headers).raise_for_status()
    return time.monotonic() - started


@contextmanager
def _server(settings: Settings, size: str = "tiny") -> Iterator[EngineChoice]:
    """The server that is set; else a llama.cpp server with a tiny model."""
    from pipeline.engines.choice import EngineChoice
    from pipeline.engines.protocol import EngineOptions

    chosen = wiring.llm_choice(settings)
    if chosen is not None:
        yield chosen
        return
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="fuse-bench-") as folder:
        model = Path(folder) / "tiny.gguf"
        _run_test_tool("tiny_model", str(model), size).wait()
        process = _run_test_tool("llama_server", str(model), str(port), str(_CONTEXT_TOKENS))
        try:
            base_url = f"http://127.0.0.1:{port}/v1"
            _wait_for(base_url, process)
            yield EngineChoice("openai", EngineOptions(base_url, "tiny", context_tokens=_CONTEXT_TOKENS))
        finally:
            process.kill()
            process.wait()


def _run_test_tool(name: str, *arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", f"tests.pipeline.engines.{name}", *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _wait_for(base_url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_LIMIT_S
    while True:
        try:
            if httpx.get(f"{base_url}/models", timeout=1).status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            time.sleep(0.05)
        if process.poll() is not None or time.monotonic() > deadline:
            raise CommandFailed(
                "No llama.cpp server could be started. Run ./fuse test once: it installs one; or set FUSE_LLM and "
                "FUSE_LLM_URL to a server of your own."
            )
