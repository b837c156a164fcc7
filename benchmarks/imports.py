"""A large Apple Health export read, packed and committed by one process, beside a bare expat pass over its bytes.

The whole way of a file: handed in (sealed pieces), read by the job (staged days, sealed), compared, and kept.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import orjson

from benchmarks.apple_health import bare_expat, write_export
from benchmarks.figures import Figure, hand_over

LIMIT_RATIO = 3.0
LIMIT_MEMORY_MB = 150
RECORD = UUID("0190d3a0-0000-7000-8000-0000000000a1")
OWNER = UUID("0190d3a0-0000-7000-8000-000000000001")


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds of each part of the way, and the memory the process took beyond its idle state."""

    hand_in: float
    read: float
    keep: float
    new: int
    memory_mb: float
    database_mb: float

    @property
    def seconds(self) -> float:
        """Read, packed and committed: from the bytes on the disk to the readings in the record."""
        return self.hand_in + self.read + self.keep


def _peak_mb() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 if sys.platform != "darwin" else 1024 * 1024)


def import_whole(export: Path, folder: Path) -> Measured:
    """Import ``export`` into a new house in ``folder``. Runs in a process of its own, so that its peak is its own."""
    from backend.house import House
    from backend.imports import inbox, keeping
    from backend.imports.inbox import Handed
    from backend.jobs import run_due
    from backend.migrating import migrate
    from backend.records import records
    from backend.records.records import Glance
    from backend.secrets_file import new_secrets
    from backend.settings import Settings
    from shared.consent import Role, Viewer
    from shared.ids import new_id

    url = f"sqlite:///{folder / 'tomoni.db'}"
    named = {
        "TOMONI_DATABASE_URL": url,
        "TOMONI_PUBLIC_URL": "http://localhost",
        "TOMONI_DATA_DIR": str(folder),
    }
    migrate(url)
    house = House.build(Settings.from_env({**new_secrets(), **named}))
    viewer = Viewer(OWNER, Role.PATIENT)
    with house.database.transaction() as session:
        records.begin(session, house.ring, RECORD, OWNER, Glance("山田 花子"))
        record = inbox.open_own(house.opener, session, viewer, RECORD, "job")
    idle, import_id = _peak_mb(), new_id()
    began = time.perf_counter()
    with export.open("rb") as file:
        inbox.receive(house.database, record, Handed(import_id, export.name, 2**40), [file])
    handed_in = time.perf_counter()
    assert run_due(house) == 1
    read = time.perf_counter()
    with house.database.transaction() as session:
        kept = keeping.keep(inbox.open_own(house.opener, session, viewer, RECORD, "job"), import_id)
    done = time.perf_counter()
    size = sum(each.stat().st_size for each in folder.glob("tomoni.db*"))
    return Measured(
        handed_in - began, read - handed_in, done - read, kept.totals().new, _peak_mb() - idle, size / 1e6
    )


def measure(export: Path) -> Measured:
    """One import in a fresh process."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "benchmarks.imports", "import", str(export), folder]
        said = subprocess.run(command, check=True, capture_output=True, text=True)
        return Measured(**orjson.loads(said.stdout.splitlines()[-1]))


def figures(megabytes: int = 300, rounds: int = 3) -> Iterator[Figure]:
    """The best of ``rounds`` of both, in turns, so that a busy moment falls on neither alone."""
    with tempfile.TemporaryDirectory() as folder:
        export = Path(folder) / "export.xml"
        size = write_export(export, megabytes)
        tries = [(bare_expat(export), measure(export)) for _ in range(rounds)]
    bare = min(each for each, _ in tries)
    best = min((each for _, each in tries), key=lambda each: each.seconds)
    yield Figure("Apple Health export", size / 1e6, "MB")
    yield Figure("new things in it", best.new, "")
    yield Figure("bare expat pass", bare, "s")
    yield Figure("hand in (sealed original)", best.hand_in, "s")
    yield Figure("read by the job (staged, sealed, compared)", best.read, "s")
    yield Figure("keep (one transaction)", best.keep, "s")
    yield Figure("handed in, read, packed, committed / bare expat", best.seconds / bare, "x", LIMIT_RATIO)
    memory = max(each.memory_mb for _, each in tries)
    yield Figure("memory over idle", memory, "MB", LIMIT_MEMORY_MB)
    yield Figure("database with the original", best.database_mb, "MB")


if __name__ == "__main__":
    if sys.argv[1:2] == ["import"]:
        result = import_whole(Path(sys.argv[2]), Path(sys.argv[3]))
        print(orjson.dumps(result).decode())
    else:
        hand_over(figures(*(int(each) for each in sys.argv[1:] if each.isdecimal())))
