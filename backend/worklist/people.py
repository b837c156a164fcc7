"""The doctor's list: everybody who shares something with her now, as far as each of them lets her see it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from backend.consent import grants, visits
from backend.consent.visits import Asked
from backend.records import records
from backend.seal import KeyRing
from shared import clock
from shared.consent import Decision, Grant, Purpose, Reason, Right, Scope, Viewer

_HIRAGANA = range(0x3041, 0x3097)
_TO_KATAKANA = 0x60


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of the list. ``parts`` holds only the scopes that were shared."""

    id: UUID
    name: str
    name_kana: str
    age: int | None
    sex: str
    scopes: tuple[Scope, ...]
    parts: Mapping[str, Mapping[str, Any]]

    @property
    def last_at(self) -> datetime | None:
        """When the newest blood pressure was taken, in Japan; None when there is none or it is not shared."""
        ms = self.parts.get(Scope.VITALS.value, {}).get("last_at")
        return None if ms is None else clock.from_ms(ms).astimezone(ZoneInfo(records.DEFAULT_ZONE))

    @property
    def as_of(self) -> date | None:
        """The last of the seven days that the means are of."""
        day = self.parts.get(Scope.VITALS.value, {}).get("as_of")
        return None if day is None else date.fromisoformat(day)


def people(
    session: Session, ring: KeyRing, viewer: Viewer, way: str, purpose: Purpose | None
) -> list[Listed]:
    """Everybody who shares something with ``viewer`` now. Each shown record is one entry in its visitors' book."""
    purpose = purpose or Purpose.CARE
    shared = {
        record_id: [grant for grant in given if purpose in grant.purposes and Right.READ in grant.rights]
        for record_id, given in grants.shared_with(session, viewer.account_id).items()
    }
    shared = {record_id: given for record_id, given in shared.items() if given}
    today = now_in_japan().date()
    listed, booked = [], []
    for key, glance in records.glances(session, ring, shared):
        scopes = _scopes(shared[key.owner])
        parts = {scope.value: glance.part(scope) for scope in scopes}
        listed.append(
            Listed(key.owner, glance.name, glance.name_kana, glance.age(today), glance.sex, scopes, parts)
        )
        asked = tuple((scope, Right.READ) for scope in scopes)
        decision = Decision(True, Reason.GRANT, shared[key.owner][0].id)
        booked.append(Asked(key.owner, viewer, asked, purpose, way, decision))
    visits.book(session, booked)
    return sorted(listed, key=lambda each: (each.name_kana or each.name, each.id))


def named(everybody: Iterable[Listed], part_of_name: str) -> list[Listed]:
    """Those whose name or reading has this text in it; spaces, and hiragana against katakana, make no difference."""
    wanted = _plain(part_of_name)
    return [each for each in everybody if wanted in _plain(each.name) or wanted in _plain(each.name_kana)]


def _plain(name: str) -> str:
    """Without spaces, full-width letters as plain ones, hiragana as katakana."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(
        chr(ord(sign) + _TO_KATAKANA) if ord(sign) in _HIRAGANA else sign
        for sign in folded
        if not sign.isspace()
    )


def now_in_japan() -> datetime:
    """The list has people of one country; each record's own page counts in the record's zone."""
    return clock.now().astimezone(ZoneInfo(records.DEFAULT_ZONE))


def _scopes(given: list[Grant]) -> tuple[Scope, ...]:
    return tuple(scope for scope in Scope if any(scope in grant.scopes for grant in given))
