"""`./fuse bench extraction`: the built-in engine beside regular expressions and a peer, and what each signal buys."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import track

from app import wiring
from app.console import CommandFailed, err, out
from app.reading_tables import Sheet
from app.settings import ROOT

if TYPE_CHECKING:
    from pipeline.evaluate.extraction_ways import Document, Tally, Way

_FOLDER = ROOT.parent / "shared" / "documents" / "dev"
_DASH = "—"


def extraction(
    documents: Annotated[Path, typer.Option(help="A folder of labelled documents, with manifest.jsonl.")] = _FOLDER,
    readings: Annotated[
        Path | None,
        typer.Option(help="Keep the pages as read in this folder, and take them from there: reading costs nothing."),
    ] = None,
    ablation: Annotated[
        bool, typer.Option("--ablation", help="Our engine without one of its signals at a time, instead of peers.")
    ] = False,
    drawn: Annotated[
        int, typer.Option(min=0, help="Instead of a folder so many drawn documents of each hand, and a table by hand.")
    ] = 0,
    variant: Annotated[str, typer.Option(help="Of those: digital, scan, photo or fax.")] = "digital",
    seed: Annotated[int, typer.Option(help="The first of those.")] = 1000,
    doc_type: Annotated[str | None, typer.Option("--type", help="Only documents of this type.")] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print what goes into docs/benchmarks.md.")] = False,
) -> None:
    """Extract the fields of labelled documents in several ways from the same pages, and compare how many are right.

    The true type is given to every way. With FUSE_LLM set, the engine with that model beside it is one more way.
    Ctrl+C shows what was measured so far.
    """
    os.environ["OMP_THREAD_LIMIT"] = "1"  # before Tesseract is loaded
    from pipeline.evaluate import extraction_ways as them  # loads OCR and OpenCV

    ways: dict[str, Way] = {them.OURS: them.ours, them.RULES: them.by_rules}
    if ablation:
        ways = them.ablations()
    peer = None if ablation or drawn else them.invoice2data()
    if peer is not None:
        ways[them.INVOICE2DATA] = peer
    elif not ablation and not drawn:
        err.print("invoice2data is not installed and left out: .venv/bin/pip install -r requirements-bench.txt")
    settings = wiring.settings()
    engine = None if ablation else wiring.llm_engine(settings)
    if engine is not None:
        ways[f"{them.OURS} and {engine.model}"] = them.beside_model(engine, wiring.llm_ways(settings))
    read = _drawn(drawn, variant, seed, doc_type) if drawn else _read(documents, doc_type, readings)
    tallies: dict[str, Tally] = {}
    with suppress(KeyboardInterrupt):
        for so_far in track(them.measure(read, ways), "Extracting", total=len(read), console=err, transient=True):
            tallies = so_far
    sheets = [_by_type(tallies)] if ablation else [_by_field(tallies), _cost(tallies)]
    sheets += [_by_layout(tallies)] if drawn else []
    for sheet in sheets:
        out.print(sheet.markdown() if markdown else sheet.rich(), soft_wrap=markdown, markup=not markdown)


def _read(folder: Path, doc_type: str | None, readings: Path | None) -> list[Document]:
    from pipeline.evaluate import KeptReadings, ManifestError, load_manifest
    from pipeline.evaluate.extraction_ways import Document
    from pipeline.evaluate.scoring import is_extracted
    from pipeline.intake import inspect
    from pipeline.reading import read_pages
    from pipeline.types import Reading

    try:
        labelled = load_manifest(folder / "manifest.jsonl", doc_type)
    except ManifestError as error:
        raise CommandFailed(str(error)) from None
    options = wiring.reading_options(wiring.settings())
    kept = KeptReadings(readings, options) if readings is not None else None
    wanted = [each for each in labelled if is_extracted(each.doc_type) and each.truth]
    if not wanted:
        raise CommandFailed("No document has a type whose fields are extracted, with its fields.")
    found = []
    for each in track(wanted, "Reading", console=err, transient=True):
        data = each.path.read_bytes()
        reading = kept.find(data) if kept is not None else None
        if reading is None:
            pages = tuple(read_pages(data, inspect(data).kind, options))
            reading = Reading(pages, len(pages))
            if kept is not None:
                kept.keep(data, reading)
        found.append(Document(each, reading))
    return found


def _drawn(count: int, variant: str, seed: int, doc_type: str | None) -> list[Document]:
    """So many documents of each hand that is drawn, as read; the hands' own names are their layouts."""
    from pipeline.evaluate.extraction_ways import Document
    from pipeline.evaluate.manifest import Labelled
    from pipeline.intake import inspect
    from pipeline.reading import read_pages
    from pipeline.samples import LAYOUTS_DRAWN, VARIANTS, draw
    from pipeline.types import Reading

    if variant not in VARIANTS:
        raise CommandFailed(f"There is no variant {variant}. Choose from {', '.join(VARIANTS)}.")
    options = wiring.reading_options(wiring.settings())
    hands = [
        (name, layout, number)
        for name, layouts in LAYOUTS_DRAWN.items()
        for layout in layouts
        for number in range(seed, seed + count)
        if doc_type in (None, name)
    ]
    found = []
    for name, layout, number in track(hands, "Drawing and reading", console=err, transient=True):
        sample = draw(name, variant, number, layout)
        pages = tuple(read_pages(sample.data, inspect(sample.data).kind, options))
        labelled = Labelled(
            f"{layout}-{number}", sample.filename, Path(sample.filename), name, sample.truth, layout=layout
        )
        found.append(Document(labelled, Reading(pages, len(pages))))
    return found


