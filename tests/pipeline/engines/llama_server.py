"""A real llama.cpp server as a process of its own, so that a test can kill it: `python -m ... MODEL PORT`."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from app.settings import ROOT

CONTEXT_TOKENS = 1024
SLOTS = 4
_START_LIMIT_S = 30.0


@dataclass
class LlamaServer:
    """The process and its address."""

    model: Path
    port: int
    context_tokens: int = CONTEXT_TOKENS
    process: subprocess.Popen[bytes] | None = None

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def start(self) -> None:
        arguments = [str(self.model), str(self.port), str(self.context_tokens)]
        command = [sys.executable, "-m", "tests.pipeline.engines.llama_server", *arguments]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + _START_LIMIT_S
        while True:
            try:
                if httpx.get(f"{self.base_url}/models", timeout=1).status_code == 200:
                    return
            except httpx.TransportError:
                assert time.monotonic() < deadline, "the server did not start"
                assert self.process.poll() is None, "the server ended"
                time.sleep(0.05)

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


@contextmanager
def running_server(model: Path, context_tokens: int = CONTEXT_TOKENS) -> Iterator[LlamaServer]:
    """A server with a model, for the time of some tests."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = LlamaServer(model, port, context_tokens)
    server.start()
    try:
        yield server
    finally:
        server.kill()


def _serve(model: str, port: int, context_tokens: int = CONTEXT_TOKENS) -> None:
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = model
    params.n_ctx, params.n_parallel, params.port, params.warmup = context_tokens * SLOTS, SLOTS, port, False
    server = xllamacpp.Server(params)
    while server.listening_address:
        time.sleep(0.5)


if __name__ == "__main__":
    _serve(sys.argv[1], *map(int, sys.argv[2:]))
