"""Which device or app is believed first: the order of the record's sources, which its owner can change.

Nothing is lost or added up by an order: each moment of a day is read from the first source that saw it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from sqlalchemy import Table, select

from backend import jobs
from backend.consent.opened import OpenRecord
from backend.consent.opening import Opener
from backend.jobs import Behalf, House, Job
from backend.wearables import shelf, summaries
from backend.wearables.reported import told_of
from backend.wearables.tables import WearableDayRow
from shared.consent import Right, Scope
from shared.problems import Clash, Invalid, NotAllowed

_DAYS = cast("Table", WearableDayRow.__table__)
# So many days of streams are summed up at once; more are a job's work.
SMALL = 400
SUM_UP = "wearables.sources.sum_up"

Contested = dict[str, set[int]]


@dataclass(frozen=True, slots=True)
class Listed:
    """A source in the record's order, the best first. ``streams``: what it has brought, by name."""

    id: int
    name: str
    streams: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ordered:
    """The order as it is now; ``is_summing_up``: days are still being summed up anew, by a job."""

    sources: Sequence[Listed]
    is_summing_up: bool


def listed(record: OpenRecord) -> list[Listed]:
    """The sources of the record, the best first."""
    record.must(Scope.WEARABLES, Right.READ)
    return _listed(record)


def is_summing_up(record: OpenRecord) -> bool:
    """Whether days are still being summed up anew, in an order that was given before."""
    record.must(Scope.WEARABLES, Right.READ)
    return jobs.is_put(record.session, SUM_UP, record_id=record.id)


def order(record: OpenRecord, ids: Sequence[int]) -> Ordered:
    """Put the sources into the order of ``ids`` (all of them), and sum up again the days that it can change.

    A source that comes later stands behind those that were ordered. `Clash` when there are others than she was shown,
    `NotAllowed` for all but the owner.
    """
    record.must(Scope.WEARABLES, Right.WRITE)
    if not record.by_owner:
        raise NotAllowed("not_allowed")
    if len(set(ids)) != len(ids):
        raise Invalid("invalid_fields", field="order")
    record.next_number()  # the record's lock: a merge may be bringing a new source
    before = [source.id for source in shelf.sources(record.session, record.key)]
    if set(before) != set(ids):
        raise Clash("sources_changed", field="order")
    if before == list(ids):
        return Ordered(_listed(record), jobs.is_put(record.session, SUM_UP, record_id=record.id))
    shelf.rank(record.session, record.key, ids)
    days = contested(record)
    is_large = sum(map(len, days.values())) > SMALL
    if is_large:
        jobs.put(record.session, SUM_UP, Behalf(record.viewer), record_id=record.id)
    else:
        summaries.refresh(record, days)
    return Ordered(_listed(record), is_large)


def contested(record: OpenRecord) -> Contested:
    """The UTC days by stream on which an order matters: on them, or on the days beside them, are several sources."""
    record.must(Scope.WEARABLES, Right.WRITE)
    rows = record.session.execute(
        select(_DAYS.c.stream, _DAYS.c.day, _DAYS.c.source_id).where(_DAYS.c.record_id == record.id)
    )
    seen: dict[tuple[str, int], set[int]] = {}
    for stream, day, source in rows:
        seen.setdefault((stream, day), set()).add(source)
    found: Contested = {}
    for (stream, day), here in seen.items():
        near = here.union(*(seen.get((stream, day + step), ()) for step in (-1, 1)))
        if len(near) > 1:
            found.setdefault(told_of(stream), set()).add(day)
    return found


@jobs.job(SUM_UP)
def sum_up(house: House[Opener], job: Job) -> None:
    """Sum up again all days on which the order matters, some at a time: what comes out the same is left alone."""
    record_id, viewer = job.ids["record_id"], job.behalf.viewer
    parts = [(Scope.WEARABLES, Right.READ), (Scope.WEARABLES, Right.WRITE)]
    with house.database.transaction() as session:
        days = contested(house.opener.open_parts(session, viewer, record_id, parts))
    for stream, those in sorted(days.items()):
        in_order = sorted(those)
        for first in range(0, len(in_order), SMALL):
            job.renew()
            with house.database.transaction() as session:
                record = house.opener.open_parts(session, viewer, record_id, parts)
                record.next_number()
                summaries.refresh(record, {stream: set(in_order[first : first + SMALL])})


def _listed(record: OpenRecord) -> list[Listed]:
    rows = record.session.execute(
        select(_DAYS.c.source_id, _DAYS.c.stream).where(_DAYS.c.record_id == record.id).distinct()
    )
    streams: dict[int, set[str]] = {}
    for source, stream in rows:
        streams.setdefault(source, set()).add(told_of(stream))
    return [
        Listed(source.id, source.name, tuple(sorted(streams.get(source.id, ()))))
        for source in shelf.sources(record.session, record.key)
    ]
