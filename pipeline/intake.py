"""The door: whether Fuse takes a file, by its content.

The checks read headers only where they can; whoever calls this on bytes from outside runs it in `pipeline.child`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath, PureWindowsPath

from pipeline.errors import EmptyFile, FileTooLarge, TooManyPages, TooManyPixels
from pipeline.kinds import CONTENT_TYPES, MAX_BYTES, MAX_PAGE_PIXELS, MAX_PAGES, FileKind, kind_of
from pipeline.render import open_document


@dataclass(frozen=True, slots=True)
class Intake:
    """A file that passed the door."""

    kind: FileKind
    content_type: str
    page_count: int


def inspect(data: bytes) -> Intake:
    """Checks a file by its content.

    Args:
        data: the whole file.

    Raises:
        Rejected: one of its kinds; `code` is stable, the sentence is for the sender.
    """
    if not data:
        raise EmptyFile
    if len(data) > MAX_BYTES:
        raise FileTooLarge(f"At most {MAX_BYTES / 1e6:g} MB are taken.")
    kind = kind_of(data)
    with open_document(data, kind) as document:
        if document.page_count > MAX_PAGES:
            raise TooManyPages(f"It has {document.page_count}.")
        if document.max_pixels() > MAX_PAGE_PIXELS:
            raise TooManyPixels
        document.check()
        return Intake(kind, CONTENT_TYPES[kind], document.page_count)


def display_name(filename: str) -> str:
    """A name that is safe to show, to store and to send in a header: `[\\w .()-]`, 1 to 120 characters.

    Folders, control characters, bidirectional overrides and everything else that is not a letter, digit or plain
    punctuation goes; the extension stays where the name must be cut.
    """
    name = PurePosixPath(PureWindowsPath(filename).name).name
    name = unicodedata.normalize("NFC", name)
    name = re.sub(r"[^\w .()-]", " ", name)
    name = re.sub(r"\s+", " ", name).strip(" .")
    name = name.lstrip("-").strip()
    if not name:
        return "document"
    if len(name) > 120:
        suffix = PurePosixPath(name).suffix[:10]
        name = name[: 120 - len(suffix)].rstrip() + suffix
    return name
