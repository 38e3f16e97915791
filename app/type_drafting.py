"""A document type of one's own, made in the workbench: tried on a document, and put into the folder of own types."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from app.auth import User
from app.settings import Settings
from app.wiring import AT_ONCE, database
from db import audit
from pipeline import child
from pipeline.child import Limits
from pipeline.doctypes import DOC_TYPES, DocType
from pipeline.doctypes.catalogue import OwnTypeError, read_type
from pipeline.errors import StageFailed
from pipeline.run import classify_pages, extract_fields
from pipeline.types import UNKNOWN_TYPE, Extraction, Page, TypeGuess

_LIMITS = Limits(wall_s=20.0, memory_bytes=1_000_000_000)


class NameTaken(OwnTypeError):
    """There is a type of this name already. Choose another name; an own type's file is changed by hand."""


class NotTried(Exception):
    """It could not be tried: this took too long or too much memory. Take a shorter example."""


class FolderNotWritable(OwnTypeError):
    """The folder of own types can't be written to."""


def checked(told: str, name: str) -> DocType:
    """Reads a definition as it would be read from its file.

    Raises:
        NameTaken: a built-in or own type is called so.
        OwnTypeError: something in it is wrong.
    """
    doc_type = read_type(told, _filename(name))
    if doc_type.name in DOC_TYPES or doc_type.name == UNKNOWN_TYPE:
        raise NameTaken(NameTaken.__doc__)
    return doc_type


def try_on(doc_type: DocType, pages: Sequence[Page]) -> tuple[TypeGuess, Extraction]:
    """What the document would be taken for if there were that type, and what would be read of it as that type.

    Raises:
        NotTried: it took too long or too much memory.
    """
    try:
        with AT_ONCE:
            guess = child.run(classify_pages, tuple(pages), (*DOC_TYPES.own, doc_type), limits=_LIMITS)
            return guess, child.run(extract_fields, tuple(pages), doc_type, limits=_LIMITS)
    except StageFailed:
        raise NotTried(NotTried.__doc__) from None


def save(told: str, name: str, user: User, settings: Settings) -> Path:
    """Puts a definition into the folder of own types, whole or not at all; it counts at once here, and within a second
    in every other process.

    Raises:
        NameTaken, OwnTypeError: as `checked`; nothing was written.
        FolderNotWritable: the message says why.
    """
    doc_type = checked(told, name)
    path = settings.doc_types_folder / _filename(doc_type.name)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_new(path, told)
    except OSError as error:
        raise FolderNotWritable(f"{path} can't be written: {error.strerror}. Nothing was saved.") from None
    DOC_TYPES.look_again()
    with database(settings).begin() as connection:
        audit.record(connection, user.tenant_id, user.id, "doc_type_added", type=doc_type.name)
    return path


def _filename(name: str) -> str:
    return f"{name}.toml"


def _write_new(path: Path, text: str) -> None:
    """Writes a file that is not there yet; nobody ever sees half of it.

    Raises:
        NameTaken: it is there.
    """
    number, scratch_name = tempfile.mkstemp(dir=path.parent, prefix=".new-type-")
    scratch = Path(scratch_name)
    try:
        with os.fdopen(number, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
            os.fchmod(file.fileno(), 0o644)
        os.link(scratch, path)  # unlike a rename, it refuses to replace
    except FileExistsError:
        raise NameTaken(NameTaken.__doc__) from None
    finally:
        with suppress(FileNotFoundError):
            scratch.unlink()
