"""`./fuse bench reading`: a tiny run, the order of the ways, and the tables of given measurements."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer

from app.commands.bench_reading import WAYS, reading, ways_for
from app.console import CommandFailed
from app.reading_processes import ReadingProcess
from app.reading_tables import sheets_of
from pipeline.evaluate.reading_documents import BORN_DIGITAL, OTHERS, RECEIPTS, ReadingCase
from pipeline.evaluate.reading_figures import Measured, ReadingFigures, Scale
from pipeline.evaluate.reading_ways import WayName
from pipeline.evaluate.text_quality import TextQuality
from pipeline.samples import draw


def _run(*arguments: object) -> None:
    cli = typer.Typer()
    cli.command()(reading)
    cli([str(argument) for argument in arguments], standalone_mode=False)


@pytest.mark.slow
def test_a_tiny_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _run("--documents", tmp_path, "--each", 1, "--pages", 0, "--way", "bare", "--way", "ours", "--markdown")
    printed = capsys.readouterr().out
    digital = re.search(
        r"\| drawn, born-digital \| 1 \| bare Tesseract \| [\d.]+ \|  \| 0\.\d+ .*\n\|  \|  \| ours \| ([\d.]+) \| "
        r"([\d.]+)x less \| 0\.0\d\d ",
        printed,
    )
    assert digital, printed
    assert float(digital[1]) > 0
    assert float(digital[2]) > 5
    assert re.search(r"\| all of these \| \d+ \| bare Tesseract ", printed)
    assert "| naive way's CPU / ours, born-digital | at least 80x | — | — |" in printed


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--documents", "nowhere"], "There is no folder nowhere."),
        (["--way", "magic"], "There is no way magic. Choose from naive, ocrmypdf, bare, fast, full, ours."),
        (["--documents", "{folder}", "--each", 0, "--pages", 0, "--way", "bare"], "Nothing was measured."),
    ],
)
def test_what_can_not_be_done_is_said(tmp_path: Path, arguments: list[object], sentence: str) -> None:
    with pytest.raises(CommandFailed) as failure:
        _run(*(str(argument).format(folder=tmp_path) for argument in arguments))
    assert str(failure.value) == sentence


@pytest.mark.parametrize(
    ("variant", "group", "slow_ways", "turn", "expected"),
    [
        ("digital", BORN_DIGITAL, True, 0, [*WAYS]),
        ("digital", BORN_DIGITAL, True, 2, ["bare", "fast", "full", "ours", "naive", "ocrmypdf"]),
        ("digital", BORN_DIGITAL, False, 3, ["ours"]),  # nobody sends it to OCR
        ("photo", OTHERS, False, 0, ["bare", "fast", "full"]),  # a picture: ours is the same as full
        ("photo", OTHERS, False, 4, ["fast", "full", "bare"]),
    ],
)
def test_which_ways_read_a_document(
    tmp_path: Path, variant: str, group: str, slow_ways: bool, turn: int, expected: list[WayName]
) -> None:
    path = tmp_path / "document"
    path.write_bytes(draw("invoice", variant, 1).data)
    assert ways_for(ReadingCase(path, group, 1, None, slow_ways), WAYS, turn) == expected


def test_a_file_that_can_not_be_read_is_told_and_the_next_one_is_read(tmp_path: Path) -> None:
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.4 broken")
    (tmp_path / "good.pdf").write_bytes(draw("invoice", "digital", 1).data)
    process = ReadingProcess("ours")
    try:
        assert process.read(tmp_path / "broken.pdf").error == "Corrupt"
        good = process.read(tmp_path / "good.pdf")
        assert good.error is None
        assert good.pages[0]
        assert good.cpu_s > 0
    finally:
        process.stop()


def test_a_process_that_died_is_started_again(tmp_path: Path) -> None:
    path = tmp_path / "good.pdf"
    path.write_bytes(draw("invoice", "digital", 1).data)
    process = ReadingProcess("ours")
    try:
        process._process.kill()
        process._process.join()
        assert process.read(path).error == "its process ended"
        assert process.read(path).error is None
    finally:
        process.stop()


def test_the_tables() -> None:
    def measured(way: WayName, cpu_s: float, errors: int) -> Measured:
        return Measured("a", RECEIPTS, way, 2, cpu_s, cpu_s, TextQuality(200, errors, 220, 2 * errors, 40, 40, 38))

    figures = ReadingFigures(
        [measured("naive", 12.0, 8), measured("bare", 1.0, 10), measured("full", 1.6, 4), measured("fast", 1.06, 8)],
        {"naive": 0.5},
        Scale(100, peak_memory_bytes=250_000_000, speedup=1.9),
    )
    sheets = {sheet.title: sheet for sheet in sheets_of(figures)}
    assert sheets["The same pages, every way"].rows[:4] == [
        (RECEIPTS, "2", "naive", "6.00", "", "0.040", "0.040", "0.073", "0.950", "0.950"),
        ("", "", "bare Tesseract", "0.50", "12.0x less", "0.050", "0.050", "0.091", "0.950", "0.950"),
        ("", "", "ours, forced", "0.80", "7.5x less", "0.020", "0.020", "0.036", "0.950", "0.950"),
        ("", "", "ours, forced, fast", "0.53", "11.3x less", "0.040", "0.040", "0.073", "0.950", "0.950"),
    ]
    more = sheets["More of the folder: plain Tesseract and ours, OCR forced"]
    assert [row[4] for row in more.rows[:3]] == ["", "1.06x", "1.60x"]
    assert ("Peak memory of one process that reads it", "250 MB") in sheets["A scan of 100 pages"].rows
    targets = {row[0]: row[1:] for row in sheets["Targets"].rows}
    assert targets["naive way's CPU / ours, OCR forced"] == ("at least 6x", "7.50x", "met")
    assert targets["CER of ours / Tesseract's, receipts and scans"] == ("at most 0.5x", "0.40x", "met")
    assert targets["CER of fast / Tesseract's, receipts and scans"] == ("at most 0.75x", "0.80x", "missed")
    assert targets["CPU of the running system / the bare pipeline's"] == ("at most 1.25x", "—", "—")
    assert "| Figure | wanted | measured |  |\n| --- | --- | --- | --- |\n" in sheets["Targets"].markdown()
