"""Letting people in and seeing who came; and, for a practitioner, the records that she was let into."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import timedelta
from uuid import UUID

from mobile import account, answers, sync
from mobile.asks import (
    FindPractitioners,
    GiveGrant,
    LoadGrants,
    LoadShared,
    LoadVisits,
    OpenShared,
    RevokeGrant,
    SyncNow,
)
from mobile.client import ServerSaid
from mobile.deeds import Phone, do
from mobile.deeds.recording import dispensings, kept_vitals, summaries
from mobile.events import (
    Event,
    Grants,
    Practitioners,
    RecordsShared,
    SharedRecord,
    Synced,
    SyncFailed,
    Visits,
)
from mobile.seen import PersonSharing
from mobile.store import telling
from shared.consent_schema import AskedGrant, asked_members
from shared.ids import new_id
from shared.problems import NotThere, Problem, SignInFirst, Unreachable

SHARED_DAYS = 90


@do.register
def sync_now(_asked: SyncNow, phone: Phone) -> list[Event]:
    """Tell and hear; what goes wrong is tried again by itself, except a sign-in that is over."""
    try:
        done = sync.sync(phone.store, phone.client)
    except SignInFirst:
        raise
    except Problem as problem:
        return [SyncFailed(problem.message(), problem.code, telling.count_untold(phone.store)[0])]
    except ServerSaid as said:
        return [SyncFailed(said.message, said.code, telling.count_untold(phone.store)[0])]
    return [Synced(done.at, done.untold, done.refused, done.changed)]


@do.register
def load_grants(_asked: LoadGrants, phone: Phone) -> list[Event]:
    """All grants of her record."""
    return [_grants(phone)]


@do.register
def find_practitioners(asked: FindPractitioners, phone: Phone) -> list[Event]:
    """By a part of the name or the facility."""
    found = phone.online().get("/api/practitioners", name=asked.name)
    return [Practitioners(asked.name, answers.listed(found, "practitioners", answers.practitioner))]


@do.register
def give_grant(asked: GiveGrant, phone: Phone) -> list[Event]:
    """Consent is decided by the server alone, so this needs the network."""
    # The same id until there is an answer: asking twice must not let somebody in twice.
    grant_id = phone.unanswered.setdefault(asked, new_id())
    grant = AskedGrant(
        grant_id, asked.to_account, asked.scopes, asked.rights, asked.purposes, days=asked.days
    )
    client = phone.online()
    try:
        client.post(f"/api/records/{account.own_record(phone.store)}/grants", asked_members(grant))
    except Unreachable:
        raise
    except (Problem, ServerSaid):
        phone.unanswered.pop(asked, None)
        raise
    phone.unanswered.pop(asked, None)
    return [_grants(phone)]


@do.register
def revoke_grant(asked: RevokeGrant, phone: Phone) -> list[Event]:
    """Holds from the server's answer on."""
    phone.online().post(f"/api/records/{account.own_record(phone.store)}/grants/{asked.id}/revoke")
    return [_grants(phone)]


@do.register
def load_visits(asked: LoadVisits, phone: Phone) -> list[Event]:
    """Who opened what, and every refusal."""
    before = None if asked.before is None else asked.before.isoformat()
    path = f"/api/records/{account.own_record(phone.store)}/visits"
    found = phone.online().get(path, before=before, limit=100)
    return [Visits(answers.listed(found, "visits", answers.visit), asked.before)]


@do.register
def load_shared(_asked: LoadShared, phone: Phone) -> list[Event]:
    """The people who share with her; what is no longer shared is forgotten here. Without a network: the last list."""
    try:
        found = phone.online().get("/api/records")
    except Unreachable:
        return [RecordsShared(tuple(each for each in _people(phone) if _readable(phone, each.record_id)))]
    people = answers.listed(found, "records", answers.person_sharing)
    _keep_people(phone, people)
    for record_id in set(phone.store.known_records()) - {each.record_id for each in people}:
        phone.store.forget_record(record_id)
    return [RecordsShared(people)]


@do.register
def open_shared(asked: OpenShared, phone: Phone) -> list[Event]:
    """Heard from the server now, or as it was last heard, for 72 hours."""
    try:
        sync.hear_shared(phone.store, phone.online(), asked.record_id)
    except Unreachable:
        if not _readable(phone, asked.record_id):
            raise
    heard_at = phone.store.open_record(asked.record_id).heard_at
    kept = kept_vitals(phone, asked.record_id, timedelta(days=SHARED_DAYS))
    pressures = tuple(each for each in kept if each.vital.kind == "blood_pressure")
    person = next((each for each in _people(phone) if each.record_id == asked.record_id), None)
    return [
        SharedRecord(
            person or PersonSharing(asked.record_id, "", None),
            pressures,
            *summaries(phone, (each.vital for each in pressures)),
            dispensings(phone, asked.record_id),
            heard_at,
        )
    ]


def _grants(phone: Phone) -> Grants:
    found = phone.online().get(f"/api/records/{account.own_record(phone.store)}/grants")
    return Grants(answers.listed(found, "grants", answers.grant))


def _readable(phone: Phone, record_id: UUID) -> bool:
    try:
        phone.store.open_record(record_id)
    except NotThere:
        return False
    return True


def _keep_people(phone: Phone, people: tuple[PersonSharing, ...]) -> None:
    kept = [{**asdict(each), "record_id": str(each.record_id)} for each in people]
    phone.store.remember("people", json.dumps(kept), phone.store.account)


def _people(phone: Phone) -> list[PersonSharing]:
    owner, _ = phone.store.inside()
    kept = json.loads(phone.store.recall("people", owner) or "[]")
    return [PersonSharing(UUID(each["record_id"]), each["name"], each["age"]) for each in kept]
