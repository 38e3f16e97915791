from __future__ import annotations

import pytest

from pipeline.classify.fitting import Example, layouts_of, train
from pipeline.classify.type_model import LEARNED, Features, TypeModel
from pipeline.doctypes import DOC_TYPES
from pipeline.doctypes.definition import DocType

TYPES = {
    "note": DocType(name="note", label="Note", cues={"note": 2.0, "parcel": 1.0}),
    "bill": DocType(name="bill", label="Bill", cues={"bill": 2.0, "parcel": 1.0}),
}


def example(doc_type: str, seed: int, *phrases: str) -> Example:
    return Example(Features(dict.fromkeys(phrases, 1.0), {}), doc_type, seed)


def misleading() -> list[Example]:
    """Documents whose names say nothing, and whose "parcel", of no weight by hand, says all. Each its own layout."""
    rows = []
    for seed in range(40):
        own = [f"layout {seed} {each}" for each in "abcdef"]
        rows += [example("note", seed, *own, "parcel"), example("bill", seed, *own)]
    return rows


def test_weights_move_where_left_out_layouts_gain_by_it() -> None:
    model, held_out = train(misleading(), TYPES)
    assert held_out.moves_help
    assert held_out.right > held_out.right_by_hand
    assert model.moved["note"]["parcel"] > 0 > model.moved["bill"]["parcel"]
    seen = Features({"parcel": 1.0}, {})
    assert model.probabilities(seen, TYPES)["note"] > LEARNED.probabilities(seen, TYPES)["note"]


def test_they_stay_where_left_out_layouts_gain_nothing() -> None:
    rows = [example(doc_type, seed, doc_type, f"layout {seed}") for seed in range(20) for doc_type in TYPES]
    model, held_out = train(rows, TYPES)
    assert (held_out.layouts, held_out.documents, held_out.right_by_hand) == (40, 40, 1.0)
    assert not held_out.moves_help
    assert not any(model.moved.values())


def test_the_temperature_makes_probabilities_of_points() -> None:
    # The name of the other type stands on every tenth: who goes by names should be sure of nine in ten.
    rows = [
        example(("bill" if seed % 10 else "note") if own == "bill" else ("note" if seed % 10 else "bill"), seed, own)
        for seed in range(100)
        for own in TYPES
    ]
    model, held_out = train(rows, TYPES)
    assert held_out.calibration_error is not None
    assert held_out.calibration_error < 0.05
    named = model.probabilities(Features({"note": 1.0}, {}), TYPES)["note"]
    assert named == pytest.approx(0.9, abs=0.06)


def test_training_twice_gives_the_same() -> None:
    assert train(misleading(), TYPES, seed=1) == train(misleading(), TYPES, seed=1)


@pytest.mark.parametrize(
    ("examples", "layouts"),
    [
        ([example("note", 1, "a", "b", "c"), example("note", 2, "a", "b", "c", "d")], [0, 0]),  # most in common
        ([example("note", 1, "a", "b"), example("note", 2, "c", "d")], [0, 1]),
        ([example("note", 1, "a", "b"), example("note", 1, "c")], [0, 0]),  # one document, worn
        ([example("note", 1, "a", "b"), example("bill", 1, "a", "b")], [0, 1]),  # types are never of one layout
        ([example("note", 1, "a"), example("note", 2, "b"), example("note", 3, "a", "b", "c")], [0, 1, 2]),
    ],
)
def test_what_counts_as_one_layout(examples: list[Example], layouts: list[int]) -> None:
    assert layouts_of(examples).tolist() == layouts


@pytest.mark.parametrize(
    "model",
    [TypeModel(), TypeModel({"note": {"a": 0.5}, "bill": {}}, {"note": 0.1, "bill": -0.2}, 1.5)],
    ids=["nothing moved", "moved"],
)
def test_a_model_is_read_as_it_was_written(model: TypeModel) -> None:
    assert TypeModel.from_json(model.to_json()) == model


def test_the_shipped_model_is_of_known_types_and_moves_little() -> None:
    assert set(LEARNED.moved) <= set(DOC_TYPES)
    assert 0.5 <= LEARNED.temperature <= 8
    assert all(abs(move) < 2 for moved in LEARNED.moved.values() for move in moved.values())
