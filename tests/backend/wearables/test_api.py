"""The doors of wearables, as a phone and a doctor knock at them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient

from shared.consent import Scope
from shared.ids import new_id
from tests.cast import NOBODYS_RECORD, PASSWORD, RECORD, Cast, email

MORNING = 1_728_003_600_000  # 2024-10-04 10:00 in Tokyo


def signed_in(app: Flask, name: str) -> FlaskClient:
    """A client that knocks as one of the cast."""
    client = app.test_client()
    device = str(new_id())
    told: Any = client.post(
        "/api/sign-in",
        json={"email": email(name), "password": PASSWORD, "device": {"id": device, "label": "phone"}},
    ).json
    client.environ_base |= {"HTTP_AUTHORIZATION": f"Bearer {told['access']}", "HTTP_TOMONI_DEVICE": device}
    return client


def at(path: str, record: UUID = RECORD) -> str:
    return f"/api/records/{record}/streams{path}"


def steps(**other: Any) -> dict[str, Any]:
    """A post of two readings, or of something wrong."""
    return {
        "delivery": str(new_id()),
        "stream": "steps",
        "source": "iPhone",
        "start": [MORNING, MORNING + 60_000],
        "end": [MORNING + 60_000, MORNING + 120_000],
        "value": [12, 30.5],
        **other,
    }


def test_a_phone_posts_and_everyone_let_in_reads(app: Flask, cast: Cast) -> None:
    hanako, post = signed_in(app, "hanako"), steps()
    assert hanako.post(at(""), json=post).json == {"new": 2, "same": 0}
    assert hanako.post(at(""), json=post).json == {"new": 0, "same": 2}
    cast.lets_in(cast.sato, Scope.WEARABLES)
    for client in (hanako, signed_in(app, "sato")):
        days = client.get(at("/steps/days?from=2024-10-01&to=2024-10-31")).json
        assert days == {
            "days": [
                {"stream": "steps", "day": "2024-10-04", "count": 2, "total": 42.5, "min": 12, "max": 30.5}
            ]
        }
        assert client.get(at("/steps/readings?day=2024-10-04")).json == {
            "day": "2024-10-04",
            "sources": [{name: post[name] for name in ("stream", "source", "start", "end", "value")}],
        }
        assert client.get(at("/steps/readings?day=2024-10-03")).json == {"day": "2024-10-03", "sources": []}


def test_a_stranger_sees_what_is_seen_of_no_record(app: Flask, cast: Cast) -> None:
    signed_in(app, "hanako").post(at(""), json=steps())
    cast.lets_in(cast.mori, Scope.VITALS)
    for name in ("kato", "mori"):
        client = signed_in(app, name)
        for path in ("/steps/days", "/steps/readings?day=2024-10-04"):
            hers, nobodys = client.get(at(path)), client.get(at(path, NOBODYS_RECORD))
            assert (hers.status_code, hers.data) == (nobodys.status_code, nobodys.data)
            assert hers.status_code == 404
        assert client.post(at(""), json=steps()).status_code == 404
    assert app.test_client().get(at("/steps/days")).status_code == 401


def test_a_reader_may_not_post(app: Flask, cast: Cast) -> None:
    cast.lets_in(cast.sato, Scope.WEARABLES)
    assert signed_in(app, "sato").post(at(""), json=steps()).status_code == 404


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"stream": "moods"}, "unknown_stream"),
    ({"value": [1]}, "columns_differ"),
    ({"value": [1, "2"]}, "not_a_number"),
    ({"value": [1, -2]}, "value_impossible"),
    ({"value": [1, 1e300]}, "value_impossible"),
    ({"end": [MORNING, MORNING]}, "ends_before_start"),
    ({"start": [1.5, 2]}, "not_a_number"),
    ({"delivery": "again"}, "invalid_fields"),
    ({"more": 1}, "field_unknown"),
]
SENSELESS = (
    "/moods/days",
    "/steps/readings",
    "/steps/readings?day=0001-01-01",
    "/steps/readings?day=9999-12-31",
    "/steps/readings?day=yesterday",
    "/steps/days?from=x",
    "/steps/days?to=0001-01-01",
    "/steps/days?since=2024-01-01",
)


def test_what_is_wrong_is_named_and_nothing_is_kept(app: Flask) -> None:
    hanako = signed_in(app, "hanako")
    for wrong, problem in WRONG:
        answer = hanako.post(at(""), json=steps(**wrong))
        told: Any = answer.json
        assert (answer.status_code, told["problem"]) == (422, problem)
    assert hanako.get(at("/steps/days?from=2024-10-01&to=2024-10-31")).json == {"days": []}


def test_a_question_that_makes_no_sense_is_told_so(app: Flask) -> None:
    hanako = signed_in(app, "hanako")
    for path in SENSELESS:
        assert hanako.get(at(path)).status_code == 422, path


def test_nan_is_no_number(app: Flask) -> None:
    body = (
        f'{{"delivery": "{new_id()}", "stream": "steps", "source": "x", "start": [{MORNING}], "value": [%s]}}'
    )
    hanako = signed_in(app, "hanako")
    for value in ("NaN", "1e999", "Infinity", "true", "null"):
        assert hanako.post(at(""), data=body % value, content_type="application/json").status_code == 422
