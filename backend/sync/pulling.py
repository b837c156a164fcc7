"""What a phone hears: everything that changed after a number, as far as its person may see it."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from backend.consent import grants
from backend.consent.opened import OpenRecord
from backend.costs import costs
from backend.findings import findings
from backend.medicines import dispensings, telling
from backend.medicines.hiding import curtain
from backend.records import records
from backend.records.placed import Key, Placed
from backend.sync import paging
from backend.sync.paging import Found, Most, Place
from backend.vitals import measurements
from backend.wearables import hearing, recordings
from shared.consent import GRANTABLE, Right, Scope
from shared.sync import Change

Reader = Callable[[OpenRecord, int, int, Key], Sequence[Placed]]


@dataclass(frozen=True, slots=True)
class Part:
    """Who tells of a part, in the order of numbers and keys. ``at_once``: large ones are read a few at a time."""

    name: str
    scope: Scope
    read: Reader
    at_once: int = 1_000_000


# A place names a part by its name: what comes before it in this order was told. New ones are added at the end.
PARTS: tuple[Part, ...] = (
    Part("dispensings", Scope.MEDICINES, dispensings.changes),
    Part("medicines", Scope.MEDICINES, telling.changes),
    Part("vitals", Scope.VITALS, measurements.changes),
    Part("findings", Scope.FINDINGS, findings.changes),
    Part("costs", Scope.COSTS, costs.changes),
    Part("days", Scope.WEARABLES, hearing.changes),
    Part("recordings", Scope.WEARABLES, recordings.changes, at_once=32),
    Part("grants", Scope.RECORD, grants.changes),
)


_USUAL = Most()


@dataclass(frozen=True, slots=True)
class Asked:
    """What a phone asks for. ``place``: that of its last page, empty where there is none; None: it knows no places."""

    after: int = 0
    most: Most = _USUAL
    place: str | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """One page. ``after`` is the number to ask for next, with ``place`` where a part of the number after it was told.

    ``forget`` names parts to forget before this page is taken: those that may not be seen (any more), and at the
    beginning the medicines of another, since what she hides from now on may stand in slips that are told again in part.
    """

    changes: list[Change]
    after: int
    place: str
    more: bool
    forget: list[Scope]
    view: str


def pull(record: OpenRecord, asked: Asked, parts: Sequence[Part] = PARTS) -> Heard:
    """The next page of changes. To a phone that knows no places never part of a number, however much that is."""
    # Numbers are committed in their order. What is committed while we read has a higher one and waits for the next
    # page: a part that was read before that commit would miss its share of it for ever.
    ceiling = records.newest_number(record.session, record.id)
    ended = _ended(record, asked, parts)
    told = [_told(record, n, asked, ended, parts) for n in range(len(parts))]
    found = heapq.merge(*told, key=lambda each: (each.change.number, each.part))
    seen = takewhile(lambda each: each.change.number <= ceiling, found)
    taken, left = paging.page_of(seen, asked.most, whole=asked.place is None)
    after, place = asked.after if ended is None else ended.number, ""
    if taken:
        last = taken[-1]
        after = last.change.number
        if left is not None and left.change.number == after:
            place = paging.written(record.key, Place(after, parts[last.part].name, last.change.key))
            after -= 1
    forget = [
        scope for scope in GRANTABLE if not record.may(scope, Right.READ) or _anew(record, scope, asked)
    ]
    return Heard([each.change for each in taken], after, place, left is not None, forget, _view(record))


def _ended(record: OpenRecord, asked: Asked, parts: Sequence[Part]) -> Place | None:
    """Where the last page ended inside the number after ``asked.after``; None when it ended with a number."""
    ended = paging.read(record.key, asked.place) if asked.place else None
    if ended is None or ended.number != asked.after + 1 or ended.part not in [part.name for part in parts]:
        return None
    return ended


def _told(
    record: OpenRecord, nth: int, asked: Asked, ended: Place | None, parts: Sequence[Part]
) -> Iterator[Found]:
    """What one part tells after the last page, read as it is needed."""
    part, after = parts[nth], asked.after
    key: Key = ()
    if not record.may(part.scope, Right.READ):
        return
    if ended is not None:
        there = [each.name for each in parts].index(ended.part)
        after = ended.number if nth <= there else asked.after
        key = ended.key if nth == there else ()
    at_once = min(part.at_once, asked.most.changes + 1)
    while True:
        some = part.read(record, after, at_once, key)
        yield from (Found(nth, change) for change in some)
        if len(some) < at_once:
            return
        after, key = some[-1].number, some[-1].key


def _anew(record: OpenRecord, scope: Scope, asked: Asked) -> bool:
    return scope is Scope.MEDICINES and asked.after == 0 and not asked.place and not record.by_owner


def _view(record: OpenRecord) -> str:
    """Changes whenever what this viewer may see changes; then her phone starts again from the beginning."""
    said = [f"{scope}/{right}" for scope, right in record.opened]
    if record.may(Scope.MEDICINES, Right.READ):
        drawn = curtain(record)
        said += [*drawn.keys, drawn.knowledge.version if drawn.knowledge is not None else ""]
    return record.key.digest("view", f"{record.viewer.account_id}|{' '.join(sorted(said))}").hex()
