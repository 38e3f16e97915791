"""The built-in engine: fields of a document type, by rules over words and their places."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from pipeline.doctypes.definition import DocType
from pipeline.extract import identity, statement, taxpayer_form
from pipeline.extract.candidate import absent
from pipeline.extract.generic import fields_of_type
from pipeline.extract.slant import laid_back, slant_of, straightened
from pipeline.types import FieldValue, Page

_EXTRACTORS: dict[str, Callable[[Sequence[Page], DocType], list[FieldValue]]] = {
    "w9": taxpayer_form.fields_of_w9,
    "bank_statement": statement.fields_of_statement,
    "government_id": identity.fields_of_id,
}


def extract(pages: Sequence[Page], doc_type: DocType) -> tuple[FieldValue, ...]:
    """Finds the fields of a type on the pages; every field of the type is in the answer, also when it is not there.

    Args:
        pages: as read.
        doc_type: which fields.
    """
    extractor = _EXTRACTORS.get(doc_type.name)
    slants = {page.number: slant_of(page) for page in pages}
    straight = [straightened(page, slants[page.number]) for page in pages]
    found = fields_of_type(straight, doc_type, date.today()) if extractor is None else extractor(straight, doc_type)
    values = {value.name: laid_back(value, slants) for value in found}
    return tuple(values.get(spec.name, absent(spec.name)) for spec in doc_type.fields)
