"""Labelled documents: a manifest is a file of JSON objects, one per line. The format is told in docs/evaluation.md."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from pipeline.types import JsonValue

ROBUST = "robust"
"""The `doc_type` of a file that is there to break a reader: judged by what becomes of it."""
Expected = Literal["accept", "accept_degraded", "reject", "either"]
"""What must become of a file: it is read; read as far as it can be; refused; any of these, but clearly."""


class ManifestError(Exception):
    """The manifest can't be used; the message says which line is wrong, and what is expected there."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A document and what is true of it.

    Attributes:
        id: its name in the manifest.
        file: as the manifest names it, relative to the manifest's folder.
        path: where that is.
        doc_type: its type; None for a file that is judged by its outcome.
        truth: field -> true value, None where the document has no such field; a field that is absent is not annotated.
        born_digital: whether it was made by a program rather than scanned; None: not said.
        layout: issuer and layout, where the manifest tells: documents of one are not independent of each other.
        expected: what must become of it; None for a document that is judged by its type and fields.
    """

    id: str
    file: str
    path: Path
    doc_type: str | None
    truth: Mapping[str, JsonValue]
    born_digital: bool | None = None
    expected: Expected | None = None
    layout: str | None = None


def load_manifest(path: Path, doc_type: str | None = None, limit: int | None = None) -> tuple[Labelled, ...]:
    """Reads a manifest.

    Args:
        path: the manifest.
        doc_type: take only documents of this type.
        limit: take only so many, the first ones.

    Raises:
        ManifestError: it can't be read, a line is wrong, or no document is left.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ManifestError(f"{path} can't be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise ManifestError(f"{path} is not UTF-8 text. A manifest holds one JSON object per line.") from None
    lines = enumerate(text.split("\n"), start=1)
    every = [_labelled(path, number, line) for number, line in lines if line.strip()]
    if not every:
        raise ManifestError(f"{path} holds no documents. A manifest holds one JSON object per line.")
    chosen = [one for one in every if doc_type in (None, one.doc_type or ROBUST)]
    if not chosen:
        known = ", ".join(sorted({one.doc_type or ROBUST for one in every}))
        raise ManifestError(f"{path} holds no document of the type {doc_type}. It holds: {known}.")
    return tuple(chosen[:limit])


def _labelled(manifest: Path, number: int, line: str) -> Labelled:
    where = f"{manifest}, line {number}"
    try:
        row = json.loads(line)
    except ValueError as error:
        raise ManifestError(f"{where}: this is not JSON ({error}).") from None
    if not isinstance(row, dict):
        raise ManifestError(f'{where}: a JSON object is expected, like {{"file": ..., "doc_type": ...}}.')
    file = _text(row, "file", where)
    doc_type = _text(row, "doc_type" if "doc_type" in row else "type", where)
    truth = row.get("truth")
    if not isinstance(truth, dict | None):
        raise ManifestError(f'{where}: "truth" must be an object of field values, or null.')
    robust = doc_type == ROBUST
    return Labelled(
        id=str(row.get("id") or file),
        file=file,
        path=manifest.parent / file,
        doc_type=None if robust else doc_type,
        truth=truth or {},
        born_digital=row.get("born_digital"),
        expected=_expected(row, where) if robust else None,
        layout=row.get("layout") or None,
    )


def _text(row: Mapping[str, Any], key: str, where: str) -> str:
    value = row.get(key)
    if not isinstance(value, str) or not value:
        wanted = "doc_type" if key == "type" else key
        raise ManifestError(f'{where}: "{wanted}" is missing.')
    return value


def _expected(row: Mapping[str, Any], where: str) -> Expected:
    told = row.get("expected")
    outcome = told.get("outcome") if isinstance(told, dict) else None
    for known in get_args(Expected):
        if outcome == known:
            return known  # type: ignore[no-any-return]
    raise ManifestError(f'{where}: "expected": {{"outcome": ...}} must be one of {", ".join(get_args(Expected))}.')
