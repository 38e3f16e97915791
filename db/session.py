"""Connections and migrations."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, create_engine, text

MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 727_001
"""Advisory lock that lets one process migrate at a time."""


def sqlalchemy_url(url: str) -> str:
    """An address for SQLAlchemy with psycopg 3, from `postgres://`, `postgresql://` or one that names a driver."""
    scheme, _, rest = url.partition("://")
    return f"postgresql+psycopg://{rest}" if scheme in ("postgres", "postgresql") else url


@lru_cache(maxsize=4)
def engine(url: str, pool_size: int = 10) -> Engine:
    """The engine of an address, one per process. Connections are checked before use and give up after 2 minutes."""
    return create_engine(
        sqlalchemy_url(url),
        pool_size=pool_size,
        max_overflow=10,
        pool_pre_ping=True,
        pool_recycle=1800,
        connect_args={
            "connect_timeout": 5,
            "application_name": "fuse",
            "options": "-c statement_timeout=120000 -c idle_in_transaction_session_timeout=120000 -c timezone=UTC",
        },
    )


def migrate(url: str) -> None:
    """Brings the database's tables to the newest revision; several processes may call it at once."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    pool = engine(url)
    with pool.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": _LOCK})
        connection.commit()
        try:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
        finally:
            connection.rollback()
            connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": _LOCK})
            connection.commit()
