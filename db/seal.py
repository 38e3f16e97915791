"""Encryption of what must not be read by whoever reads the database: authenticated, with one key per installation.

Format: Fernet (AES-128-CBC and HMAC-SHA256, https://github.com/fernet/spec), by the `cryptography` package.
"""

from __future__ import annotations

import base64
import hashlib
import os
from pathlib import Path
from secrets import token_urlsafe

from cryptography.fernet import Fernet, InvalidToken


class Unsealable(Exception):
    """What is sealed was sealed with another key. Set FUSE_SECRET_KEY to the key that was used then."""


class Seal:
    """Seals and opens.

    Args:
        key: any secret text; from 32 random characters on it is as strong as the cipher.
    """

    def __init__(self, key: str) -> None:
        self._fernet = Fernet(base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest()))

    def close(self, plain: bytes) -> bytes:
        """Encrypts."""
        return self._fernet.encrypt(plain)

    def open(self, sealed: bytes) -> bytes:
        """Decrypts.

        Raises:
            Unsealable: the key is another one, or somebody changed it.
        """
        try:
            return self._fernet.decrypt(sealed)
        except InvalidToken:
            raise Unsealable(Unsealable.__doc__) from None


def own_key(path: Path) -> str:
    """The key in a file that only its owner may read; made when there is none. Of two that make it, one wins."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{token_urlsafe(6)}")
        draft.touch(mode=0o600)
        draft.write_text(token_urlsafe(48))
        try:
            os.link(draft, path)  # unlike a rename, this does not replace a key that another process has just made
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text()
