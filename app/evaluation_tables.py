"""The tables that `./fuse eval` prints. A dash is "nothing to measure by", which is not 0."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from rich.console import RenderableType
from rich.markup import escape
from rich.table import Column, Table

from pipeline.compare import RowScore
from pipeline.evaluate.prediction import ENDINGS
from pipeline.evaluate.scoring import Case, FieldScore
from pipeline.evaluate.summary import Ended, FieldSummary, SliceQuality, Speed, Summary
from pipeline.metrics.quality import Calibration, ConfusionMatrix, Share
from pipeline.types import ModelUse

_DASH = "—"
_SLICES = {
    "all": "All types",
    "extracted": "Extracted types",
    "born_digital": "Born-digital",
    "scans": "Scans",
}


def tables_of(summary: Summary) -> Iterator[RenderableType]:
    """What is printed, in order; tables without content are left out."""
    if summary.confusion.truths:
        yield _overview(summary.slices)
        yield _types(summary)
        yield _confusion(summary.confusion)
        yield _fields(summary)
    if summary.expected.n:
        yield f"Ended as they must: [bold]{_counted(summary.expected)}[/]"
    if summary.mismatches:
        yield _endings("Not as they must", summary.mismatches)
    if summary.failures:
        yield _endings("Failed, or rejected though labelled", summary.failures)
    yield _costs(summary)


def table_of_files(cases: Iterable[Case]) -> Table:
    """What became of each document, beside what must become of it."""
    table = Table(_fixed("File"), "Must", "Ended", "Code or reasons", _fixed("Seconds"), title="Files",
                  title_justify="left")  # fmt: skip
    for case in cases:
        told, expected = case.prediction, case.labelled.expected or _DASH
        code = told.error.code if told.error else ", ".join(told.reasons)
        ended = told.decision if case.expected_right is not False else f"[red]{told.decision}[/]"
        table.add_row(escape(case.labelled.file), expected, ended, escape(code) or _DASH, _number(told.wall_s, 1))
    return table


def table_of_layouts(cases: Iterable[Case]) -> Table:
    """The fields that are right, by issuer and layout: the worst first, and the mean of all, each counted once."""
    by_layout: dict[tuple[str, str], list[Case]] = {}
    for case in cases:
        if case.labelled.layout and case.labelled.doc_type and case.fields:
            by_layout.setdefault((case.labelled.doc_type, case.labelled.layout), []).append(case)
    shares = {
        key: (len(some), *_right_of_those_there([field for case in some for field in case.fields]))
        for key, some in by_layout.items()
    }
    known = {key: figures for key, figures in shares.items() if figures[2]}
    table = Table(_fixed("Type"), _fixed("Layout"), "n", "On the document", title="Layouts", title_justify="left")
    for (doc_type, layout), (n, right, there) in sorted(known.items(), key=lambda item: item[1][1] / item[1][2]):
        table.add_row(escape(doc_type), escape(layout), str(n), f"{_percent(right / there)} ({right}/{there})")
    for doc_type in sorted({doc_type for doc_type, _ in known}):
        rates = [right / there for (name, _), (_, right, there) in known.items() if name == doc_type]
        table.add_row(escape(doc_type), "mean of layouts", str(len(rates)), _percent(sum(rates) / len(rates)))
    return table


def _right_of_those_there(fields: list[FieldScore]) -> tuple[int, int]:
    """How many fields that are on the document are right, and how many there are."""
    there = [field for field in fields if field.score.token_f1 is not None]
    return sum(field.score.right for field in there), len(there)


def _overview(slices: Mapping[str, SliceQuality]) -> Table:
    shown = {name: quality for name, quality in slices.items() if quality.documents}
    table = Table("", *(_SLICES[name] for name in shown), title="Quality", title_justify="left")
    for label, show in _OVERVIEW.items():
        table.add_row(label, *(show(quality) for quality in shown.values()))
    return table


def _types(summary: Summary) -> Table:
    table = Table(
        _fixed("Type"), "n", "Precision", "Recall", "F1", _fixed("Fields right"), _fixed("On the document"), "Token F1",
        _fixed("Accepted"), _fixed("Values right"), title=f"Types (macro F1 {_number(summary.macro_f1)})",
        title_justify="left", caption=_legend(summary), caption_justify="left",
    )  # fmt: skip
    for known in summary.types_of_documents:
        quality = summary.types[known.label].quality
        table.add_row(
            _type_name(summary, known.label),
            str(known.support),
            _number(known.precision),
            _number(known.recall),
            _number(known.f1),
            _counted(quality.fields.exact),
            _counted(quality.fields.present),
            _number(quality.fields.token_f1),
            _counted(quality.accepted),
            _counted(quality.accepted_values),
        )
    return table


def _confusion(matrix: ConfusionMatrix) -> Table:
    """Columns are numbered like the rows: names of ten types don't fit side by side."""
    known = len(matrix.truths)
    numbered = [str(i) if i <= known else name for i, name in enumerate(matrix.predictions, start=1)]
    table = Table("", "True type", title="Confusion: true type, and what it was called", title_justify="left")
    for column in numbered:
        table.add_column(column, justify="right")
    for i, (truth, counts) in enumerate(zip(matrix.truths, matrix.counts, strict=True)):
        cells = [_cell(count, right=i == j) for j, count in enumerate(counts)]
        table.add_row(str(i + 1), escape(truth), *cells)
    return table


