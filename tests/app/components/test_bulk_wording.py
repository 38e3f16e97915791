from __future__ import annotations

from typing import Any, get_args

import pytest

from app.bulk_actions import Obstacle, Plan, Task
from app.components import bulk_wording
from db.queue import Candidate

PEOPLE = {"ann": "Ann <b>"}


def _candidates(number: int, *reasons: str) -> tuple[Candidate, ...]:
    return tuple(
        Candidate(str(n), 1, f"file-{n}.pdf", "w9", "needs_review", None, 0, frozenset(reasons), None)
        for n in range(number)
    )


@pytest.mark.parametrize(
    ("task", "number", "said", "button"),
    [
        (Task("approve"), 2, "2 documents are approved as they are.", "Approve 2 documents"),
        (Task("approve"), 1, "1 document is approved as it is. What it says", "Approve 1 document"),
        (Task("reject", reason="sent *twice*"), 2, "with this reason: sent *twice*", "Reject 2 documents"),
        (Task("retry", stage="classification"), 1, "run again from: Classification", "Run 1 document again"),
        (Task("assign", assignee_id="ann"), 1200, "1,200 documents become Ann <b>'s work", "Assign 1,200 documents"),
        (Task("assign"), 1, "1 document becomes nobody's work", "Assign 1 document"),
        (Task("prioritise", priority=-1), 2, "2 documents get the priority low", "Change 2 documents"),
        (Task("approve"), 0, "Nothing will be done", "Approve 0 documents"),
    ],
)
def test_a_preview_says_what_will_happen_and_to_how_many(task: Task, number: int, said: str, button: str) -> None:
    plan = Plan(task, _candidates(number))
    assert said in " ".join(bulk_wording.preview(plan, PEOPLE))
    assert bulk_wording.button_label(plan) == button


@pytest.mark.parametrize(
    ("unseen", "seen", "said"), [(2, 0, "All of them hold"), (1, 2, "1 of them holds"), (1, 0, "It holds")]
)
def test_a_preview_of_approvals_counts_what_nobody_has_looked_at(unseen: int, seen: int, said: str) -> None:
    plan = Plan(Task("approve"), (*_candidates(unseen, "below_threshold"), *_candidates(seen)))
    assert bulk_wording.preview(plan, {})[1].startswith(said)


@pytest.mark.parametrize("obstacle", get_args(Obstacle))
def test_each_obstacle_has_its_sentence_with_the_first_names(obstacle: Any) -> None:
    [sentence] = bulk_wording.left_out({obstacle: _candidates(5)})
    assert sentence.startswith("5 left out, ")
    assert sentence.endswith(": file-0.pdf, file-1.pdf, file-2.pdf and 2 more.")


def test_what_was_done_is_said() -> None:
    assert bulk_wording.done(Task("reject"), 1) == "Rejected 1 document."
    assert bulk_wording.done(Task("retry"), 2000) == "Sent to be read again: 2,000 documents."
    assert bulk_wording.not_there(3).startswith("3 left out, no longer waiting")
