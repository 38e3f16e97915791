"""A tenant's rules of decision: a threshold per type and the sampling rate, and what a change would do."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text

from db import audit, tenant_settings
from pipeline.metrics.threshold import NOT_SURE_ENOUGH, ReviewedDocument, values_right
from pipeline.types import Rules

_THRESHOLDS = "thresholds"
_SAMPLING = "sampling_rate"
_MOST_REVIEWED = 5_000
_FIT = (
    "NOT EXISTS (SELECT 1 FROM jsonb_array_elements(machine_reasons) AS reason "  # noqa: S608 - constants
    f"WHERE reason->>'code' NOT IN ({', '.join(map(repr, (*NOT_SURE_ENOUGH, 'sampled')))}))"
)
"""SQL: nothing but the threshold or the sample spoke against accepting a document."""


def get(connection: Connection, tenant_id: str, default_sampling_rate: float) -> Rules:
    """The rules in force; types without a threshold of their own have their type's default."""
    stored = tenant_settings.get(connection, tenant_id)
    return Rules(stored.get(_THRESHOLDS, {}), stored.get(_SAMPLING, default_sampling_rate))


def save(connection: Connection, tenant_id: str, user_id: str, rules: Rules) -> None:
    """Stores rules, and who set them.

    Raises:
        ValueError: a threshold or the rate is not within 0..1.
    """
    numbers = [*rules.thresholds.values(), rules.sampling_rate]
    if not all(0.0 <= number <= 1.0 for number in numbers):
        raise ValueError("A threshold and the sampling rate must lie between 0 and 1.")
    for key, value in ((_THRESHOLDS, dict(rules.thresholds)), (_SAMPLING, rules.sampling_rate)):
        tenant_settings.save(connection, tenant_id, user_id, key, value)
    audit.record(connection, tenant_id, user_id, "rules_changed", thresholds=dict(rules.thresholds),
                 sampling_rate=rules.sampling_rate)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Effect:
    """What a threshold would do to a type's existing documents.

    Attributes:
        documents: how many of the type the machine has decided.
        accepted_now: how many of them the rules in force would accept.
        accepted_then: how many the changed threshold would accept.
        drawn_then: how many more it would accept but for the random check.
    """

    documents: int
    accepted_now: int
    accepted_then: int
    drawn_then: int


def effect(connection: Connection, tenant_id: str, type_name: str, now: float, then: float, sampling_rate: float
           ) -> Effect:  # fmt: skip
    """Counts a type's documents that would be accepted at two thresholds.

    A document is accepted when its confidence (that all of it is right, never above that of a part) reaches the
    threshold, nothing but the threshold or the sample spoke against it, and its lot does not fall in the sample.
    """
    row = connection.execute(
        text(
            f"""
            WITH decided AS (
                SELECT confidence, {_FIT} AS fit, sample_draw < :rate AS drawn
                FROM docs
                WHERE tenant_id = :tenant AND machine_type = :type AND confidence IS NOT NULL)
            SELECT count(*) AS documents,
                   count(*) FILTER (WHERE fit AND NOT drawn AND confidence >= :now) AS accepted_now,
                   count(*) FILTER (WHERE fit AND NOT drawn AND confidence >= :then) AS accepted_then,
                   count(*) FILTER (WHERE fit AND drawn AND confidence >= :then) AS drawn_then
            FROM decided
            """  # noqa: S608 - a constant
        ),
        {"tenant": tenant_id, "type": type_name, "now": now, "then": then, "rate": sampling_rate},
    ).one()
    return Effect(row.documents, row.accepted_now, row.accepted_then, row.drawn_then)


def reviewed(connection: Connection, tenant_id: str, type_name: str) -> list[ReviewedDocument]:
    """The documents that the machine took for a type and that people have approved, the newest 5,000.

    One is right when the type stayed, and each value that a person stored counts as the same as the machine's.
    """
    rows = connection.execute(
        text(
            f"""
            SELECT docs.confidence, docs.type = docs.machine_type AS type_right, {_FIT} AS fit, changed.changes
            FROM docs LEFT JOIN LATERAL (
                SELECT jsonb_agg(jsonb_build_array(fields.name, fields.machine_value, fields.value)) AS changes
                FROM fields
                WHERE fields.doc_id = docs.id AND fields.value IS DISTINCT FROM fields.machine_value) AS changed ON true
            WHERE docs.tenant_id = :tenant AND docs.machine_type = :type AND docs.processing_status = 'approved'
              AND docs.confidence IS NOT NULL
            ORDER BY docs.reviewed_at DESC NULLS LAST LIMIT :most
            """  # noqa: S608 - a constant
        ),
        {"tenant": tenant_id, "type": type_name, "most": _MOST_REVIEWED},
    )
    return [
        ReviewedDocument(
            row.confidence,
            row.fit,
            bool(row.type_right) and values_right(row.changes or (), type_name),
        )
        for row in rows
    ]
