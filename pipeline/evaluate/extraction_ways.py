"""Ways of extracting fields from the same pages as read, to be held against each other: ours, ours without one of its
signals, regular expressions, and a peer.
"""

from __future__ import annotations

import importlib.util
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from pipeline.checks import check
from pipeline.compare import compare
from pipeline.doctypes import DOC_TYPES
from pipeline.doctypes.definition import DocType, FieldSpec
from pipeline.engines.protocol import LlmEngine
from pipeline.errors import LlmError
from pipeline.evaluate.manifest import Labelled
from pipeline.evaluate.plain_rules import plain_fields
from pipeline.extract import extract
from pipeline.extract.layout import rows, text_of
from pipeline.extract.mrz import read_mrz
from pipeline.extract.ranking import weights_of
from pipeline.opinion.questions import Ways
from pipeline.run import extract_beside_model
from pipeline.types import JsonValue, Page, PageSource, Reading

OURS, RULES, INVOICE2DATA = "Fuse", "regular expressions", "invoice2data"
_OF_PLACE = ("down the document", "at the right", "top of the first page", "one of the first lines", "first line",
             "first one", "address below", "other amounts on the row", "high letters")  # fmt: skip
_OF_FORM = ("two decimals", "currency sign", "zero", "digits", "short", "long", "a date", "an amount", "a phone number",
            "letters before digits", "in brackets", "behind a number sign", "only one order fits", "implausible",
            "inside a longer word", "legal form", "trade", "capitals", "small letters", "an address", "misread",
            "ends with a colon")  # fmt: skip
_AMONG_OTHERS = ("largest", "earliest", "latest", "repeated", "said in words")


@dataclass(frozen=True, slots=True)
class Document:
    """A labelled document with its pages as read."""

    labelled: Labelled
    reading: Reading

    @property
    def born_digital(self) -> bool:
        """Whether its text came from the file."""
        return any(page.source is PageSource.TEXT_LAYER for page in self.reading.pages)


Way = Callable[[Document], Mapping[str, JsonValue] | None]
"""Gives the fields of a document whose type is known; None for a type that the way knows nothing of."""


@dataclass(slots=True)
class Tally:
    """How good a way was.

    Attributes:
        right, n: by (type, field, born digital); only fields that are on the document.
        by_layout: right and all fields, by issuer and layout.
        rows: matched, predicted and true rows, by (type, field, born digital).
        cpu_s: CPU seconds, by type.
        pages: by type.
    """

    right: dict[tuple[str, str, bool], int] = field(default_factory=dict)
    n: dict[tuple[str, str, bool], int] = field(default_factory=dict)
    by_layout: dict[str, tuple[int, int]] = field(default_factory=dict)
    rows: dict[tuple[str, str, bool], tuple[int, int, int]] = field(default_factory=dict)
    cpu_s: dict[str, float] = field(default_factory=dict)
    pages: dict[str, int] = field(default_factory=dict)


def measure(documents: Iterable[Document], ways: Mapping[str, Way]) -> Iterator[dict[str, Tally]]:
    """Extracts each document in every way, one after the other, and gives the figures so far after each document."""
    tallies = {name: Tally() for name in ways}
    for document in documents:
        for name, way in ways.items():
            started = time.process_time()
            values = way(document)
            if values is not None:
                _count(tallies[name], document, values, time.process_time() - started)
        yield tallies


def _count(tally: Tally, document: Document, values: Mapping[str, JsonValue], cpu_s: float) -> None:
    doc_type = document.labelled.doc_type or ""
    tally.cpu_s[doc_type] = tally.cpu_s.get(doc_type, 0.0) + cpu_s
    tally.pages[doc_type] = tally.pages.get(doc_type, 0) + len(document.reading.pages)
    for name, truth in document.labelled.truth.items():
        if truth is None:
            continue
        key = (doc_type, name, document.born_digital)
        compared = compare(values.get(name), truth, doc_type, name)
        tally.n[key] = tally.n.get(key, 0) + 1
        tally.right[key] = tally.right.get(key, 0) + compared.score.right
        layout = document.labelled.layout or doc_type
        right, n = tally.by_layout.get(layout, (0, 0))
        tally.by_layout[layout] = (right + compared.score.right, n + 1)
        if isinstance(truth, list):
            rows = compared.rows
            matched, given = (rows.matched, rows.predicted) if rows is not None else (0, 0)
            before = tally.rows.get(key, (0, 0, 0))
            tally.rows[key] = (before[0] + matched, before[1] + given, before[2] + len(truth))


def ours(document: Document) -> Mapping[str, JsonValue]:
    """The built-in engine, as the workers run it."""
    return _extracted(document.reading.pages, _definition(document))


def beside_model(engine: LlmEngine, ways: Ways) -> Way:
    """The built-in engine with a language model beside it; where that gives no answer, without."""

    def way(document: Document) -> Mapping[str, JsonValue]:
        try:
            extraction, _ = extract_beside_model(document.reading.pages, _definition(document), engine, ways)
        except LlmError:
            return ours(document)
        return {value.name: value.value for value in extraction.fields}

    return way


