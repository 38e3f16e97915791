from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.sensitive_fields import Hiding, salt_of
from app.settings import Settings
from db.documents import StoredField

SSN = StoredField("ssn", 1, "123-45-6789", "123-45-6789", [[1, 0, 0, 1, 1]], 0.9, None, [], "human", "123-45-6780",
                  datetime.now(UTC))  # fmt: skip


@pytest.mark.parametrize(
    ("mode", "value"), [("mask", "***-**-6789"), ("remove", "[ssn]"), ("none", "123-45-6789")], ids=str
)
def test_a_tax_number_is_hidden_wherever_it_stands(mode: str, value: str) -> None:
    hidden = Hiding(mode).field(SSN, "w9")  # type: ignore[arg-type]
    assert (hidden.value, hidden.raw) == (value, value)
    assert hidden.boxes == SSN.boxes
    assert ("6780" in str(hidden.machine_value)) == (mode != "remove")


def test_it_is_hidden_in_a_document_of_another_type_too() -> None:
    assert Hiding("mask").field(SSN, "invoice").value == "***-**-6789"
    assert Hiding("mask").field(replace(SSN, name="not_a_field"), "invoice").value == "***-**-6789"  # by its shape


def test_digests_are_the_same_in_one_tenant_only(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    ours, again, theirs = (
        Hiding("hash", salt=salt_of(settings, tenant)).field(SSN, "w9").value for tenant in ("a", "a", "b")
    )
    assert ours == again != theirs
    assert str(ours).startswith("[ssn:")


def test_names_of_persons_are_hidden_when_asked_for() -> None:
    name = replace(SSN, name="name", value="Jordan Blake", raw="Jordan Blake")
    assert Hiding("mask").field(name, "w9").value == "Jordan Blake"
    assert Hiding("mask", persons=True).field(name, "w9").value == "****** *****"


def test_the_text_behind_a_table_is_left_out() -> None:
    table = replace(
        SSN, name="transactions", value=[{"amount": 1.0, "description": "To 123-45-6789"}], raw="123-45-6789"
    )
    hidden = Hiding("mask").field(table, "bank_statement")
    assert hidden.raw is None
    assert hidden.value == [{"amount": 1.0, "description": "To ***-**-6789"}]
