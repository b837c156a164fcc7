"""The doors of posts: she sees what her devices posted, and takes back one of them, whole and alone."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shared.consent import Scope
from shared.ids import new_id
from tests.backend.imports.test_points_api import at as points_at
from tests.backend.imports.test_points_api import point, pressure, pulse, send, states
from tests.backend.wearables.test_api import at as streams_at
from tests.backend.wearables.test_api import signed_in, steps
from tests.cast import RECORD, Cast

HERE = f"/api/records/{RECORD}/deliveries"
DAY = "2024-10-04"


@pytest.fixture
def hanako(app: Flask, cast: Cast) -> FlaskClient:
    return signed_in(app, "hanako")


def listed(client: Any, asked: str = "") -> Any:
    answer = client.get(HERE + asked)
    assert answer.status_code == 200, answer.text
    return answer.json


def undo(client: Any, post: str) -> Any:
    answer = client.post(f"{HERE}/{post}/undo")
    assert answer.status_code == 200, answer.text
    return answer.json


def shown(client: Any, stream: str = "steps") -> list[float]:
    day = client.get(streams_at(f"/{stream}/readings?day={DAY}")).json
    return [value for source in day["sources"] for value in source["value"]]


def vitals(client: Any) -> list[Any]:
    found: list[Any] = client.get(f"/api/records/{RECORD}/vitals").json["vitals"]
    return found


def test_a_post_is_listed_and_taken_back_for_good(hanako: FlaskClient) -> None:
    wrong, right = steps(value=[999, 999]), steps(source="Watch")
    for post in (wrong, right):
        hanako.post(streams_at(""), json=post)
    newest, oldest = listed(hanako)["deliveries"]
    assert (newest["id"], oldest["id"]) == (right["delivery"], wrong["delivery"])
    assert oldest["streams"] == [{"stream": "steps", "source": "iPhone", "from": DAY, "to": DAY}]
    assert (oldest["words"], oldest["undone_at"]) == (0, None)
    gone = undo(hanako, wrong["delivery"])
    assert gone["undone_at"] is not None
    assert undo(hanako, wrong["delivery"]) == gone
    assert shown(hanako) == [12, 30.5]
    for asked in ("", "?results=bitmap"):
        again = hanako.post(streams_at(asked), json=wrong).json
        assert again is not None
        assert (again["new"], again["same"]) == (0, 2)
    assert shown(hanako) == [12, 30.5]
    assert hanako.post(streams_at(""), json=steps(value=[999, 999])).json == {"new": 2, "same": 0}


def test_what_another_post_brought_too_stays(hanako: FlaskClient) -> None:
    one, other = steps(), steps()
    for post in (one, other):
        hanako.post(streams_at(""), json=post)
    undo(hanako, other["delivery"])
    assert shown(hanako) == [12, 30.5]
    undo(hanako, one["delivery"])
    assert shown(hanako) == []


def test_data_points_are_taken_back_whatever_they_were(hanako: FlaskClient) -> None:
    walk = point("physical-activity", minutes=30, activity_name="walking")
    post: dict[str, Any] = {"delivery": str(new_id()), "points": [pulse(61), pressure(128), walk]}
    assert states(hanako.post(points_at(), json=post).json) == ["kept"] * 3
    stays = pressure(131, when="2024-10-05T10:00:00+09:00")
    send(hanako, stays)
    assert [each["words"] for each in listed(hanako)["deliveries"]] == [1, 2]
    assert undo(hanako, post["delivery"])["words"] == 0
    assert shown(hanako, "heart_rate") == []
    assert [each["systolic"] for each in vitals(hanako)] == ["131"]
    assert states(hanako.post(points_at(), json=post).json) == ["same"] * 3
    assert [each["systolic"] for each in vitals(hanako)] == ["131"]
    assert states(send(hanako, *post["points"])) == ["kept"] * 3  # told anew, it is another post


def test_a_page_after_the_other(hanako: FlaskClient) -> None:
    posts = [steps(source=f"Watch {n}") for n in range(5)]
    for post in posts:
        hanako.post(streams_at(""), json=post)
    found, page = [], listed(hanako, "?limit=2")
    found += page["deliveries"]
    while page["before"] is not None:
        page = listed(hanako, f"?limit=2&before={page['before']}")
        found += page["deliveries"]
    assert [each["id"] for each in found] == [post["delivery"] for post in reversed(posts)]


def test_it_is_hers_alone(app: Flask, cast: Cast, hanako: FlaskClient) -> None:
    post = steps()
    hanako.post(streams_at(""), json=post)
    cast.lets_in(cast.sato, Scope.WEARABLES)
    for name in ("sato", "kato"):
        other = signed_in(app, name)
        assert other.get(HERE).status_code in (403, 404)
        assert other.post(f"{HERE}/{post['delivery']}/undo").status_code in (403, 404)
    assert hanako.post(f"{HERE}/{new_id()}/undo").status_code == 404
    assert shown(hanako) == [12, 30.5]