def by_rules(document: Document) -> Mapping[str, JsonValue]:
    """The baseline of regular expressions, on the same text."""
    return plain_fields(document.reading.pages, document.labelled.doc_type or "")


def invoice2data() -> Way | None:
    """The peer with the templates that it brings; None where it is not installed (requirements-bench.txt).

    A PDF with text is read by the peer itself; of a scan it is given our text, so that only extraction is compared.
    """
    if importlib.util.find_spec("invoice2data") is None:
        return None
    from invoice2data import extract_data
    from invoice2data.extract.loader import read_templates

    templates = read_templates()

    def way(document: Document) -> Mapping[str, JsonValue] | None:
        if document.labelled.doc_type != "invoice":
            return None
        if document.born_digital and document.labelled.path.suffix.lower() == ".pdf":
            return _of_peer(extract_data(str(document.labelled.path), templates))
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as text:
            text.write("\n".join(text_of(row) for page in document.reading.pages for row in rows(page.words)))
            text.flush()
            return _of_peer(extract_data(text.name, templates, "text"))

    return way


def _of_peer(found: Mapping[str, Any]) -> dict[str, JsonValue]:
    """The peer's names and kinds of values as ours."""
    names = {
        "issuer": "vendor_name", "invoice_number": "invoice_number", "date": "invoice_date", "date_due": "due_date",
        "currency": "currency", "amount_untaxed": "subtotal", "amount_tax": "tax", "amount": "total",
    }  # fmt: skip
    values = {ours_: found[theirs] for theirs, ours_ in names.items() if found.get(theirs) is not None}
    return {name: _day(value) if isinstance(value, date | datetime) else value for name, value in values.items()}


def _day(value: date | datetime) -> str:
    return (value.date() if isinstance(value, datetime) else value).isoformat()


def ablations() -> dict[str, Way]:
    """The built-in engine whole, and without one signal at a time."""
    return {
        OURS: ours,
        "without labels": _with_definition(lambda doc_type: _each_field(doc_type, lambda _: {"anchors": ()})),
        "without place": _without_features(_OF_PLACE),
        "without form": _without_features(_OF_FORM),
        "without rank among others": _without_features(_AMONG_OTHERS),
        "without leanings": _with_definition(lambda doc_type: _each_field(doc_type, lambda _: {"leanings": {}})),
        "without labels of other things": _with_definition(_without_others),
        "without sums": _with_definition(lambda doc_type: {"sums": ()}),
        "without the machine-readable zone": _with_pages(_without_zone),
        "without check boxes": _with_pages(lambda pages: [replace(page, marks=()) for page in pages]),
        "without form values": _with_pages(lambda pages: [replace(page, form=()) for page in pages]),
    }


def _extracted(pages: Sequence[Page], doc_type: DocType) -> dict[str, JsonValue]:
    return {value.name: value.value for value in check(extract(pages, doc_type), doc_type).fields}


def _definition(document: Document) -> DocType:
    return DOC_TYPES[document.labelled.doc_type or ""]


def _with_definition(change: Callable[[DocType], Mapping[str, Any]]) -> Way:
    def way(document: Document) -> Mapping[str, JsonValue]:
        doc_type = _definition(document)
        return _extracted(document.reading.pages, doc_type.model_copy(update=dict(change(doc_type))))

    return way


def _with_pages(change: Callable[[Sequence[Page]], Sequence[Page]]) -> Way:
    def way(document: Document) -> Mapping[str, JsonValue]:
        return _extracted(change(document.reading.pages), _definition(document))

    return way


def _without_others(doc_type: DocType) -> Mapping[str, Any]:
    return {"other_labels": (), "tail_labels": (), **_each_field(doc_type, lambda _: {"other_columns": ()})}


def _each_field(doc_type: DocType, change: Callable[[FieldSpec], Mapping[str, Any]]) -> dict[str, Any]:
    return {
        "fields": tuple(spec.model_copy(update=dict(change(spec))) for spec in doc_type.fields),
        "helpers": tuple(spec.model_copy(update=dict(change(spec))) for spec in doc_type.helpers),
    }


def _without_features(names: Sequence[str]) -> Way:
    """The ranking with the weights of some features at 0: leanings that take back what they add."""

    def taken_back(spec: FieldSpec) -> Mapping[str, Any]:
        weights = weights_of(spec)
        return {"leanings": {**spec.leanings, **{n: spec.leanings.get(n, 0.0) - weights.get(n, 0.0) for n in names}}}

    return _with_definition(lambda doc_type: _each_field(doc_type, taken_back))


def _without_zone(pages: Sequence[Page]) -> list[Page]:
    zone = read_mrz(pages, date.today())
    words = set(zone.words) if zone is not None else set()
    return [replace(page, words=tuple(word for word in page.words if word not in words)) for page in pages]
