"""`tomoni import`: a file from the disk into a record's inbox, on behalf of its owner."""

from __future__ import annotations

import io
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from sqlalchemy.orm import Session

from backend import jobs
from backend.consent.opened import OpenRecord
from backend.house import House
from backend.imports import answers, asking, inbox, keeping, reading
from backend.imports.inbox import Handed, Import, State
from backend.records import records
from backend.records.records import Record
from shared.consent import Role, Viewer
from shared.formats import HEAD_BYTES, Answers, Said, named, recognise
from shared.ids import new_id
from shared.problems import NotThere


@dataclass(frozen=True, slots=True)
class Owned:
    """A record of this house, and its owner, on whose behalf something is brought."""

    house: House
    record: Record

    @property
    def viewer(self) -> Viewer:
        """Its owner."""
        return Viewer(self.record.owner, Role.PATIENT)


def owned(house: House, record_id: UUID) -> Owned:
    """The record with that id; `NotThere` when there is none."""
    with house.database.transaction(writes=False) as session:
        record = records.find(session, house.ring, record_id)
    if record is None:
        raise NotThere
    return Owned(house, record)


@dataclass(frozen=True, slots=True)
class Wish:
    """How a file is brought: kept at once, sent by a clinic, with answers to what it leaves open."""

    keep: bool = False
    sent_by_institution: bool = False
    said: Said = answers.NOTHING


def bring(owner: Owned, path: Path, wish: Wish) -> dict[str, object]:
    """Put a file into a record's inbox on behalf of its owner, read it, and keep it when asked."""
    if wish.sent_by_institution:
        with path.open("rb") as file:
            _refuse_what_may_not_be_sent(file, path.name, wish.said)
    received = reading.receive_file(owner.house, owner.viewer, owner.record.id, path)
    return _settled(owner, received, wish)


def bring_sent(owner: Owned, name: str, raw: bytes, *, keep: bool) -> dict[str, object]:
    """The same with what an institution's system sent, which lies on no disk."""
    _refuse_what_may_not_be_sent(io.BytesIO(raw), name)
    handed = Handed(new_id(), name, owner.house.settings.upload_limit_mb * 1_000_000)
    received = reading.receive(owner.house, owner.viewer, owner.record.id, handed, io.BytesIO(raw))
    return _settled(owner, received, Wish(keep))


def _refuse_what_may_not_be_sent(file: BinaryIO, name: str, said: Said = answers.NOTHING) -> None:
    """Raise before anything of it is in her inbox: that there is something she may not see, only the sender learns."""
    format_name = recognise(file.read(HEAD_BYTES), name)
    file.seek(0)
    for _ in named(format_name).read(file, Answers(sent_by_institution=True, said=said)):
        pass


def _settled(owner: Owned, received: Import, wish: Wish) -> dict[str, object]:
    """Read what is too large to be read at once, answer what it asks, and keep what was asked to be kept."""
    found = _read(owner, received)
    if found.state is State.ASKING and wish.said != answers.NOTHING:
        with owner.house.database.transaction() as session:
            found = asking.answer(_opened(owner, session), found.id, wish.said)
        found = _read(owner, found)
    with owner.house.database.transaction() as session:
        opened = _opened(owner, session)
        if wish.keep and found.state is State.PREVIEWED:
            found = keeping.keep(opened, received.id)
    return _told(found)


def _read(owner: Owned, received: Import) -> Import:
    if received.state is not State.WAITING:
        return received
    jobs.run_due(owner.house)  # a large one: read here and now, as the job loop would
    with owner.house.database.transaction() as session:
        return inbox.find(_opened(owner, session), received.id)


def _opened(owner: Owned, session: Session) -> OpenRecord:
    return inbox.open_own(owner.house.opener, session, owner.viewer, owner.record.id, "job")


def _told(found: Import) -> dict[str, object]:
    problem, question = found.contents.problem, found.contents.question
    return {
        "id": found.id,
        "state": found.state,
        "format": found.format,
        "counts": {kind: asdict(counts) for kind, counts in found.contents.counts.items()},
        "not_understood": found.contents.not_understood,
        "progress": asdict(found.progress),
        "problem": problem.message() if problem else None,
        "question": asdict(question) if question else None,
    }
