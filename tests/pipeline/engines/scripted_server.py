"""A server on a socket that does what a test says, request by request: a protocol's other side, with its bad days."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

Turn = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Script:
    """What the server does in turn, the last one again and again, and what it was sent."""

    turns: list[Turn]
    address: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)


@contextmanager
def serving(*turns: Turn, port: int = 0) -> Iterator[Script]:
    """A server for the time of a test, on a port that is free or on this one."""
    script = Script(list(turns))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.asked: dict[str, Any] = json.loads(body) if body else {}
            script.requests.append(self.asked)
            self._turn()

        def do_GET(self) -> None:
            script.requests.append({})
            self._turn()

        def _turn(self) -> None:
            script.paths.append(self.path)
            turn = script.turns[min(len(script.requests), len(script.turns)) - 1]
            with suppress(BrokenPipeError, ConnectionResetError):  # the client gave up, which is what some tests want
                turn(self)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    script.address = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield script
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def says(body: Any, status: int = 200) -> Turn:
    """Answers with JSON."""

    def turn(request: BaseHTTPRequestHandler) -> None:
        _send(request, status, json.dumps(body).encode())

    return turn


def replies(reply: Callable[[dict[str, Any]], Any]) -> Turn:
    """Answers with JSON made of what was asked."""
    return lambda request: says(reply(request.asked))(request)  # type: ignore[attr-defined] # our own handler's


def says_bytes(body: bytes, status: int = 200) -> Turn:
    """Answers with anything."""
    return lambda request: _send(request, status, body)


def says_events(*events: Any) -> Turn:
    """Answers with server-sent events, and `[DONE]`."""
    lines = [f"data: {json.dumps(event)}\n\n" for event in events] + ["data: [DONE]\n\n"]
    return lambda request: _send(request, 200, "".join(lines).encode(), "text/event-stream")


def breaks_off(body: bytes, content_type: str = "application/json") -> Turn:
    """Announces more than it sends, and hangs up."""

    def turn(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Type", content_type)
        request.send_header("Content-Length", str(len(body) + 100))
        request.end_headers()
        request.wfile.write(body)

    return turn


def drips(piece: bytes, every_s: float = 0.05, content_type: str = "application/json") -> Turn:
    """Sends a little now and then, without an end."""

    def turn(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Type", content_type)
        request.end_headers()
        for _ in range(400):
            request.wfile.write(piece)
            request.wfile.flush()
            time.sleep(every_s)

    return turn


def _send(request: BaseHTTPRequestHandler, status: int, body: bytes, content_type: str = "application/json") -> None:
    request.send_response(status)
    request.send_header("Content-Type", content_type)
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)
