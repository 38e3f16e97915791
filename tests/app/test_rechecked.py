"""Checks on values that people have changed: mended ones are no reason any more, broken ones are."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from app.rechecked import broken_by, reasons_now
from db.documents import StoredField

OPENING = {"code": "balance_mismatch", "sentence": "It was off.", "field": "closing_balance"}
DRAWN = {"code": "random_sample", "sentence": "Drawn at random.", "field": None}
MISSING = {"code": "required_missing", "sentence": "Not found.", "field": "bank_name"}
MACHINE = {"opening_balance": 100.0, "total_deposits": 50.0, "total_withdrawals": 50.0, "closing_balance": 120.0}


def document(*reasons: dict[str, Any]) -> Any:
    return SimpleNamespace(type="bank_statement", reasons=list(reasons))


def stored(**by_people: Any) -> list[StoredField]:
    values = {**MACHINE, **by_people}
    return [
        StoredField(name, 0, value, None, [], 0.9, None, [], "human" if name in by_people else "machine",
                    MACHINE.get(name), datetime.now(UTC))
        for name, value in values.items()
    ]  # fmt: skip


def test_what_nobody_has_changed_is_as_the_machine_said() -> None:
    assert reasons_now(document(OPENING, DRAWN), stored()) == [OPENING, DRAWN]


def test_a_sum_that_was_mended_is_no_reason_any_more() -> None:
    assert reasons_now(document(OPENING, DRAWN), stored(total_withdrawals=30.0)) == [DRAWN]
    assert broken_by(document(OPENING), stored(total_withdrawals=30.0), {"total_withdrawals"}) == []


def test_a_sum_that_is_still_off_is_told_as_it_is_now() -> None:
    [reason] = reasons_now(document(OPENING), stored(closing_balance=130.0))
    assert reason["code"] == "balance_mismatch"
    assert "30.00 off" in reason["sentence"]


def test_a_value_that_a_person_has_set_is_not_missing() -> None:
    assert reasons_now(document(DRAWN, MISSING), stored(bank_name="Vale Bank", total_withdrawals=30.0)) == [DRAWN]


def test_a_sum_that_was_broken_is_told_of_the_fields_that_take_part() -> None:
    broken = stored(total_withdrawals=31.0)
    [sentence] = broken_by(document(), broken, {"total_withdrawals"})
    assert "1.00 off" in sentence
    assert broken_by(document(), broken, {"bank_name"}) == []
    assert [reason["code"] for reason in reasons_now(document(), broken)] == ["balance_mismatch"]


def test_an_unknown_type_has_no_checks() -> None:
    unknown: Any = SimpleNamespace(type="unknown", reasons=[DRAWN])
    assert reasons_now(unknown, stored(bank_name="x")) == [DRAWN]
    assert broken_by(unknown, stored(), {"bank_name"}) == []
