"""The command line against a fake of the API: what a person sees, and the exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Callable, Iterator
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from app.cli import main
from app.console import CommandFailed
from app.running import only_one
from app.settings import Settings
from app.system_programs import CHROMIUM, POPPLER, install, install_command

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Runs a command in a home of its own; gives exit code, output and errors."""
    monkeypatch.setenv("FUSE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("FUSE_PORT", "1")
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["fuse", *arguments])
        try:
            code = main()
        except SystemExit as end:
            code = int(end.code or 0)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


class FakeApi(BaseHTTPRequestHandler):
    """Takes what doesn't hold "bad"; calls the second sending of the same a duplicate; is away for a moment."""

    known: dict[bytes, str]
    busy: int
    polls: dict[str, int]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        whole: Any = BytesParser().parsebytes(head + body)
        part = whole.get_payload()[0]
        name, data = part.get_filename(), part.get_payload(decode=True)
        if type(self).busy:
            type(self).busy -= 1
            self._answer(503, {"error": {"code": "unavailable", "message": "Later."}}, {"Retry-After": "0"})
        elif b"bad" in data:
            self._answer(415, {"error": {"code": "unsupported_type", "message": "This is no document."}})
        else:
            duplicate = data in self.known
            number = self.known.setdefault(data, name)
            answer = {"document_id": f"d-{number}", "job_id": f"j-{number}", "duplicate": duplicate, "filename": name}
            self._answer(202, answer)

    def do_GET(self) -> None:
        kind, _, key = self.path.removeprefix("/api/").partition("/")
        if kind == "jobs":
            self.polls[key] = self.polls.get(key, 0) + 1
            if self.polls[key] == 1:
                self._answer(503, {"error": {"code": "unavailable", "message": "Later."}})
            else:
                self._answer(200, {"job_id": key, "finished": self.polls[key] > 2})
        elif kind == "docs" and "broken" in key:
            self._answer(
                200, document("error", [{"code": "time_limit", "sentence": "It took too long.", "field": None}])
            )
        elif kind == "docs":
            self._answer(200, document("auto_approved", []))
        else:
            self._answer(404, {"error": {"code": "not_found", "message": "There is nothing."}})

    def _answer(self, status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        for key, value in {"Content-Length": str(len(content)), **(headers or {})}.items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Stays quiet."""


def document(status: str, reasons: list[dict[str, Any]]) -> dict[str, Any]:
    return {"processing_status": status, "type": "w9", "type_confidence": 0.98, "confidence": 0.91, "reasons": reasons}


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    handler: Any = type("Handler", (FakeApi,), {"known": {}, "busy": 0, "polls": {}})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")  # must not be asked for this machine's own addresses
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
    assert handler.busy == 0


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    folder.mkdir()
    for name, content in {"a.pdf": "one", "b.png": "two", "c.txt": "no document"}.items():
        (folder / name).write_text(content)
    return folder


@pytest.mark.parametrize(
    "arguments", [["--help"], ["up", "-h"], ["add", "--help"], ["doctor", "--help"], ["test", "-h"]]
)
def test_help_is_there(run: Run, arguments: list[str]) -> None:
    code, out, _ = run(*arguments)
    assert code == 0
    assert "Usage: ./fuse" in out


def test_a_folder_gives_its_documents(run: Run, api: str, files: Path) -> None:
    code, out, _ = run("add", str(files), "--server", api, "--json")
    assert code == 0
    assert [(Path(row["file"]).name, row["document_id"], row["status"]) for row in json.loads(out)] == [
        ("a.pdf", "d-a.pdf", "received"),
        ("b.png", "d-b.png", "received"),
    ]


def test_a_known_file_is_called_known(run: Run, api: str, files: Path) -> None:
    run("add", str(files / "a.pdf"), "--server", api)
    code, out, _ = run("add", str(files / "a.pdf"), "--server", api)
    assert code == 0
    assert out == "✓ a.pdf  received, known already  d-a.pdf\n"


def test_a_refused_file_tells_code_and_sentence_and_fails(run: Run, api: str, files: Path) -> None:
    (files / "bad.pdf").write_text("bad")
    code, out, _ = run("add", str(files), "--server", api)
    assert code == 1
    assert "✗ bad.pdf  refused (unsupported_type)\n    This is no document.\n" in out
    assert "d-a.pdf" in out


def test_waiting_tells_what_came_of_it(run: Run, api: str, files: Path) -> None:
    code, out, _ = run("add", str(files / "a.pdf"), "--server", api, "--wait")
    assert code == 0
    assert out == "✓ a.pdf  auto_approved  w9, 91% confident  d-a.pdf\n"


def test_a_document_that_ends_in_error_fails(run: Run, api: str, files: Path) -> None:
    (files / "broken.pdf").write_text("broken")
    code, out, _ = run("add", str(files / "broken.pdf"), "--server", api, "--wait", "--json")
    assert code == 1
    assert json.loads(out)[0]["reasons"][0]["sentence"] == "It took too long."
    code, out, _ = run("add", str(files / "broken.pdf"), "--server", api, "--wait")
    assert code == 1
    assert out.startswith("✗ broken.pdf  error, known already")
    assert out.endswith("\n    It took too long.\n")


def test_a_busy_system_is_asked_again(run: Run, api: str, files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("add", str(files / "a.pdf"), "--server", api)
    busy = next(cls for cls in FakeApi.__subclasses__() if cls.known)
    busy.busy = 3
    code, _, _ = run("add", str(files / "b.png"), "--server", api)
    assert code == 0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["add", "missing.pdf", "--server", "http://127.0.0.1:1"], "There is no file missing.pdf."),
        (["add", "empty", "--server", "http://127.0.0.1:1"], "empty holds no PDF, PNG, JPG or TIFF file."),
        (["add", "a.pdf", "--server", "127.0.0.1:1"], "Nothing answers at http://127.0.0.1:1"),
        (["add", "a.pdf"], "Fuse isn't running here. Start it with: ./fuse up"),
        (["bench", "throughput"], "Fuse isn't running here."),
    ],
)
def test_failures_say_what_to_do(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], sentence: str
) -> None:
    (tmp_path / "a.pdf").write_text("one")
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path)
    code, out, err = run(*arguments)
    assert code == 1
    assert out == ""
    assert sentence in err


def test_doctor_names_what_is_missing_and_the_command(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "app.system_programs.shutil.which", lambda name: "/usr/bin/apt-get" if name == "apt-get" else None
    )
    monkeypatch.setattr("app.system_programs.os.geteuid", lambda: 1000)
    code, out, _ = run("doctor")
    assert code == 1
    assert "sudo apt-get update && sudo apt-get install -y tesseract-ocr tesseract-ocr-eng tesseract-ocr-osd" in out
    assert "sudo apt-get update && sudo apt-get install -y poppler-utils" in out


def test_doctor_looks_at_the_servers_it_is_given(run: Run, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    monkeypatch.setenv("REDIS_URL", settings.redis_url)
    _, out, _ = run("doctor")
    assert "tables up to date" in out
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    code, out, _ = run("doctor")
    assert code == 1
    assert out.count("does not answer") == 2


def test_up_says_that_it_runs_already(run: Run, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "run.json").write_text(json.dumps({"pid": os.getpid(), "address": "http://127.0.0.1:8501"}))
    with only_one(home):
        code, out, _ = run("up")
    assert code == 0
    assert "Fuse runs here already: http://127.0.0.1:8501" in out


def test_a_home_left_by_a_killed_system_is_not_taken_for_a_running_one(tmp_path: Path) -> None:
    from app.running import is_running

    assert not is_running(tmp_path)
    with only_one(tmp_path):
        assert is_running(tmp_path)
    assert (tmp_path / "lock").exists()
    assert not is_running(tmp_path)


@pytest.mark.parametrize(
    ("failing", "code", "closing"),
    [((), 0, "All passed"), (("ruff check",), 1, "Failed: Lint"), (("mypy", "pytest"), 1, "Failed: Types, Tests")],
)
def test_every_part_of_the_check_runs_even_when_one_fails(
    run: Run, monkeypatch: pytest.MonkeyPatch, failing: tuple[str, ...], code: int, closing: str
) -> None:
    ran = []

    def pretend(command: list[str], **_: object) -> subprocess.CompletedProcess[bytes]:
        ran.append(" ".join(command[2:]))
        return subprocess.CompletedProcess(command, int(any(ran[-1].startswith(each) for each in failing)))

    monkeypatch.setattr("app.commands.test.missing", lambda _: [])
    monkeypatch.setattr("app.commands.test.subprocess.run", pretend)
    ended_with, out, _ = run("test", "tests/pipeline", "-k", "w9")
    assert ended_with == code
    assert out.rstrip().endswith(closing)
    assert [command.split()[0] for command in ran] == ["ruff", "ruff", "mypy", "pytest"]
    assert ran[-1] == "pytest tests/pipeline -k w9"


@pytest.mark.parametrize(
    ("manager", "root", "command"),
    [
        ("apt-get", True, "apt-get update && apt-get install -y poppler-utils chromium"),
        ("apt-get", False, "sudo apt-get update && sudo apt-get install -y poppler-utils chromium"),
        ("brew", False, "brew install poppler chromium"),
        ("dnf", False, "install Poppler and Chromium with your system's package manager"),
    ],
)
def test_the_one_command_that_installs(monkeypatch: pytest.MonkeyPatch, manager: str, root: bool, command: str) -> None:
    monkeypatch.setattr("app.system_programs.shutil.which", lambda name: f"/bin/{name}" if name == manager else None)
    monkeypatch.setattr("app.system_programs.os.geteuid", lambda: 0 if root else 1000)
    assert install_command([POPPLER, CHROMIUM]) == command


def test_what_needs_an_administrator_is_left_to_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.system_programs.shutil.which", lambda name: "/bin/apt-get" if name == "apt-get" else None)
    monkeypatch.setattr("app.system_programs.os.geteuid", lambda: 1000)
    with pytest.raises(CommandFailed, match="Run: sudo apt-get update && sudo apt-get install -y poppler-utils"):
        install([POPPLER], tmp_path / "install.log")
    assert not (tmp_path / "install.log").exists()


def test_doctor_asks_the_language_models_server(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUSE_LLM", "openai")
    monkeypatch.setenv("FUSE_LLM_URL", "http://127.0.0.1:9/v1")
    code, out, _ = run("doctor")
    assert code == 1
    assert "LLM server" in out
    assert "FUSE_LLM_URL" in out
