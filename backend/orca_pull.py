"""`tomoni orca pull`: what a clinic's ORCA has of one patient, into the inbox of her record, on behalf of its owner.

All answers of one pull are one original, one after the other as they came: previewed, kept and undone as one deed.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from backend.bringing import Owned, bring_sent, owned
from backend.exchange.orca import Clinic, Orca, Told
from backend.house import House
from backend.imports import inbox
from backend.records import records
from shared import clock
from shared.formats.orca import identity_of
from shared.problems import Clash, Invalid

# A pull asks once a month of this time, and twice a visit.
_LAST_YEAR = timedelta(days=365)
_MOST_YEARS = 10
# Where every ORCA stands.
_JAPAN = ZoneInfo("Asia/Tokyo")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which patient of the ORCA, since which day (a year ago where none is said), and whether to keep it at once."""

    patient: str
    since: date | None = None
    keep: bool = False


@dataclass(slots=True)
class _Pulled:
    """The answers with content, and how often there was none, by what the ORCA said."""

    answers: list[bytes] = field(default_factory=list)
    without: Counter[tuple[str, str]] = field(default_factory=Counter)

    def take(self, told: Told) -> None:
        if told.answer.went_well:
            self.answers.append(told.raw)
        else:
            words = told.answer.problem().words
            self.without[(str(words["code"]), str(words["message"]))] += 1


def pull(
    house: House, record_id: UUID, wanted: Wanted, pause: Callable[[float], None] = time.sleep
) -> dict[str, object]:
    """Ask, compare, and put it into the record's inbox. Nothing is kept of a patient who is not the record's owner."""
    today = clock.now().astimezone(_JAPAN).date()
    since = wanted.since or today - _LAST_YEAR
    if not today - _MOST_YEARS * _LAST_YEAR <= since <= today:
        raise Invalid("orca_since", years=_MOST_YEARS)
    orca = Orca(Clinic.of(house.settings), wanted.patient, pause)
    owner = owned(house, record_id)
    pulled = _Pulled()
    patient = orca.patient()
    _must_be_hers(patient, owner)
    pulled.take(patient)
    pulled.take(orca.diseases(today))
    for month in _months(since, today):
        told, visits = orca.visits(month)
        if not told.answer.went_well:
            pulled.take(told)
        for visit in visits:
            if since <= visit.on <= today:
                pulled.take(orca.prescription(visit))
                pulled.take(orca.notebook(visit))
    name = f"ORCA {today.isoformat()}.json"
    said = bring_sent(owner, name, b"\n".join(pulled.answers) + b"\n", keep=wanted.keep)
    without = [{"code": c, "message": m, "count": n} for (c, m), n in sorted(pulled.without.items())]
    return {**said, "answers": len(pulled.answers), "without_content": without}


def _must_be_hers(told: Told, owner: Owned) -> None:
    """The number was typed by somebody: name and birth date say whether it is the right one."""
    if not told.answer.went_well:
        raise told.answer.problem()
    identity = identity_of(told.answer)
    with owner.house.database.transaction(writes=False) as session:
        hers = records.read_glance(session, owner.record.key)
    if identity is None or not inbox.is_hers(identity, hers):
        name, born_on = (identity.name, identity.born_on) if identity else ("", "")
        raise Clash("orca_other_person", name=name, born_on=born_on)


def _months(first: date, last: date) -> Iterator[date]:
    """The first day of every month from ``first`` to ``last``."""
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = (month + timedelta(days=32)).replace(day=1)
