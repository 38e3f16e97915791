from __future__ import annotations

from app.components.document_history import stages


def test_a_second_reading_is_a_stage_in_words() -> None:
    row = {"stage": "reread", "generation": 1, "state": "done", "attempts": 1, "last_error": "in_persons_hands",
           "finished_at": None, "wall_ms": None, "worker": None}  # fmt: skip
    [shown] = stages([row])
    assert shown["Stage"] == "Reading again with the model"
    assert shown["Remark"] == "Left alone: a person was faster."
