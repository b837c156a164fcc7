"""A file read in a process beside this one gives the same pieces, problems, questions; neither outlives the other."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.imports import reading, staging
from backend.imports.beside import ReaderDied, pieces
from backend.imports.inbox import SMALL
from shared.formats import HEAD_BYTES, Answers, Question, Trouble, recognise
from shared.problems import Problem
from tests.backend.imports.desk import SAMPLES, Desk
from tests.backend.imports.test_killed import export
from tests.cast import Cast

FILES = sorted(
    path for path in SAMPLES.glob("*/*") if path.is_file() and not path.name.endswith(".expected.json")
)


def told(path: Path, *, apart: bool) -> tuple[list[str], str, set[object]]:
    """Everything that reading a file gives, as text (ids of rows are made anew each time)."""
    body, asked = path.read_bytes(), Answers()
    found: list[str] = []
    try:
        format_name = recognise(body[:HEAD_BYTES], path.name)
        for piece in pieces(format_name, io.BytesIO(body), asked, beside=apart):
            word = getattr(piece, "word", None)
            if isinstance(piece, Trouble):
                found.append(f"{piece.where} {piece.text()} {piece.excerpt}")
            elif hasattr(word, "id"):
                found.append(f"{piece.source_id} {piece.where} {type(word).__name__}")  # type: ignore[union-attr]
            else:
                found.append(repr(piece))
    except Question as question:
        return found, f"{question.ask} {question.of} {question.facts}", set(asked.used)
    except Problem as problem:
        return found, f"{type(problem).__name__} {problem.message()}", set(asked.used)
    return found, "", set(asked.used)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_sample_says_the_same(path: Path) -> None:
    assert told(path, apart=True) == told(path, apart=False)


def test_what_is_staged_is_the_same(cast: Cast) -> None:
    body = export(weights=3_000, heart_rates=4_000)
    assert len(body) > SMALL
    days = []
    for megabytes in (999_999, 1):
        desk = Desk(cast).reading_in_two_from(megabytes)
        found = desk.hand_in(body, name="export.xml")
        with desk.record() as record:
            packed = list(staging.read_days(record.session, record.key, found.id, "heart_rate"))
        days.append((found.contents.counts, found.troubles, packed))
    assert days[0] == days[1]
    assert len(days[0][2]) > 2


class Killing(io.BytesIO):
    """A file whose reader is killed when it asks for what lies past the beginning."""

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell():
            for pid in children():
                os.kill(pid, signal.SIGKILL)
        return super().read(size)


def children() -> Iterator[int]:
    rows = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,args="], capture_output=True, text=True, check=True)
    for line in rows.stdout.splitlines():
        pid, parent, args = line.split(None, 2)
        if int(parent) == os.getpid() and "backend.imports.beside" in args:
            yield int(pid)


def test_a_reader_that_dies_is_no_end_of_the_file() -> None:
    body = export(weights=20_000, heart_rates=0)
    with pytest.raises(ReaderDied):
        list(pieces("apple_health", Killing(body), Answers(), beside=True))
    assert list(children()) == []


def test_a_file_that_cannot_be_read_any_more_says_why() -> None:
    class Away(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise OSError("the database is away")

    with pytest.raises(OSError, match="the database is away"):
        list(pieces("apple_health", Away(export(10, 10)), Answers(), beside=True))
    assert list(children()) == []


def test_who_stops_listening_leaves_no_reader() -> None:
    found = pieces("apple_health", io.BytesIO(export(20_000, 0)), Answers(), beside=True)
    next(iter(found))
    found.close()  # type: ignore[attr-defined]
    assert list(children()) == []


def test_a_reader_ends_with_who_began_it() -> None:
    program = (
        "import io, os, sys, time\nfrom backend.imports.beside import pieces\nfrom shared.formats import Answers\n"
        "found = pieces('apple_health', io.BytesIO(sys.stdin.buffer.read()), Answers(), beside=True)\n"
        "next(found)\nimport subprocess\n"
        "print(subprocess.run(['pgrep', '-P', str(os.getpid()), '-f', 'imports.beside'], capture_output=True,"
        " text=True).stdout.split()[0], flush=True)\ntime.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdin is not None
        assert parent.stdout is not None
        parent.stdin.write(export(60_000, 0))
        parent.stdin.close()
        reader = int(parent.stdout.readline())
        parent.kill()
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and Path(f"/proc/{reader}").exists():
        time.sleep(0.05)
    assert not Path(f"/proc/{reader}").exists()
    assert reading.RENEW_EVERY
