from __future__ import annotations

import errno
from pathlib import Path

import pytest

from db.blobs import BlobCorrupt, BlobMissing, BlobUnavailable, DiskBlobs, blob_key, sha256_of

TENANT = "00000000-0000-4000-8000-000000000001"


def test_bytes_come_back_as_they_were(tmp_path: Path) -> None:
    store = DiskBlobs(tmp_path)
    key = blob_key(TENANT, sha256_of(b"hello"))
    store.put(key, b"hello")
    store.put(key, b"hello")
    assert store.get(key) == b"hello"
    assert [p.name for p in tmp_path.rglob("*") if p.is_file()] == ["original"], "no temporary file is left"


def test_missing_and_changed_bytes_are_never_handed_out(tmp_path: Path) -> None:
    store = DiskBlobs(tmp_path)
    key = blob_key(TENANT, sha256_of(b"hello"))
    with pytest.raises(BlobMissing):
        store.get(key)
    store.put(key, b"hello")
    (tmp_path / key).write_bytes(b"hellO")
    with pytest.raises(BlobCorrupt):
        store.get(key)


def test_the_same_bytes_again_mend_what_was_lost_or_changed(tmp_path: Path) -> None:
    store = DiskBlobs(tmp_path)
    key = blob_key(TENANT, sha256_of(b"hello"))
    store.put(key, b"hello")
    for harm in ((tmp_path / key).unlink, lambda: (tmp_path / key).write_bytes(b"hellO")):
        harm()
        store.put(key, b"hello")
        assert store.get(key) == b"hello"


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(BlobUnavailable):
        DiskBlobs(tmp_path).put(blob_key(TENANT, sha256_of(b"hello")), b"hello")
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


@pytest.mark.parametrize("key", ["../x", "/etc/passwd", "t/../../x", "", "t/" + TENANT + "/aa/../original"])
def test_only_our_own_keys_are_paths(tmp_path: Path, key: str) -> None:
    with pytest.raises(ValueError, match="not a blob key"):
        DiskBlobs(tmp_path).put(key, b"x")


def test_other_users_can_not_read_them(tmp_path: Path) -> None:
    key = blob_key(TENANT, sha256_of(b"hello"))
    DiskBlobs(tmp_path / "blobs").put(key, b"hello")
    assert (tmp_path / "blobs" / key).stat().st_mode & 0o077 == 0
