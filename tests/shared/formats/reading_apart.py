"""Files read in a process of their own, to measure what a damaged one costs: the memory, the processor, the end.

One process waits with the readers loaded and forks for each batch of files; the fork has a hard limit on both, so
that a reader which never ends, or takes all memory, ends that fork and nothing else. Run as a program this file is
that process.
"""

from __future__ import annotations

import hashlib
import importlib
import math
import os
import pickle
import resource
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self, cast

from shared.formats import FORMATS, Answers, Found, Identity, Piece, Question, Trouble, named
from shared.formats.report import lines
from shared.kinds import ALL_STREAMS
from shared.languages import speaking
from shared.problems import Problem
from shared.streams import Readings
from tests.memory_peak import peak
from tests.shared.formats.spelled import Spelled

# What the readers import only when they need it.
_LIBRARIES = ("fitdecode", "PIL.Image", "PIL.JpegImagePlugin", "PIL.PngImagePlugin", "zxingcpp")
_LENGTH = struct.Struct("<Q")
_MB = 1024 * 1024
# Far above what is promised (10 s, 256 MB): whatever comes here is stopped, so that the machine goes on.
_CPU_SECONDS, _MOST_MEMORY = 60, 2048 * _MB


@dataclass(frozen=True, slots=True)
class Read:
    """What became of one file: ``read``, ``question``, ``refused`` with a code, or ``fault`` with what went wrong.

    ``print`` is the same for the same things found (however they are ordered), ``troubles`` for each that was told.
    """

    name: str
    end: str
    told: str = ""
    found: int = 0
    print: int = 0
    troubles: frozenset[int] = frozenset()
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Batch:
    """What became of files read one after the other, and the most memory meanwhile above that of an idle process."""

    reads: tuple[Read, ...]
    megabytes: float
    died: str = ""

    def faults(self, seconds: float, megabytes: float) -> list[str]:
        """What broke the promise, in words; empty where it was kept."""
        found = [f"{each.name}: {each.told}" for each in self.reads if each.end == "fault"]
        found += [
            f"{each.name}: {each.seconds:.1f} s of the processor"
            for each in self.reads
            if each.seconds > seconds
        ]
        if self.megabytes > megabytes:
            found.append(f"{self.megabytes:.0f} MB above idle: {', '.join(each.name for each in self.reads)}")
        return [*found, self.died] if self.died else found


@dataclass(frozen=True, slots=True)
class Task:
    """Files, by name, to be read by the reader ``of`` one format."""

    of: str
    asked: Answers
    files: Sequence[tuple[str, Spelled]] = field(repr=False)


