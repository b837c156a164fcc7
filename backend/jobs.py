"""Jobs: what must happen after a commit, put down in the same transaction and done by a loop until it succeeds.

A job names on whose behalf it runs and for what purpose; it opens the record again when it runs, so a right that
ended meanwhile is no longer there. A job may run twice (a worker that dies after its work): each must bear that.
"""

from __future__ import annotations

import logging
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any, Protocol, TypeVar
from uuid import UUID

import orjson
from sqlalchemy import Index, and_, delete, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from backend.db import Database, LocalTable
from backend.settings import Settings
from shared import clock
from shared.consent import Purpose, Role, Viewer
from shared.ids import new_id
from shared.problems import Problem

MOST_TRIES = 6
# A claim that was not renewed for so long belongs to a worker that died.
CLAIM = timedelta(minutes=5)
FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(hours=1)
PAUSE_SECONDS = 0.5

_log = logging.getLogger(__name__)

OpenerT_co = TypeVar("OpenerT_co", covariant=True)


class House(Protocol[OpenerT_co]):
    """What a job works with. ``opener`` is `consent.opening.Opener`, which lies above this file."""

    @property
    def database(self) -> Database: ...

    @property
    def opener(self) -> OpenerT_co: ...

    @property
    def settings(self) -> Settings: ...


