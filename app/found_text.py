"""The text around search hits, with the numbers hidden that the screens mask."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import replace

from sqlalchemy import Connection

from app.sensitive_fields import sensitive_texts
from db import exports
from db.documents import Listed
from pipeline.masking.redaction import kept_of, redact

_HIT = re.compile("(‹[^‹›]*›)")
_BETWEEN_FRAGMENTS = " … "
_PARTED = r"[\W_]{0,3}"
"""What may stand between two characters of a number, the way it is written on the page."""
_LEAST, _LEAST_CUT = 4, 3
"""Fewer characters stand anywhere by chance; and of a number that a fragment's edge has cut."""


def with_numbers_hidden(connection: Connection, tenant_id: str, listed: Listed) -> Listed:
    """The same page of a list; in its snippets the sensitive numbers are hidden, but for what was searched for."""
    if not listed.snippets:
        return listed
    known = {
        document.id: set(sensitive_texts(document.type, stored))
        for document, stored in exports.with_fields(connection, tenant_id, list(listed.snippets))
    }
    snippets = {doc_id: hide_numbers(listed.snippets[doc_id], secrets) for doc_id, secrets in known.items()}
    return replace(listed, snippets=snippets)


def hide_numbers(found: str, secrets: Collection[str]) -> str:
    """A snippet without sensitive numbers.

    Args:
        found: hits stand between ‹ and ›; they stay, for whoever searches for a number knows it.
        secrets: the document's sensitive values, however they are written.
    """
    pieces = [(piece[1:-1], True) if _HIT.fullmatch(piece) else (piece, False) for piece in _HIT.split(found)]
    plain = "".join(text for text, _ in pieces)
    places = {place for place, (c, told) in enumerate(zip(plain, redact(plain, "mask"), strict=True)) if c != told}
    for secret in secrets:
        places.update(_places(plain, [re.escape(c) for c in secret if c.isalnum()]))
    shown, at = [], 0
    for text, is_hit in pieces:
        hidden = "".join("•" if at + i in places else c for i, c in enumerate(text))
        shown.append(f"‹{text}›" if is_hit else hidden)
        at += len(text)
    return "".join(shown)


def _places(plain: str, secret: list[str]) -> Iterator[int]:
    """Where characters stand that are to be hidden; `secret` is a value's letters and digits, as regular expressions.

    A fragment may begin or end within a number.
    """
    if len(secret) < _LEAST:
        return
    kept = kept_of(len(secret))
    yield from _matched(plain, rf"(?<![0-9]){_PARTED.join(secret)}(?![0-9])", kept)
    for length in range(_LEAST_CUT, len(secret)):
        ends = rf"(?=\W*(?:{_BETWEEN_FRAGMENTS}|$))"
        yield from _matched(plain, rf"(?<![0-9]){_PARTED.join(secret[:length])}{ends}", 0)
        begins = rf"(?:^|{_BETWEEN_FRAGMENTS})\W*"
        yield from _matched(plain, rf"{begins}(?P<value>{_PARTED.join(secret[-length:])})(?![0-9])", kept)


def _matched(plain: str, pattern: str, kept: int) -> Iterator[int]:
    for match in re.finditer(pattern, plain, re.IGNORECASE):
        start, end = match.span("value" if "value" in match.re.groupindex else 0)
        places = [place for place in range(start, end) if plain[place].isalnum()]
        yield from places[: max(0, len(places) - kept)]
