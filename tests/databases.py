"""Servers of MariaDB and PostgreSQL, as script/setup brings them, each for the tests of one run."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
import itertools
import os
from pathlib import Path
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from typing import Final, override

from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.exc import OperationalError

PATIENCE_SECONDS: Final = 60
NOBODY: Final = 65534


class Server(ABC):
    """A server that can be reached only through a socket in a folder that is ours alone."""

    own_database: str
    new_database_options: str
    logs: tuple[str, ...]
    """How the names of files begin in which the server logs all changes."""

    def __init__(self, folder: Path) -> None:
        """Keep everything in a folder."""
        self.folder = folder
        self.data = folder / "data"
        self._names = (f"history_{number}" for number in itertools.count(1))
        self._process: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def url(self, database: str) -> str:
        """Return a database's address as the recorder's configuration has it."""

    @abstractmethod
    def install(self) -> None:
        """Make the server's own tables."""

    @abstractmethod
    def _command(self) -> list[str]:
        """Return what starts the server."""

    def start(self) -> None:
        """Start, and wait until it answers."""
        log = self.folder / "log"
        with log.open("ab") as output:
            self._process = subprocess.Popen(  # noqa: S603
                self._command(), stdout=output, stderr=output, cwd=self.folder
            )
        until = time.monotonic() + PATIENCE_SECONDS
        while not self._answers():
            assert self._process.poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop, whoever is connected."""
        if self._process is None:
            return
        # To PostgreSQL it says what a plain termination says to MariaDB: do not wait for anybody.
        self._process.send_signal(
            signal.SIGINT if isinstance(self, PostgreSQL) else signal.SIGTERM
        )
        self._process.wait(PATIENCE_SECONDS)
        self._process = None

    def new_database(self) -> str:
        """Make a database as Home Assistant's documentation says; return its address."""
        name = next(self._names)
        self.execute(f"CREATE DATABASE {name} {self.new_database_options}")
        return self.url(name)

    def execute(self, statement: str, url: str | None = None) -> None:
        """Have something done, in one database or the server's own."""
        engine = create_engine(
            url or self.url(self.own_database),
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
        )
        with engine.connect() as connection:
            connection.execute(text(statement))

    def files_with(self, words: str) -> set[Path]:
        """Return which of the server's files hold words, below the folder of its data."""
        return {
            file.relative_to(self.data)
            for file in self.data.rglob("*")
            if file.is_file() and words.encode() in file.read_bytes()
        }

    def _answers(self) -> bool:
        """Return whether it can be asked."""
        try:
            self.execute("SELECT 1")
        except OperationalError:
            return False
        return True

    def _run(self, *command: str) -> None:
        """Run a program to its end."""
        done = subprocess.run(  # noqa: S603
            command, capture_output=True, text=True, check=False, cwd=self.folder
        )
        assert done.returncode == 0, done.stdout + done.stderr


class MariaDB(Server):
    """MariaDB, with the log of all changes that many have for their backups."""

    own_database = "mysql"
    new_database_options = "CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci"
    logs = ("binlog", "ib_logfile")

    def __init__(self, folder: Path) -> None:
        """Find the program."""
        super().__init__(folder)
        self._program = _program("mariadbd")
        # Its other files are where it is itself, which need not be where it was built for.
        self._options = [
            "--no-defaults",
            f"--basedir={self._program.parents[1]}",
            f"--datadir={self.data}",
            *(["--user=root"] if os.geteuid() == 0 else []),
        ]

    @override
    def url(self, database: str) -> str:
        """Return a database's address."""
        socket = self.folder / "socket"
        return f"mysql+pymysql://root@localhost/{database}?unix_socket={socket}&charset=utf8mb4"

    @override
    def install(self) -> None:
        """Make the server's own tables."""
        self._run(
            str(_program("mariadb-install-db")),
            *self._options,
            "--force",
            "--skip-test-db",
            "--auth-root-authentication-method=normal",
        )

    @override
    def _command(self) -> list[str]:
        """Return what starts the server."""
        return [
            str(self._program),
            *self._options,
            f"--socket={self.folder / 'socket'}",
            f"--pid-file={self.folder / 'pid'}",
            "--skip-networking",
            "--log-bin=binlog",
            "--sync-binlog=0",
            "--innodb-flush-log-at-trx-commit=0",
        ]


class PostgreSQL(Server):
    """PostgreSQL."""

    own_database = "postgres"
    new_database_options = "ENCODING 'UTF8'"
    logs = ("pg_wal",)

    def __init__(self, folder: Path) -> None:
        """Find the program."""
        super().__init__(folder)
        self._program = _program("postgres")
        self._prefix = _as_somebody_else(self._program, folder)

    @override
    def url(self, database: str) -> str:
        """Return a database's address."""
        return f"postgresql://recorder@/{database}?host={self.folder}"

    @override
    def install(self) -> None:
        """Make the server's own tables."""
        options = ("--username=recorder", "--auth=trust", "--encoding=UTF8")
        # Where it is itself it looks for the other.
        initdb = self._program.with_name("initdb")
        self._run(
            *self._prefix,
            str(initdb),
            *options,
            "--no-locale",
            "--no-sync",
            f"--pgdata={self.data}",
        )

    @override
    def _command(self) -> list[str]:
        """Return what starts the server."""
        return [
            *self._prefix,
            str(self._program),
            "-D",
            str(self.data),
            *("-c", f"unix_socket_directories={self.folder}"),
            *("-c", "listen_addresses="),
            *("-c", "fsync=off"),
        ]


@contextmanager
def running[S: Server](kind: type[S]) -> Iterator[S]:
    """Start a server of a kind, and remove it afterwards."""
    # Not in pytest's folder: the path of a socket has to be short.
    with tempfile.TemporaryDirectory(prefix="history-") as folder:
        server = kind(Path(folder))
        server.install()
        try:
            server.start()
            yield server
        finally:
            server.stop()


def _program(name: str) -> Path:
    """Return the path of a server's program."""
    path = shutil.which(name)
    assert path, f"{name} is missing: run script/setup databases"
    return Path(path).resolve()


def _as_somebody_else(program: Path, folder: Path) -> list[str]:
    """Return what runs a program as nobody if we are root, whom PostgreSQL refuses."""
    if os.geteuid() != 0:
        return []
    if all(parent.stat().st_mode & stat.S_IXOTH for parent in program.parents):
        os.chown(folder, NOBODY, NOBODY)
        return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    # Nobody would not get to a program in root's own folder; root by another name does.
    return ["unshare", f"--map-user={NOBODY}", f"--map-group={NOBODY}"]
