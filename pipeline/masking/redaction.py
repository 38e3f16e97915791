"""Sensitive values in logs and exports: stars, digests or the name of what was there. There is no way back."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from typing import Literal

from pipeline.doctypes.definition import FieldKind, FieldSpec
from pipeline.masking.number_patterns import find_numbers
from pipeline.masking.person_names import is_company
from pipeline.masking.sensitive import Sort, sort_of
from pipeline.types import JsonValue

Mode = Literal["mask", "hash", "remove"]
_DIGEST_LENGTH = 12
_WITHOUT_LAST_FOUR = (Sort.EMAIL, Sort.MRZ, Sort.NAME)
_FREE_TEXT = (FieldKind.TEXT, FieldKind.ADDRESS)


def redact(text: str, mode: Mode, salt: bytes = b"") -> str:
    """A text without the sensitive numbers and addresses that can be told by their shape; names of persons stay.

    Args:
        text: a line of a log, a cell of an export.
        mode: "mask" gives `***-**-6789`, "hash" `[ssn:3f9c0a12b7de]`, the same for the same number however it is
            written, "remove" `[ssn]`.
        salt: the secret key of "hash".

    Raises:
        ValueError: "hash" without a salt: all social security numbers are tried in seconds.
    """
    pieces, at = [], 0
    for found in find_numbers(text):
        pieces += [text[at : found.start], _redacted(text[found.start : found.end], found.sort, mode, salt)]
        at = found.end
    return "".join((*pieces, text[at:])) if pieces else text


def redact_value(spec: FieldSpec, value: JsonValue, mode: Mode, salt: bytes = b"") -> JsonValue:
    """A field's value as an export may show it; what is not sensitive stays as it is, and None is None.

    Args:
        spec: the field; of a table its columns tell what is sensitive.
        value: as extracted or corrected.
        mode, salt: as in `redact`.

    Raises:
        ValueError: "hash" without a salt.
    """
    if isinstance(value, list):
        return [_redacted_row(spec, row, mode, salt) for row in value]
    sort = sort_of(spec)
    if sort is None:
        return redact(value, mode, salt) if isinstance(value, str) and spec.kind in _FREE_TEXT else value
    if value is None or (isinstance(value, str) and sort is Sort.NAME and is_company(value)):
        return value
    return _redacted(str(value), sort, mode, salt)


def _redacted_row(spec: FieldSpec, row: JsonValue, mode: Mode, salt: bytes) -> JsonValue:
    columns = {column.name: column for column in spec.columns}
    if not isinstance(row, Mapping):
        return row
    told = {name: redact_value(columns[name], row.get(name), mode, salt) for name in columns if name in row}
    return {**row, **told}


def _redacted(text: str, sort: Sort, mode: Mode, salt: bytes) -> str:
    if mode == "remove":
        return f"[{sort.value}]"
    if mode == "hash":
        if not salt:
            raise ValueError("A digest needs a salt.")
        same = re.sub(r"[\W_]", "", text).casefold()
        digest = hmac.new(salt, same.encode(), hashlib.sha256).hexdigest()
        return f"[{sort.value}:{digest[:_DIGEST_LENGTH]}]"
    return _masked(text, all_of_it=sort in _WITHOUT_LAST_FOUR)


def kept_of(length: int) -> int:
    """How many of a masked number's last characters stay: four, if it has seven or more; as on the review screen.

    Args:
        length: how many letters and digits it has.
    """
    return 4 if length >= 7 else 0


def _masked(text: str, all_of_it: bool) -> str:
    places = [place for place, character in enumerate(text) if character.isalnum()]
    kept = 0 if all_of_it else kept_of(len(places))
    hidden = set(places[: len(places) - kept])
    return "".join("*" if place in hidden else character for place, character in enumerate(text))
