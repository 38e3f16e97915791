"""What is kept in Redis so that it need not be made twice. Losing it, or Redis, costs time only.

The key holds everything that a reading depends on: tenant, bytes, version of the stage, options. The value is the pages
as JSON, compressed. What can't be understood is as good as not there.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from redis import Redis, RedisError, WatchError

from pipeline.types import Page

log = structlog.get_logger()

MAX_ENTRY_BYTES = 5_000_000
_MAX_JSON_BYTES = 100_000_000
_MAX_REDIS_BYTES = 256_000_000
"""Of a Redis without a limit of its own; of one with a limit, half of it. The rest is for the wake-ups, which must
never be refused."""


def reading_key(tenant_id: str, sha256: str, version: str, options: Mapping[str, Any]) -> str:
    """The name under which a reading is kept."""
    way = hashlib.sha256(json.dumps(dict(options), sort_keys=True).encode()).hexdigest()[:16]
    return f"fuse:reading:{tenant_id}:{sha256}:{version}:{way}"


def load_reading(connection: Redis, key: str) -> tuple[Page, ...] | None:
    """The pages that were kept, or None: not there, not to be understood, or Redis is away."""
    try:
        entry = connection.get(key)
        if not isinstance(entry, bytes):
            return None
        unpack = zlib.decompressobj()
        pages = tuple(Page.from_json(page) for page in json.loads(unpack.decompress(entry, _MAX_JSON_BYTES)))
    except RedisError as error:
        log.warning("cache_away", error=type(error).__name__)
        return None
    except (zlib.error, ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        log.warning("cache_entry_damaged", error=type(error).__name__)
        return None
    return pages if [page.number for page in pages] == list(range(1, len(pages) + 1)) else None


def keep_reading(connection: Redis, key: str, pages: Sequence[Page], days: float) -> bool:
    """Keeps a document's pages for some days; gives whether there was room."""
    entry = zlib.compress(json.dumps([page.to_json() for page in pages], separators=(",", ":")).encode())
    if len(entry) > MAX_ENTRY_BYTES:
        return False
    try:
        memory = connection.info("memory")
        most = memory.get("maxmemory", 0) // 2 or _MAX_REDIS_BYTES
        if memory["used_memory"] + len(entry) > most:
            return False
        connection.set(key, entry, ex=round(days * 86_400))
    except RedisError as error:
        log.warning("cache_away", error=type(error).__name__)
        return False
    return True


def examples_key(tenant_id: str, type_name: str) -> str:
    """The name under which a tenant's gold examples of a type are kept."""
    return f"fuse:gold:{tenant_id}:{type_name}"


def type_examples_key(tenant_id: str) -> str:
    """The name under which a tenant's gold examples of all types together are kept, by which types are told."""
    return f"fuse:gold:types:{tenant_id}"


def wish_key(tenant_id: str, model: str, type_name: str) -> str:
    """The name under which it is kept how many examples of a type a model wants: corrections change nothing of it."""
    return f"fuse:wish:{tenant_id}:{type_name}:{model}"


def type_key(tenant_id: str, model: str, beginning: str) -> str:
    """The name under which a model's word on a document's type is kept: it depends on the document's beginning only."""
    return f"fuse:type:{tenant_id}:{hashlib.sha256(f'{model} {beginning}'.encode()).hexdigest()}"


def load(connection: Redis, key: str) -> Any:
    """What was kept as JSON, or None: not there, not to be understood, or Redis is away."""
    try:
        entry = connection.get(key)
        return None if not isinstance(entry, bytes) else json.loads(entry)
    except RedisError as error:
        log.warning("cache_away", error=type(error).__name__)
    except (ValueError, RecursionError) as error:
        log.warning("cache_entry_damaged", error=type(error).__name__)
    return None


def keep(connection: Redis, key: str, value: Any, seconds: int) -> None:
    """Keeps a value as JSON for some time."""
    entry = json.dumps(value).encode()
    if len(entry) > MAX_ENTRY_BYTES:
        return
    try:
        connection.set(key, entry, ex=seconds)
    except RedisError as error:
        log.warning("cache_away", error=type(error).__name__)


def begin(connection: Redis, key: str, seconds: int) -> str:
    """Says that a value is being made from now on; gives the mark that `keep_begun` asks for."""
    mark = secrets.token_hex(8)
    keep(connection, key, {"being_made": mark}, seconds)
    return mark


def keep_begun(connection: Redis, key: str, mark: str, value: Any, seconds: int) -> None:
    """Keeps a value as JSON, unless it was dropped, or begun anew, since it was begun: then it may be outdated."""
    entry = json.dumps(value).encode()
    if len(entry) > MAX_ENTRY_BYTES:
        return
    try:
        with connection.pipeline() as pipe:
            pipe.watch(key)  # type: ignore[no-untyped-call]  # redis leaves it untyped
            if pipe.get(key) == json.dumps({"being_made": mark}).encode():
                pipe.multi()
                pipe.set(key, entry, ex=seconds)
                pipe.execute()
    except WatchError:
        return
    except RedisError as error:
        log.warning("cache_away", error=type(error).__name__)


def drop(connection: Redis, *keys: str) -> None:
    """Forgets values."""
    try:
        connection.delete(*keys)
    except RedisError as error:
        log.warning("cache_away", error=type(error).__name__)
