"""Connections and migrations."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

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
        hide_parameters=True,  # an error's message goes to logs; the values may be a person's
        connect_args={
            "connect_timeout": 5,
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "tcp_user_timeout": 15_000,
            "application_name": "fuse",
            "options": "-c statement_timeout=120000 -c idle_in_transaction_session_timeout=120000 -c timezone=UTC",
        },
    )


def is_unreachable(error: Exception) -> bool:
    """Whether an error says that the database can't be reached right now, and not that a statement is wrong.

    A connection that could not be made or was lost, a pool with none to give, a server that starts or stops
    (SQLSTATE classes 08 and 57P) or has no room for another connection (53).
    """
    if isinstance(error, PoolTimeout):
        return True
    if not isinstance(error, OperationalError | InterfaceError | InternalError):
        return False
    state = getattr(error.orig, "sqlstate", None)
    return bool(error.connection_invalidated) or state is None or state.startswith(("08", "57P", "53"))


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