class Apart:
    """The process that waits beside the tests."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def read(self, task: Task) -> Batch:
        """Have a batch read."""
        _send(cast("BinaryIO", self._process.stdin), task)
        return cast("Batch", _take(cast("BinaryIO", self._process.stdout)))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.communicate()


def _send(to: BinaryIO, said: object) -> None:
    body = pickle.dumps(said)
    to.write(_LENGTH.pack(len(body)) + body)
    to.flush()


def _take(source: BinaryIO) -> Any:
    head = source.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    return pickle.loads(source.read(_LENGTH.unpack(head)[0]))


def _forked(task: Task) -> Batch:
    """Read a batch in a fork; what it says, or how it died."""
    receiving, sending = os.pipe()
    child = os.fork()
    if not child:
        os.close(receiving)
        with os.fdopen(sending, "wb") as to:
            _limit()
            idle = peak()
            reads = tuple(_one(task, name, spelled) for name, spelled in task.files)
            _send(to, Batch(reads, (peak() - idle) / _MB))
        os._exit(0)
    os.close(sending)
    with os.fdopen(receiving, "rb") as source:
        try:
            batch: Batch | None = _take(source)
        except EOFError:
            batch = None
    status = os.waitpid(child, 0)[1]
    names = ", ".join(name for name, _ in task.files)
    return batch or Batch((), 0.0, f"{task.of}: the reader died (status {status}) over one of: {names}")


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    about = Path("/proc/self/statm")
    if about.exists():  # Linux
        now = int(about.read_text("ascii").split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (now + _MOST_MEMORY, now + _MOST_MEMORY))


def _one(task: Task, name: str, spelled: Spelled) -> Read:
    began = time.process_time()
    heap = _Heap()
    end, told = "read", ""
    try:
        for piece in _reader(task.of)(spelled.open(), task.asked):
            heap.take(piece)
    except Question as question:
        end, told = "question", _sentence(question)
    except Problem as problem:
        end, told = "refused", _sentence(problem)
    except Exception as error:  # noqa: BLE001  this is what must never be
        end, told = "fault", _told(error)
    if heap.wrong or told.startswith("!"):
        end, told = "fault", heap.wrong or told
    spent = time.process_time() - began
    return Read(name, end, told, heap.found, heap.print, frozenset(heap.troubles), spent)


def _reader(of: str) -> Callable[[BinaryIO, Answers], Iterator[Piece]]:
    return named(of).read


def _told(error: BaseException) -> str:
    at, trace = "", error.__traceback__
    while trace is not None:
        at = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return f"{type(error).__name__} at {at}: {str(error)[:200]}"


def _sentence(problem: Problem) -> str:
    """The code of a problem that can be told in both languages; else what is missing, after a ``!``."""
    with speaking("ja"):
        japanese = problem.message()
    with speaking("en"):
        english = problem.message()
    if not japanese or english == japanese:
        return f"!{problem.code} is not told in both languages: {japanese!r} {english!r}"
    return problem.code


class _Heap:
    """What was found, counted and looked at; none of it is kept."""

    def __init__(self) -> None:
        self.found = self.print = 0
        self.troubles: set[int] = set()
        self.wrong = ""

    def take(self, piece: Piece) -> None:
        """One more."""
        if isinstance(piece, Trouble):
            if not piece.text() or {type(piece.where), type(piece.excerpt)} != {str}:
                self.wrong = f"a trouble that tells nothing: {piece!r:.200}"
            if isinstance(piece.problem, Problem) and len(self.troubles) <= 20:
                told = _sentence(piece.problem)
                self.wrong = told if told.startswith("!") else self.wrong
            if len(self.troubles) < 10_000:
                self.troubles.add(hash((piece.where, piece.text())))
        elif isinstance(piece, Readings):
            self._readings(piece)
        elif isinstance(piece, Found):
            self.found += 1
            if self.found <= 1000:
                pickle.dumps(piece)  # it must reach the process that keeps it
                list(lines(iter([piece])))
            self._add(piece.source_id)
        else:
            assert isinstance(piece, Identity)
            self._add(repr(piece))

    def _readings(self, piece: Readings) -> None:
        self.found += len(piece)
        if not len(piece.start) == len(piece.end) == len(piece.value) or piece.stream not in ALL_STREAMS:
            self.wrong = f"columns of different length, or of no stream: {piece.stream}"
        elif not all(map(math.isfinite, piece.value)) or not all(map(int.__le__, piece.start, piece.end)):
            self.wrong = f"readings that are none: {piece.stream}"
        for each in zip(piece.start, piece.end, piece.value, strict=True):
            self._add(f"{piece.stream} {piece.source} {each}")

    def _add(self, what: str) -> None:
        if self.found <= 100_000:
            made = hashlib.blake2b(what.encode("utf-8", "surrogatepass"), digest_size=8).digest()
            self.print = (self.print + int.from_bytes(made, "little")) % 2**64


def main() -> None:
    """Read batches for whoever started this process, until she is gone."""
    source, to = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints is no answer
    _warm()
    while True:
        try:
            task = _take(source)
        except EOFError:
            return
        _send(to, _forked(task))


def _warm() -> None:
    """Load what the readers load, so that it counts as idle."""
    for library in _LIBRARIES:
        importlib.import_module(library)
    for name in FORMATS:
        named(name)
    for language in ("ja", "en"):
        with speaking(language):
            Trouble("", "").text()


if __name__ == "__main__":
    # By its name, so that what is sent is of the same classes on both sides.
    importlib.import_module("tests.shared.formats.reading_apart").main()
