"""A stranger cannot tell a record from one that does not exist: at any door, by any method, whatever he sends."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

import jwt
import pytest
from flask import Flask
from sqlalchemy import func, select

from backend.accounts import tokens
from backend.consent import grants
from backend.consent.tables import VisitRow
from backend.http import PER_ITEM, Route
from backend.vitals import measurements
from shared import clock
from shared.consent import Purpose, Right, Scope
from tests.backend.doors import Knocking, house_of, knocking, path_of, record_routes, seen
from tests.backend.people import pressure
from tests.cast import NOBODYS_RECORD, Cast

# What a room that looks at the body before it opens the record must be sent to come as far as the record.
GOOD_BODIES: dict[str, object] = {
    "/answers": {"zone": "Asia/Tokyo"},
    "/push": {"changes": []},
    "/known": {"reason": "聞きました"},
    "/data-points": {
        "delivery": "0190d3a0-0000-7000-8000-0000000000b1",
        "points": [
            {
                "header": {
                    "uuid": "0190d3a0-0000-7000-8000-0000000000b2",
                    "schema_id": {"namespace": "ieee", "name": "heart-rate", "version": "1.0"},
                    "source_creation_date_time": "2026-03-03T08:00:00+09:00",
                    "modality": "sensed",
                },
                "body": {
                    "effective_time_frame": {"date_time": "2026-03-03T08:00:00+09:00"},
                    "heart_rate": {"value": 61, "unit": "beats/min"},
                },
            }
        ],
    },
}
SENT: tuple[dict[str, Any], ...] = (
    {},
    {"json": {"any": "thing"}},
    {"data": b"{", "content_type": "application/json"},
    {"query_string": {"limit": "x", "day": "2026-03-03"}},
)


def _best(route: Route) -> dict[str, Any]:
    for ending, body in GOOD_BODIES.items():
        if route.rule.endswith(ending):
            return {"json": body}
    return {"headers": {"Idempotency-Key": str(NOBODYS_RECORD)}}


def _parts(cast: Cast) -> dict[str, object]:
    """A measurement and a grant that are really there, so that each path is a true one of Hanako's."""
    vital = pressure()
    with cast.house.database.transaction() as session:
        measurements.note(cast.open(session, cast.hanako), vital, clock.now(), vital.id)
    grant = cast.lets_in(cast.mori, Scope.VITALS)
    return {"vital_id": vital.id, "grant_id": grant.id, "stream": "steps"}


def _form_secret(somebody: Knocking) -> str:
    """What the forms of her own pages carry."""
    cookie = somebody.client.get_cookie(tokens.ACCESS_COOKIE)
    assert cookie is not None
    return str(jwt.decode(cookie.value, options={"verify_signature": False})["csrf"])


def _knock(somebody: Knocking, route: Route, record: UUID, parts: dict[str, object], **sent: Any) -> Any:
    headers = {} if not route.page else {"Authorization": "", "X-CSRF-TOKEN": _form_secret(somebody)}
    sent["headers"] = {**sent.get("headers", {}), **headers}
    scheme = {"base_url": "https://localhost"}
    return seen(somebody.ask(route.method, path_of(route, record, parts), **scheme, **sent))


def _told_apart(somebody: Knocking, cast: Cast, parts: dict[str, object]) -> list[str]:
    """Every way in which Hanako's record looks different from nobody's, or is not a 404."""
    found = []
    for route in record_routes():
        best = _best(route)
        for sent in (best, *SENT):
            hers, nobodys = (
                _knock(somebody, route, record, parts, **sent) for record in (cast.record, NOBODYS_RECORD)
            )
            if hers != nobodys or (sent is best and hers[0] != 404):
                found.append(f"{route.method} {route.rule} {sent}: {hers} {nobodys}")
            # What needs one part of a record says 404 before it looks at anything that was sent.
            if route.needs is not PER_ITEM and hers[0] != 404:
                found.append(f"{route.method} {route.rule} {sent}: {hers[0]}")
    return found


def test_there_are_routes_to_try() -> None:
    rules = {route.rule for route in record_routes()}
    assert len(rules) > 12
    assert any(route.page for route in record_routes())


def test_a_stranger_sees_the_404_of_a_record_that_does_not_exist(app: Flask, cast: Cast) -> None:
    kato = knocking(app, cast.kato)
    assert _told_apart(kato, cast, _parts(cast)) == []


