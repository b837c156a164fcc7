"""A file read in two processes at once gives the same; what cannot be cut is read by one; no process is left over."""

from __future__ import annotations

import io
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.imports import abreast, beside, staging
from backend.imports.abreast import Way, found
from backend.imports.beside import ReaderDied
from backend.imports.inbox import State
from backend.wearables.packing import unpack
from backend.wearables.staging import StagedDay
from shared.formats import Answers, Found, Piece, apple_split
from shared.formats.apple_split import Odd
from shared.streams import Readings
from tests.backend.imports.desk import Desk, readings
from tests.backend.imports.test_killed import KILLS, as_if_minutes_passed, export, loop
from tests.cast import Cast


def told(pieces: Iterator[Piece]) -> Counter[str]:
    """What was found, without order and without what is made anew each time."""
    things: Counter[str] = Counter()
    for piece in pieces:
        if isinstance(piece, Readings):
            rows = zip(piece.start, piece.end, piece.value, strict=True)
            things.update(f"{piece.stream} {piece.source} {row}" for row in rows)
        elif isinstance(piece, Found):
            things[f"{piece.source_id} {piece.where}"] += 1
        else:
            things[repr(piece)] += 1
    return things


@pytest.fixture(autouse=True)
def _short_stretches(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = apple_split.Cuts.__init__
    monkeypatch.setattr(
        apple_split.Cuts, "__init__", lambda cuts, source, zone: usual(cuts, source, zone, 20_000)
    )


def test_two_find_what_one_finds() -> None:
    body = export(weights=3_000, heart_rates=9_000)
    one = told(found("apple_health", io.BytesIO(body), Answers(), Way.HERE))
    assert told(found("apple_health", io.BytesIO(body), Answers(), Way.ABREAST)) == one
    assert one.total() == 12_000


def test_both_read(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[int] = []
    usual = apple_split.Reader.take

    def take(reader: apple_split.Reader, stretch: apple_split.Stretch) -> Iterator[Piece]:
        taken.append(len(stretch.data))
        time.sleep(0.05)  # the other has its turn
        return usual(reader, stretch)

    monkeypatch.setattr(apple_split.Reader, "take", take)
    body = export(weights=0, heart_rates=9_000)
    list(found("apple_health", io.BytesIO(body), Answers(), Way.ABREAST))
    assert 20_000 <= sum(taken) < len(body) - 20_000


@pytest.mark.parametrize("at", [0.2, 0.9])
def test_what_cannot_be_cut_is_left_to_one(at: float) -> None:
    body = export(weights=0, heart_rates=5_000)
    middle = body.index(b"\n <Record", int(len(body) * at))
    end = body.index(b"\n <Record", middle + 60_000) if at < 0.5 else body.index(b"</HealthData>")
    hidden = body[:middle] + b"<!--" + body[middle:end] + b"-->" + body[end:]
    with pytest.raises(Odd):
        list(found("apple_health", io.BytesIO(hidden), Answers(), Way.ABREAST))
    assert list(others()) == []


def test_what_is_staged_and_kept_is_the_same(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    body = export(weights=1_500, heart_rates=6_000)
    odd = body.replace(b"</HealthData>", b"<!--" + body[-70_000:-20_000] + b"-->\n</HealthData>")
    outcomes = []
    for megabytes, file in ((999_999, body), (1, body), (1, odd)):
        desk = Desk(cast).reading_in_two_from(megabytes)
        monkeypatch.setattr(os, "cpu_count", lambda: 2)
        import_ = desk.hand_in(file, name="export.xml")
        assert import_.state is State.PREVIEWED
        outcomes.append(
            (import_.contents.counts, import_.troubles, import_.progress.readings, days(desk, import_.id))
        )
    assert outcomes[0] == outcomes[1] == outcomes[2]
    desk.keep(import_.id)
    assert (len(desk.vitals()), len(readings(desk)["heart_rate"])) == (1_500, 6_000)
    again = desk.hand_in(body + b"\n", name="export.xml")
    assert (again.totals().new, again.totals().same) == (0, 7_500)
    desk.undo(import_.id)
    assert (desk.vitals(), readings(desk)) == ([], {})


def test_both_killed_in_the_middle_leave_nothing_half_kept(cast: Cast, environment: dict[str, str]) -> None:
    """The job loop as it runs in a house, so large a file that two read it; the next run finishes it."""
    desk = Desk(cast)
    received = desk.upload(export(weights=20, heart_rates=170_000), name="export.xml")
    assert received.bytes > desk.house.settings.two_readers_mb * 1_000_000
    for _ in range(KILLS):
        loop(environment, random.uniform(2.5, 4.5))
        as_if_minutes_passed(desk)
        assert (desk.vitals(), readings(desk)) == ([], {})
    assert loop(environment, None) == 0
    assert desk.find(received.id).state is State.PREVIEWED
    desk.keep(received.id)
    assert (len(desk.vitals()), len(readings(desk)["heart_rate"])) == (20, 170_000)


def days(desk: Desk, import_id: object) -> list[tuple[int, tuple[int, ...]]]:
    """Which readings are staged of each day; a day may have come in pieces."""
    staged: dict[int, list[int]] = {}
    with desk.record() as record:
        for packed in staging.read_days(record.session, record.key, import_id, "heart_rate"):  # type: ignore[arg-type]
            day = StagedDay.from_bytes(packed)
            staged.setdefault(day.day, []).extend(unpack(day.packed).start.tolist())
    assert list(staged) == sorted(staged)
    return [(day, tuple(sorted(starts))) for day, starts in staged.items()]


def others() -> Iterator[int]:
    rows = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,args="], capture_output=True, text=True, check=True)
    for line in rows.stdout.splitlines():
        pid, parent, args = line.split(None, 2)
        if int(parent) == os.getpid() and "backend.imports.abreast" in args:
            yield int(pid)


class Killing(io.BytesIO):
    """A file during whose reading the other reader is killed."""

    def read(self, size: int | None = -1, /) -> bytes:
        for pid in others():
            os.kill(pid, signal.SIGKILL)
        return super().read(size)


def test_a_reader_that_dies_is_no_end_of_the_file() -> None:
    with pytest.raises(ReaderDied):
        list(abreast.pieces(Killing(export(20_000, 0)), Answers()))
    assert list(others()) == []


def test_what_is_interrupted_is_written_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that is held for a moment and goes on, however Python was started."""
    monkeypatch.setenv("PYTHONUNBUFFERED", "1")
    program = (
        "from backend.imports.beside import pipes, send\n"
        "for number in range(100): send(pipes()[1], bytes([number]) * 4_000_000)\n"
    )
    over = threading.Event()
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as process:

        def hold() -> None:
            while not over.wait(0.003):
                process.send_signal(signal.SIGSTOP)
                time.sleep(0.002)
                process.send_signal(signal.SIGCONT)

        holding = threading.Thread(target=hold)
        holding.start()
        try:
            assert process.stdout is not None
            for number in range(100):
                assert beside.take(process.stdout) == bytes([number]) * 4_000_000  # type: ignore[arg-type]
        finally:
            over.set()
            holding.join()


def test_a_file_that_cannot_be_read_any_more_says_why() -> None:
    class Away(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell() > 200_000:
                raise OSError("the database is away")
            return super().read(size)

    with pytest.raises(OSError, match="the database is away"):
        list(abreast.pieces(Away(export(5_000, 0)), Answers()))
    assert list(others()) == []


def test_who_stops_listening_leaves_no_reader() -> None:
    pieces = abreast.pieces(io.BytesIO(export(5_000, 0)), Answers())
    for _ in range(2_000):
        next(pieces)
    pieces.close()  # type: ignore[attr-defined]
    assert list(others()) == []


def test_a_reader_ends_with_who_began_it() -> None:
    program = (
        "import io, os, sys, time\nfrom backend.imports import abreast\nfrom shared.formats import Answers\n"
        "pieces = abreast.pieces(io.BytesIO(sys.stdin.buffer.read()), Answers())\n"
        "for _ in range(20_000): next(pieces)\nimport subprocess\n"
        "print(subprocess.run(['pgrep', '-P', str(os.getpid()), '-f', 'imports.abreast'], capture_output=True,"
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
