from __future__ import annotations

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import text

from db import batches, documents, line
from db.session import MIGRATIONS, engine
from db.tables import metadata
from tests.db import store


def test_the_migrations_make_the_tables_that_the_code_expects(database_url: str) -> None:
    with engine(database_url).connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []


def test_a_document_in_batches_survives_the_way_back(database_url: str) -> None:
    """The release before knows no batches: what is not read yet is one job again, what was read stays."""
    with engine(database_url).begin() as connection:
        added = documents.add(connection, store.new_document())
        batches.split(connection, store.claim(connection, added.job_id), [[[1], [2]], [[6]]])
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine(database_url).connect() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0001")
        connection.commit()
        rows = connection.execute(text("SELECT id, stage, state FROM jobs")).all()
        assert [(str(row.id), row.stage, row.state) for row in rows] == [(added.job_id, "ocr", "waiting")]
        connection.commit()
        command.upgrade(config, "head")
        connection.commit()
    with engine(database_url).begin() as connection:
        held = line.claim(connection, added.job_id, "w", 60.0)
        assert held is not None
        assert (held.job_id, held.batch) == (added.job_id, None)
