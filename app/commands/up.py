"""`./fuse up`: sets everything up, runs it, and stops it."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from types import FrameType
from typing import Annotated

import psycopg
import redis
import typer
from rich.markup import escape

from app.client import Client
from app.console import CommandFailed, err, out, step
from app.runner import Runner, describe_exit, leftovers, read_procfile, stop_leftovers
from app.running import AlreadyRunning, only_one, port_is_free, write_record
from app.settings import ROOT, Settings
from app.system_programs import POPPLER, REDIS, TESSERACT, install, missing
from db.embedded import EmbeddedError, EmbeddedPostgres, EmbeddedRedis, start_postgres, start_redis
from db.embedded_server import Server
from db.session import migrate, sqlalchemy_url

_READY_LIMIT_S = 120.0
_GRACE_S = 25.0
"""How long the processes may take to stop; with the servers, all is over within 30 s."""
_REVIVE_S = 5.0


class _StopRequested(BaseException):
    """Somebody wants the system to stop (Ctrl+C, a signal, a closed terminal)."""


class _Signals:
    """The first signal stops the system in order, the second one at once."""

    def __init__(self) -> None:
        self._asked = 0
        self._asked_before_stop: int | None = None
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup asked to live on
                signal.signal(number, self._receive)

    def _receive(self, _: int, __: FrameType | None) -> None:
        self._asked += 1
        if self._asked_before_stop is None:
            raise _StopRequested

    def check(self) -> None:
        """Stops where a signal was received and lost: Python ignores what is raised in a destructor.

        Raises:
            _StopRequested: somebody asked, and the stop has not begun.
        """
        if self._asked and self._asked_before_stop is None:
            raise _StopRequested

    def stopping(self) -> None:
        """From now on a signal only hurries: the stop has begun."""
        if self._asked_before_stop is None:
            self._asked_before_stop = self._asked

    def hurry(self) -> bool:
        """Whether somebody asked again since the stop began."""
        return self._asked_before_stop is not None and self._asked > self._asked_before_stop


def up(
    samples: Annotated[bool, typer.Option("--samples", help="Add a dozen sample documents of all types.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show all that the processes log.")] = False,
) -> None:
    """Set everything up and run it, until Ctrl+C.

    Installs what is missing, starts PostgreSQL and Redis in .fuse/ (unless DATABASE_URL and REDIS_URL name others),
    brings the database up to date, starts the processes of the Procfile and prints the address. The documents stay
    in .fuse/ when it stops. FUSE_PORT sets another port; docs/settings.md lists all settings.
    """
    settings = Settings()
    home = settings.home.resolve()
    _make_home(home)
    try:
        with only_one(home):
            _run(settings, home, samples, verbose)
    except AlreadyRunning:
        _greet(Settings(), samples)


def add_samples(address: str) -> None:
    """Sends the sample documents to the running system and tells how many were new."""
    from pipeline.samples import draw_dozen  # drawing needs reportlab and OpenCV, which a start without it doesn't

    with step("Samples") as describe, Client(address) as client:
        receipts = [client.upload(sample.filename, sample.data) for sample in draw_dozen()]
        refused = [receipt for receipt in receipts if receipt.refused]
        if refused:
            raise CommandFailed(f"{refused[0].filename} was refused: {refused[0].message}")
        known = sum(receipt.duplicate for receipt in receipts)
        describe(f"{len(receipts) - known} new, {known} known already")


def _run(settings: Settings, home: Path, samples: bool, verbose: bool) -> None:
    signals = _Signals()
    started = time.monotonic()
    running = ExitStack()
    try:
        runner, servers = _start(settings, home, signals, running, verbose)
        _say(
            f"\n[bold green]Fuse is ready:[/] [link={_address(settings)}]{_address(settings)}[/link]  "
            f"[dim](started in {time.monotonic() - started:.1f} s; logs in {home / 'logs'}; Ctrl+C stops it)[/]\n"
        )
        if samples:
            _try_samples(settings)
        tried_at: dict[str, float] = {}
        while True:
            signals.check()
            runner.check()
            _revive(servers, tried_at)
            time.sleep(0.2)
    except _StopRequested:
        signals.stopping()
        begun = time.monotonic()
        _say("\nStopping …  [dim](Ctrl+C again: at once)[/]")
        running.close()
        _say(f"[green]✓[/] Stopped  [dim]({time.monotonic() - begun:.1f} s; what you added stays in {home})[/]")
    finally:
        signals.stopping()
        running.close()


def _start(
    settings: Settings, home: Path, signals: _Signals, running: ExitStack, verbose: bool
) -> tuple[Runner, list[Server]]:
    """Starts all, from the bottom up; `running` gets what stops each, and the runner goes first."""
    settings.run_file.unlink(missing_ok=True)
    if any(leftovers(home)):
        with step("Leftovers") as describe:
            describe(f"{stop_leftovers(home, grace_s=5.0)} processes of an earlier run stopped")
    if not port_is_free(settings.host, settings.port):
        raise CommandFailed(
            f"Port {settings.port} is taken by another program. Choose another one: "
            f"FUSE_PORT={settings.port + 1} ./fuse up"
        )
    _install_programs(settings, home)
    servers: list[Server] = []
    database_url = _start_database(settings, home, running, servers)
    redis_url = _start_redis(settings, home, running, servers)
    with step("Tables"):
        migrate(database_url)
    runner = _make_runner(settings, home, database_url, redis_url, verbose)
    running.callback(_stop_processes, runner, signals)
    with step("Processes") as describe:
        runner.start()
        describe(", ".join(program.name for program in runner.programs))
    _wait_until_ready(settings, runner, signals)
    running.callback(settings.run_file.unlink, missing_ok=True)
    write_record(settings, _address(settings), database_url, redis_url)
    return runner, servers


def _install_programs(settings: Settings, home: Path) -> None:
    wanted = [TESSERACT, POPPLER] if settings.redis_url else [TESSERACT, POPPLER, REDIS]
    with step("Programs") as describe:
        to_install = missing(wanted)
        if to_install:
            names = ", ".join(program.name for program in to_install)
            out.print(f"  Installing {names} …")
            install(to_install, home / "logs" / "install.log")
        describe(", ".join(program.name for program in wanted))


def _start_database(settings: Settings, home: Path, running: ExitStack, servers: list[Server]) -> str:
    with step("PostgreSQL") as describe:
        if settings.database_url:
            url = sqlalchemy_url(settings.database_url)
            try:
                psycopg.connect(url.replace("+psycopg", "", 1), connect_timeout=5).close()
            except psycopg.OperationalError as error:
                raise CommandFailed(f"The database of DATABASE_URL does not answer: {error}".strip()) from error
            describe("as DATABASE_URL says")
            return settings.database_url
        return _take_in(start_postgres(home / "postgres"), running, servers, describe)


def _start_redis(settings: Settings, home: Path, running: ExitStack, servers: list[Server]) -> str:
    with step("Redis") as describe:
        if settings.redis_url:
            try:
                with redis.Redis.from_url(settings.redis_url, socket_connect_timeout=5, socket_timeout=5) as client:
                    client.ping()
            except (redis.RedisError, ValueError) as error:
                raise CommandFailed(f"The Redis of REDIS_URL does not answer: {error}") from error
            describe("as REDIS_URL says")
            return settings.redis_url
        return _take_in(start_redis(home / "redis"), running, servers, describe)


def _take_in(
    server: EmbeddedPostgres | EmbeddedRedis,
    running: ExitStack,
    servers: list[Server],
    describe: Callable[[str], None],
) -> str:
    """Keeps an embedded server for as long as the system runs; gives its address."""
    running.callback(server.stop)
    servers.append(server)
    describe(f"embedded, in {server.folder}")
    return server.url


def _make_runner(settings: Settings, home: Path, database_url: str, redis_url: str, verbose: bool) -> Runner:
    env = {
        **os.environ,
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "FUSE_HOME": str(home),
        "FUSE_HOST": settings.host,
        "FUSE_PORT": str(settings.port),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        "OMP_THREAD_LIMIT": "1",  # several Tesseracts with several threads each slow each other down
    }
    copies = {
        "worker-ocr": settings.ocr_workers or _cores(),
        "worker-llm": 1 if settings.llm == "off" else settings.llm_concurrency,
    }
    programs = read_procfile(ROOT / "Procfile", env, copies)
    return Runner(programs, home=home, env=env, cwd=ROOT, logs=home / "logs", tell=_tell, verbose=verbose)


def _wait_until_ready(settings: Settings, runner: Runner, signals: _Signals) -> None:
    with step("Readiness") as describe, Client(_address(settings)) as client:
        deadline = time.monotonic() + _READY_LIMIT_S
        while not client.is_ready():
            signals.check()
            ended = runner.first_ended()
            if ended is not None:
                program, code, last_words = ended
                raise CommandFailed(
                    f"{program.name} ended at once ({describe_exit(code)}). Its last words:\n{last_words}"
                )
            if time.monotonic() > deadline:
                raise CommandFailed(
                    f"{_address(settings)}/health/ready did not say yes within {_READY_LIMIT_S:.0f} s. "
                    f"See the logs in {settings.home / 'logs'}."
                )
            time.sleep(0.1)
        describe(f"{_address(settings)}/health/ready")


def _revive(servers: list[Server], tried_at: dict[str, float]) -> None:
    """Starts an embedded server again that ended (killed for its memory, say), every few seconds until it runs."""
    for server in servers:
        if server.running or time.monotonic() - tried_at.get(server.name, -_REVIVE_S) < _REVIVE_S:
            continue
        _tell(server.name, "ended and is started again")
        try:
            server.start()
        except EmbeddedError as error:
            _tell(server.name, str(error))
        tried_at[server.name] = time.monotonic()


def _stop_processes(runner: Runner, signals: _Signals) -> None:
    late = runner.stop(_GRACE_S, signals.hurry)
    if late:
        _say(f"  {', '.join(late)} had to be killed; the work goes on at the next start.")


def _try_samples(settings: Settings) -> None:
    try:
        add_samples(_address(settings))
    except CommandFailed as error:  # the system runs all the same
        err.print(f"[red]✗[/] {escape(str(error))}")


def _greet(settings: Settings, samples: bool) -> None:
    if not settings.address:
        out.print("Fuse is being started or stopped here by another ./fuse up.")
        return
    out.print(f"Fuse runs here already: {settings.address}")
    if samples:
        add_samples(settings.address)


def _make_home(home: Path) -> None:
    """Makes the folders. What is in them is this user's own; PostgreSQL's user passes through when root starts it."""
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o711 if os.geteuid() == 0 else 0o700)
    for name in ("logs", "blobs"):
        (home / name).mkdir(exist_ok=True)
        (home / name).chmod(0o700)


def _address(settings: Settings) -> str:
    """Where this machine's own browser finds it."""
    everywhere = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 - compared with, not listened on
    host = everywhere.get(settings.host, settings.host)
    return f"http://{host}:{settings.port}"


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _tell(name: str, line: str) -> None:
    _say(f"[cyan]{name:<12}[/] [dim]│[/] {escape(line)}")


def _say(text: str) -> None:
    """Tells the person at the terminal; when the terminal is gone, goes on without."""
    with suppress(OSError):
        out.print(text, soft_wrap=True)
