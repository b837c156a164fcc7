"""`tomoni import`: a file from the disk into a record's inbox, on behalf of its owner."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from uuid import UUID

from backend import jobs
from backend.house import House
from backend.imports import inbox, keeping, reading
from backend.imports.inbox import Import, State
from backend.records import records
from backend.settings import Settings
from shared.consent import Role, Viewer
from shared.problems import NotThere


def bring(settings: Settings, record_id: UUID, path: Path, *, keep: bool) -> dict[str, object]:
    """Put a file into a record's inbox on behalf of its owner, read it, and keep it when asked."""
    house = House.build(settings)
    with house.database.transaction(writes=False) as session:
        record = records.find(session, house.ring, record_id)
    if record is None:
        raise NotThere
    owner = Viewer(record.owner, Role.PATIENT)
    received = reading.receive_file(house, owner, record_id, path)
    if received.state is State.WAITING:  # a large one: read here and now, as the job loop would
        jobs.run_due(house)
    with house.database.transaction() as session:
        opened = inbox.open_own(house.opener, session, owner, record_id, "job")
        found = inbox.find(opened, received.id)
        if keep and found.state is State.PREVIEWED:
            found = keeping.keep(opened, received.id)
    return _told(found)


def _told(found: Import) -> dict[str, object]:
    problem = found.contents.problem
    return {
        "id": found.id,
        "state": found.state,
        "format": found.format,
        "counts": {kind: asdict(counts) for kind, counts in found.contents.counts.items()},
        "not_understood": found.contents.not_understood,
        "problem": problem.message() if problem else None,
    }
