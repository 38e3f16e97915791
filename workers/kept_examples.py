"""Gold examples as the workers have them: made in a child, kept five minutes in Redis, dropped at a correction."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import structlog
from redis import Redis

from db import cache, gold_documents
from pipeline.doctypes import DOC_TYPES, DocType
from pipeline.errors import StageFailed
from pipeline.opinion.examples import MOST_EXAMPLES, GoldExample, gold_examples
from pipeline.opinion.type_examples import MOST_OF_A_TYPE, MOST_SHOWN, TypeExample, type_examples
from workers.desk import Desk

log = structlog.get_logger()
_Example = TypeVar("_Example", GoldExample, TypeExample)

SECONDS = 300
_SPARE = 2
"""More than are shown: some give no example, and none is one for itself."""


def of_fields(desk: Desk, doc_type: DocType, connection: Redis) -> tuple[GoldExample, ...]:
    """What people found right in documents of a type; the tenant's, those corrected last first."""
    tenant = desk.held.tenant_id
    return _kept(connection, cache.examples_key(tenant, doc_type.name), lambda: _made(desk, doc_type), GoldExample)


def of_types(desk: Desk, connection: Redis) -> tuple[TypeExample, ...]:
    """What people found documents to be; the tenant's, those first that the machine had taken for something else."""
    return _kept(connection, cache.type_examples_key(desk.held.tenant_id), lambda: _made_of_types(desk), TypeExample)


def _kept(
    connection: Redis, key: str, make: Callable[[], tuple[_Example, ...]], kind: type[_Example]
) -> tuple[_Example, ...]:
    """The examples that were kept, or new ones; what a correction drops while they are made is not kept."""
    told = cache.load(connection, key)
    if isinstance(told, dict) and "examples" in told:
        return tuple(kind.from_json(each) for each in told["examples"])
    mark = cache.begin(connection, key, SECONDS)
    try:
        made = make()
    except StageFailed as failure:  # a document that can't be made an example of must not hold up all others
        log.warning("no_examples", code=failure.code)
        made = ()
    cache.keep_begun(connection, key, mark, {"examples": [each.to_json() for each in made]}, SECONDS)
    return made


def _made(desk: Desk, doc_type: DocType) -> tuple[GoldExample, ...]:
    with desk.store.connect() as connection:
        approved = gold_documents.gold_documents(connection, desk.held.tenant_id, doc_type.name, MOST_EXAMPLES + 1)
    made: tuple[GoldExample, ...] = desk.in_child(gold_examples, approved, doc_type) if approved else ()
    return made


def _made_of_types(desk: Desk) -> tuple[TypeExample, ...]:
    types = [DOC_TYPES[name] for name in DOC_TYPES]
    with desk.store.connect() as connection:
        approved = gold_documents.typed_documents(
            connection, desk.held.tenant_id, list(DOC_TYPES), MOST_OF_A_TYPE + _SPARE, MOST_SHOWN + _SPARE
        )
    made: tuple[TypeExample, ...] = desk.in_child(type_examples, approved, types) if approved else ()
    return made
