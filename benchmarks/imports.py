"""A large Apple Health export read, packed and committed, beside a bare expat pass over its bytes.

The whole way of a file: handed in (sealed pieces), read by the job (staged days, sealed), compared, and kept; by one
process, and by two who read it in turns, as the job does it; on SQLite and on PostgreSQL. What the processors spent is
told too: where others use the machine at the same time, seconds say little.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

import orjson

from benchmarks.apple_health import bare_expat, write_export
from benchmarks.figures import Figure, hand_over
from benchmarks.served import POSTGRES, SQLITE, Place, Places, places

LIMIT_RATIO = {"one process": 2.0, "two processes": 1.3}
LIMIT_MEMORY_MB = 150
RECORD = UUID("0190d3a0-0000-7000-8000-0000000000a1")
OWNER = UUID("0190d3a0-0000-7000-8000-000000000001")


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds of each part of the way, what all processors ``spent``, and the memory beyond the idle state."""

    hand_in: float
    read: float
    keep: float
    spent: float
    new: int
    memory_mb: float

    @property
    def seconds(self) -> float:
        """Read, packed and committed: from the bytes on the disk to the readings in the record."""
        return self.hand_in + self.read + self.keep


def _spent() -> float:
    """Seconds that processors worked for this process and those it began."""
    own, others = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime


def _peak_mb() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 if sys.platform != "darwin" else 1024 * 1024)


class _Others:
    """Looks how much memory processes begun by this one take, while they are there."""

    def __init__(self) -> None:
        self.peak_mb = 0.0
        threading.Thread(target=self._look, daemon=True).start()

    def _look(self) -> None:
        while True:
            for children in Path("/proc/self/task").glob("*/children"):
                with suppress(OSError, StopIteration):
                    for pid in children.read_text().split():
                        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
                        line = next(line for line in lines if line.startswith("VmHWM"))
                        self.peak_mb = max(self.peak_mb, int(line.split()[1]) / 1024)
            time.sleep(0.1)


def import_whole(export: Path, way: str) -> Measured:
    """Import ``export`` into a new house, which the environment names, so that the peak is that of this process."""
    from backend.house import House
    from backend.imports import inbox, keeping
    from backend.imports.inbox import Handed
    from backend.jobs import run_due
    from backend.records import records
    from backend.records.records import Glance
    from backend.settings import Settings
    from shared.consent import Role, Viewer
    from shared.ids import new_id

    settings = Settings.from_env(os.environ)
    house = House.build(replace(settings, two_readers_mb=1 if way == "two processes" else 999_999))
    viewer = Viewer(OWNER, Role.PATIENT)
    with house.database.transaction() as session:
        records.begin(session, house.ring, RECORD, OWNER, Glance("山田 花子"))
        record = inbox.open_own(house.opener, session, viewer, RECORD, "job")
    idle, import_id = _peak_mb(), new_id()
    reader = _Others()
    spent, began = _spent(), time.perf_counter()
    with export.open("rb") as file:
        inbox.receive(house.database, record, Handed(import_id, export.name, 2**40), [file])
    handed_in = time.perf_counter()
    assert run_due(house) == 1
    read = time.perf_counter()
    with house.database.transaction() as session:
        kept = keeping.keep(inbox.open_own(house.opener, session, viewer, RECORD, "job"), import_id)
    done = time.perf_counter()
    return Measured(
        handed_in - began,
        read - handed_in,
        done - read,
        _spent() - spent,
        kept.totals().new,
        _peak_mb() - idle + reader.peak_mb,
    )


def measure(export: Path, place: Place, way: str) -> Measured:
    """One import in a fresh process."""
    command = [sys.executable, "-m", "benchmarks.imports", "import", str(export), way]
    env = {**os.environ, **place.environment}
    said = subprocess.run(command, check=True, capture_output=True, text=True, env=env)
    return Measured(**orjson.loads(said.stdout.splitlines()[-1]))


def figures(megabytes: int = 1000, rounds: int = 1) -> Iterator[Figure]:
    """The best of ``rounds``, in turns with the bare pass, so that a busy moment falls on neither alone."""
    with tempfile.TemporaryDirectory() as folder, places() as place:
        export = Path(folder) / "export.xml"
        size = write_export(export, megabytes)
        yield Figure("Apple Health export", size / 1e6, "MB")
        for kind in (SQLITE, POSTGRES):
            for way in LIMIT_RATIO:
                yield from _one(export, (kind, way, rounds), place)


def _bare(export: Path) -> tuple[float, float]:
    """Seconds of a bare pass, and those a processor worked for it."""
    spent = time.process_time()
    return bare_expat(export), time.process_time() - spent


def _one(export: Path, asked: tuple[str, str, int], place: Places) -> Iterator[Figure]:
    kind, way, rounds = asked
    tries = []
    for _ in range(rounds):
        with place(kind) as here:
            tries.append((_bare(export), measure(export, here, way), _bare(export)))
    bare = min(min(first[0], last[0]) for first, _, last in tries)
    bare_spent = min(min(first[1], last[1]) for first, _, last in tries)
    best = min((each for _, each, _ in tries), key=lambda each: each.seconds)
    told = f"{kind}, {way}"
    yield Figure(f"{told}: new things", best.new, "")
    yield Figure(f"{told}: bare expat pass", bare, "s")
    yield Figure(f"{told}: hand in (sealed original)", best.hand_in, "s")
    yield Figure(f"{told}: read by the job (staged, compared)", best.read, "s")
    yield Figure(f"{told}: keep (one transaction)", best.keep, "s")
    yield Figure(f"{told}: the whole way / bare expat", best.seconds / bare, "x", LIMIT_RATIO[way])
    yield Figure(f"{told}: processors of all / bare expat", best.spent / bare_spent, "x")
    memory = max(each.memory_mb for _, each, _ in tries)
    yield Figure(f"{told}: memory over idle, all processes", memory, "MB", LIMIT_MEMORY_MB)


if __name__ == "__main__":
    if sys.argv[1:2] == ["import"]:
        result = import_whole(Path(sys.argv[2]), sys.argv[3])
        print(orjson.dumps(result).decode())
    else:
        hand_over(figures(*(int(each) for each in sys.argv[1:] if each.isdecimal())))
