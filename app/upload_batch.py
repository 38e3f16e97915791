"""Files that a person sends together: each is taken or refused by itself, in the background, and what became of it
stays known when the page is loaded again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import asdict, dataclass, replace
from threading import Lock
from typing import TypeVar
from uuid import uuid4

import structlog
from redis import RedisError
from sqlalchemy.exc import SQLAlchemyError

from app import uploading
from app.auth import User
from app.settings import Settings
from app.wiring import NotConfigured, redis
from db.blobs import BlobError
from pipeline.errors import Rejected, TooComplex
from pipeline.intake import display_name

log = structlog.get_logger()
_Given = TypeVar("_Given")

MOST_KEPT = 1_000
"""Files of a person that are remembered, the latest ones."""
_KEPT_S = 24 * 3600
_MOST_HELD_BYTES = 200_000_000
"""Of files that could not be stored, so that they can be tried again without choosing them again."""
_TAKERS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="upload")
NOT_STORED = "It could not be stored: the database or the disk does not answer. Wait a moment and try again."
BROKEN_OFF = "Its transfer broke off. See that you are connected, then choose the file again."
TURNED_AWAY = (
    "It was turned away on its way here (HTTP {}). Reload the page and choose it again, or tell an administrator."
)
UNEXPECTED = "It could not be taken in, for a reason of ours. Try again; if it stays, tell an administrator."


@dataclass(frozen=True, slots=True)
class Sent:
    """A file that was sent: on its way, taken (with a document), or refused (with a sentence).

    Attributes:
        key: its own.
        filename: safe to show.
        document_id, duplicate: of one that was taken; a duplicate was known already.
        refusal: why it was not taken, and what to do.
        worth_retrying: whether the same file may be taken another time.
    """

    key: str
    filename: str
    document_id: str = ""
    duplicate: bool = False
    refusal: str = ""
    worth_retrying: bool = False

    @property
    def on_its_way(self) -> bool:
        """Whether it is still being taken in."""
        return not self.document_id and not self.refusal


class UploadBatch:
    """What a person has sent lately. Threads fill it while the screen reads it.

    Args:
        user: whose.
        settings: of this process.
    """

    def __init__(self, user: User, settings: Settings) -> None:
        self._user, self._settings = user, settings
        self._lock = Lock()
        self._sent: dict[str, Sent] = {each.key: each for each in _recalled(user, settings)}
        self._held: dict[str, bytes] = {}
        self._taking: list[Future[None]] = []

    def files(self) -> list[Sent]:
        """All files, newest first."""
        with self._lock:
            return list(reversed(self._sent.values()))

    def add(self, files: Iterable[tuple[str, bytes]]) -> None:
        """Takes files in, two at a time, and returns at once.

        Args:
            files: name as the sender calls it, and the whole file.
        """
        for filename, data in files:
            self._take(_new(filename), data)

    def refuse(self, filename: str, size_bytes: int) -> None:
        """Puts a file on the list, with the reason, that is too large to be sent, and returns at once."""
        self._begin(_new(filename), self._refuse, size_bytes)

    def cut_off(self, filename: str, status: int) -> None:
        """Puts a file on the list whose transfer failed, and returns at once.

        Args:
            filename: as the sender calls it.
            status: HTTP's, with which it was turned away; 0: the connection broke.
        """
        turned_away = 400 <= status < 500
        self._begin(_new(filename), self._cut_off, TURNED_AWAY.format(status) if turned_away else BROKEN_OFF)

    def wait(self, seconds: float) -> None:
        """Waits until all are taken in, but no longer than that."""
        wait(self._taking, seconds)
        self._taking = [each for each in self._taking if not each.done()]

    def can_retry(self, sent: Sent) -> bool:
        """Whether a file that was not taken may be another time, and is still at hand."""
        with self._lock:
            return sent.worth_retrying and sent.key in self._held

    def retry(self, key: str) -> None:
        """Tries a file again that was not taken."""
        with self._lock:
            sent, data = self._sent.get(key), self._held.pop(key, None)
        if sent is not None and data is not None:
            self._take(replace(sent, refusal="", worth_retrying=False), data)

    def forget(self) -> None:
        """Empties the list; the documents stay, and what is on its way goes on."""
        with self._lock:
            self._sent = {key: sent for key, sent in self._sent.items() if sent.on_its_way}
            self._held = {}
        _forget(self._user, self._settings)

    def _take(self, sent: Sent, data: bytes) -> None:
        self._begin(sent, self._send, data)

    def _begin(self, sent: Sent, work: Callable[[Sent, _Given], None], given: _Given) -> None:
        with self._lock:
            self._sent[sent.key] = sent
        self._taking.append(_TAKERS.submit(work, sent, given))

    def _send(self, sent: Sent, data: bytes) -> None:
        done = _outcome(sent, data, self._user, self._settings)
        with self._lock:
            if done.worth_retrying and sum(map(len, self._held.values())) + len(data) <= _MOST_HELD_BYTES:
                self._held[sent.key] = data
        self._end(done)

    def _refuse(self, sent: Sent, size_bytes: int) -> None:
        refusal = uploading.refuse_unsent(size_bytes, self._user, self._settings)
        self._end(replace(sent, refusal=refusal.sentence))

    def _cut_off(self, sent: Sent, refusal: str) -> None:
        self._end(replace(sent, refusal=refusal))

    def _end(self, done: Sent) -> None:
        with self._lock:
            self._sent[done.key] = done
        _remember(done, self._user, self._settings)


def send(filename: str, data: bytes, user: User, settings: Settings) -> Sent:
    """Takes a file in; one that is not taken says why instead of raising."""
    return _outcome(_new(filename), data, user, settings)


def _new(filename: str) -> Sent:
    return Sent(uuid4().hex, display_name(filename))


def _outcome(sent: Sent, data: bytes, user: User, settings: Settings) -> Sent:
    try:
        added = uploading.submit(data, sent.filename, user, settings)
    except Rejected as refusal:
        return replace(sent, refusal=refusal.sentence, worth_retrying=isinstance(refusal, TooComplex))
    except (SQLAlchemyError, BlobError, NotConfigured) as error:
        log.warning("upload_not_stored", error=type(error).__name__)
        return replace(sent, refusal=NOT_STORED, worth_retrying=True)
    except Exception as error:  # in a thread nobody would see it: the sender must learn of it
        log.error("upload_failed", error=type(error).__name__)
        return replace(sent, refusal=UNEXPECTED, worth_retrying=True)
    return replace(sent, document_id=added.document_id, duplicate=added.duplicate)


def _key(user: User) -> str:
    return f"fuse:uploads:{user.tenant_id}:{user.id}"


def _recalled(user: User, settings: Settings) -> list[Sent]:
    """What the person sent before this page was loaded, oldest first; what can't be had is as good as nothing."""
    try:
        with redis(settings, answer_within_s=2.0) as connection:
            kept = connection.lrange(_key(user), 0, -1)
        return [Sent(**json.loads(each)) for each in kept]
    except (RedisError, NotConfigured) as error:
        log.warning("uploads_not_recalled", error=type(error).__name__)
    except (ValueError, TypeError) as error:
        log.warning("uploads_damaged", error=type(error).__name__)
    return []


def _remember(sent: Sent, user: User, settings: Settings) -> None:
    try:
        with redis(settings, answer_within_s=2.0) as connection, connection.pipeline() as together:
            together.rpush(_key(user), json.dumps(asdict(sent)))
            together.ltrim(_key(user), -MOST_KEPT, -1)
            together.expire(_key(user), _KEPT_S)
            together.execute()
    except (RedisError, NotConfigured) as error:  # the list lives on in this page
        log.warning("uploads_not_kept", error=type(error).__name__)


def _forget(user: User, settings: Settings) -> None:
    try:
        with redis(settings, answer_within_s=2.0) as connection:
            connection.delete(_key(user))
    except (RedisError, NotConfigured) as error:
        log.warning("uploads_not_forgotten", error=type(error).__name__)