@dataclass(frozen=True, slots=True)
class Behalf:
    """On whose behalf a job is done, and what for. ``purpose`` None means the owner's own use, or care."""

    viewer: Viewer
    purpose: Purpose | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed job. ``ids`` are what it is about; it carries nothing else, so no health value lies in the queue."""

    id: UUID
    name: str
    behalf: Behalf
    ids: dict[str, UUID]
    tries: int
    claim: UUID
    database: Database = field(repr=False)

    def renew(self) -> None:
        """Say that the work goes on. Raises `ClaimLost` when another worker has taken the job over."""
        statement = update(JobRow).where(JobRow.id == self.id, JobRow.claim == self.claim)
        with self.database.transaction() as session:
            kept = session.execute(statement.values(claimed_until=clock.now() + CLAIM).returning(JobRow.id))
            if kept.first() is None:
                raise ClaimLost


class ClaimLost(Exception):
    """Another worker has this job now: stop at once, it will be done there."""


class JobRow(LocalTable):
    """One job that is waiting, running, or given up; a job that is done leaves no row."""

    __tablename__ = "jobs"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    account_id: Mapped[UUID]
    role: Mapped[str]
    purpose: Mapped[str | None]
    ids: Mapped[str]
    state: Mapped[str]  # waiting, running, failed
    run_after: Mapped[datetime]
    claim: Mapped[UUID | None]
    claimed_until: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None]
    created_at: Mapped[datetime]

    __table_args__ = (Index("ix_jobs_state_run_after", "state", "run_after"),)


Deed = Callable[[House[Any], Job], None]


@dataclass(frozen=True, slots=True)
class _Known:
    deed: Deed
    given_up: Deed | None


_KNOWN: dict[str, _Known] = {}


def job(name: str, *, given_up: Deed | None = None) -> Callable[[Deed], Deed]:
    """Names a function as a job, ``room.file.deed``: the loop finds it by its name, though it knows no room.

    ``given_up`` is called once when the last try has failed.
    """

    def name_it(deed: Deed) -> Deed:
        _KNOWN[name] = _Known(deed, given_up)
        return deed

    return name_it


def put(
    session: Session, name: str, behalf: Behalf, *, run_after: datetime | None = None, **ids: UUID
) -> UUID:
    """Put down a job in the caller's transaction: it runs after the commit, or never if that is rolled back."""
    now = clock.now()
    row = JobRow(
        id=new_id(),
        name=name,
        account_id=behalf.viewer.account_id,
        role=behalf.viewer.role.value,
        purpose=behalf.purpose.value if behalf.purpose else None,
        ids=_told(ids),
        state="waiting",
        run_after=run_after or now,
        tries=0,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row.id


def is_put(session: Session, name: str, **ids: UUID) -> bool:
    """Whether such a job about these ids is still to be done, or being done now."""
    found = select(JobRow.id).where(
        JobRow.state.in_(("waiting", "running")), JobRow.name == name, JobRow.ids == _told(ids)
    )
    return session.scalar(found.limit(1)) is not None


def _told(ids: dict[str, UUID]) -> str:
    return orjson.dumps({each: str(value) for each, value in ids.items()}).decode()


def run_forever(house: House[Any], stop: threading.Event) -> None:
    """Do what is due, again and again, until ``stop`` is set."""
    while not stop.is_set():
        try:
            done = run_due(house, stop)
        except Exception as error:  # noqa: BLE001  the database is away: the loop must still be there when it comes back
            _log.error("jobs: cannot look for work: %s", _kind(error))
            done = 0
        if not done:
            stop.wait(PAUSE_SECONDS)


def run_due(house: House[Any], stop: threading.Event | None = None) -> int:
    """Do all jobs that are due now, one after another; how many were tried."""
    tried = 0
    while not (stop is not None and stop.is_set()):
        claimed = _claim(house.database)
        if claimed is None:
            break
        _try(house, claimed)
        tried += 1
    return tried


def _claim(database: Database) -> Job | None:
    now = clock.now()
    waiting = and_(JobRow.state == "waiting", JobRow.run_after <= now)
    left_behind = and_(JobRow.state == "running", JobRow.claimed_until < now)
    due = select(JobRow.id).where(or_(waiting, left_behind)).order_by(JobRow.run_after).limit(1)
    claim = (
        update(JobRow)
        .where(JobRow.id == due.with_for_update(skip_locked=True).scalar_subquery())
        .values(state="running", claim=new_id(), claimed_until=now + CLAIM, tries=JobRow.tries + 1)
        .returning(JobRow)
        .execution_options(synchronize_session=False)
    )
    with database.transaction(writes=False) as session:
        # Looking costs no writer's turn; most looks find nothing.
        if session.scalar(due) is None:
            return None
    with database.transaction() as session:
        row = session.execute(claim).scalar_one_or_none()
        return None if row is None else _read(row, database)


def _read(row: JobRow, database: Database) -> Job:
    assert row.claim is not None
    behalf = Behalf(Viewer(row.account_id, Role(row.role)), Purpose(row.purpose) if row.purpose else None)
    ids = {name: UUID(value) for name, value in orjson.loads(row.ids).items()}
    return Job(row.id, row.name, behalf, ids, row.tries, row.claim, database)


def _try(house: House[Any], claimed: Job) -> None:
    if claimed.tries > MOST_TRIES:  # its worker died every time
        _give_up(house, claimed, "WorkerDied")
        return
    try:
        _known(claimed.name).deed(house, claimed)
    except ClaimLost:
        _log.warning("job %s %s: taken over by another worker", claimed.name, claimed.id)
    except Exception as error:  # noqa: BLE001  whatever went wrong, the next job must still be done
        _failed(house, claimed, _kind(error))
    else:
        with house.database.transaction() as session:
            session.execute(delete(JobRow).where(JobRow.id == claimed.id, JobRow.claim == claimed.claim))


def _known(name: str) -> _Known:
    if name not in _KNOWN:
        import_module("backend." + name.rpartition(".")[0])
    return _KNOWN[name]


def _failed(house: House[Any], claimed: Job, kind: str) -> None:
    if claimed.tries >= MOST_TRIES:
        _give_up(house, claimed, kind)
        return
    wait = min(FIRST_WAIT * 4 ** (claimed.tries - 1), LONGEST_WAIT)
    _log.warning(
        "job %s %s: try %d failed, again in %s: %s", claimed.name, claimed.id, claimed.tries, wait, kind
    )
    _note(house.database, claimed, "waiting", kind, clock.now() + wait)


def _give_up(house: House[Any], claimed: Job, kind: str) -> None:
    _log.error("job %s %s: given up after %d tries: %s", claimed.name, claimed.id, MOST_TRIES, kind)
    _note(house.database, claimed, "failed", kind, clock.now())
    if (known := _KNOWN.get(claimed.name)) is not None and known.given_up is not None:
        try:
            known.given_up(house, claimed)
        except Exception as error:  # noqa: BLE001  as above
            _log.error(
                "job %s %s: could not say that it was given up: %s", claimed.name, claimed.id, _kind(error)
            )


def _note(database: Database, claimed: Job, state: str, error: str, run_after: datetime) -> None:
    mine = update(JobRow).where(JobRow.id == claimed.id, JobRow.claim == claimed.claim)
    with database.transaction() as session:
        session.execute(
            mine.values(state=state, error=error, run_after=run_after, claim=None, claimed_until=None)
        )


def _kind(error: BaseException) -> str:
    """What failed and where, never what it said: a message may carry somebody's values."""
    name = f"{type(error).__name__}({error.code})" if isinstance(error, Problem) else type(error).__name__
    frames = traceback.extract_tb(error.__traceback__)
    return f"{name} at {frames[-1].name}:{frames[-1].lineno}" if frames else name
