"""`./fuse doctor`: what is missing on this machine, and the one command that mends it."""

from __future__ import annotations

import platform
import shutil
import sys
from contextlib import closing
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psycopg
import redis
import typer
from alembic.config import Config
from alembic.script import ScriptDirectory
from rich.markup import escape
from rich.table import Table

from app import wiring
from app.client import Client
from app.console import out
from app.running import is_running, port_is_free
from app.settings import ROOT, Settings
from app.system_programs import POPPLER, REDIS, TESSERACT, SystemProgram, install_command
from db.session import MIGRATIONS, sqlalchemy_url

_LEAST_FREE_BYTES = 2_000_000_000


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at.

    Attributes:
        name: what.
        found: what there is.
        mend: the one command or action that mends it; "" when all is well.
    """

    name: str
    found: str
    mend: str = ""


def doctor() -> None:
    """Show what is there and what is missing, with the one command that mends it.

    Changes nothing. Ends with exit code 1 when something is missing.
    """
    settings = Settings()
    running = is_running(settings.home)
    checks = [
        _python(),
        _packages(),
        *(_program(program) for program in (TESSERACT, POPPLER)),
        _reading(settings),
        _database(settings, running),
        _redis(settings, running),
        *_language_model(settings),
        _disk(settings.home),
        _address(settings, running),
    ]
    table = Table("", "", "Found", show_edge=False, show_header=False)
    for check in checks:
        table.add_row("[red]✗[/]" if check.mend else "[green]✓[/]", check.name, escape(check.found))
    out.print(table)
    ill = [check for check in checks if check.mend]
    if ill:
        out.print(f"\n{len(ill)} of {len(checks)} need something. What mends it:")
        for check in ill:
            out.print(f"  {check.name:<10}  [bold]{escape(check.mend)}[/]", soft_wrap=True)  # one line, to be copied
        raise typer.Exit(1)
    out.print("\nAll is there. " + (f"Fuse runs at {settings.address}" if running else "Start with: ./fuse up"))


def _python() -> Check:
    found = f"{platform.python_version()} in {sys.prefix}"
    fits = (3, 11) <= sys.version_info[:2] <= (3, 13)
    inside = Path(sys.prefix).resolve() == (ROOT / ".venv").resolve()
    if fits and inside:
        return Check("Python", found)
    return Check("Python", found, "rm -rf .venv, then run ./fuse again (with Python 3.11, 3.12 or 3.13 on the PATH)")


def _packages() -> Check:
    from packaging.requirements import Requirement

    wrong = []
    count = 0
    for line in (ROOT / "requirements.txt").read_text().splitlines():
        if not line.strip() or line.startswith(("#", "-")):
            continue
        wanted = Requirement(line)
        if wanted.marker is not None and not wanted.marker.evaluate():
            continue
        count += 1
        try:
            if not wanted.specifier.contains(version(wanted.name)):
                wrong.append(wanted.name)
        except PackageNotFoundError:
            wrong.append(wanted.name)
    if wrong:
        return Check(
            "Packages", f"missing or of another version: {', '.join(wrong)}", "rm .venv/.installed-*; ./fuse up"
        )
    return Check("Packages", f"{count} as pinned")


def _program(program: SystemProgram) -> Check:
    found = program.find()
    return Check(program.name, found or "missing or incomplete", "" if found else install_command([program]))


def _reading(settings: Settings) -> Check:
    from pipeline import seccomp  # these load OCR, which no other command should wait for
    from pipeline.errors import EngineMissing
    from pipeline.ocr import find_engine

    confined = "without network and programs" if seccomp.available() else "with limits of time, memory and files only"
    try:
        name = find_engine(settings.ocr).name
    except EngineMissing:
        return Check("Reading", f"no engine for FUSE_OCR={settings.ocr}", "unset FUSE_OCR, or ./fuse up")
    return Check("Reading", f"{name} reads pictures; files are opened {confined}")


def _database(settings: Settings, running: bool) -> Check:
    url = settings.database_url or (settings.database if running else "")
    if not url:
        return Check("PostgreSQL", "embedded; starts with ./fuse up")
    try:
        with psycopg.connect(sqlalchemy_url(url).replace("+psycopg", "", 1), connect_timeout=5) as connection:
            row = connection.execute("SELECT to_regclass('alembic_version')").fetchone()
            known = row is not None and row[0] is not None
            now = connection.execute("SELECT version_num FROM alembic_version").fetchone() if known else None
            server = connection.info.server_version // 10_000
    except psycopg.Error as error:
        return Check(
            "PostgreSQL", f"does not answer: {error}".strip(), "set DATABASE_URL to a server that runs, or unset it"
        )
    if server < 15:
        return Check("PostgreSQL", f"version {server}", "Fuse needs PostgreSQL 15 or newer")
    revision = now[0] if now else "no tables"
    if revision != _newest_revision():
        return Check("PostgreSQL", f"version {server}, tables: {revision}", "./fuse up")
    return Check("PostgreSQL", f"version {server}, tables up to date")


def _newest_revision() -> str | None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return ScriptDirectory.from_config(config).get_current_head()


def _redis(settings: Settings, running: bool) -> Check:
    url = settings.redis_url or (settings.redis if running else "")
    if not url:
        found = _program(REDIS)
        return Check("Redis", f"{found.found}; starts with ./fuse up" if not found.mend else found.found, found.mend)
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=5, socket_timeout=5) as client:
            policy = client.config_get("maxmemory-policy").get("maxmemory-policy", "noeviction")
            number = client.info("server")["redis_version"]
    except (redis.RedisError, ValueError) as error:
        return Check("Redis", f"does not answer: {error}", "set REDIS_URL to a server that runs, or unset it")
    if policy != "noeviction":
        return Check(
            "Redis", f"version {number}, drops keys when it is full", "redis-cli config set maxmemory-policy noeviction"
        )
    return Check("Redis", f"version {number}")


def _language_model(settings: Settings) -> list[Check]:
    """What the model's server can do, found out by asking it; nothing where none is set."""
    engine = wiring.llm_engine(settings)
    if engine is None:
        return []
    from pipeline.doctypes import DOC_TYPES
    from pipeline.engines.answer_schema import answer_model, schema_of
    from pipeline.engines.probe import probe

    DOC_TYPES.watch(settings.doc_types_folder)
    schemas = {name: schema_of(answer_model(DOC_TYPES[name])) for name in DOC_TYPES if DOC_TYPES[name].fields}
    with closing(engine):
        return [Check(f"LLM {each.what}", each.found, each.mend) for each in probe(engine, schemas)]


def _disk(home: Path) -> Check:
    place = next(folder for folder in (home, *home.resolve().parents) if folder.exists())
    free = shutil.disk_usage(place).free
    found = f"{free / 1e9:.1f} GB free in {place}"
    return Check(
        "Disk", found, "" if free >= _LEAST_FREE_BYTES else "free some space, or set FUSE_HOME to another disk"
    )


def _address(settings: Settings, running: bool) -> Check:
    if running and settings.address:
        with Client(settings.address) as client:
            if client.is_ready():
                return Check("Address", f"{settings.address} is ready")
        return Check("Address", f"{settings.address} does not answer well", f"look into {settings.home / 'logs'}")
    if port_is_free(settings.host, settings.port):
        return Check("Address", f"{settings.host}:{settings.port} is free")
    return Check("Address", f"port {settings.port} is taken", f"FUSE_PORT={settings.port + 1} ./fuse up")
