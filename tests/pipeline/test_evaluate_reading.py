"""Character error rates and word recall, the choice of documents, and the figures made of them."""

from __future__ import annotations

import json
from pathlib import Path

import pypdfium2
import pytest

from pipeline.evaluate.reading_documents import (
    BORN_DIGITAL,
    DRAWN_GROUPS,
    OTHERS,
    RECEIPTS,
    SCANS,
    draw_cases,
    folder_cases,
)
from pipeline.evaluate.reading_figures import Measured, ReadingFigures, Scale
from pipeline.evaluate.reading_ways import WayName
from pipeline.evaluate.text_quality import TextQuality, compare_pages, compare_text, normalised
from pipeline.samples import draw
from pipeline.samples.long_scan import draw_long_scan


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("  a \t b ", ["a b"]),
        ("“It’s” — 5", ['"It\'s" - 5']),
        ("ﬁ\u00a0½", ["fi 1⁄2"]),
        ("co\u00adoperate", ["cooperate"]),
        ("Balance .......... 5.00", ["Balance 5.00"]),
        ("Balance . . . . . 5.00", ["Balance 5.00"]),
        ("-----------", []),
        (".", []),
        ("No. 5-1", ["No. 5-1"]),
        ("Wait...", ["Wait..."]),
    ],
)
def test_normalised(line: str, expected: list[str]) -> None:
    assert normalised([line]) == expected


@pytest.mark.parametrize(
    ("truth", "read", "errors", "errors_in_order"),
    [
        (["Total due 5.00"], ["Total due 5.00"], 0, 0),
        (["Total due 5.00"], ["Total due 6.00"], 1, 1),
        (["Total due 5.00"], ["Total  due", "5.00"], 0, 0),  # white space and line ends are no characters
        (["Total due"], ["Totaldue"], 0, 1),  # a lost space: in the words, and in the text as a whole
        (["10/02", "REFUND", "2,931.93"], ["10/02 REFUND 2,931.93"], 0, 0),  # cells in the truth, a row as read
        (["one two three"], ["three", "one", "two"], 0, 11),  # a row in the truth, cells as read, in another order
        (["Name", "Ann Lee", "Date", "May 5"], ["Name Date", "Ann Lee May 5"], 0, 10),  # columns
        (["abcd efgh"], ["abcx efgh ijkl"], 5, 6),
        (["TOTAL SALES"], ["TOTALS SALES 5"], 2, 3),  # two inserted
        (["Total"], ["total"], 1, 1),  # case counts
        (["TOTAL"], ["Total"], 0, 0),  # but not where the truth has none
        (["abcdef"], ["uvwxyz"], 6, 6),  # rubbish counts once
        (["abcdef"], [], 6, 6),
        ([], ["abc"], 3, 3),
        (["QTY 1"], ["QTY", "1", "SMUDGE"], 6, 7),  # what is not there costs as well
        (["5", "15"], ["15", "5"], 0, 2),  # a short piece takes no part of a longer word
    ],
)
def test_character_errors(truth: list[str], read: list[str], errors: int, errors_in_order: int) -> None:
    quality = compare_text(truth, read)
    assert (quality.errors, quality.errors_in_order) == (errors, errors_in_order)


@pytest.mark.parametrize(
    ("truth", "read", "recall", "precision"),
    [
        ("a b c d", "d c b a", 1.0, 1.0),
        ("a a b", "a b b", 2 / 3, 2 / 3),  # each as often as it is there
        ("NO . 5 , KL", "NO. 5, KL", 1.0, 1.0),  # labels set punctuation apart
        ("one two three four", "one", 0.25, 1.0),
        ("one", "one two", 1.0, 0.5),
        ("one", "", 0.0, None),
        ("", "one", None, 0.0),
    ],
)
def test_words(truth: str, read: str, recall: float | None, precision: float | None) -> None:
    quality = compare_text([truth], [read])
    assert (quality.word_recall, quality.word_precision) == (recall, precision)


def test_rates_are_of_all_characters_and_unknown_without_any() -> None:
    both = compare_text(["abcd"], ["abcx"]) + compare_text(["abcdef"], ["abcdef"])
    assert (both.cer, both.cer_in_order) == (0.1, 0.1)
    nothing = compare_text([], ["read all the same"])
    assert (nothing.cer, nothing.cer_in_order) == (None, None)


def test_pages_that_were_not_read_count_as_empty_and_surplus_ones_not_at_all() -> None:
    assert compare_pages([["abc"], ["def"]], [["abc"]]).errors == 3
    assert compare_pages([["abc"]], [["abc"], ["def"]]).errors == 0


def test_drawn_documents_have_the_truth_of_their_digital_twin(tmp_path: Path) -> None:
    cases = draw_cases(tmp_path, 2, seed=5)
    assert [case.group for case in cases] == [group for group in DRAWN_GROUPS.values() for _ in range(2)]
    assert all(case.path.exists() and case.truth and sum(map(len, case.truth)) > 5 for case in cases)
    assert [case.born_digital for case in cases] == [True] * 2 + [False] * 6


