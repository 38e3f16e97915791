"""Scores and figures of made-up predictions, worked out by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.compare import RowScore
from pipeline.evaluate import Evaluation
from pipeline.evaluate.manifest import Expected, Labelled
from pipeline.evaluate.prediction import Ending, Failure, Prediction
from pipeline.evaluate.scoring import Case, score
from pipeline.evaluate.summary import Summary, summarise
from pipeline.metrics.quality import Share, ValueScore
from pipeline.types import Box, FieldValue


def labelled(doc_type: str | None, truth: dict[str, Any] | None = None, **more: Any) -> Labelled:
    return Labelled("x", "x.pdf", Path("x.pdf"), doc_type, truth or {}, **more)


def predicted(doc_type: str, decision: Ending = "review", **values: Any) -> Prediction:
    """Values are (value, confidence), or None for a field that was looked for in vain."""
    fields = {
        name: FieldValue(name, pair[0], str(pair[0]), (Box(1, 0, 0, 1, 1),), pair[1])
        if pair
        else FieldValue(name, None)
        for name, pair in values.items()
    }
    return Prediction(decision, doc_type, 0.9, (), fields, 1, 1, cpu_s=2.0, wall_s=3.0)


FAILED = Prediction("failed", error=Failure("child_crashed", "It died."), cpu_s=0.5, wall_s=1.0)
REJECTED = Prediction("rejected", error=Failure("corrupt", "It is damaged."))


def test_only_what_is_annotated_is_scored() -> None:
    case = score(labelled("w9", {"ein": None}), predicted("w9", name=("Ann", 0.8), ein=None))
    assert [field.name for field in case.fields] == ["ein"]
    assert case.fields[0].score == ValueScore(True, None)
    assert case.all_right


@pytest.mark.parametrize("prediction", [FAILED, REJECTED])
def test_a_document_without_result_has_every_field_wrong(prediction: Prediction) -> None:
    case = score(labelled("w9", {"ein": None, "name": "Ann"}), prediction)
    assert [field.score for field in case.fields] == [ValueScore(False, None), ValueScore(False, 0.0)]
    assert case.type_right is False
    assert case.answer == prediction.decision


def test_what_is_not_extracted_yet_is_wrong_but_for_what_is_not_there() -> None:
    case = score(labelled("invoice", {"total": 5.0, "tax": None}), predicted("invoice"))
    assert [field.score.right for field in case.fields] == [False, True]


@pytest.mark.parametrize(
    ("expected", "endings"),
    [
        ("accept", {"accept": True, "review": True, "rejected": False, "failed": False}),
        ("accept_degraded", {"accept": True, "review": True, "rejected": False, "failed": False}),
        ("reject", {"accept": False, "review": False, "rejected": True, "failed": False}),
        ("either", {"accept": True, "review": True, "rejected": True, "failed": False}),
    ],
)
def test_what_must_become_of_a_file(expected: Expected, endings: dict[Ending, bool]) -> None:
    for ending, right in endings.items():
        case = score(labelled(None, expected=expected), Prediction(ending))
        assert case.expected_right is right, ending
        assert case.type_right is None


@pytest.fixture
def cases() -> list[Case]:
    rent = {"date": "2024-03-01", "description": "Rent", "amount": -900.0}
    wages = {"date": "2024-03-02", "description": "Wages", "amount": 2000.0}
    truth = {"name": "Ann Lee", "ein": None, "address": "1 Main Street"}
    pairs = [
        # accepted, type right, one of three values wrong
        (
            labelled("w9", truth, born_digital=True),
            predicted("w9", "accept", name=("Lee Ann", 0.95), ein=("12-3456789", 0.85), address=("1 Main Street", 0.9)),
        ),
        # accepted under a wrong type: its one scored value counts against the acceptance
        (labelled("w9", {"name": "Bob"}, born_digital=False), predicted("invoice", "accept", name=("Bob", 0.95))),
        (labelled("w9", {"name": "Eve"}, born_digital=False), FAILED),
        (
            labelled("bank_statement", {"transactions": [rent, wages]}, born_digital=True),
            predicted("bank_statement", transactions=([rent], 0.5)),
        ),
        (labelled("pay_stub", {"net_pay": 4.0}), predicted("unknown")),
        (labelled("other"), predicted("other", "accept")),
        (labelled(None, expected="reject"), REJECTED),
        (labelled(None, expected="accept"), REJECTED),
    ]
    return [score(*pair) for pair in pairs]


@pytest.fixture
def summary(cases: list[Case]) -> Summary:
    return summarise(cases, wall_s=60.0, workers=2)


def test_how_they_ended(summary: Summary) -> None:
    assert dict(summary.decisions) == {"accept": 3, "failed": 1, "review": 2, "rejected": 2}
    assert [ended.decision for ended in summary.failures] == ["failed"]
    assert summary.expected == Share(1, 2)
    assert [(ended.expected, ended.decision) for ended in summary.mismatches] == [("accept", "rejected")]


def test_types(summary: Summary) -> None:
    every = summary.slices["all"]
    assert every.documents == 6
    assert every.classified == Share(3, 6)
    assert summary.confusion.count("w9", "failed") == 1
    assert summary.confusion.count("pay_stub", "unknown") == 1
    assert every.type_calibration.n == 4  # not the failed one, and "unknown" is no answer
    assert every.type_calibration.error == pytest.approx(0.15)  # 3 of 4 right, said with 0.9
    assert summary.slices["extracted"].classified == Share(2, 4)
    assert summary.slices["born_digital"].classified == Share(2, 2)
    assert summary.slices["scans"].classified == Share(0, 2)


def test_fields(summary: Summary) -> None:
    every = summary.slices["all"]
    assert every.fields.exact == Share(3, 7)
    assert every.fields.present == Share(3, 6)
    assert every.fields.token_f1 == pytest.approx((1 + 1 + 1 + 0 + 2 / 3 + 0) / 6)
    assert summary.slices["extracted"].fields.exact == Share(3, 6)
    assert every.field_calibration.n == 5
    w9 = summary.types["w9"]
    assert w9.fields["name"].quality.exact == Share(2, 3)
    assert (w9.extracted, summary.types["other"].extracted) == (True, False)
    assert summary.types["bank_statement"].fields["transactions"].rows == RowScore(1, 1, 2)
    assert w9.fields["name"].rows is None


def test_what_would_be_accepted(summary: Summary) -> None:
    every = summary.slices["all"]
    assert every.accepted == Share(3, 6)
    assert every.accepted_values == Share(2, 4)
    assert every.accepted_documents == Share(1, 3)
    assert summary.slices["scans"].accepted_documents == Share(0, 1)


def test_speed(summary: Summary) -> None:
    speed = summary.speed
    assert (speed.pages, speed.cpu_s, speed.cpu_s_per_page) == (5, 10.5, 2.0)
    assert speed.documents_per_minute == 8.0


def test_nothing_to_measure_by_is_null_in_the_json() -> None:
    summary = Evaluation((), summarise([], 0.0, 1)).to_json()["summary"]
    assert summary["classification"]["accuracy"] == {"rate": None, "right": 0, "n": 0, "interval_95": None}
    every = summary["slices"]["all"]
    assert every["field_calibration"]["error"] is None
    assert every["accepted_values"]["rate"] is None
    assert summary["speed"]["documents_per_minute"] is None
    assert summary["speed"]["cpu_s_per_page"] is None


def test_the_json_is_the_interface(cases: list[Case], summary: Summary) -> None:
    written = Evaluation(tuple(cases), summary).to_json()
    read = json.loads(json.dumps(written, allow_nan=False))
    assert set(read) == {"documents", "summary"}
    first, failed = read["documents"][0], read["documents"][2]
    interface = {
        "id",
        "file",
        "type",
        "type_confidence",
        "decision",
        "reasons",
        "fields",
        "pages",
        "cpu_s",
        "wall_s",
        "error",
    }
    assert interface <= set(first)
    assert first["fields"]["name"]["boxes"] == [[1, 0, 0, 1, 1]]
    assert {"value", "raw", "confidence", "boxes"} <= set(first["fields"]["name"])
    assert first["scores"]["fields"]["ein"] == {"right": False, "token_f1": None, "rows": None}
    assert failed["error"] == {"code": "child_crashed", "message": "It died."}
    assert (failed["type"], failed["fields"], failed["pages"]) == (None, {}, None)


def test_the_json_is_strict_where_a_figure_is_not_a_number() -> None:
    wrong = score(labelled("w9", {}), predicted("w9", name=(float("nan"), float("inf"))))
    document = Evaluation((wrong,), summarise([wrong], 1.0, 1)).to_json()["documents"][0]
    json.dumps(document, allow_nan=False)
    assert document["fields"]["name"]["value"] is None
    assert document["fields"]["name"]["confidence"] is None
