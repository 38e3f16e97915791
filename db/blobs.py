"""The blob store: uploaded bytes under their hash. A folder now; S3 behind the same interface.

BlobError
├── BlobMissing    storage_missing
└── BlobCorrupt    storage_corrupt
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from pathlib import Path
from typing import ClassVar, Protocol

_KEY = re.compile(r"t/[0-9a-f-]{36}/[0-9a-f]{2}/[0-9a-f]{64}/original")


class BlobError(Exception):
    """A stored file can't be had."""

    code: ClassVar[str] = "storage_error"


class BlobMissing(BlobError):
    """The stored file is gone. Upload the same file again to mend it."""

    code = "storage_missing"


class BlobCorrupt(BlobError):
    """The stored file is not what was uploaded. Upload the same file again to mend it."""

    code = "storage_corrupt"


class BlobUnavailable(BlobError):
    """Files can't be stored right now. Nothing was taken; try again in a minute."""

    code = "storage_unavailable"


class BlobStore(Protocol):
    """Keeps bytes under keys made by `blob_key`. Writing the same key again is harmless: the bytes are the same."""

    def put(self, key: str, data: bytes) -> None:
        """Stores bytes so that they survive a crash from when this returns; mends what was lost or changed.

        Raises:
            BlobUnavailable: the disk is full, or not there.
        """
        ...

    def get(self, key: str) -> bytes:
        """Gives the bytes back, checked against the hash in the key.

        Raises:
            BlobMissing: nothing is stored there.
            BlobCorrupt: other bytes are.
        """
        ...


def sha256_of(data: bytes) -> str:
    """The hash that names the bytes, in lower-case hex."""
    return hashlib.sha256(data).hexdigest()


def blob_key(tenant_id: str, sha256: str) -> str:
    """The key of an uploaded file: by tenant, then by hash."""
    return f"t/{tenant_id}/{sha256[:2]}/{sha256}/original"


class DiskBlobs:
    """Blobs in a folder that only this user may read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, key: str, data: bytes) -> None:
        """See `BlobStore`: written beside, synced, renamed, the folders synced."""
        path = self._path(key)
        try:
            if path.exists() and sha256_of(path.read_bytes()) == key.split("/")[3]:
                return
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _write(path, data)
            for folder in (path.parent, path.parent.parent, path.parent.parent.parent):
                _sync(folder)
        except OSError as error:
            raise BlobUnavailable(key) from error

    def get(self, key: str) -> bytes:
        """See `BlobStore`."""
        try:
            data = self._path(key).read_bytes()
        except FileNotFoundError:
            raise BlobMissing(key) from None
        if sha256_of(data) != key.split("/")[3]:
            raise BlobCorrupt(key)
        return data

    def _path(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise ValueError("not a blob key")
        return self._folder / key


def _write(path: Path, data: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".put-")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
