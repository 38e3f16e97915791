"""One worker for everything, in this process, and the server of a language model that says what a test wants."""

from __future__ import annotations

from typing import Any

from redis import Redis
from sqlalchemy import Engine, text

from app.settings import Settings
from db import documents, model_calls, reviews
from db.session import engine
from tests.db.store import LOCAL_ADMIN, LOCAL_TENANT
from tests.pipeline.engines.scripted_server import Script
from tests.workers.read_documents import RECEIPT, classified
from workers import stages


class Workers:
    """The worker, its stores, and what the server was asked."""

    def __init__(self, settings: Settings, script: Script) -> None:
        self.settings, self.script = settings, script
        self.store: Engine = engine(settings.database_url)
        self.redis = Redis.from_url(settings.redis_url)

    def run(self, job_id: str) -> None:
        stages.run_job(job_id)

    def document(self, doc_id: str) -> documents.Document:
        with self.store.connect() as connection:
            return documents.get(connection, LOCAL_TENANT, doc_id)

    def codes(self, doc_id: str) -> set[str]:
        return {reason["code"] for reason in self.document(doc_id).reasons}

    def value(self, doc_id: str, name: str) -> Any:
        with self.store.connect() as connection:
            return next(field.value for field in documents.fields_of(connection, doc_id) if field.name == name)

    def calls(self, doc_id: str) -> list[model_calls.CallShown]:
        with self.store.connect() as connection:
            return model_calls.calls_of(connection, LOCAL_TENANT, doc_id)

    def rows(self, query: str, **values: Any) -> list[tuple[Any, ...]]:
        with self.store.connect() as connection:
            return [tuple(row) for row in connection.execute(text(query), values)]

    def change(self, query: str, **values: Any) -> None:
        with self.store.begin() as connection:
            connection.execute(text(query), values)


def due_again(workers: Workers) -> str:
    """The one document that is to be read again, now."""
    workers.change("UPDATE jobs SET run_at = now() WHERE stage = 'reread'")
    ((job_id,),) = workers.rows("SELECT id FROM jobs WHERE stage = 'reread'")
    return str(job_id)


def corrected(workers: Workers, name: str) -> str:
    """A receipt that a person has corrected and approved."""
    with workers.store.begin() as connection:
        doc_id, job_id = classified(connection, name, RECEIPT.replace("Hollow Oak", f"{name.title()} Hill"))
    workers.run(job_id)
    with workers.store.begin() as connection:
        version = documents.get(connection, LOCAL_TENANT, doc_id).version
        boxes = {"vendor_name": [[1, 0.0, 0.0, 1.0, 0.05]]}
        version = reviews.correct(
            connection, LOCAL_TENANT, doc_id, version, LOCAL_ADMIN, {"vendor_name": f"{name} Hill"}, boxes
        )
        reviews.approve(connection, LOCAL_TENANT, doc_id, version, LOCAL_ADMIN)
    return doc_id
