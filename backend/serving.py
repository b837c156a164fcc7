"""Serving: gunicorn and the job loop as one command, and the few sentences for when that cannot be."""

from __future__ import annotations

import errno
import gc
import logging
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.http.errors import ParseException
from gunicorn.workers.gthread import ThreadWorker
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import BadRequest

from backend import jobs, seeding
from backend.app import create_app
from backend.house import House
from backend.migrating import migrate
from backend.settings import Settings
from shared.drug_knowledge import bundled

# Measured on two cores: more threads or workers gain nothing, and one worker alone queues.
WORKERS, THREADS = 2, 4
LOOPBACK = "127.0.0.1"
RESTART_SECONDS = 1.0
# A phone in a tunnel may go quiet; one that neither sends nor takes anything for so long has gone.
SILENCE_SECONDS = 20


class _Gunicorn(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn with our settings instead of a configuration file."""

    def __init__(self, build: Callable[[], Flask], options: dict[str, Any]) -> None:
        self._build, self._options = build, options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        app = with_gunicorns_errors(self._build())
        settle()
        return app


def with_gunicorns_errors(app: Flask) -> Flask:
    """A body in broken chunks is the sender's mistake; only gunicorn, which reads chunks, has a name for it."""
    app.register_error_handler(ParseException, lambda _: app.handle_user_exception(BadRequest()))
    return app


def settle() -> None:
    """What every request needs is loaded, and the collector looks through it no more.

    Measured on the medicines of ten years: without this one page in twenty takes twice as long.
    """
    bundled()
    gc.collect()
    gc.freeze()


class Line(socket.socket):
    """A connection that is given up when its other end is silent: it would keep one of our few threads for ever."""

    def __init__(self, accepted: socket.socket, seconds: int) -> None:
        super().__init__(fileno=accepted.detach())
        # The kernel's own limits count from the last byte that passed: a slow line that moves is never cut off.
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            self.setsockopt(socket.SOL_SOCKET, option, struct.pack("ll", seconds, 0))

    def recv(self, *asked: int) -> bytes:
        """What has come; ConnectionResetError after the silence."""
        with _gone_when_silent():
            return super().recv(*asked)

    def sendall(self, *given: Any) -> None:
        """Send everything; ConnectionResetError after the silence."""
        with _gone_when_silent():
            super().sendall(*given)


@contextmanager
def _gone_when_silent() -> Iterator[None]:
    try:
        yield
    except BlockingIOError as error:
        raise ConnectionResetError(errno.ECONNRESET, "silent for too long") from error


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn's worker on lines that do not wait for ever."""

    def handle(self, conn: Any) -> Any:
        if not isinstance(conn.sock, Line):
            conn.sock = Line(conn.sock, SILENCE_SECONDS)
        return super().handle(conn)


def serve(settings: Settings, port: int, *, demo: bool) -> int:
    """Migrate, seed the demo people on first start, then serve until stopped. 1 with a sentence if that cannot be."""
    try:
        _take_port(port)
        migrate(settings.database_url)
        words = seeding.seed(settings) if demo else ""
    except OSError as error:
        return _cannot(_why(error, port))
    except OperationalError as error:
        said = str(error.orig).strip().partition("\n")[0]
        return _cannot(f"The database cannot be opened or written ({said}): is it there, and ours?")
    sys.stdout.write(f"\nTomoni: {settings.public_url}\n{words}\n")
    sys.stdout.flush()
    loop = _JobLoop(settings)
    try:
        run_gunicorn(settings, port)
    finally:
        loop.stop()
    return 0


class _JobLoop:
    """The job loop as a process beside the server: begun again when it dies, ended with the server."""

    def __init__(self, settings: Settings) -> None:
        self._env = _env(settings)
        self._owner = os.getpid()
        self._stopping = threading.Event()
        self._process = self._begin()
        self._watch = threading.Thread(target=self._keep, name="job loop", daemon=True)
        self._watch.start()

    def _begin(self) -> subprocess.Popen[bytes]:
        # Should this process be killed, nobody stops the loop: it looks for its parent by itself.
        command = [sys.executable, "-m", "backend.commands", "jobs", "--while", str(os.getpid())]
        return subprocess.Popen(command, env=self._env)

    def _keep(self) -> None:
        while True:
            self._process.wait()
            if self._stopping.wait(RESTART_SECONDS):
                return
            logging.getLogger("tomoni").warning("the job loop ended; it begins again")
            self._process = self._begin()

    def stop(self) -> None:
        """End it; what it was doing is done again at the next start."""
        if os.getpid() != self._owner:
            return  # a worker of gunicorn, a copy of this process, is going; the server is still there
        self._stopping.set()
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()


def options(port: int, workers: int = WORKERS) -> dict[str, Any]:
    """How gunicorn is set."""
    return {
        "bind": f"{LOOPBACK}:{port}",
        "workers": workers,
        "threads": THREADS,
        "worker_class": Worker,
        "timeout": 120,
        "loglevel": "warning",
        "proc_name": "tomoni",
    }


def run_gunicorn(settings: Settings, port: int, workers: int = WORKERS) -> None:
    """Answer on ``port`` until this process is told to stop."""
    try:
        _Gunicorn(lambda: create_app(settings), options(port, workers)).run()
    except SystemExit as stopped:
        if stopped.code:
            raise


def work(settings: Settings, *, once: bool, parent: int | None = None) -> int:
    """The job loop in this process, until SIGTERM or Ctrl-C or the end of ``parent``; or once over what is due."""
    logging.basicConfig(level=logging.INFO)
    house = House.build(settings)
    stop = threading.Event()
    if once:
        jobs.run_due(house)
        return 0
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    if parent is not None:
        threading.Thread(target=_stop_without, args=(parent, stop), daemon=True).start()
    jobs.run_forever(house, stop)
    return 0


def _stop_without(parent: int, stop: threading.Event) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    stop.set()


def _take_port(port: int) -> None:
    """Fail early, with a sentence: gunicorn would try five times and leave a trace."""
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        tried.bind((LOOPBACK, port))


def _why(error: OSError, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is taken by another program: stop that one, or say PORT={port + 1}."
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return f"Cannot write to {error.filename or 'var/'} (read-only or not ours): free it and try again."
    if error.errno == errno.ENOSPC:
        return "The disk is full: free some space and try again."
    return f"Cannot start: {error.strerror}."


def _cannot(sentence: str) -> int:
    sys.stderr.write(f"tomoni: {sentence}\n")
    return 1


def _env(settings: Settings) -> dict[str, str]:
    return {
        **os.environ,
        "TOMONI_DATA_DIR": str(settings.data_dir),
        "TOMONI_PUBLIC_URL": settings.public_url,
    }
