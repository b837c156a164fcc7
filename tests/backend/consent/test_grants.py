"""Grants: given once however often they are sent, ended at once, and never more than was asked for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from shared import clock
from shared.consent import Scope
from shared.ids import new_id
from tests.backend.doors import Knocking, knocking
from tests.cast import RECORD, Cast

NOW = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
GRANTS = f"/api/records/{RECORD}/grants"
VITALS = f"/api/records/{RECORD}/vitals"


def asked(cast: Cast, **other: object) -> dict[str, object]:
    """What the phone sends to let Dr. Sato see her vitals for 90 days."""
    base: dict[str, object] = {"id": str(new_id()), "to_account": str(cast.sato.id), "days": 90}
    base |= {"scopes": ["vitals"], "rights": ["read"], "purposes": ["care"]}
    return {name: value for name, value in (base | other).items() if value is not None}


def states(hanako: Knocking) -> list[str]:
    listed: Any = hanako.get(GRANTS).json
    return [grant["state"] for grant in listed["grants"]]


def test_she_lets_her_doctor_in_and_ends_it(app: Flask, cast: Cast) -> None:
    hanako, sato = knocking(app, cast.hanako), knocking(app, cast.sato)
    assert sato.get(VITALS).status_code == 404
    given: Any = hanako.post(GRANTS, asked(cast))
    assert given.status_code == 201
    assert given.json["to_name"] == "佐藤 健"
    assert (given.json["to_facility"], given.json["state"]) == ("なぎさ島診療所", "active")
    assert sato.get(VITALS).status_code == 200
    ended: Any = hanako.post(f"{GRANTS}/{given.json['id']}/revoke")
    assert (ended.status_code, ended.json["state"]) == (200, "revoked")
    assert sato.get(VITALS).status_code == 404  # the very next request
    assert sato.get("/api/records").json == {"records": []}


@pytest.mark.parametrize(
    "period",
    [
        {"days": 90},
        {"days": None, "ends_at": "2026-06-01T00:00:00Z"},
        {"days": 7, "starts_at": "2026-04-01T00:00:00Z"},
        {"days": None, "starts_at": "2026-04-01T00:00:00Z", "ends_at": "2026-06-01T00:00:00Z"},
    ],
)
def test_asking_again_later_changes_nothing(app: Flask, cast: Cast, period: dict[str, object]) -> None:
    hanako, body = knocking(app, cast.hanako), asked(cast, **period)
    with clock.held(NOW):
        first = hanako.post(GRANTS, body)
    with clock.held(NOW + timedelta(minutes=5)):
        again = hanako.post(GRANTS, body)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json
    assert len(states(hanako)) == 1


@pytest.mark.parametrize(
    "other",
    [{"days": 91}, {"scopes": ["vitals", "medicines"]}, {"rights": ["write"]}, {"purposes": ["follow_up"]}],
)
def test_the_same_id_for_another_grant_is_refused(app: Flask, cast: Cast, other: dict[str, object]) -> None:
    hanako, body = knocking(app, cast.hanako), asked(cast)
    assert hanako.post(GRANTS, body).status_code == 201
    answer: Any = hanako.post(GRANTS, body | other)
    assert (answer.status_code, answer.json["problem"]) == (409, "id_used_otherwise")


def test_a_repeated_gift_never_undoes_its_end(app: Flask, cast: Cast) -> None:
    hanako, sato, body = knocking(app, cast.hanako), knocking(app, cast.sato), asked(cast)
    hanako.post(GRANTS, body)
    first = hanako.post(f"{GRANTS}/{body['id']}/revoke")
    assert hanako.post(GRANTS, body).json == first.json
    assert hanako.post(f"{GRANTS}/{body['id']}/revoke").json == first.json
    assert states(hanako) == ["revoked"]
    assert sato.get(VITALS).status_code == 404


def test_ending_one_grant_leaves_another(app: Flask, cast: Cast) -> None:
    hanako, sato = knocking(app, cast.hanako), knocking(app, cast.sato)
    one, other = cast.lets_in(cast.sato, Scope.VITALS), cast.lets_in(cast.sato, Scope.MEDICINES)
    hanako.post(f"{GRANTS}/{one.id}/revoke")
    assert sato.get(VITALS).status_code == 404
    assert sato.get(f"/api/records/{RECORD}/medicines").status_code == 200
    hanako.post(f"{GRANTS}/{other.id}/revoke")
    assert sato.get(f"/api/records/{RECORD}/medicines").status_code == 404


def test_the_first_and_the_last_moment(app: Flask, cast: Cast) -> None:
    hanako, sato = knocking(app, cast.hanako), knocking(app, cast.sato)
    begins = NOW + timedelta(days=1)
    with clock.held(NOW):
        hanako.post(GRANTS, asked(cast, days=1, starts_at=begins.isoformat()))
        assert states(hanako) == ["waiting"]
    for moment, status in (
        (begins - timedelta(milliseconds=1), 404),
        (begins, 200),
        (begins + timedelta(days=1, milliseconds=-1), 200),
        (begins + timedelta(days=1), 404),
    ):
        with clock.held(moment):
            assert sato.get(VITALS).status_code == status
            listed: Any = sato.get("/api/records").json
            assert len(listed["records"]) == (status == 200)
    with clock.held(begins + timedelta(days=1)):
        assert states(hanako) == ["ended"]


@pytest.mark.parametrize(
    ("other", "field"),
    [
        ({"to_account": str(new_id())}, "to_account"),  # nobody
        ({"to_account": "patient"}, "to_account"),  # not a practitioner
        ({"days": 0}, "days"),
        ({"days": 1.9}, "days"),
        ({"days": None}, "days"),
        ({"days": None, "ends_at": "2026-01-01T00:00:00Z"}, "ends_at"),  # over already
        ({"scopes": []}, "scopes"),
        ({"scopes": ["record"]}, "scopes"),  # her own affairs are not to be given
        ({"purposes": ["own"]}, "purposes"),
        ({"extra": 1}, "extra"),
    ],
)
def test_a_grant_that_cannot_be_is_refused(app: Flask, cast: Cast, other: dict[str, Any], field: str) -> None:
    hanako = knocking(app, cast.hanako)
    if other.get("to_account") == "patient":
        other = {"to_account": str(cast.taro.id)}
    with clock.held(NOW):
        answer: Any = hanako.post(GRANTS, asked(cast, **other))
    assert (answer.status_code, answer.json["field"]) == (422, field)
    assert states(hanako) == []


def test_nobody_but_she_gives_or_ends(app: Flask, cast: Cast) -> None:
    grant = cast.lets_in(cast.sato, *(Scope.VITALS, Scope.WEARABLES, Scope.MEDICINES))
    sato = knocking(app, cast.sato)
    assert sato.post(GRANTS, asked(cast, to_account=str(cast.kato.id))).status_code == 404
    assert sato.post(f"{GRANTS}/{grant.id}/revoke").status_code == 404
    assert sato.get(GRANTS).status_code == 404
    assert sato.get(f"/api/records/{RECORD}/visits").status_code == 404


def test_a_grant_of_another_record_is_not_there(app: Flask, cast: Cast) -> None:
    grant = cast.lets_in(cast.sato, Scope.VITALS)
    kimura = knocking(app, cast.kimura)
    assert kimura.post(f"/api/records/{cast.other_record}/grants/{grant.id}/revoke").status_code == 404
