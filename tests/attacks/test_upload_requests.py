"""Hostile requests, as bytes on a socket: sizes that lie, floods, and bodies that never end."""

from __future__ import annotations

import os
import socket
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import repeat
from pathlib import Path

import psutil
import pytest
import uvicorn
from sqlalchemy import text

from app import wiring
from app.api.problems import TooLargeAsProblem, WithoutDetails
from app.api.slow_bodies import SlowBodies
from app.server import make_api
from app.settings import Settings
from db.session import engine
from pipeline import child
from pipeline.kinds import MAX_BYTES
from tests.pipeline.test_intake import pdf

GRACE_S = 1.0
_START = b'--frontier\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
_END = b"\r\n--frontier--\r\n"
_MEGABYTE = b"\0" * 1_000_000


class Server:
    """The API on a port of its own, in this process; a slow body has one second."""

    def __init__(self) -> None:
        app = SlowBodies(TooLargeAsProblem(WithoutDetails(make_api())), grace_s=GRACE_S)
        self._server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off", ws="none"))
        self._thread = threading.Thread(target=self._server.run)
        self._thread.start()
        deadline = time.monotonic() + 20
        while not self._server.started:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        self.port: int = self._server.servers[0].sockets[0].getsockname()[1]

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(20)

    def ask(self, head: str, body: Iterable[bytes] = (), pause_s: float = 0.0) -> int:
        """Sends a request as it is, and gives the status of the answer; 0 when the connection was only cut."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as connection:
            with suppress(ConnectionError):
                connection.sendall(f"{head}\r\n\r\n".encode())
                for part in body:
                    connection.sendall(part)
                    if pause_s and _readable(connection, pause_s):
                        break
            answer = b""
            with suppress(ConnectionError):
                answer = connection.recv(100)
        return int(answer.split(b" ")[1]) if answer else 0

    def upload(self, parts: Iterable[bytes], length: int | None, pause_s: float = 0.0) -> int:
        """Uploads parts of a body; without a length, in chunks."""
        if length is None:
            parts = (b"%x\r\n%s\r\n" % (len(part), part) for part in (*parts, b""))
        size = "Transfer-Encoding: chunked" if length is None else f"Content-Length: {length}"
        return self.ask(f"{_HEAD}\r\n{size}", parts, pause_s)

    def upload_file(self, data: bytes) -> int:
        """Uploads a file as browsers do."""
        return self.upload([_START, data, _END], len(_START) + len(data) + len(_END))


_HEAD = "POST /api/upload HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: multipart/form-data; boundary=frontier"


def _readable(connection: socket.socket, seconds: float) -> bool:
    connection.settimeout(seconds)
    try:
        return bool(connection.recv(1, socket.MSG_PEEK))
    except TimeoutError:
        return False
    finally:
        connection.settimeout(30)


class Spool:
    """Watches what this process keeps in temporary files, also in those without a name."""

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder)
        self._over = threading.Event()
        self.most_bytes = 0
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def _watch(self) -> None:
        while not self._over.wait(0.01):
            self.most_bytes = max(self.most_bytes, self.now_bytes())

    def now_bytes(self) -> int:
        total = 0
        for descriptor in os.listdir("/proc/self/fd"):  # noqa: PTH208
            with suppress(OSError):
                if os.readlink(f"/proc/self/fd/{descriptor}").startswith(self._folder):  # noqa: PTH115
                    total += os.stat(f"/proc/self/fd/{descriptor}").st_size  # noqa: PTH116
        return total

    def stop(self) -> None:
        self._over.set()
        self._thread.join()


@pytest.fixture
def server(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(wiring, "settings", lambda: settings)
    child.start_server()
    running = Server()
    yield running
    running.stop()


@pytest.fixture
def spool(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Spool]:
    if not Path("/proc/self/fd").exists():
        pytest.skip("temporary files without a name can only be seen on Linux")
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    watching = Spool(folder)
    yield watching
    watching.stop()
    assert watching.now_bytes() == 0
    assert list(folder.iterdir()) == []


@pytest.fixture
def flat_memory() -> Iterator[None]:
    before = psutil.Process().memory_info().rss
    yield
    assert psutil.Process().memory_info().rss - before < 200_000_000, "one upload of 50 MB, with its copies"


def _documents(settings: Settings) -> int:
    with engine(settings.database).connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM docs")).scalar_one())


def _padded(size: int) -> bytes:
    return pdf() + b"\n" * (size - len(pdf()))


@pytest.mark.parametrize(("size", "status"), [(MAX_BYTES, 202), (MAX_BYTES + 1, 413)], ids=["50 MB", "a byte more"])
def test_a05_the_limit_is_exact(server: Server, size: int, status: int) -> None:
    assert server.upload_file(_padded(size)) == status


# The framework closes the temporary file of a body that breaks off only when it forgets it, and Python remarks on that.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")
@pytest.mark.parametrize(
    ("parts", "length", "statuses"),
    [
        ([_START, pdf(), _END], 100, (400, 422)),
        ([_START, pdf()], 10**9, (413,)),
        ([_START, pdf(), _END], None, (202,)),
        ([_START, *repeat(_MEGABYTE, 60), _END], None, (413,)),
        ([_START, pdf()], -1, (400,)),
    ],
    ids=["lying small", "lying large", "chunked", "chunked, too large", "negative"],
)
def test_a05_lengths_that_lie(
    server: Server, spool: Spool, settings: Settings, parts: list[bytes], length: int | None, statuses: tuple[int, ...]
) -> None:
    assert server.upload(parts, length) in statuses
    assert spool.most_bytes <= 52_000_000
    assert _documents(settings) == (202 in statuses)
    assert server.upload_file(pdf(2)) == 202


@pytest.mark.usefixtures("flat_memory")
@pytest.mark.parametrize("honest", [True, False], ids=["with its length", "in chunks"])
def test_a06_200_mb_are_refused_before_they_fill_the_disk(server: Server, spool: Spool, honest: bool) -> None:
    """Whoever sends it: the length is looked at first, and what has none is counted as it comes."""
    parts = [_START, *repeat(_MEGABYTE, 200), _END]
    assert server.upload(parts, sum(map(len, parts)) if honest else None) in (413, 0)
    assert spool.most_bytes <= (0 if honest else 52_000_000)
    assert server.upload_file(pdf()) == 202


@pytest.mark.parametrize("files", [False, True], ids=["fields", "files"])
def test_a07_2000_parts(server: Server, spool: Spool, files: bool) -> None:
    name = b'; filename="a"' if files else b""
    part = b'--frontier\r\nContent-Disposition: form-data; name="x"%s\r\n\r\ny\r\n' % name
    body = part * 2000 + _START + pdf() + _END
    assert server.upload([body], len(body)) == 400


def test_a07_a_field_of_10_mb_of_text(server: Server) -> None:
    body = b'--frontier\r\nContent-Disposition: form-data; name="x"\r\n\r\n' + b"y" * 10_000_000 + b"\r\n" + _START
    assert server.upload([body + pdf() + _END], len(body) + len(pdf()) + len(_END)) == 400


def test_a07_10000_headers(server: Server) -> None:
    headers = "\r\n".join(f"X-{number}: y" for number in range(10_000))
    assert server.ask(f"{_HEAD}\r\n{headers}\r\nContent-Length: 0") in (400, 422, 431)
    part = _START.rstrip(b"\r\n") + b"".join(b"\r\nX-%d: y" % number for number in range(10_000)) + b"\r\n\r\n"
    assert server.upload([part, pdf(), _END], len(part) + len(pdf()) + len(_END)) in (202, 400)
    assert server.upload_file(pdf(2)) == 202


def test_a08_a_byte_now_and_then_is_cut_off(server: Server, settings: Settings) -> None:
    """Twenty of them at once; meanwhile others are served."""
    statuses: list[int] = []

    def drip() -> None:
        statuses.append(server.upload([_START, *repeat(b"y", 1000)], len(_START) + 1000, pause_s=0.1))

    started = time.monotonic()
    slow = [threading.Thread(target=drip) for _ in range(20)]
    for thread in slow:
        thread.start()
    assert server.upload_file(pdf()) == 202
    for thread in slow:
        thread.join()
    assert statuses == [408] * 20
    assert time.monotonic() - started < GRACE_S + 15
    assert _documents(settings) == 1


def test_a08_a_slow_but_steady_body_is_taken(server: Server) -> None:
    """The more has come, the more time there is: here 30 kB/s for 2 s, with a grace of 1 s."""
    body = _START + _padded(60_000) + _END
    parts = [body[at : at + 3000] for at in range(0, len(body), 3000)]
    assert server.upload(parts, len(body), pause_s=0.1) == 202
