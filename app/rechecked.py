"""The checks on a document's values as they are now: what a person has changed may mend a sum, or break one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from db.documents import Document, StoredField
from pipeline.checks import check
from pipeline.doctypes import DOC_TYPES
from pipeline.types import Extraction, FieldValue


def reasons_now(document: Document, stored: Sequence[StoredField]) -> list[Mapping[str, Any]]:
    """Why a person must look, with the checks that a person's changes have mended left out and those that they have
    broken put in.
    """
    if not any(row.source == "human" for row in stored):
        return list(document.reasons)
    before = _checked(document.type, {row.name: row.machine_value for row in stored})
    now = _checked(document.type, {row.name: row.value for row in stored})
    failed_before = {(found.code, found.field) for found in before.findings}
    fails = {
        (found.code, found.field): {"code": found.code, "sentence": found.sentence, "field": found.field}
        for found in now.findings
    }
    by_people = {row.name for row in stored if row.source == "human"}
    told = {
        key: fails.get(key, each)
        for each in document.reasons
        if (key := _key(each)) in fails or (key not in failed_before and key[1] not in by_people)
    }
    return [*{**told, **fails}.values()]


def _key(reason: Mapping[str, Any]) -> tuple[str, str | None]:
    return str(reason["code"]), reason.get("field")


def broken_by(document: Document, stored: Sequence[StoredField], changed: Collection[str]) -> list[str]:
    """The sentences of checks that fail and that the values of those fields take part in."""
    now = _checked(document.type, {row.name: row.value for row in stored})
    codes = {code for field in now.fields if field.name in changed for code in field.findings}
    return [found.sentence for found in now.findings if found.code in codes]


def _checked(type_name: str | None, values: Mapping[str, Any]) -> Extraction:
    doc_type = DOC_TYPES.get(type_name or "")
    if doc_type is None:
        return Extraction(())
    names = {spec.name for spec in doc_type.fields}
    return check(tuple(FieldValue(name, value) for name, value in values.items() if name in names), doc_type)