def _by_layout(tallies: dict[str, Tally]) -> Sheet:
    first = next(iter(tallies.values()))
    rows = [
        (layout, str(n), *(f"{right / n:.1%}" for tally in tallies.values() for right, n in [tally.by_layout[layout]]))
        for layout, (_, n) in first.by_layout.items()
    ]
    return Sheet("Fields that are right, by hand", ("Hand", "n", *tallies), rows)


def _by_field(tallies: dict[str, Tally]) -> Sheet:
    """Shares of fields on the document that are right: of born-digital ones, then of scans."""
    first = next(iter(tallies.values()))
    rows = []
    for doc_type, name in dict.fromkeys((key[0], key[1]) for key in first.n):
        n = " / ".join(str(first.n.get((doc_type, name, digital), 0)) for digital in (True, False))
        rows.append((doc_type, name, n, *(_pair(tally, doc_type, name) for tally in tallies.values())))
    for doc_type in dict.fromkeys(key[0] for key in first.n):
        rows.append((doc_type, "all fields", "", *(_pair(tally, doc_type, None) for tally in tallies.values())))
    columns = ("Type", "Field", "n: digital / scans", *tallies)
    return Sheet("Fields that are right, of those on the document: born-digital / scans", columns, rows)


def _pair(tally: Tally, doc_type: str, name: str | None) -> str:
    def told(digital: bool) -> str:
        rows = tally.rows.get((doc_type, name or "", digital))
        return _f1(rows) if rows is not None else _share(tally, doc_type, name, digital)

    return f"{told(True)} / {told(False)}"


def _f1(rows: tuple[int, int, int]) -> str:
    matched, given, true = rows
    return f"F1 {2 * matched / (given + true):.2f}" if given + true else _DASH


def _share(tally: Tally, doc_type: str | None, name: str | None, digital: bool | None) -> str:
    keys = [
        key for key in tally.n if doc_type in (None, key[0]) and name in (None, key[1]) and digital in (None, key[2])
    ]
    n = sum(tally.n[key] for key in keys)
    return f"{sum(tally.right[key] for key in keys) / n:.0%}" if n else _DASH


def _by_type(tallies: dict[str, Tally]) -> Sheet:
    types: Sequence[str] = sorted({key[0] for tally in tallies.values() for key in tally.n})
    rows = [
        (way, _share(tally, None, None, None), *(_share(tally, doc_type, None, None) for doc_type in types))
        for way, tally in tallies.items()
    ]
    return Sheet("Fields that are right without a signal", ("Way", "all", *types), rows)


def _cost(tallies: dict[str, Tally]) -> Sheet:
    types = sorted({doc_type for tally in tallies.values() for doc_type in tally.pages})
    rows = [
        (
            way,
            *(f"{1000 * tally.cpu_s[t] / max(tally.pages[t], 1):.1f} ms" if t in tally.pages else _DASH for t in types),
        )
        for way, tally in tallies.items()
    ]
    return Sheet("CPU time per page, beside reading", ("Way", *types), rows)
