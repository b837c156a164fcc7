"""The real server for benchmarks: gunicorn as the product runs it, over a new SQLite file or a durable PostgreSQL.

Run as a program it is that server: ``python -m benchmarks.served PORT WORKERS``, its settings in the environment.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson

from backend.migrating import migrate
from backend.secrets_file import new_secrets
from backend.settings import Settings
from shared.ids import new_id
from tests.databases import DURABLE, PostgresServer, running_postgres

PASSWORD = "さざ波と みかん畑と 猫のたま"
START_SECONDS = 60
SQLITE, POSTGRES = "SQLite", "PostgreSQL"


@dataclass(frozen=True, slots=True)
class Place:
    """A migrated database, empty but for its tables. ``kind``: SQLITE or POSTGRES."""

    kind: str
    url: str
    home: Path

    @property
    def environment(self) -> dict[str, str]:
        """The settings of a house in it."""
        named = {"TOMONI_DATABASE_URL": self.url, "TOMONI_PUBLIC_URL": "http://localhost"}
        return {**_SECRETS, **named, "TOMONI_DATA_DIR": str(self.home)}

    @property
    def settings(self) -> Settings:
        """The same, read."""
        return Settings.from_env(self.environment)


_SECRETS = new_secrets()
Places = Callable[[str], AbstractContextManager[Place]]


@contextmanager
def places() -> Iterator[Places]:
    """Makes databases of either kind, as many as are asked for; the PostgreSQL server starts when it is needed."""
    with ExitStack() as stack:
        servers: list[PostgresServer] = []

        @contextmanager
        def place(kind: str) -> Iterator[Place]:
            with ExitStack() as here:
                home = Path(here.enter_context(tempfile.TemporaryDirectory()))
                url = f"sqlite:///{home / 'tomoni.db'}"
                if kind == POSTGRES:
                    if not servers:
                        servers.append(stack.enter_context(running_postgres(DURABLE)))
                    url = here.enter_context(servers[0].database()).owner_url
                migrate(url)
                yield Place(kind, url, home)

        yield place


@dataclass(frozen=True, slots=True)
class Server:
    """Gunicorn that answers on ``port``; ``pid`` is the process that its workers are children of."""

    port: int
    pid: int

    def cpu_ms(self) -> float:
        """What its workers have used of the processors so far: says what a post costs on a busy machine too."""
        task = Path(f"/proc/{self.pid}/task/{self.pid}/children")
        spent = 0
        for worker in task.read_text().split():
            figures = Path(f"/proc/{worker}/stat").read_text().rpartition(")")[2].split()
            spent += int(figures[11]) + int(figures[12])
        return 1000 * spent / os.sysconf("SC_CLK_TCK")


@contextmanager
def serving(place: Place, workers: int) -> Iterator[Server]:
    """Gunicorn over ``place``, when it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "benchmarks.served", str(port), str(workers)]
    process = subprocess.Popen(command, env={**os.environ, **place.environment})
    try:
        deadline = time.monotonic() + START_SECONDS
        while not _answers(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the server did not start")
            time.sleep(0.05)
        yield Server(port, process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _answers(port: int) -> bool:
    wire = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        wire.request("GET", "/api/me")
        return wire.getresponse().status == 401
    except OSError:
        return False
    finally:
        wire.close()


@dataclass(slots=True)
class Phone:
    """Somebody who is signed in, with a connection that is kept open, as a phone keeps it."""

    wire: HTTPConnection
    record: UUID
    headers: dict[str, str]

    @classmethod
    def signed_up(cls, port: int) -> Phone:
        """A new person with a record of her own."""
        person, record, device = new_id(), new_id(), str(new_id())
        body: dict[str, object] = {
            "id": str(person),
            "record_id": str(record),
            "email": f"{person}@example.jp",
        }
        body |= {"name": "山田 花子", "password": PASSWORD, "born_on": "1948-04-12"}
        body |= {"device": {"id": device, "label": "bench"}}
        phone = cls(HTTPConnection("127.0.0.1", port), record, {"Tomoni-Device": device})
        told = phone.post("/api/sign-up", orjson.dumps(body))
        phone.headers["Authorization"] = f"Bearer {told['access']}"
        return phone

    def beside(self) -> Phone:
        """The same person on another connection."""
        return Phone(HTTPConnection(self.wire.host, self.wire.port), self.record, dict(self.headers))

    @property
    def streams(self) -> str:
        """Where her readings go."""
        return f"/api/records/{self.record}/streams"

    def post(self, path: str, body: bytes) -> Any:
        """Send, and wait for the whole answer."""
        return self._asked("POST", path, body)

    def get(self, path: str) -> Any:
        """Ask, and wait for the whole answer."""
        return self._asked("GET", path, b"")

    def _asked(self, method: str, path: str, body: bytes) -> Any:
        self.wire.request(method, path, body, self.headers)
        answer = self.wire.getresponse()
        said = answer.read()
        assert answer.status < 300, said
        return orjson.loads(said)


def main() -> None:
    """Be the server."""
    from backend.serving import run_gunicorn

    run_gunicorn(Settings.from_env(os.environ), int(sys.argv[1]), int(sys.argv[2]))


if __name__ == "__main__":
    main()
