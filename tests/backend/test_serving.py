"""`tomoni serve` as a real process: it answers, its job loop lives as long as it does, and nothing is left behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from backend.serving import THREADS, WORKERS
from tests.backend.test_commands import sentence, tomoni

SECONDS = 60


def until(found: Callable[[], Any], what: str) -> Any:
    """Wait for something that a busy machine may take long for; the test fails only if it never comes."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        if value := found():
            return value
        time.sleep(0.05)
    raise AssertionError(f"never came: {what}")


def free_port() -> int:
    """A port that nobody has at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Served:
    """A running server."""

    process: subprocess.Popen[str]
    port: int
    home: Path

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, str]:
        """One request over the wire."""
        wire = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            wire.request(method, path, json.dumps(body) if body is not None else None, headers)
            answer = wire.getresponse()
            return answer.status, answer.read().decode()
        finally:
            wire.close()

    def answers(self) -> bool:
        """Whether it takes requests yet."""
        if self.process.poll() is not None:
            raise AssertionError(self.process.communicate()[1])
        try:
            return self.ask("GET", "/api/me")[0] == 401
        except OSError:
            return False

    def children(self, words: str = "") -> set[int]:
        """Its processes, those of them with ``words`` in their command."""
        found = subprocess.run(
            ["ps", "-A", "-o", "pid=,ppid=,args="], capture_output=True, text=True, check=True
        ).stdout
        rows = (line.split(None, 2) for line in found.splitlines())
        mine = {int(pid): args for pid, parent, args in rows if int(parent) == self.process.pid}
        return {pid for pid, args in mine.items() if words in args}

    def loop(self) -> int | None:
        """The job loop's process, if there is one."""
        return next(iter(self.children("jobs --while")), None)


@contextmanager
def serving(
    home: Path, *arguments: str, program: Sequence[str] = ("-m", "backend.commands")
) -> Iterator[Served]:
    """`tomoni serve` until the test is done with it."""
    port = free_port()
    clean = {name: value for name, value in os.environ.items() if not name.startswith("TOMONI_")}
    process = subprocess.Popen(
        [sys.executable, *program, "serve", "--port", str(port), *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**clean, "TOMONI_DATA_DIR": str(home)},
    )  # fmt: skip
    served = Served(process, port, home)
    try:
        until(served.answers, "the first answer")
        yield served
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=SECONDS)


def alive(pid: int) -> bool:
    """Whether a process is still there (a zombie that nobody waited for is not)."""
    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout
    return bool(state.strip()) and not state.strip().startswith("Z")


def test_it_serves_the_demo_and_stops_with_all_it_began(tmp_path: Path) -> None:
    with serving(tmp_path, "--demo") as served:
        page = served.ask("GET", "/sign-in")
        assert page[0] == 200
        words = {
            "email": "sato@example.jp",
            "password": "さざ波と みかん畑と 猫のたま",
            "device": {"id": _DEVICE},
        }
        status, said = served.ask("POST", "/api/sign-in", words)
        assert status == 200, said
        token = {"Authorization": f"Bearer {json.loads(said)['access']}", "Tomoni-Device": _DEVICE}
        people = json.loads(served.ask("GET", "/api/records", **token)[1])["records"]
        assert [person["name"] for person in people] == ["山田 花子"]
        loop = until(served.loop, "the job loop")
        everybody = served.children()
        assert len(everybody) >= 3  # two workers and the loop
        served.process.send_signal(signal.SIGTERM)
        said, complaints = served.process.communicate(timeout=SECONDS)
        assert served.process.returncode == 0
        assert (complaints, "Traceback" in complaints) == ("", False)
        assert f"http://localhost:{served.port}" in said
        assert "sato@example.jp" in said
    until(lambda: not any(alive(pid) for pid in {loop, *everybody}), "the end of every process")


_DEVICE = "0190d3a0-0000-7000-8000-00000000dddd"


def test_the_job_loop_begins_again_and_dies_with_the_server(tmp_path: Path) -> None:
    with serving(tmp_path) as served:
        first = until(served.loop, "the job loop")
        os.kill(first, signal.SIGKILL)
        second = until(lambda: (found := served.loop()) != first and found, "another job loop")
        # A worker of the web server that goes leaves the loop alone.
        worker = next(iter(served.children() - {second}))
        os.kill(worker, signal.SIGTERM)
        until(lambda: not alive(worker), "the end of the worker")
        until(lambda: len(served.children() - {second, worker}) > 1, "another worker")
        assert alive(second)
        assert served.loop() == second
        served.process.kill()  # no time to say goodbye
    until(lambda: not alive(second), "the end of the orphan")


def test_a_port_that_is_taken_is_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = sentence(tomoni("serve", "--port", port, home=tmp_path))
    assert f"Port {port} is taken" in said
    assert f"PORT={port + 1}" in said


def test_a_broken_database_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "tomoni.db").write_bytes(b"this is no database" * 100)
    assert "database" in sentence(tomoni("serve", "--port", free_port(), home=tmp_path))


@pytest.mark.parametrize("name", ["tomoni.db", "secrets"])
def test_a_folder_in_the_place_of_a_file_is_one_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    sentence(tomoni("serve", "--port", free_port(), home=tmp_path))


_ONE_SECOND = """import sys
from backend import commands, serving
serving.SILENCE_SECONDS = 1
sys.exit(commands.main())
"""
_POST = b"POST /api/sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"


@pytest.mark.parametrize("begun", [_POST, _POST + b"Content-Length: 100\r\n\r\n{"])
def test_silent_phones_do_not_keep_others_out(tmp_path: Path, begun: bytes) -> None:
    with serving(tmp_path, program=("-c", _ONE_SECOND)) as served, ExitStack() as lines:
        for _ in range(3 * WORKERS * THREADS):
            line = lines.enter_context(socket.create_connection(("127.0.0.1", served.port)))
            line.sendall(begun)
        assert served.ask("GET", "/api/me")[0] == 401
        served.process.send_signal(signal.SIGTERM)
        assert served.process.communicate(timeout=SECONDS)[1] == ""


def test_a_body_in_broken_chunks_is_the_senders_mistake(tmp_path: Path) -> None:
    with serving(tmp_path) as served:
        for chunks in (b"ZZ\r\nabc\r\n", b"3\r\nabcXX0\r\n\r\n"):
            with socket.create_connection(("127.0.0.1", served.port), timeout=SECONDS) as line:
                line.sendall(_POST + b"Transfer-Encoding: chunked\r\n\r\n" + chunks)
                assert line.recv(4096).startswith(b"HTTP/1.1 400")
        served.process.send_signal(signal.SIGTERM)
        assert served.process.communicate(timeout=SECONDS)[1] == ""