@pytest.mark.parametrize("state", ["expired", "revoked", "waiting", "other purpose"])
def test_a_grant_that_does_not_hold_is_no_grant(app: Flask, cast: Cast, state: str) -> None:
    parts = _parts(cast)
    scopes = (Scope.VITALS, Scope.WEARABLES, Scope.MEDICINES)
    purposes = (Purpose.CONSULTATION if state == "other purpose" else Purpose.CARE,)
    both = (Right.READ, Right.WRITE)
    grant = cast.lets_in(cast.sato, *scopes, days=90, purposes=purposes, rights=both)
    sato, now = knocking(app, cast.sato), clock.now()
    if state == "revoked":
        with cast.house.database.transaction() as session:
            grants.revoke(cast.open(session, cast.hanako), grant.id)
    moments = {"expired": now + timedelta(days=90), "waiting": now - timedelta(seconds=1)}
    with clock.held(moments.get(state, clock.now())):
        assert _told_apart(sato, cast, parts) == []
        assert sato.get("/api/records").json == {"records": []}


def test_another_patient_is_a_stranger_too(app: Flask, cast: Cast) -> None:
    assert _told_apart(knocking(app, cast.taro), cast, _parts(cast)) == []


def test_what_was_shared_opens_no_more_than_that(app: Flask, cast: Cast) -> None:
    parts = _parts(cast)
    cast.lets_in(cast.sato, Scope.VITALS)
    sato = knocking(app, cast.sato)
    opened = {
        f"{route.method} {route.rule.removeprefix('/api/records/<uuid:record_id>')}"
        for route in record_routes()
        if not route.page and _knock(sato, route, cast.record, parts, **_best(route))[0] != 404
    }
    assert opened == {
        "GET /vitals",
        "GET /vitals/<uuid:vital_id>/versions",
        "GET /vitals/summary",
        "GET /vitals/trends",
        "GET /medicines/warning",  # one bit comes with every right to read
        "GET /sync/pull",
    }


def test_lists_and_counts_know_nothing_of_a_stranger(app: Flask, cast: Cast) -> None:
    _parts(cast)
    cast.lets_in(cast.sato, Scope.VITALS)
    kato, sato = knocking(app, cast.kato), knocking(app, cast.sato)
    assert kato.get("/api/records").json == {"records": []}
    listed: Any = sato.get("/api/records").json
    assert [each["id"] for each in listed["records"]] == [str(cast.record)]
    assert set(listed["records"][0]) == {"id", "name", "name_kana", "age", "sex", "scopes", "vitals"}
    page = kato.client.get("/records", base_url="https://localhost").text
    assert "花子" not in page
    assert "花子" in sato.client.get("/records", base_url="https://localhost").text


def test_without_a_sign_in_nothing_is_said(app: Flask, cast: Cast) -> None:
    parts, nobody = _parts(cast), app.test_client()
    for route in record_routes():
        if route.page:
            continue
        hers, nobodys = (
            seen(nobody.open(path_of(route, record, parts), method=route.method, data=b"{"))
            for record in (cast.record, NOBODYS_RECORD)
        )
        assert hers == nobodys
        assert hers[0] == 401, route.rule


def _booked(app: Flask) -> Counter[tuple[UUID, bool]]:
    with house_of(app).database.transaction(writes=False) as session:
        statement = select(VisitRow.record_id, VisitRow.allowed, func.count()).group_by(
            VisitRow.record_id, VisitRow.allowed
        )
        return Counter({(record, allowed): n for record, allowed, n in session.execute(statement)})


def test_every_refusal_is_one_entry_under_the_id_that_was_asked_for(app: Flask, cast: Cast) -> None:
    kato, parts = knocking(app, cast.kato), _parts(cast)
    for route in record_routes():
        for record in (cast.record, NOBODYS_RECORD):
            before = _booked(app)
            _knock(kato, route, record, parts, **_best(route))
            assert _booked(app) - before == Counter({(record, False): 1}), route.rule


def test_every_opening_is_one_entry_even_when_the_deed_fails(app: Flask, cast: Cast) -> None:
    hanako, parts = knocking(app, cast.hanako), _parts(cast)
    for route in record_routes():
        if route.page:
            continue
        for sent in (_best(route), *SENT):
            before = _booked(app)
            status = _knock(hanako, route, cast.record, parts, **sent)[0]
            told = _booked(app) - before
            # A room that looks at the body first has opened nothing when that body is wrong.
            nothing = route.needs is PER_ITEM and status == 422 and not told
            assert nothing or told == Counter({(cast.record, True): 1}), (route.rule, sent, status, told)
