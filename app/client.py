"""A small client of Fuse's own HTTP API, for the commands."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from app.console import CommandFailed
from app.settings import Settings

_SUFFIXES = {".pdf", ".png", ".jpg", ".jpeg", ".tif", ".tiff"}
_BUSY = (429, 503)
_PATIENCE_S = 30.0


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the system said to one file: taken (with ids), or refused (with a code and a sentence)."""

    filename: str
    document_id: str = ""
    job_id: str = ""
    duplicate: bool = False
    code: str = ""
    message: str = ""

    @property
    def refused(self) -> bool:
        """Whether the file was not taken."""
        return bool(self.code)


class Client:
    """Talks to a running system.

    Args:
        address: such as http://127.0.0.1:8501
    """

    def __init__(self, address: str) -> None:
        self.address = address.rstrip("/")
        # A proxy from the environment knows nothing of this machine's own addresses.
        self._http = httpx.Client(base_url=self.address, timeout=60.0, trust_env=not _is_loopback(self.address))

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def upload(self, filename: str, data: bytes) -> Receipt:
        """Sends one file; while the system is too busy to take it, waits and sends it again.

        Raises:
            CommandFailed: nothing answers there.
        """
        deadline = time.monotonic() + _PATIENCE_S
        while True:
            answer = self._send("POST", "/api/upload", files={"file": (filename, data)})
            if answer.status_code not in _BUSY or time.monotonic() > deadline:
                break
            time.sleep(min(float(answer.headers.get("Retry-After", "1")), 5.0))
        body = _json(answer)
        if answer.is_success:
            return Receipt(
                filename,
                document_id=body["document_id"],
                job_id=body["job_id"],
                duplicate=body["duplicate"],
            )
        error = body.get("error", {})
        code = error.get("code", f"http_{answer.status_code}")
        return Receipt(filename, code=code, message=error.get("message", answer.reason_phrase))

    def job(self, job_id: str) -> dict[str, Any]:
        """How a job goes."""
        return self._get(f"/api/jobs/{job_id}")

    def document(self, document_id: str) -> dict[str, Any]:
        """All that is known of a document."""
        return self._get(f"/api/docs/{document_id}")

    def documents(self) -> list[dict[str, Any]]:
        """The newest 200 documents, as a list shows them."""
        found: list[dict[str, Any]] = self._get("/api/docs?limit=200")["documents"]
        return found

    def correct(self, document_id: str, version: int, values: dict[str, Any]) -> int:
        """Sets values of a document as a person would; gives its new version."""
        return int(self._post(f"/api/docs/{document_id}/corrections", version=version, values=values)["version"])

    def approve(self, document_id: str, version: int) -> None:
        """Accepts a document as it stands."""
        self._post(f"/api/docs/{document_id}/approve", version=version)

    def is_ready(self) -> bool:
        """Whether the system answers and all it needs is there."""
        try:
            return self._http.get("/health/ready", timeout=5.0).status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False

    def wait(
        self, job_ids: Iterable[str], on_finished: Callable[[str], None], limit_s: float = 3600.0, pause_s: float = 0.5
    ) -> set[str]:
        """Waits until the jobs are finished.

        Args:
            job_ids: which.
            on_finished: called with each one's id when it is.
            limit_s: how long to wait at most.
            pause_s: between two rounds of questions.

        Returns:
            The ids of those that weren't finished in time.

        Raises:
            CommandFailed: the system has been away for half a minute.
        """
        waiting = set(job_ids)
        deadline = time.monotonic() + limit_s
        answered_at = time.monotonic()
        while waiting and time.monotonic() < deadline:
            try:
                for job_id in sorted(waiting):
                    if self.job(job_id)["finished"]:
                        waiting.discard(job_id)
                        on_finished(job_id)
                    answered_at = time.monotonic()
            except CommandFailed:  # it may only be restarting: the work isn't lost
                if time.monotonic() - answered_at > _PATIENCE_S:
                    raise
            if waiting:
                time.sleep(pause_s)
        return waiting

    def _get(self, path: str) -> dict[str, Any]:
        return self._told(path, self._send("GET", path))

    def _post(self, path: str, **content: Any) -> dict[str, Any]:
        return self._told(path, self._send("POST", path, json=content))

    def _told(self, path: str, answer: httpx.Response) -> dict[str, Any]:
        body = _json(answer)
        if not answer.is_success:
            message = body.get("error", {}).get("message", answer.reason_phrase)
            raise CommandFailed(f"{self.address}{path} answers {answer.status_code}: {message}")
        return body

    def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        try:
            return self._http.request(method, path, **options)
        except httpx.HTTPError as error:
            raise CommandFailed(
                f"Nothing answers at {self.address} ({type(error).__name__}). Is it running? Start it with: ./fuse up"
            ) from error


def address_of(settings: Settings, server: str | None) -> str:
    """The address of the running system: the one that was named, or that of `./fuse up` in this folder.

    Raises:
        CommandFailed: none was named and none runs here.
    """
    if server:
        return server if "://" in server else f"http://{server}"
    if not settings.address:
        raise CommandFailed("Fuse isn't running here. Start it with: ./fuse up   (or name another one: --server URL)")
    return settings.address


def files_in(paths: Iterable[Path]) -> list[Path]:
    """The files to send: each file that is named, and from each folder all that look like documents.

    Links in a folder are left out: who filled it may not be who sends it, and they may lead anywhere.

    Raises:
        CommandFailed: a path doesn't exist or is no file (a pipe, a device), or a folder holds no document.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(each for each in path.rglob("*") if _is_document(each))
            if not inside:
                raise CommandFailed(f"{path} holds no PDF, PNG, JPG or TIFF file.")
            found += inside
        elif path.is_file():
            found.append(path)
        elif path.exists():
            raise CommandFailed(f"{path} is not a file but a pipe or a device. Save it as a file and send that.")
        else:
            raise CommandFailed(f"There is no file {path}.")
    return found


def _is_document(path: Path) -> bool:
    return path.suffix.lower() in _SUFFIXES and not path.is_symlink() and path.is_file()


def _json(answer: httpx.Response) -> dict[str, Any]:
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _is_loopback(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
