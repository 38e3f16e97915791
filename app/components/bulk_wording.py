"""What is said before and after something is done to many documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.bulk_actions import Obstacle, Plan, Task
from app.components.queue_wording import PRIORITIES
from app.components.wording import STAGES, counted
from db.queue import MOST_AT_ONCE, Candidate

_NAMED = 3
_DONE = {"approve": "Approved", "reject": "Rejected", "retry": "Sent to be read again:", "prioritise": "Changed",
         "assign": "Assigned"}  # fmt: skip
_OBSTACLES: dict[Obstacle, str] = {
    "gone": "no longer waiting: somebody has decided it, or it is being read again",
    "changed": "changed by somebody since you chose it. Choose it again to see it as it is now",
    "open": "open for review in somebody's window now",
    "failed": "not read to the end, so there is nothing to decide. Run it again instead",
    "no_type": "of unknown type. Open each and choose its type first",
    "must_look": "with a value that is missing, was not found on the page or failed a check. Open each and look",
    "sampled": "drawn for a random check, which counts only if a person looks. Open each and look",
    "already": "already so, with nothing to change",
}


def button_label(plan: Plan) -> str:
    """What the button that starts it says."""
    these = counted(len(plan.ready), "document")
    match plan.task.action:
        case "approve":
            return f"Approve {these}"
        case "reject":
            return f"Reject {these}"
        case "retry":
            return f"Run {these} again"
        case "assign":
            return f"Assign {these}"
        case "prioritise":
            return f"Change {these}"


def preview(plan: Plan, people: Mapping[str, str]) -> list[str]:
    """What will happen, in sentences."""
    number = len(plan.ready)
    if not number:
        return ["Nothing will be done: no document is left that this can be done to."]
    are, they = ("is", "it") if number == 1 else ("are", "they")
    these = counted(number, "document")
    match plan.task.action:
        case "approve":
            return [f"{these} {are} approved as {they} {are}. What {they} say{'s' if number == 1 else ''} counts as "
                    "right from then on.", *_unseen(plan)]  # fmt: skip
        case "reject":
            return [f"{these} {are} rejected, with this reason: {plan.task.reason}"]
        case "retry":
            return [
                f"{these} {are} run again from: {STAGES[plan.task.stage]}. What the machine found from there on is "
                f"thrown away; values that people entered stay.",
                f"Until then {they} {'leaves' if number == 1 else 'leave'} the queue.",
            ]
        case "assign":
            return [f"{these} {_become(number)} {_whose(plan.task, people)} work. Nothing else changes."]
        case "prioritise":
            get = "gets" if number == 1 else "get"
            return [f"{these} {get} the priority {PRIORITIES[plan.task.priority].lower()}. Nothing else changes."]


def _unseen(plan: Plan) -> list[str]:
    unseen = sum(bool(candidate.reasons) for candidate in plan.ready)
    if not unseen:
        return []
    whom = "All" if unseen == len(plan.ready) else f"{unseen:,}"
    if len(plan.ready) == 1:
        return ["It holds something that the machine was not sure of and that nobody has looked at."]
    verb = "holds" if unseen == 1 else "hold"
    return [f"{whom} of them {verb} something that the machine was not sure of and that nobody has looked at."]


def _become(number: int) -> str:
    return "becomes" if number == 1 else "become"


def _whose(task: Task, people: Mapping[str, str]) -> str:
    if task.assignee_id is None:
        return "nobody's"
    return f"{people.get(task.assignee_id, 'somebody')}'s"


def left_out(left: Mapping[Obstacle, Sequence[Candidate]]) -> list[str]:
    """How many are left out, why, and the first of them by name."""
    return [
        f"{len(each):,} left out, {_OBSTACLES[obstacle]}: {_names(each)}." for obstacle, each in left.items() if each
    ]


def _names(candidates: Sequence[Candidate]) -> str:
    named = ", ".join(candidate.filename for candidate in candidates[:_NAMED])
    more = len(candidates) - _NAMED
    return f"{named} and {more:,} more" if more > 0 else named


def done(task: Task, number: int) -> str:
    """What was done."""
    return f"{_DONE[task.action]} {counted(number, 'document')}."


def decided_already(number: int) -> str:
    """Of documents that were chosen and have been decided since."""
    return (
        f"{number:,} left out, decided already: approved, rejected or accepted by the machine. "
        "That stays; on the document itself it can be taken back."
    )


def not_there(number: int) -> str:
    """Of documents that were chosen and are not in the queue any more."""
    return f"{number:,} left out, {_OBSTACLES['gone']}."


def too_many(number: int) -> str:
    """Of documents beyond those that are taken at once."""
    return f"{number:,} left out, because {MOST_AT_ONCE:,} is the most at once. Do the same again for them."