def _cell(count: int, right: bool) -> str:
    if not count:
        return "·"
    return f"[green]{count}[/]" if right else f"[red]{count}[/]"


def _fields(summary: Summary) -> Table:
    table = Table(
        _fixed("Type"), _fixed("Field"), "n", "Exact match", _fixed("On the document"), "Token F1",
        _fixed("Rows: P, R, F1"), title="Fields", title_justify="left", caption=_legend(summary),
        caption_justify="left",
    )  # fmt: skip
    for name, of_type in summary.types.items():
        for i, (field, quality) in enumerate(of_type.fields.items()):
            table.add_row(_type_name(summary, name) if i == 0 else "", escape(field), *_field_cells(quality))
        if of_type.fields:
            table.add_section()
    return table


def _field_cells(field: FieldSummary) -> tuple[str, ...]:
    quality = field.quality
    return (
        str(quality.exact.n),
        _percent(quality.exact.rate),
        _counted(quality.present),
        _number(quality.token_f1),
        _rows(field.rows) if field.rows else "",
    )


def _type_name(summary: Summary, name: str) -> str:
    return escape(name) if summary.types[name].extracted else f"{escape(name)} *"


def _legend(summary: Summary) -> str | None:
    return None if all(of_type.extracted for of_type in summary.types.values()) else "* not extracted yet"


def _fixed(header: str) -> Column:
    return Column(header, no_wrap=True)


def _endings(title: str, endings: tuple[Ended, ...]) -> Table:
    table = Table("File", "Must", "Ended", "Code", "Why", title=title, title_justify="left")
    for ended in endings:
        error = ended.error
        table.add_row(
            escape(ended.file),
            ended.expected or _DASH,
            ended.decision,
            escape(error.code if error else ", ".join(ended.reasons)) or _DASH,
            escape(error.message) if error else _DASH,
        )
    return table


def _costs(summary: Summary) -> str:
    speed: Speed = summary.speed
    endings = ", ".join(f"{summary.decisions.get(ending, 0)} {ending}" for ending in ENDINGS)
    return (
        f"{sum(summary.decisions.values())} documents, {speed.pages} pages read: {endings}.\n"
        f"{_number(speed.documents_per_minute, 1)} documents per minute with {speed.workers} workers "
        f"({speed.wall_s:.0f} s); {_number(speed.cpu_s_per_page)} CPU seconds per page; "
        f"a document takes {_number(speed.document_s.p50)} s (p50), {_number(speed.document_s.p95)} s (p95)."
        f"{_asked(summary.model_use)}"
    )


def _asked(use: ModelUse | None) -> str:
    if use is None:
        return ""
    each = f", {use.seconds / use.calls:.1f} s each" if use.calls else ""
    tokens = f"{use.prompt_tokens:,} tokens of prompts and {use.answer_tokens:,} of answers"
    times = "once" if use.calls == 1 else f"{use.calls:,} times"
    return f"\nThe language model answered {times}{each}: {tokens}."


def _rows(rows: RowScore) -> str:
    figures = (_number(figure) for figure in (rows.precision, rows.recall, rows.f1))
    return f"{', '.join(figures)} ({rows.matched} of {rows.truth})"


def _counted(share: Share) -> str:
    return f"{_percent(share.rate)} ({share.right}/{share.n})" if share.n else _DASH


def _interval(share: Share) -> str:
    interval = share.interval
    return f"{interval.low:.1%} to {interval.high:.1%}" if interval else _DASH


def _calibration(calibration: Calibration) -> str:
    return f"{calibration.error:.3f} (n = {calibration.n})" if calibration.error is not None else _DASH


def _percent(share: float | None) -> str:
    return _DASH if share is None else f"{share:.1%}"


def _number(figure: float | None, digits: int = 3) -> str:
    return _DASH if figure is None else f"{figure:.{digits}f}"


_OVERVIEW: dict[str, Callable[[SliceQuality], str]] = {
    "Documents": lambda q: str(q.documents),
    "Type right": lambda q: _counted(q.classified),
    "  95 % interval": lambda q: _interval(q.classified),
    "Fields right (exact match)": lambda q: _counted(q.fields.exact),
    "  of those on the document": lambda q: _counted(q.fields.present),
    "  token F1 of those": lambda q: _number(q.fields.token_f1),
    "Calibration error, fields": lambda q: _calibration(q.field_calibration),
    "Calibration error, type": lambda q: _calibration(q.type_calibration),
    "Accepted without a person": lambda q: _counted(q.accepted),
    "  values right in them": lambda q: _counted(q.accepted_values),
    "  wholly right documents": lambda q: _counted(q.accepted_documents),
}