def test_a_long_scan_has_as_many_pages_as_asked_for_all_different_and_without_text() -> None:
    with pypdfium2.PdfDocument(draw_long_scan(9, seed=2)) as document:
        pictures = {page.render(scale=0.3).to_numpy().tobytes() for page in document}
        characters = [page.get_textpage().count_chars() for page in document]
    assert len(pictures) == 9
    assert characters == [0] * 9


def test_a_folder_is_sampled_by_kind(tmp_path: Path) -> None:
    scan, digital = draw("receipt", "scan", 3), draw("invoice", "digital", 3)
    rows = []
    for i in range(4):
        for sample, name in ((scan, f"r{i}"), (scan, f"o{i}"), (digital, f"d{i}")):
            file = f"{name}-{sample.filename}"
            (tmp_path / file).write_bytes(sample.data)
            born = sample is digital
            rows.append({"id": name, "file": file, "doc_type": sample.doc_type, "truth": None, "born_digital": born})
            if name.startswith("r"):
                (tmp_path / f"{file}.ocr.txt").write_text("line one\nline two\fsecond page")
    (tmp_path / "manifest.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))

    cases = folder_cases(tmp_path, every=2, slow_every=2)
    taken = {case.path.name.split("-")[0]: case for case in cases}
    assert sorted(taken) == ["d0", "d2", "o0", "o2", "r0", "r2"]
    assert {name: case.group for name, case in taken.items() if name.endswith("0")} == {
        "d0": BORN_DIGITAL,
        "o0": OTHERS,
        "r0": RECEIPTS,
    }
    assert sorted(name for name, case in taken.items() if case.slow_ways) == ["d0", "o0", "r0"]
    assert taken["r0"].truth == (("line one", "line two"), ("second page",))
    assert taken["o0"].truth is None


def _measured(document: str, way: WayName, cpu_s: float, errors: int = 0, group: str = RECEIPTS) -> Measured:
    quality = TextQuality(100, errors, 100, errors, 10, 10, 10)
    return Measured(document, group, way, 1, cpu_s, cpu_s, quality)


def _figures() -> ReadingFigures:
    """Two receipts, of which the naive way read only one, and a scan that the full profile could not read."""
    return ReadingFigures(
        [
            _measured("a", "naive", 9.0, 8),
            _measured("a", "bare", 1.0, 8),
            _measured("a", "fast", 1.1, 6),
            _measured("a", "full", 1.5, 4),
            _measured("b", "bare", 1.0, 12),
            _measured("b", "fast", 1.29, 6),
            _measured("b", "full", 2.5, 6),
            _measured("c", "bare", 50.0, 90, SCANS),
            _measured("c", "fast", 1.0, 90, SCANS),
            Measured("c", SCANS, "full", 1, 0.0, 0.0, None, error="ChildCrashed"),
            _measured("d", "naive", 5.0, 0, BORN_DIGITAL),
            _measured("d", "ours", 0.05, 0, BORN_DIGITAL),
        ]
    )


def test_only_documents_that_all_have_read_are_compared() -> None:
    compared = _figures().compare(("bare", "full"), (RECEIPTS, SCANS))
    assert (compared["bare"].documents, compared["bare"].cpu_s) == (2, 2.0)
    assert compared["full"].cpu_s_per_page == 2.0
    assert compared["bare"].quality.cer == 0.1
    assert compared["full"].mean_cer == pytest.approx(0.05)
    assert [each.document for each in _figures().failures()] == ["c"]


def test_targets() -> None:
    figures = _figures()
    figures.scale = Scale(100, 399_000_000, 401_000_000, 1.85, 1.02, 1.0, 1.3)
    targets = {target.what: (round(target.value or 0, 3), target.met) for target in figures.targets()}
    assert targets == {
        "naive way's CPU / ours, OCR forced": (6.0, True),
        "naive way's CPU / ours, OCR forced, fast": (8.182, True),
        "CER of ours, OCR forced / naive way's": (0.5, True),
        "CER of ours, OCR forced, fast / naive way's": (0.75, True),
        "CPU of ours, OCR forced, fast / bare loop's": (1.1, True),
        "naive way's CPU / ours, born-digital": (100.0, True),
        "CER of ours / Tesseract's, receipts and scans": (0.5, True),
        "CER of ours / Tesseract's, mean of documents": (0.5, True),
        "CPU of ours / Tesseract's, whole folder": (2.0, True),
        "CER of fast / Tesseract's, receipts and scans": (0.6, True),
        "CER of fast / Tesseract's, mean of documents": (0.6, True),
        "CPU of fast / Tesseract's, whole folder": (1.195, True),
        "peak memory, 100-page scan, one process": (399.0, True),
        "peak memory, 100-page scan, per OCR worker": (401.0, False),
        "two processes' speed / one's": (1.85, True),
        "CPU of the running system / the bare pipeline's": (1.3, False),
    }


def test_what_was_not_measured_is_not_met_and_not_missed() -> None:
    targets = ReadingFigures([_measured("a", "bare", 1.0)]).targets()
    assert targets
    assert all(target.value is None and target.met is None for target in targets)
